//! Items as everybody reads them, whose answer is ready.
//!
//! Once a result is published, its items are read by many and change no more.
//! What is asked of one by who is nobody in particular follows from its case
//! alone, so the answer is kept as JSON beside the opened texts, under the same
//! rules: nobody's erasure leaves it behind.

use std::{
    borrow::Cow,
    hash::{BuildHasher, Hash, Hasher, RandomState},
    sync::{LazyLock, PoisonError},
};

use async_graphql::{
    ContextSelectionSet, OutputType, Positioned, ServerResult, Value,
    parser::types::{Field, Selection, SelectionSet},
    registry::Registry,
    to_value,
};
use domain::ids::SubjectId;
use serde_json::value::RawValue;

use super::item::Item;
use crate::{context::Ask, opened::AnswerKey};

/// An item of a list.
pub struct Ready(pub(crate) Item);

/// Fields that follow from the item's case alone, for who is nobody in
/// particular. Whatever else is asked for is resolved anew.
const FIELDS: &[&str] = &[
    "__typename",
    "blotted",
    "category",
    "changedPolicy",
    "changes",
    "channel",
    "excerpt",
    "group",
    "id",
    "itemCount",
    "number",
    "receiptNumber",
    "receivedOn",
    "recordedAt",
    "response",
    "state",
    "submission",
    "summary",
    "text",
    "title",
];

/// Selections are told apart by a hash whose key is drawn at the start: nobody
/// can write two that it takes for one.
static SHAPES: LazyLock<RandomState> = LazyLock::new(RandomState::new);

impl Ready {
    /// What the answer follows from, and whose item it is; `None` if it has to
    /// be resolved.
    fn key(&self, ctx: &ContextSelectionSet<'_>) -> Option<(AnswerKey, SubjectId)> {
        let case = self.0.case.view().ok()?;
        if ctx.caller().identity.is_some() || !case.opinions_are_public() {
            return None;
        }
        // A look into the past is judged by what holds today.
        let city = ctx.desk().city();
        let present = city.public_comment.get(case.id)?;
        if present.last_position != case.last_position {
            return None;
        }
        let subject = case.submission(self.0.view.submission)?.subject;
        if city.personal_data.is_erased(subject) {
            return None;
        }
        let mut hasher = SHAPES.build_hasher();
        shape(&ctx.item.node, ctx, &mut hasher)?;
        let key = AnswerKey {
            item: self.0.view.id,
            case_at: case.last_position,
            today: self.0.case.today,
            shape: hasher.finish(),
        };
        Some((key, subject))
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

impl OutputType for Ready {
    fn type_name() -> Cow<'static, str> {
        Item::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Item::create_type_info(registry)
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        let Some((key, subject)) = self.key(ctx) else {
            return OutputType::resolve(&self.0, ctx, field).await;
        };
        let opened = &ctx.desk().opened;
        if let Some((_, json)) = opened.answer(key)
            && let Ok(json) = RawValue::from_string(json.as_str().to_owned())
            && let Ok(value) = to_value(json)
        {
            return Ok(value);
        }
        let (since, before) = (opened.since(), errors(ctx));
        let value = OutputType::resolve(&self.0, ctx, field).await?;
        // Where something could not be read, the next one tries again.
        if errors(ctx) == before
            && let Ok(json) = serde_json::to_string(&value)
        {
            opened.keep_answer(key, subject, json, since);
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
}
