//! What an operation costs: how many fields its answer may hold at most, lists
//! taken to be as long as the client asks for. Known before anything is
//! resolved, and told to the client.

use async_graphql::{
    Name, Value, Variables,
    parser::types::{
        ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
    },
};

use super::{Limits, schema_index::SchemaIndex};

/// A list that takes work to find, however little is asked of it.
const HITS: &str = "SearchHitConnection";

/// The cost of an operation with its variables. The document must have passed
/// the check of its shape, which bounds the work done here.
pub(super) fn of(
    operation: &OperationDefinition,
    document: &ExecutableDocument,
    variables: &Variables,
    index: &SchemaIndex,
    limits: &Limits,
) -> u64 {
    let estimate = Estimate {
        operation,
        document,
        variables,
        index,
        limits,
    };
    let root = index.root(operation.ty);
    let answer = estimate.selection_set(&operation.selection_set.node, root, None);
    if operation.ty == OperationType::Mutation {
        let mutations = u64::try_from(operation.selection_set.node.items.len()).unwrap_or(u64::MAX);
        answer.saturating_add(mutations.saturating_mul(limits.mutation_cost))
    } else {
        answer
    }
}

struct Estimate<'a> {
    operation: &'a OperationDefinition,
    document: &'a ExecutableDocument,
    variables: &'a Variables,
    index: &'a SchemaIndex,
    limits: &'a Limits,
}

impl Estimate<'_> {
    /// `page`: how many edges were asked for, when the set belongs to a
    /// connection.
    fn selection_set(&self, set: &SelectionSet, of_type: &str, page: Option<u64>) -> u64 {
        set.items.iter().fold(0, |sum: u64, selection| {
            sum.saturating_add(match &selection.node {
                Selection::Field(field) => self.field(&field.node, of_type, page),
                Selection::InlineFragment(fragment) => {
                    let of_type = fragment
                        .node
                        .type_condition
                        .as_ref()
                        .map_or(of_type, |condition| condition.node.on.node.as_str());
                    self.selection_set(&fragment.node.selection_set.node, of_type, page)
                }
                Selection::FragmentSpread(spread) => self
                    .document
                    .fragments
                    .get(&spread.node.fragment_name.node)
                    .map_or(0, |fragment| {
                        let of_type = fragment.node.type_condition.node.on.node.as_str();
                        self.selection_set(&fragment.node.selection_set.node, of_type, page)
                    }),
            })
        })
    }

    fn field(&self, field: &Field, of_type: &str, page: Option<u64>) -> u64 {
        let children = &field.selection_set.node;
        let Some(shape) = self.index.field(of_type, &field.name.node) else {
            // Introspection, whose lists the shape bounds, or an unknown field,
            // which the validator refuses.
            return self.selection_set(children, "", None).saturating_add(1);
        };
        let asked = shape
            .is_paged
            .then(|| self.page(field).unwrap_or(self.limits.assumed_list_length));
        let (times, page) = if shape.is_list {
            (
                asked.or(page).unwrap_or(self.limits.assumed_list_length),
                None,
            )
        } else {
            (1, asked)
        };
        let answering = if shape.leads_to == HITS {
            self.limits.search_cost
        } else {
            0
        };
        self.selection_set(children, &shape.leads_to, page)
            .saturating_mul(times)
            .saturating_add(1)
            .saturating_add(answering)
    }

    fn page(&self, field: &Field) -> Option<u64> {
        ["first", "last"]
            .into_iter()
            .filter_map(|name| {
                let argument = field.get_argument(name)?.node.clone();
                match argument.into_const_with(|name| self.variable(&name).ok_or(())) {
                    Ok(Value::Number(number)) => number.as_u64(),
                    _ => None,
                }
            })
            .max()
    }

    fn variable(&self, name: &Name) -> Option<Value> {
        let default = || {
            let definition = self
                .operation
                .variable_definitions
                .iter()
                .find(|definition| definition.node.name.node == *name)?;
            Some(definition.node.default_value.as_ref()?.node.clone())
        };
        self.variables.get(name).cloned().or_else(default)
    }
}
