//! Pages of items as everybody reads them, whose answer is ready.
//!
//! Once a result is published, its items are read by many and change no more.
//! What is asked of a page of them by who is nobody in particular follows from
//! the case alone, so the answer is kept as JSON beside the opened texts, under
//! the same rules: nobody's erasure leaves it behind.

use std::{
    borrow::Cow,
    hash::{BuildHasher, Hash, Hasher, RandomState},
    sync::{LazyLock, PoisonError},
};

use async_graphql::{
    ContextSelectionSet, Name, OutputType, Positioned, ServerResult, Value,
    parser::types::{Field, Selection, SelectionSet},
    registry::Registry,
    to_value,
};
use serde_json::value::RawValue;

use super::{case::PublicCommentCase, item::Item};
use crate::{
    connection::{Page, Rows},
    context::Ask,
    opened::AnswerKey,
};

/// A page of the items of a case.
pub struct ReadyItems {
    pub(crate) case: PublicCommentCase,
    pub(crate) page: Page,
    pub(crate) items: Rows<Item>,
}

/// Fields that follow from the case alone, for who is nobody in particular.
/// Whatever else is asked for is resolved anew.
const FIELDS: &[&str] = &[
    "__typename",
    "appealed",
    "attachments",
    "blotted",
    "category",
    "changedPolicy",
    "changes",
    "channel",
    "cursor",
    "decision",
    "edges",
    "endCursor",
    "enteredByOfficer",
    "excerpt",
    "fileName",
    "group",
    "hasNextPage",
    "hasPreviousPage",
    "hiddenAt",
    "hiding",
    "id",
    "itemCount",
    "late",
    "mediaType",
    "node",
    "nodes",
    "note",
    "number",
    "pageInfo",
    "passage",
    "path",
    "position",
    "postmarkedOn",
    "reason",
    "receiptNumber",
    "receivedOn",
    "recordedAt",
    "redactions",
    "replacements",
    "response",
    "size",
    "startCursor",
    "state",
    "stays",
    "submission",
    "summary",
    "text",
    "title",
    "totalCount",
    "withdrawnAt",
];

/// Selections are told apart by a hash whose key is drawn at the start: nobody
/// can write two that it takes for one.
static SHAPES: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// The name of the only field of a value that is JSON already.
static RAW: LazyLock<Option<Name>> = LazyLock::new(|| match to_value(RawValue::NULL) {
    Ok(Value::Object(raw)) => raw.into_keys().next(),
    _ => None,
});

/// JSON that was made here, as a value. It is looked through when it is written
/// out, and need not be here.
fn raw(json: &str) -> Option<Value> {
    let field = (RAW.clone()?, Value::from(json));
    Some(Value::Object([field].into_iter().collect()))
}

impl ReadyItems {
    /// What the answer follows from; `None` if it has to be resolved.
    fn key(&self, ctx: &ContextSelectionSet<'_>) -> Option<AnswerKey> {
        let case = self.case.view().ok()?;
        if ctx.caller().identity.is_some() || !case.opinions_are_public() {
            return None;
        }
        // A look into the past is judged by what holds today.
        let city = ctx.desk().city();
        let present = city.public_comment.get(case.id)?;
        if present.last_position != case.last_position {
            return None;
        }
        let mut hasher = SHAPES.build_hasher();
        shape(&ctx.item.node, ctx, &mut hasher)?;
        Some(AnswerKey {
            case: case.id,
            case_at: case.last_position,
            page: self.page,
            today: self.case.today,
            erasures: city.personal_data.erasures.values().sum(),
            shape: hasher.finish(),
        })
    }
}

/// Hashes what is asked for, if all of it may be kept. Documents were checked
/// before they run: conditions on types hold, and fragments are no circles.
fn shape(
    set: &SelectionSet,
    ctx: &ContextSelectionSet<'_>,
    hasher: &mut impl Hasher,
) -> Option<()> {
    set.items.len().hash(hasher);
    for selection in &set.items {
        std::mem::discriminant(&selection.node).hash(hasher);
        match &selection.node {
            Selection::Field(field) => {
                let field = &field.node;
                let name = field.name.node.as_str();
                let bare = field.directives.is_empty() && field.arguments.is_empty();
                if !bare || FIELDS.binary_search(&name).is_err() {
                    return None;
                }
                field.response_key().node.as_str().hash(hasher);
                name.hash(hasher);
                shape(&field.selection_set.node, ctx, hasher)?;
            }
            Selection::FragmentSpread(spread) => {
                let spread = &spread.node;
                if !spread.directives.is_empty() {
                    return None;
                }
                let fragments = &ctx.query_env.fragments;
                let fragment = fragments.get(&spread.fragment_name.node)?;
                shape(&fragment.node.selection_set.node, ctx, hasher)?;
            }
            Selection::InlineFragment(inline) => {
                let inline = &inline.node;
                if !inline.directives.is_empty() {
                    return None;
                }
                shape(&inline.selection_set.node, ctx, hasher)?;
            }
        }
    }
    Some(())
}

/// How many errors the operation has so far.
fn errors(ctx: &ContextSelectionSet<'_>) -> usize {
    let errors = ctx.query_env.errors.lock();
    errors.unwrap_or_else(PoisonError::into_inner).len()
}

impl OutputType for ReadyItems {
    fn type_name() -> Cow<'static, str> {
        <Rows<Item> as OutputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <Rows<Item> as OutputType>::create_type_info(registry)
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        let Some(key) = self.key(ctx) else {
            return OutputType::resolve(&self.items, ctx, field).await;
        };
        let opened = &ctx.desk().opened;
        if let Some(value) = opened.answer(key).and_then(|json| raw(&json)) {
            return Ok(value);
        }
        let (since, before) = (opened.since(), errors(ctx));
        let value = OutputType::resolve(&self.items, ctx, field).await?;
        // Where something could not be read, the next one tries again.
        if errors(ctx) == before
            && let Ok(json) = serde_json::to_string(&value)
        {
            opened.keep_answer(key, json, since);
        }
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_in_order() {
        assert!(FIELDS.is_sorted());
    }

    #[test]
    fn json_that_is_ready_is_written_out_as_it_is() {
        let json = r#"{"nodes":[{"text":"駅前の \"道\""}],"totalCount":1}"#;
        let value = raw(json).unwrap();
        assert_eq!(serde_json::to_string(&value).unwrap(), json);
    }
}
