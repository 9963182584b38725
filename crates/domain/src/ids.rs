//! Ids: a newtype per noun, with its prefix in text, JSON and URLs, refused
//! where another noun is expected. Made at the edge, never here.

use std::{fmt, marker::PhantomData, str::FromStr};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, Visitor},
};
use ulid::Ulid;

/// Why a text is not an id of the expected kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id of the form {prefix}_01ARZ3NDEKTSV4RRFFQ69G5FAV: {text:?}")]
pub struct IdError {
    prefix: &'static str,
    text: String,
}

pub(crate) fn parse_text<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr,
    T::Err: fmt::Display,
{
    struct Text<T>(PhantomData<T>);

    impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for Text<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
            text.parse().map_err(E::custom)
        }
    }

    deserializer.deserialize_str(Text(PhantomData))
}

/// The 16 bytes of a ULID, for formats that nobody reads: snapshots.
struct Bytes;

impl Visitor<'_> for Bytes {
    type Value = Ulid;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("16 bytes")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Ulid, E> {
        let bytes: [u8; 16] = bytes
            .try_into()
            .map_err(|_| E::invalid_length(bytes.len(), &self))?;
        Ok(Ulid(u128::from_be_bytes(bytes)))
    }
}

/// Reads a ULID in its one spelling: Crockford's alphabet has aliases.
fn parse_ulid(text: &str) -> Option<Ulid> {
    let canonical = |byte: u8| matches!(byte, b'0'..=b'9' | b'A'..=b'H' | b'J' | b'K' | b'M' | b'N' | b'P'..=b'T' | b'V'..=b'Z');
    let fits = text.as_bytes().first().is_some_and(|first| *first <= b'7');
    let parsed = (fits && text.bytes().all(canonical)).then(|| Ulid::from_string(text))?;
    parsed.ok()
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Ulid);

        impl $name {
            /// What stands before the underscore.
            pub const PREFIX: &'static str = $prefix;
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let refuse = || IdError { prefix: $prefix, text: text.chars().take(80).collect() };
                let ulid = text.strip_prefix(concat!($prefix, "_")).ok_or_else(refuse)?;
                parse_ulid(ulid).map(Self).ok_or_else(refuse)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.collect_str(self)
                } else {
                    serializer.serialize_bytes(&self.0.0.to_be_bytes())
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    parse_text(deserializer)
                } else {
                    deserializer.deserialize_bytes(Bytes).map(Self)
                }
            }
        }
    )*};
}

ids! {
    /// A public comment case.
    CaseId = "case";
    /// A change between the draft and the final text.
    ChangeId = "change";
    /// A file that was uploaded: a material, a scan, an attachment.
    FileId = "file";
    /// Items that share one answer.
    GroupId = "group";
    /// An opinion item (件).
    ItemId = "item";
    /// A document published beside a draft.
    MaterialId = "material";
    /// Somebody who works for the city, as a pseudonym.
    OfficerId = "officer";
    /// A person who takes part, as a pseudonym of one case.
    SubjectId = "subject";
    /// A submission (通).
    SubmissionId = "submission";
}

/// The id of an event: the command that caused it, and its place among the
/// events of that command. So it is unique as long as command ids are, and
/// whoever seals a text for an event knows its id beforehand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId {
    /// The command.
    pub command: Ulid,
    /// The place, from 0.
    pub index: u16,
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "event_{}.{}", self.command, self.index)
    }
}

impl FromStr for EventId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || IdError {
            prefix: "event",
            text: text.chars().take(80).collect(),
        };
        let (command, index) = text
            .strip_prefix("event_")
            .and_then(|rest| rest.split_once('.'))
            .ok_or_else(refuse)?;
        // No sign and no leading zero: one id has one spelling.
        let digits = index.bytes().all(|byte| byte.is_ascii_digit());
        if !digits || (index.len() > 1 && index.starts_with('0')) {
            return Err(refuse());
        }
        Ok(Self {
            command: parse_ulid(command).ok_or_else(refuse)?,
            index: index.parse().map_err(|_| refuse())?,
        })
    }
}

impl Serialize for EventId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return serializer.collect_str(self);
        }
        let mut bytes = [0; 18];
        let (command, index) = bytes.split_at_mut(16);
        command.copy_from_slice(&self.command.0.to_be_bytes());
        index.copy_from_slice(&self.index.to_be_bytes());
        serializer.serialize_bytes(&bytes)
    }
}

impl<'de> Deserialize<'de> for EventId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Both;

        impl Visitor<'_> for Both {
            type Value = EventId;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("18 bytes")
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<EventId, E> {
                let wrong = || E::invalid_length(bytes.len(), &self);
                let (command, index) = bytes.split_at_checked(16).ok_or_else(wrong)?;
                Ok(EventId {
                    command: Bytes.visit_bytes(command)?,
                    index: u16::from_be_bytes(index.try_into().map_err(|_| wrong())?),
                })
            }
        }

        if deserializer.is_human_readable() {
            parse_text(deserializer)
        } else {
            deserializer.deserialize_bytes(Both)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_refused_where_another_kind_is_expected() {
        let id = CaseId(Ulid(u128::MAX / 7));
        let case = id.to_string();
        assert_eq!(case.parse(), Ok(id));
        assert!(case.parse::<ItemId>().is_err());
        let lower = format!("case_{}", id.0.to_string().to_lowercase());
        assert!(lower.parse::<CaseId>().is_err());
        assert!("case_".parse::<CaseId>().is_err());
    }

    #[test]
    fn an_event_id_has_one_spelling() {
        let id = EventId {
            command: Ulid(9),
            index: 3,
        };
        assert_eq!(id.to_string().parse(), Ok(id));
        assert!(
            id.to_string()
                .replace(".3", ".03")
                .parse::<EventId>()
                .is_err()
        );
        assert!(
            id.to_string()
                .replace(".3", ".+3")
                .parse::<EventId>()
                .is_err()
        );
    }
}
