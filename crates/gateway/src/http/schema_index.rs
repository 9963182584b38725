//! What the cost of a document depends on: which fields are lists, which are
//! paged, and where they lead. Read from the schema as it is published, so that
//! it cannot differ from it.

use std::collections::HashMap;

use async_graphql::parser::{
    parse_schema,
    types::{BaseType, FieldDefinition, OperationType, Type, TypeKind, TypeSystemDefinition},
};

/// The fields of every object and interface type.
#[derive(Debug, Default)]
pub(super) struct SchemaIndex {
    types: HashMap<String, HashMap<String, FieldShape>>,
    roots: [String; 3],
}

#[derive(Debug)]
pub(super) struct FieldShape {
    /// The type of the value, or of the values of the list.
    pub(super) leads_to: String,
    pub(super) is_list: bool,
    /// Whether it takes `first` or `last`: its edges are as many as asked for.
    pub(super) is_paged: bool,
}

impl SchemaIndex {
    /// Reads a schema.
    ///
    /// # Errors
    /// If the text is no schema.
    pub(super) fn read(sdl: &str) -> Result<Self, async_graphql::parser::Error> {
        let mut index = Self {
            types: HashMap::new(),
            roots: ["Query", "Mutation", "Subscription"].map(str::to_owned),
        };
        for definition in parse_schema(sdl)?.definitions {
            match definition {
                TypeSystemDefinition::Schema(schema) => {
                    let schema = schema.node;
                    for (root, name) in index.roots.iter_mut().zip([
                        schema.query,
                        schema.mutation,
                        schema.subscription,
                    ]) {
                        if let Some(name) = name {
                            *root = name.node.to_string();
                        }
                    }
                }
                TypeSystemDefinition::Type(definition) => {
                    let fields = match definition.node.kind {
                        TypeKind::Object(object) => object.fields,
                        TypeKind::Interface(interface) => interface.fields,
                        _ => continue,
                    };
                    index
                        .types
                        .entry(definition.node.name.node.to_string())
                        .or_default()
                        .extend(fields.iter().map(|field| shape(&field.node)));
                }
                TypeSystemDefinition::Directive(_) => (),
            }
        }
        Ok(index)
    }

    pub(super) fn root(&self, operation: OperationType) -> &str {
        let [query, mutation, subscription] = &self.roots;
        match operation {
            OperationType::Query => query,
            OperationType::Mutation => mutation,
            OperationType::Subscription => subscription,
        }
    }

    pub(super) fn field(&self, of_type: &str, name: &str) -> Option<&FieldShape> {
        self.types.get(of_type)?.get(name)
    }
}

fn shape(field: &FieldDefinition) -> (String, FieldShape) {
    let (is_list, leads_to) = unwrap(&field.ty.node);
    let is_paged = field
        .arguments
        .iter()
        .any(|argument| matches!(argument.node.name.node.as_str(), "first" | "last"));
    (
        field.name.node.to_string(),
        FieldShape {
            leads_to,
            is_list,
            is_paged,
        },
    )
}

fn unwrap(ty: &Type) -> (bool, String) {
    match &ty.base {
        BaseType::Named(name) => (false, name.to_string()),
        BaseType::List(inner) => (true, unwrap(inner).1),
    }
}
