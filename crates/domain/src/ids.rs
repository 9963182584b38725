//! Ids: a newtype per noun, with its prefix in text, JSON and URLs, refused
//! where another noun is expected. Made at the edge, never here.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
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
    let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
    text.parse().map_err(serde::de::Error::custom)
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
                let id = Self(Ulid::from_string(ulid).map_err(|_| refuse())?);
                // Crockford's alphabet has aliases; one id has one spelling.
                if id.to_string() == text { Ok(id) } else { Err(refuse()) }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                parse_text(deserializer)
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
        let id = Self {
            command: Ulid::from_string(command).map_err(|_| refuse())?,
            index: index.parse().map_err(|_| refuse())?,
        };
        if id.to_string() == text {
            Ok(id)
        } else {
            Err(refuse())
        }
    }
}

impl Serialize for EventId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for EventId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parse_text(deserializer)
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
