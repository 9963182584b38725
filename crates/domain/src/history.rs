//! Events as the log holds them: the leaf.
//!
//! A leaf is the canonical JSON of [`Entry`]. These bytes are written once,
//! hashed as written and never made again. An older shape of `data` is lifted
//! when it is read.

use jiff::Timestamp;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeSeed, MapAccess, Visitor, value::BorrowedStrDeserializer},
    forward_to_deserialize_any,
};
use serde_json::{Value, value::RawValue};
use ulid::Ulid;

use crate::{
    ActorId, Decider, LegalDate, Role,
    canonical::{self, CanonicalError},
    ids::EventId,
};

/// Lifts the data of one kind of event from one schema version to the next.
pub struct Upcast {
    /// The kind, in snake case.
    pub kind: &'static str,
    /// The schema version that is lifted.
    pub from: u32,
    /// The new shape of the data. Upcasts never guess facts.
    pub lift: fn(Value) -> Value,
}

/// What stands around the data of every event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// Who did it, as a pseudonym.
    pub actor: ActorId,
    /// In which role.
    pub role: Role,
    /// The version of the ordinance under which it was decided; empty where
    /// no ordinance applies.
    pub basis: String,
    /// The command that caused it.
    pub command: Ulid,
    /// The event that it answers, if it is a reaction.
    pub answers: Option<EventId>,
    /// The event's id.
    pub event: EventId,
    /// The day to which the law attributes it.
    pub legal_date: LegalDate,
    /// When it was recorded, to the millisecond.
    pub recorded_at: Timestamp,
    /// The stream that it belongs to.
    pub stream: String,
    /// Its place in the stream, from 1.
    pub version: u64,
}

/// The members of a leaf, as they are spelled there.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry<'a> {
    actor: EntryActor,
    #[serde(borrow)]
    basis: std::borrow::Cow<'a, str>,
    cause: Cause,
    #[serde(borrow)]
    data: &'a RawValue,
    event: EventId,
    #[serde(borrow)]
    kind: std::borrow::Cow<'a, str>,
    legal_date: LegalDate,
    recorded_at: Timestamp,
    schema: u32,
    #[serde(borrow)]
    stream: std::borrow::Cow<'a, str>,
    version: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryActor {
    id: ActorId,
    role: Role,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cause {
    command: CommandText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    event: Option<EventId>,
}

#[derive(Clone, Copy)]
struct CommandText(Ulid);

impl std::str::FromStr for CommandText {
    type Err = ulid::DecodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ulid::from_string(text).map(Self)
    }
}

impl Serialize for CommandText {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for CommandText {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::ids::parse_text(deserializer)
    }
}

/// Why an event cannot be written as a leaf.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// It has no canonical form.
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
    /// It is not an enum with kind and data.
    #[error("the event is not of the form {{kind, data}}: {0}")]
    Shape(String),
    /// A leaf of the transparency log holds at most 65,535 bytes.
    #[error("the event has {0} bytes, a leaf at most 65535")]
    TooLong(usize),
}

/// Why a leaf cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is not the JSON of an entry.
    #[error("the leaf cannot be read: {0}")]
    Malformed(#[from] serde_json::Error),
    /// It was written by a newer release.
    #[error("{kind} has schema {schema}, which is newer than this release reads ({newest})")]
    FromTheFuture {
        /// The kind of event.
        kind: String,
        /// Its schema version.
        schema: u32,
        /// The newest that this release knows.
        newest: u32,
    },
}

/// The newest schema version of a kind: one more than its last upcast.
pub fn newest_schema(upcasts: &[Upcast], kind: &str) -> u32 {
    upcasts
        .iter()
        .filter(|upcast| upcast.kind == kind)
        .map(|upcast| upcast.from + 1)
        .max()
        .unwrap_or(1)
}

