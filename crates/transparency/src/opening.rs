//! Openings as they are shown: to the public once a text is published, and to
//! the person whose text it is.
//!
//! ```json
//! {"alg":"hiroba/commit/v1","event":"event_….0","field":"body","salt":"<base64>","text":"…"}
//! ```
//!
//! Whatever is not text stands in `bytes`, base64, in the place of `text`.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::commitment::{ALGORITHM, Commitment, Opening};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shown {
    alg: String,
    event: String,
    field: String,
    salt: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bytes: Option<String>,
}

/// Why JSON is not an opening.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Not JSON with exactly the members of an opening.
    #[error("not the JSON of an opening: {0}")]
    Json(#[from] serde_json::Error),
    /// A scheme that this release does not know.
    #[error("the opening is of {0}, not of {ALGORITHM}")]
    Algorithm(String),
    /// The salt is not the base64 of 32 bytes.
    #[error("the salt is written as 44 characters of standard base64")]
    Salt,
    /// Neither text nor bytes, both, or bytes that should stand as text.
    #[error("an opening has either text, or bytes (in base64) that are no text")]
    Plaintext,
}

/// Why an opening does not belong to a leaf.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// The leaf is not the JSON of an event.
    #[error("the leaf is not the JSON of an event")]
    Leaf,
    /// The opening is of another event.
    #[error("the leaf is of {leaf}, the opening of {opening}")]
    OtherEvent {
        /// The event of the leaf.
        leaf: String,
        /// The event of the opening.
        opening: String,
    },
    /// The leaf has no commitment in that place.
    #[error("the leaf has no commitment in the field {0}")]
    NoCommitment(String),
    /// Salt and text are not those that were committed to.
    #[error("the text is not the one that was recorded in the field {0}")]
    OtherText(String),
}

/// Writes an opening.
pub fn to_json(opening: &Opening) -> Result<String, serde_json::Error> {
    let text = str::from_utf8(&opening.plaintext).ok();
    let bytes = text.is_none().then(|| STANDARD.encode(&opening.plaintext));
    serde_json::to_string(&Shown {
        alg: ALGORITHM.to_owned(),
        event: opening.event_id.clone(),
        field: opening.field.clone(),
        salt: opening.salt.to_string(),
        text: text.map(str::to_owned),
        bytes,
    })
}

/// Reads an opening; strict, so that one opening has one reading.
pub fn from_json(json: &[u8]) -> Result<Opening, ReadError> {
    let shown: Shown = serde_json::from_slice(json)?;
    if shown.alg != ALGORITHM {
        return Err(ReadError::Algorithm(shown.alg.chars().take(80).collect()));
    }
    let plaintext = match (shown.text, shown.bytes) {
        (Some(text), None) => text.into_bytes(),
        (None, Some(bytes)) => STANDARD
            .decode(bytes)
            .ok()
            .filter(|bytes| str::from_utf8(bytes).is_err())
            .ok_or(ReadError::Plaintext)?,
        _ => return Err(ReadError::Plaintext),
    };
    Ok(Opening {
        event_id: shown.event,
        field: shown.field,
        salt: shown.salt.parse().map_err(|_| ReadError::Salt)?,
        plaintext,
    })
}

/// Checks that an opening opens the commitment in its field of this leaf.
pub fn check(opening: &Opening, leaf: &[u8]) -> Result<(), CheckError> {
    let leaf: Value = serde_json::from_slice(leaf).map_err(|_| CheckError::Leaf)?;
    let event = leaf.get("event").and_then(Value::as_str);
    let event = event.ok_or(CheckError::Leaf)?;
    if event != opening.event_id {
        return Err(CheckError::OtherEvent {
            leaf: event.to_owned(),
            opening: opening.event_id.clone(),
        });
    }
    let data = leaf.get("data").ok_or(CheckError::Leaf)?;
    let commitment = commitment_in(data, &opening.field)
        .ok_or_else(|| CheckError::NoCommitment(opening.field.clone()))?;
    if opening.opens(&commitment) {
        Ok(())
    } else {
        Err(CheckError::OtherText(opening.field.clone()))
    }
}

