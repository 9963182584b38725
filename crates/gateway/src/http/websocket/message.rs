//! The messages of `graphql-transport-ws`, and the reasons to close.

use axum::extract::ws::CloseFrame;
use serde::Deserialize;
use serde_json::value::RawValue;

/// What a client may say.
#[derive(Debug)]
pub(super) enum ClientMessage {
    /// The greeting, with a token if there is one.
    Init { authorization: Option<String> },
    /// Asks for a pong with the same payload.
    Ping { payload: Option<Box<RawValue>> },
    /// The answer to a ping.
    Pong,
    /// Starts an operation.
    Subscribe { id: String, payload: Box<RawValue> },
    /// Ends an operation.
    Complete { id: String },
}

/// Why a connection ends. Codes of the protocol, and two of RFC 6455.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Closing {
    Malformed(&'static str),
    Unauthorized,
    Forbidden,
    ProtocolNotSpoken,
    InitialisedTooLate,
    AlreadyExists(String),
    InitialisedTwice,
    TooManyOperations,
    GoingAway,
}

impl Closing {
    pub(super) fn code(&self) -> u16 {
        match self {
            Self::Malformed(_) => 4400,
            Self::Unauthorized => 4401,
            Self::Forbidden => 4403,
            Self::ProtocolNotSpoken => 4406,
            Self::InitialisedTooLate => 4408,
            Self::AlreadyExists(_) => 4409,
            Self::InitialisedTwice | Self::TooManyOperations => 4429,
            Self::GoingAway => 1001,
        }
    }

    /// The words are those of the protocol, which clients may compare.
    pub(super) fn frame(&self) -> CloseFrame {
        let reason = match self {
            Self::Malformed(what) => (*what).to_owned(),
            Self::Unauthorized => "Unauthorized".to_owned(),
            Self::Forbidden => "Forbidden".to_owned(),
            Self::ProtocolNotSpoken => "Subprotocol not acceptable".to_owned(),
            Self::InitialisedTooLate => "Connection initialisation timeout".to_owned(),
            Self::AlreadyExists(id) => format!("Subscriber for {id} already exists"),
            Self::InitialisedTwice => "Too many initialisation requests".to_owned(),
            Self::TooManyOperations => "Too many operations".to_owned(),
            Self::GoingAway => "Going away".to_owned(),
        };
        CloseFrame {
            code: self.code(),
            reason: fitting(&reason).into(),
        }
    }
}

/// The beginning of a text that fits into a close frame, 123 bytes (RFC 6455,
/// 5.5).
fn fitting(text: &str) -> &str {
    text.get(..text.floor_char_boundary(123))
        .unwrap_or_default()
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(rename = "type")]
    ty: String,
    id: Option<String>,
    #[serde(borrow)]
    payload: Option<&'a RawValue>,
}

impl ClientMessage {
    /// Reads a message.
    pub(super) fn read(text: &str) -> Result<Self, Closing> {
        let envelope: Envelope<'_> =
            serde_json::from_str(text).map_err(|_| Closing::Malformed("Invalid message"))?;
        let payload = envelope.payload;
        if !payload.is_none_or(|payload| payload.get().starts_with('{')) {
            return Err(Closing::Malformed("The payload must be an object"));
        }
        let id = || match envelope.id {
            Some(id) if !id.is_empty() => Ok(id),
            _ => Err(Closing::Malformed(
                "The id must be a text that is not empty",
            )),
        };
        match envelope.ty.as_str() {
            "connection_init" => Ok(Self::Init {
                authorization: payload.and_then(authorization),
            }),
            "ping" => Ok(Self::Ping {
                payload: payload.map(ToOwned::to_owned),
            }),
            "pong" => Ok(Self::Pong),
            "subscribe" => Ok(Self::Subscribe {
                id: id()?,
                payload: payload
                    .ok_or(Closing::Malformed("subscribe needs a payload"))?
                    .to_owned(),
            }),
            "complete" => Ok(Self::Complete { id: id()? }),
            _ => Err(Closing::Malformed("Unknown message type")),
        }
    }
}

/// The token in the payload of the greeting. Browsers cannot set headers on a
/// WebSocket, so it stands where the header would.
fn authorization(payload: &RawValue) -> Option<String> {
    let fields: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(payload.get()).ok()?;
    let (_, value) = fields
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("authorization"))?;
    Some(value.as_str().unwrap_or_default().to_owned())
}

pub(super) const ACKNOWLEDGED: &str = r#"{"type":"connection_ack"}"#;

pub(super) fn pong(payload: Option<&RawValue>) -> String {
    match payload {
        Some(payload) => format!(r#"{{"type":"pong","payload":{payload}}}"#),
        None => r#"{"type":"pong"}"#.to_owned(),
    }
}

/// A message about one operation. `payload` is JSON, or empty.
pub(super) fn about(id: &str, ty: &'static str, payload: &[u8]) -> String {
    let id = serde_json::Value::from(id);
    let payload = String::from_utf8_lossy(payload);
    if payload.is_empty() {
        format!(r#"{{"id":{id},"type":"{ty}"}}"#)
    } else {
        format!(r#"{{"id":{id},"type":"{ty}","payload":{payload}}}"#)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_is_not_of_the_protocol_closes_with_4400() {
        for wrong in [
            "",
            "nonsense",
            "[]",
            "{}",
            r#"{"type":"query"}"#,
            r#"{"type":1}"#,
            r#"{"type":"subscribe","id":"1"}"#,
            r#"{"type":"subscribe","payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":"","payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":1,"payload":{"query":"{a}"}}"#,
            r#"{"type":"complete"}"#,
            r#"{"type":"ping","payload":"text"}"#,
            r#"{"type":"connection_init","payload":[]}"#,
        ] {
            assert_eq!(
                ClientMessage::read(wrong)
                    .map_err(|closing| closing.code())
                    .err(),
                Some(4400),
                "{wrong}"
            );
        }
    }

    #[test]
    fn a_reason_fits_into_its_frame() {
        let frame = Closing::AlreadyExists("あ".repeat(200)).frame();
        assert!(frame.reason.len() <= 123);
        assert_eq!(frame.code, 4409);
        assert_eq!(fitting("short"), "short");
    }

    #[test]
    fn the_greeting_may_carry_a_token() {
        let token = |text: &str| match ClientMessage::read(text) {
            Ok(ClientMessage::Init { authorization }) => authorization,
            other => panic!("{other:?}"),
        };
        assert_eq!(token(r#"{"type":"connection_init"}"#), None);
        assert_eq!(token(r#"{"type":"connection_init","payload":null}"#), None);
        assert_eq!(
            token(r#"{"type":"connection_init","payload":{"Authorization":"Bearer a"}}"#),
            Some("Bearer a".into())
        );
        assert_eq!(
            token(r#"{"type":"connection_init","payload":{"authorization":1}}"#),
            Some(String::new())
        );
    }

    #[test]
    fn an_id_cannot_break_out_of_its_message() {
        let message = about("\"},{\"", "complete", b"");
        let json: serde_json::Value = serde_json::from_str(&message).unwrap();
        assert_eq!(json["id"], "\"},{\"");
    }
}
