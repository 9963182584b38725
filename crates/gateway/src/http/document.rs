//! Documents, parsed and checked once and then remembered.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_graphql::{
    Positioned,
    parser::{
        parse_query,
        types::{
            DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection,
        },
    },
};

use super::{ApiError, Limits, lexical, shape};
use crate::recent::Recent;

/// A document within the limits.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) text: Arc<str>,
    pub(super) parsed: ExecutableDocument,
    /// Whether it asks for the schema.
    pub(super) introspects: bool,
}

/// Why a text is no document of ours.
#[derive(Clone, Debug)]
pub(super) struct Unreadable {
    pub(super) error: ApiError,
    pub(super) locations: Vec<async_graphql::Pos>,
}

impl From<ApiError> for Unreadable {
    fn from(error: ApiError) -> Self {
        Self {
            error,
            locations: Vec::new(),
        }
    }
}

impl Document {
    /// Reads a text.
    pub(super) fn read(text: &str, limits: &Limits) -> Result<Self, Unreadable> {
        lexical::check(text, limits)?;
        let parsed = parse_query(text).map_err(|error| Unreadable {
            locations: error.positions().collect(),
            error: ApiError::ParseFailed(error.to_string()),
        })?;
        let introspects = shape::check(&parsed, limits)?;
        Ok(Self {
            text: text.into(),
            parsed,
            introspects,
        })
    }

    /// The name of the operation that is asked for, or of the only one.
    pub(super) fn name(&self, asked: Option<&str>) -> Option<String> {
        let DocumentOperations::Multiple(operations) = &self.parsed.operations else {
            return None;
        };
        let only = (operations.len() == 1)
            .then(|| operations.keys().next())
            .flatten();
        asked
            .or_else(|| only.map(|name| name.as_str()))
            .map(str::to_owned)
    }

    /// The operation of this name, or the only one.
    pub(super) fn operation(&self, name: Option<&str>) -> Result<&OperationDefinition, ApiError> {
        let operation = match (&self.parsed.operations, name) {
            (DocumentOperations::Single(operation), None) => Some(operation),
            (DocumentOperations::Multiple(operations), None) if operations.len() == 1 => {
                operations.values().next()
            }
            (DocumentOperations::Multiple(operations), Some(name)) => operations.get(name),
            _ => None,
        };
        let operation = operation
            .map(|operation| &operation.node)
            .ok_or_else(|| match name {
                Some(name) => ApiError::bad_input(
                    format!("「{name}」という名前の操作は文書にありません"),
                    format!("the document has no operation named {name:?}"),
                ),
                None => ApiError::bad_input(
                    "文書に操作が複数あります。operationNameで1つを選んでください",
                    "the document has several operations; choose one with operationName",
                ),
            })?;
        // GraphQL, "Single Root Field": each event answers one field.
        if operation.ty == OperationType::Subscription
            && !matches!(operation.selection_set.node.items.as_slice(), [Positioned { node: Selection::Field(field), .. }] if !field.node.name.node.starts_with("__"))
        {
            return Err(ApiError::ValidationFailed(
                "a subscription has exactly one field, which is not introspection".to_owned(),
            ));
        }
        Ok(operation)
    }
}

/// Documents that were asked for lately.
#[derive(Debug)]
pub(super) struct DocumentCache(Mutex<Recent<Arc<str>, Arc<Document>>>);

impl DocumentCache {
    pub(super) fn new(bytes: usize) -> Self {
        Self(Mutex::new(Recent::new(bytes)))
    }

    fn recent(&self) -> MutexGuard<'_, Recent<Arc<str>, Arc<Document>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The document of a text, read now if it is not remembered.
    pub(super) fn get(&self, text: &str, limits: &Limits) -> Result<Arc<Document>, Unreadable> {
        if let Some(document) = self.recent().get(text) {
            return Ok(document);
        }
        // Read outside the lock: two who ask at once both read.
        let document = Arc::new(Document::read(text, limits)?);
        let (key, bytes) = (Arc::clone(&document.text), text.len());
        self.recent().insert(key, Arc::clone(&document), bytes);
        Ok(document)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        match Document::read(text, &Limits::default()) {
            Ok(document) => panic!("taken: {}", document.text),
            Err(unreadable) => unreadable.error.to_string(),
        }
    }

