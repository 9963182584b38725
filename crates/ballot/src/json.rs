//! JSON in its one canonical form: compact, fields in their published order (fact sheet §1).

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

/// Why some bytes are not the canonical JSON of what they should be.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum JsonError {
    /// Not JSON, or not of the right shape.
    #[error("{0}")]
    Malformed(String),
    /// Readable, but written differently from how it must be written.
    #[error("not in canonical form, from byte {offset} on")]
    NotCanonical {
        /// The first byte that differs.
        offset: usize,
    },
}

/// The canonical form of a value.
///
/// The values of this crate have only string keys and no floats, so writing cannot fail.
pub(crate) fn write<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Reads a value from its canonical form and from no other.
pub(crate) fn read<'a, T: Deserialize<'a> + Serialize>(bytes: &'a [u8]) -> Result<T, JsonError> {
    let value: T =
        serde_json::from_slice(bytes).map_err(|error| JsonError::Malformed(error.to_string()))?;
    let canonical = write(&value);
    if canonical.as_bytes() == bytes {
        return Ok(value);
    }
    let offset = canonical
        .bytes()
        .zip(bytes)
        .position(|(ours, theirs)| ours != *theirs)
        .unwrap_or(canonical.len().min(bytes.len()));
    Err(JsonError::NotCanonical { offset })
}

/// A count or a weight: a number up to 2^30 - 1, a decimal string above.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count(pub u64);

const LARGEST_NUMBER: u64 = (1 << 30) - 1;

impl Serialize for Count {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            ..=LARGEST_NUMBER => serializer.serialize_u64(self.0),
            _ => serializer.collect_str(&self.0),
        }
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Number(u64),
            Text(String),
        }
        match Form::deserialize(deserializer)? {
            Form::Number(number) => Ok(Self(number)),
            Form::Text(text) => text
                .parse()
                .map(Self)
                .map_err(|_| de::Error::custom("not a count")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_count_is_a_string() {
        assert_eq!(
            write(&[Count(1_073_741_823), Count(1_073_741_824)]),
            r#"[1073741823,"1073741824"]"#
        );
        assert_eq!(read::<Count>(br#""1073741824""#), Ok(Count(1 << 30)));
        for text in [
            r#""1073741823""#,
            "1073741824",
            r#""01""#,
            " 1",
            "01",
            "-1",
            "1.0",
        ] {
            assert!(read::<Count>(text.as_bytes()).is_err(), "{text}");
        }
    }
}