/// Writes the leaf of an event.
pub fn write<D: Decider>(event: &D::Event, metadata: &Metadata) -> Result<Vec<u8>, WriteError> {
    let shape = |error: serde_json::Error| WriteError::Shape(error.to_string());
    let mut event = serde_json::to_value(event).map_err(shape)?;
    let kind = match event["kind"].take() {
        Value::String(kind) => kind,
        other => return Err(WriteError::Shape(other.to_string())),
    };
    let data = event["data"].take();
    let leaf = serde_json::json!({
        "actor": {"id": metadata.actor, "role": metadata.role},
        "basis": metadata.basis,
        "cause": Cause { command: CommandText(metadata.command), event: metadata.answers },
        "data": data,
        "event": metadata.event,
        "kind": kind,
        "legal_date": metadata.legal_date,
        "recorded_at": format!("{:.3}", metadata.recorded_at),
        "schema": newest_schema(D::UPCASTS, &kind),
        "stream": metadata.stream,
        "version": metadata.version,
    });
    let bytes = canonical::to_bytes(&leaf)?;
    if bytes.len() > 65_535 {
        return Err(WriteError::TooLong(bytes.len()));
    }
    Ok(bytes)
}

/// A leaf, taken apart.
#[derive(Debug)]
pub struct Leaf<'a> {
    /// What stands around the data.
    pub metadata: Metadata,
    /// The kind, in snake case.
    pub kind: std::borrow::Cow<'a, str>,
    /// The schema version of the data.
    pub schema: u32,
    /// The data, not yet read.
    pub data: &'a RawValue,
}

impl<'a> Leaf<'a> {
    /// Takes a leaf apart without reading its data.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, ReadError> {
        let entry: Entry<'a> = serde_json::from_slice(bytes)?;
        Ok(Self {
            metadata: Metadata {
                actor: entry.actor.id,
                role: entry.actor.role,
                basis: entry.basis.into_owned(),
                command: entry.cause.command.0,
                answers: entry.cause.event,
                event: entry.event,
                legal_date: entry.legal_date,
                recorded_at: entry.recorded_at,
                stream: entry.stream.into_owned(),
                version: entry.version,
            },
            kind: entry.kind,
            schema: entry.schema,
            data: entry.data,
        })
    }

    /// The institution, by the name of the stream.
    pub fn institution(&self) -> &str {
        self.metadata.stream.split('/').next().unwrap_or_default()
    }

    /// Reads the event, lifting an older shape.
    pub fn event<D: Decider>(&self) -> Result<D::Event, ReadError> {
        let newest = newest_schema(D::UPCASTS, &self.kind);
        if self.schema > newest {
            return Err(ReadError::FromTheFuture {
                kind: self.kind.clone().into_owned(),
                schema: self.schema,
                newest,
            });
        }
        if self.schema == newest {
            return Ok(D::Event::deserialize(Tagged {
                kind: Some(&self.kind),
                data: self.data,
                next: "kind",
            })?);
        }
        let mut data: Value = serde_json::from_str(self.data.get())?;
        for schema in self.schema..newest {
            let upcast = D::UPCASTS
                .iter()
                .find(|upcast| upcast.kind == self.kind && upcast.from == schema);
            if let Some(upcast) = upcast {
                data = (upcast.lift)(data);
            }
        }
        Ok(serde_json::from_value(
            serde_json::json!({"kind": self.kind, "data": data}),
        )?)
    }
}

/// The kind and the data of a leaf as one value, `{kind, data}`, without
/// writing it down again: a log of a million events is read in seconds.
struct Tagged<'de> {
    kind: Option<&'de str>,
    data: &'de RawValue,
    next: &'static str,
}

impl<'de> Deserializer<'de> for Tagged<'de> {
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_map(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string
        bytes byte_buf option unit unit_struct newtype_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> MapAccess<'de> for Tagged<'de> {
    type Error = serde_json::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Self::Error> {
        if self.next.is_empty() {
            return Ok(None);
        }
        seed.deserialize(BorrowedStrDeserializer::new(self.next))
            .map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, Self::Error> {
        match self.kind.take() {
            Some(kind) => {
                self.next = "data";
                seed.deserialize(BorrowedStrDeserializer::new(kind))
            }
            None => {
                self.next = "";
                seed.deserialize(self.data)
            }
        }
    }
}
