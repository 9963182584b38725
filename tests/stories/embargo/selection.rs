//! Everything that can be asked, written out from the schema: a field that is
//! added is asked for without anybody thinking of it.

use std::collections::BTreeMap;

use async_graphql::{
    Positioned,
    parser::{
        parse_schema,
        types::{BaseType, FieldDefinition, Type, TypeKind, TypeSystemDefinition},
    },
};

use super::known::Known;

/// How deep a question goes.
const DEPTH: usize = 9;

/// The schema as it is served.
pub(super) struct Questions {
    types: BTreeMap<String, TypeKind>,
}

impl Questions {
    /// Reads the schema.
    pub(super) fn of_the_schema() -> Self {
        let document = parse_schema(gateway::sdl()).unwrap();
        let types = document.definitions.into_iter().filter_map(|definition| {
            let TypeSystemDefinition::Type(definition) = definition else {
                return None;
            };
            let definition = definition.node;
            Some((definition.name.node.to_string(), definition.kind))
        });
        Self {
            types: types.collect(),
        }
    }

    /// One operation for each field of a root type and each way to fill it in.
    pub(super) fn operations(&self, root: &str, known: &Known) -> Vec<String> {
        let mut operations = Vec::new();
        for field in self.fields(root) {
            for arguments in arguments(field, known) {
                let name = &field.name.node;
                let selected = self.below(&field.ty.node, known, &mut vec![root.to_owned()]);
                let Some(selected) = selected else { continue };
                operations.push(format!("{{ {name}{arguments} {selected} }}"));
            }
        }
        operations
    }

    /// All fields of a type, as they stand between braces.
    pub(super) fn everything(&self, of_type: &str, known: &Known) -> String {
        self.fields_of(of_type, known, &mut Vec::new(), "")
    }

    fn fields(&self, of_type: &str) -> impl Iterator<Item = &FieldDefinition> {
        let fields: &[Positioned<FieldDefinition>] = match &self.types[of_type] {
            TypeKind::Object(object) => &object.fields,
            TypeKind::Interface(interface) => &interface.fields,
            _ => &[],
        };
        fields.iter().map(|field| &field.node)
    }

    /// What is asked below a field: nothing for a scalar, `None` where the
    /// question would go in circles.
    fn below(&self, ty: &Type, known: &Known, path: &mut Vec<String>) -> Option<String> {
        let name = named(ty);
        let selected = match self.types.get(name) {
            None | Some(TypeKind::Scalar | TypeKind::Enum(_)) => return Some(String::new()),
            Some(_) if path.iter().any(|above| above == name) || DEPTH < path.len() => {
                return None;
            }
            Some(TypeKind::Union(union)) => {
                let members = union.members.iter().map(|member| member.node.as_str());
                self.each_of(members, known, path)
            }
            Some(TypeKind::Interface(_)) => {
                let implementors = self.types.iter().filter(|(_, kind)| {
                    matches!(kind, TypeKind::Object(object) if object.implements.iter().any(|one| one.node == name))
                });
                self.each_of(implementors.map(|(name, _)| name.as_str()), known, path)
            }
            Some(_) => self.fields_of(name, known, path, ""),
        };
        Some(format!("{{ __typename {selected} }}"))
    }

    fn each_of<'a>(
        &self,
        types: impl Iterator<Item = &'a str>,
        known: &Known,
        path: &mut Vec<String>,
    ) -> String {
        // Fields of different types may share a name, so each gets one of its own.
        types
            .map(|name| {
                let prefix = format!("{name}_");
                let fields = self.fields_of(name, known, path, &prefix);
                format!("... on {name} {{ {fields} }} ")
            })
            .collect()
    }

    fn fields_of(
        &self,
        of_type: &str,
        known: &Known,
        path: &mut Vec<String>,
        prefix: &str,
    ) -> String {
        path.push(of_type.to_owned());
        let mut text = String::new();
        for field in self.fields(of_type) {
            let name = &field.name.node;
            let Some(arguments) = arguments(field, known).into_iter().next() else {
                continue;
            };
            let Some(selected) = self.below(&field.ty.node, known, path) else {
                continue;
            };
            if !prefix.is_empty() {
                text.push_str(&format!("{prefix}{name}: "));
            }
            text.push_str(&format!("{name}{arguments} {selected} "));
        }
        path.pop();
        text
    }
}

fn named(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => named(inner),
    }
}

/// The ways to fill in a field: what it must be given, and as much of a list as
/// there is.
fn arguments(field: &FieldDefinition, known: &Known) -> Vec<String> {
    let mut ways = vec![Vec::new()];
    for argument in &field.arguments {
        let argument = &argument.node;
        let name = argument.name.node.as_str();
        let values = match name {
            // Every hit is asked for the whole of its case.
            "first" if field.name.node == "search" => vec!["2".to_owned()],
            "first" => vec!["100".to_owned()],
            "allVersions" => vec!["true".to_owned()],
            _ if argument.ty.node.nullable || argument.default_value.is_some() => continue,
            _ => known.values(field.name.node.as_str(), name),
        };
        ways = ways
            .into_iter()
            .flat_map(|way| {
                values.iter().map(move |value| {
                    let mut way = way.clone();
                    way.push(format!("{name}: {value}"));
                    way
                })
            })
            .collect();
    }
    ways.into_iter()
        .map(|way| match way.as_slice() {
            [] => String::new(),
            way => format!("({})", way.join(", ")),
        })
        .collect()
}
