//! How fields are written in a snapshot, where that differs from JSON.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Types that are made for JSON (a tag among the members, members left out):
/// as JSON inside the snapshot.
pub(crate) mod json {
    use std::fmt;

    use serde::{
        Deserializer, Serialize, Serializer,
        de::{DeserializeOwned, Error, Visitor},
        ser::Error as _,
    };

    pub(crate) fn serialize<T: Serialize, S: Serializer>(
        value: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return value.serialize(serializer);
        }
        let json = serde_json::to_vec(value).map_err(S::Error::custom)?;
        serializer.serialize_bytes(&json)
    }

    pub(crate) fn deserialize<'de, T: DeserializeOwned, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<T, D::Error> {
        struct Json<T>(std::marker::PhantomData<T>);

        impl<T: DeserializeOwned> Visitor<'_> for Json<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON")
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<T, E> {
                serde_json::from_slice(bytes).map_err(E::custom)
            }
        }

        if deserializer.is_human_readable() {
            return T::deserialize(deserializer);
        }
        deserializer.deserialize_bytes(Json(std::marker::PhantomData))
    }
}

/// A moment as a number: text costs three times the room.
pub(crate) mod moment {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(
        moment: &Timestamp,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return moment.serialize(serializer);
        }
        (moment.as_second(), moment.subsec_nanosecond()).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Timestamp, D::Error> {
        if deserializer.is_human_readable() {
            return Timestamp::deserialize(deserializer);
        }
        let (seconds, nanoseconds) = <(i64, i32)>::deserialize(deserializer)?;
        Timestamp::new(seconds, nanoseconds).map_err(D::Error::custom)
    }
}

/// The name of a field: those that every submission has are not written out.
pub(crate) mod name {
    use super::{Cow, Deserialize, Deserializer, Serialize, Serializer};
    use crate::field;

    const KNOWN: &[&str] = &[
        field::BODY,
        field::PASSAGE,
        field::SUBMITTER,
        field::CLAIM,
        field::REDACTED,
        field::RESPONSE,
        "items/0/summary",
        "items/0/excerpt",
        "items/1/summary",
        "items/1/excerpt",
        "attachments/0/file",
    ];

    #[derive(Serialize, Deserialize)]
    enum Name<'a> {
        Known(u8),
        Other(Cow<'a, str>),
    }

    #[expect(clippy::ptr_arg, reason = "as serde calls it")]
    pub(crate) fn serialize<S: Serializer>(
        name: &Cow<'static, str>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return name.serialize(serializer);
        }
        let known = (0_u8..).zip(KNOWN).find(|(_, known)| **known == name);
        match known {
            Some((number, _)) => Name::Known(number),
            None => Name::Other(Cow::Borrowed(name)),
        }
        .serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Cow<'static, str>, D::Error> {
        if deserializer.is_human_readable() {
            return Cow::deserialize(deserializer);
        }
        match Name::deserialize(deserializer)? {
            Name::Known(number) => match KNOWN.get(usize::from(number)) {
                Some(known) => Ok(Cow::Borrowed(known)),
                None => Err(serde::de::Error::custom("a field without a name")),
            },
            Name::Other(name) => Ok(Cow::Owned(name.into_owned())),
        }
    }
}