    #[test]
    fn fragments_that_double_one_another_are_refused_at_once() {
        for end in ["fragment F40 on Query { a }", ""] {
            let mut text = "{ ...F0 }".to_owned();
            for n in 0..40 {
                text += &format!(" fragment F{n} on Query {{ ...F{0} ...F{0} }}", n + 1);
            }
            assert!(refused(&(text + end)).contains("selections"));
        }
    }

    #[test]
    fn operations_are_limited_together() {
        let fields: String = (0..100).map(|n| format!(" a{n}")).collect();
        let shared = format!("fragment F on Query {{{fields}}}");
        let operations = |many| -> String {
            (0..many)
                .map(|n| format!("query Q{n} {{ ...F }} "))
                .collect()
        };
        assert!(Document::read(&(operations(14) + &shared), &Limits::default()).is_ok());
        assert!(refused(&(operations(15) + &shared)).contains("selections 1515, limit 1500"));
    }

    #[test]
    fn a_fragment_that_contains_itself_is_refused() {
        assert!(
            refused(
                "{ ...A } fragment A on Query { x { ...B } } fragment B on Query { ...A ...A }"
            )
            .contains("contains itself")
        );
        assert!(refused("{ a } fragment A on Query { ...A }").contains("contains itself"));
    }

    #[test]
    fn floods_are_refused() {
        let aliases: String = (0..61).map(|n| format!(" a{n}: a")).collect();
        assert!(refused(&format!("{{{aliases}}}")).contains("aliases 61, limit 60"));
        assert!(refused(&format!("{{ a {} }}", "@x ".repeat(61))).contains("directives"));
        assert!(refused(&format!("{}{}", "{a".repeat(16), "}".repeat(16))).contains("depth 16"));
        assert!(
            refused(&format!("{}{}", "{a".repeat(100_000), "}".repeat(100_000))).contains("bytes")
        );
        assert!(
            refused(&format!("{}{}", "{a".repeat(1_900), "}".repeat(1_900))).contains("tokens")
        );
        assert!(
            refused(&format!(
                "{{a(b:{}{})}}",
                "[".repeat(1_000),
                "]".repeat(1_000)
            ))
            .contains("nesting")
        );
        assert!(
            refused("{__schema{types{fields{type{fields{type{fields{name}}}}}}}}")
                .contains("introspection 3")
        );
    }

    #[test]
    fn the_deepest_nesting_that_is_allowed_can_be_parsed() {
        let limits = Limits {
            depth: 100,
            ..Limits::default()
        };
        let inside = limits.nesting - 2;
        let text = format!("{{a(b:{}{})}}", "[".repeat(inside), "]".repeat(inside));
        assert!(Document::read(&text, &limits).is_ok());
        let text = format!(
            "{}{}",
            "{a".repeat(limits.nesting),
            "}".repeat(limits.nesting)
        );
        assert!(Document::read(&text, &limits).is_ok());
    }

    #[test]
    fn a_document_is_read_once_while_it_is_asked_for() {
        let limits = Limits::default();
        let cache = DocumentCache::new(60);
        let first = cache.get("{ a }", &limits).unwrap();
        for n in 0..100 {
            cache.get(&format!("{{ a{n} }}"), &limits).unwrap();
            assert!(Arc::ptr_eq(&first, &cache.get("{ a }", &limits).unwrap()));
        }
        assert!(cache.recent().len() < 14);
    }

    #[test]
    fn the_operation_is_named_or_the_only_one() {
        let limits = Limits::default();
        let document = Document::read("query A { a } mutation B { b }", &limits).unwrap();
        assert_eq!(
            document.operation(Some("B")).unwrap().ty,
            OperationType::Mutation
        );
        assert!(document.operation(None).is_err());
        assert!(document.operation(Some("C")).is_err());
        let document = Document::read("query A { a }", &limits).unwrap();
        assert!(document.operation(None).is_ok());
        let document = Document::read("{ a }", &limits).unwrap();
        assert!(document.operation(Some("A")).is_err());
        let document = Document::read("subscription { a b }", &limits).unwrap();
        assert!(document.operation(None).is_err());
    }

    #[test]
    fn asking_for_the_schema_is_noticed() {
        let introspects = |text| {
            Document::read(text, &Limits::default())
                .unwrap()
                .introspects
        };
        assert!(introspects("{ __schema { queryType { name } } }"));
        assert!(introspects("{ x: __type (name: \"A\") { name } }"));
        assert!(introspects(
            "{ ...F } fragment F on Query { __type\n(name: \"A\") { name } }"
        ));
        assert!(!introspects("{ __typename }"));
    }
}
