//! How large a document is once its fragments are unfolded, found without
//! unfolding them: fragments that double one another cost a line each and
//! would otherwise unfold to more than fits in memory.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned,
    parser::types::{Directive, ExecutableDocument, Field, Selection, SelectionSet},
};

use super::{ApiError, Limits};

/// What a selection set amounts to. Sums saturate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Amount {
    /// Fields and fragments: a fragment that does not exist holds no field, and
    /// yet whoever unfolds the document looks for it each time.
    selections: u64,
    aliases: u64,
    directives: u64,
    depth: u64,
    introspection_depth: u64,
    /// The longest chain of introspection lists below, wherever it stands.
    lists: u64,
    /// The longest such chain below `__schema` or `__type`.
    introspection_lists: u64,
}

impl Amount {
    fn add(&mut self, other: Self) {
        self.selections = self.selections.saturating_add(other.selections);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.directives = self.directives.saturating_add(other.directives);
        self.depth = self.depth.max(other.depth);
        self.introspection_depth = self.introspection_depth.max(other.introspection_depth);
        self.lists = self.lists.max(other.lists);
        self.introspection_lists = self.introspection_lists.max(other.introspection_lists);
    }
}

/// Checks all operations of the document together against the limits, since
/// all of them are validated whichever is executed, and says whether any of them asks for the schema.
///
/// # Errors
/// If a limit is exceeded or a fragment contains itself.
pub(super) fn check(document: &ExecutableDocument, limits: &Limits) -> Result<bool, ApiError> {
    let mut introspects = false;
    let mut survey = Survey {
        document,
        fragments: HashMap::new(),
    };
    for name in document.fragments.keys() {
        introspects |= survey.fragment(name)?.introspection_depth > 0;
    }
    let mut whole = Amount::default();
    for (_, operation) in document.operations.iter() {
        whole.add(survey.selection_set(&operation.node.selection_set.node)?);
        whole.add(directives(&operation.node.directives));
        for variable in &operation.node.variable_definitions {
            whole.add(directives(&variable.node.directives));
        }
    }
    introspects |= whole.introspection_depth > 0;
    for (what, found, limit) in [
        ("selections", whole.selections, limits.selections),
        ("aliases", whole.aliases, limits.aliases),
        ("directives", whole.directives, limits.directives),
        ("depth", whole.depth, limits.depth),
        (
            "depth of introspection",
            whole.introspection_depth,
            limits.introspection_depth,
        ),
        (
            "lists within lists of introspection",
            whole.introspection_lists,
            limits.introspection_lists,
        ),
    ] {
        if limit < found {
            return Err(ApiError::ValidationFailed(format!(
                "too much at once: {what} {found}, limit {limit}"
            )));
        }
    }
    Ok(introspects)
}

struct Survey<'a> {
    document: &'a ExecutableDocument,
    /// What is known of a fragment; nothing while it is being surveyed.
    fragments: HashMap<&'a Name, Option<Amount>>,
}

impl<'a> Survey<'a> {
    fn selection_set(&mut self, set: &'a SelectionSet) -> Result<Amount, ApiError> {
        let mut sum = Amount::default();
        for selection in &set.items {
            let mut part = match &selection.node {
                Selection::Field(field) => self.field(&field.node)?,
                Selection::InlineFragment(fragment) => {
                    self.selection_set(&fragment.node.selection_set.node)?
                }
                Selection::FragmentSpread(spread) => {
                    self.fragment(&spread.node.fragment_name.node)?
                }
            };
            part.selections = part.selections.saturating_add(1);
            part.add(directives(selection.node.directives()));
            sum.add(part);
        }
        Ok(sum)
    }

    fn field(&mut self, field: &'a Field) -> Result<Amount, ApiError> {
        let mut amount = self.selection_set(&field.selection_set.node)?;
        amount.aliases = amount.aliases.saturating_add(field.alias.is_some().into());
        amount.depth = amount.depth.saturating_add(1);
        match field.name.node.as_str() {
            "__schema" | "__type" => {
                amount.introspection_depth = amount.depth;
                amount.introspection_lists = amount.lists;
                amount.depth = 1;
            }
            "fields" | "inputFields" | "interfaces" | "possibleTypes" => {
                amount.lists = amount.lists.saturating_add(1);
            }
            _ => (),
        }
        Ok(amount)
    }

    fn fragment(&mut self, name: &Name) -> Result<Amount, ApiError> {
        // An unknown fragment is left to the validator, which says where it is.
        let Some((name, fragment)) = self.document.fragments.get_key_value(name) else {
            return Ok(Amount::default());
        };
        match self.fragments.get(name) {
            Some(Some(amount)) => return Ok(*amount),
            Some(None) => {
                return Err(ApiError::ValidationFailed(format!(
                    "the fragment {name} contains itself"
                )));
            }
            None => (),
        }
        self.fragments.insert(name, None);
        let mut amount = self.selection_set(&fragment.node.selection_set.node)?;
        amount.add(directives(&fragment.node.directives));
        self.fragments.insert(name, Some(amount));
        Ok(amount)
    }
}

fn directives(directives: &[Positioned<Directive>]) -> Amount {
    Amount {
        directives: u64::try_from(directives.len()).unwrap_or(u64::MAX),
        ..Amount::default()
    }
}
