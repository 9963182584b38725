//! Values that GraphQL has no word for.

use std::fmt::Display;

use async_graphql::{ID, InputValueError, InputValueResult, Scalar, ScalarType, Value};
use domain::LegalDate;
use event_store::Position;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use ulid::Ulid;

use crate::http::ApiError;

/// A civil day in Asia/Tokyo, as in `2026-04-01`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date(pub LegalDate);

/// A civil day in Asia/Tokyo, as in `2026-04-01`: the day that counts in law.
#[Scalar(
    name = "Date",
    specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339#section-5.6"
)]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) => text.parse().map(Self).map_err(InputValueError::custom),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A moment, as in `2026-04-01T09:00:00.000Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTime(pub Timestamp);

/// A moment with its offset, as in `2026-04-01T09:00:00.000Z`.
#[Scalar(
    name = "DateTime",
    specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339#section-5.6"
)]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) => text.parse().map(Self).map_err(InputValueError::custom),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(format!("{:.3}", self.0))
    }
}

/// A place in the log, counted from 0: the index of the leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogPosition(pub Position);

/// A place in the log, counted from 0: the index of the leaf. A whole number
/// below 2^53.
#[Scalar(name = "LogPosition", specified_by_url = "https://c2sp.org/tlog-tiles")]
impl ScalarType for LogPosition {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) => number
                .as_u64()
                .filter(|position| *position < 1 << 53)
                .map(|position| Self(Position(position)))
                .ok_or_else(|| InputValueError::expected_type(value)),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::Number(self.0.0.into())
    }
}

/// The id of a command: a ULID that the client makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandUlid(pub Ulid);

/// The id of a command: a ULID that the client makes, once for each thing that
/// it wants done. Sending it again asks for the first answer.
#[Scalar(name = "CommandId", specified_by_url = "https://github.com/ulid/spec")]
impl ScalarType for CommandUlid {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else {
            return Err(InputValueError::expected_type(value));
        };
        let ulid = Ulid::from_string(text).map_err(InputValueError::custom)?;
        if ulid.to_string() == *text {
            Ok(Self(ulid))
        } else {
            Err(InputValueError::custom(
                "a ULID is written with 26 digits and capital letters",
            ))
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// Reads an id of the expected kind, or says what is wrong with it.
pub fn parse_id<T: std::str::FromStr<Err: std::fmt::Display>>(id: &ID) -> Result<T, ApiError> {
    id.parse::<T>().map_err(|error| {
        ApiError::bad_input(
            format!(
                "ID「{}」の形が正しくありません",
                id.chars().take(80).collect::<String>()
            ),
            error.to_string(),
        )
    })
}

/// JSON as it stands in the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Json(pub serde_json::Value);

/// JSON as it stands in the log: objects, lists, texts, whole numbers.
#[Scalar(
    name = "JSON",
    specified_by_url = "https://www.rfc-editor.org/rfc/rfc8785"
)]
impl ScalarType for Json {
    fn parse(value: Value) -> InputValueResult<Self> {
        value.into_json().map(Self).map_err(InputValueError::custom)
    }

    fn to_value(&self) -> Value {
        Value::from_json(self.0.clone()).unwrap_or_default()
    }
}

/// The id of one of many things that follow from a command: the same for a
/// retry.
pub(crate) fn following(command: Ulid, what: impl Display) -> Ulid {
    let mut hasher = Sha256::new();
    hasher.update(b"hiroba/nth/v1\n");
    hasher.update(format!("{command}/{what}"));
    let digest: [u8; 32] = hasher.finalize().into();
    let (half, _) = digest.split_at(10);
    let random = half
        .iter()
        .fold(0, |number, byte| (number << 8) | u128::from(*byte));
    Ulid::from_parts(command.timestamp_ms(), random)
}