/// The commitment in a field of an event's data.
pub fn commitment_in(data: &Value, field: &str) -> Option<Commitment> {
    let place = data.pointer(&format!("/{field}"))?.as_object()?;
    let holds = place.len() == 2 && place.get("alg")?.as_str()? == ALGORITHM;
    holds.then(|| place.get("c")?.as_str()?.parse().ok())?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::commitment::Salt;

    fn opening(plaintext: &[u8]) -> Opening {
        Opening {
            event_id: "event_00000000000000000000000009.0".into(),
            field: "items/1/summary".into(),
            salt: Salt([9; 32]),
            plaintext: plaintext.to_vec(),
        }
    }

    fn leaf(opening: &Opening) -> Vec<u8> {
        let sealed = serde_json::json!({"alg": ALGORITHM, "c": opening.commitment().to_string()});
        let data = serde_json::json!({"items": [{"summary": null}, {"summary": sealed}]});
        serde_json::to_vec(&serde_json::json!({"data": data, "event": opening.event_id})).unwrap()
    }

    #[test]
    fn the_form_is_the_one_of_the_description() {
        assert_eq!(
            to_json(&opening("意見".as_bytes())).unwrap(),
            r#"{"alg":"hiroba/commit/v1","event":"event_00000000000000000000000009.0","field":"items/1/summary","salt":"CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=","text":"意見"}"#
        );
        assert!(
            to_json(&opening(&[0xff]))
                .unwrap()
                .ends_with(r#","bytes":"/w=="}"#)
        );
    }

    #[test]
    fn an_opening_opens_its_place_and_no_other() {
        let good = opening("意見".as_bytes());
        assert_eq!(check(&good, &leaf(&good)), Ok(()));
        let other_text = opening("異見".as_bytes());
        assert_eq!(
            check(&other_text, &leaf(&good)),
            Err(CheckError::OtherText("items/1/summary".into()))
        );
        let mut moved = opening("意見".as_bytes());
        moved.field = "items/0/summary".into();
        assert_eq!(
            check(&moved, &leaf(&good)),
            Err(CheckError::NoCommitment("items/0/summary".into()))
        );
        moved.field = "items/9".into();
        assert!(matches!(
            check(&moved, &leaf(&good)),
            Err(CheckError::NoCommitment(_))
        ));
        let mut elsewhere = opening("意見".as_bytes());
        elsewhere.event_id = "event_00000000000000000000000009.1".into();
        assert!(matches!(
            check(&elsewhere, &leaf(&good)),
            Err(CheckError::OtherEvent { .. })
        ));
        assert_eq!(check(&good, b"{}"), Err(CheckError::Leaf));
    }

    #[test]
    fn an_opening_has_one_reading() {
        let json = to_json(&opening(b"a")).unwrap();
        assert!(from_json(json.as_bytes()).is_ok());
        for wrong in [
            json.replace("commit/v1", "commit/v2"),
            json.replace("\"text\"", "\"Text\""),
            json.replace(r#","text":"a""#, ""),
            json.replace(r#","text":"a""#, r#","bytes":"YQ==""#),
            json.replace(r#","text":"a""#, r#","text":"a","bytes":"/w==""#),
            json.replace(r#","text":"a""#, r#","text":"a","text":"b""#),
            json.replace("CQk=", "CQl="),
            format!("{json}x"),
        ] {
            assert!(from_json(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(plaintext in prop::collection::vec(any::<u8>(), 0..60)) {
            let opening = opening(&plaintext);
            let read = from_json(to_json(&opening).unwrap().as_bytes()).unwrap();
            prop_assert!(read == opening);
            prop_assert_eq!(check(&read, &leaf(&opening)), Ok(()));
        }
    }
}
