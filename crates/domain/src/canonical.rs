//! Canonical JSON: the bytes of a leaf.
//!
//! RFC 8785 restricted to objects, arrays, strings, booleans, null and integers
//! below 2^53 in absolute value. Floating point is left out on purpose: its
//! canonical form is where implementations disagree.

use serde_json::Value;

/// Integers beyond this lose digits in JavaScript.
const LARGEST: i64 = (1 << 53) - 1;

/// Why a value has no canonical form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    /// A number that is not a whole number of at most 53 bits.
    #[error("the number {0} has no canonical form")]
    Number(String),
    /// A member whose name is not ASCII: the order of others depends on the
    /// encoding.
    #[error("the member name {0:?} is not ASCII")]
    Name(String),
}

/// The canonical bytes of a value.
pub fn to_bytes(value: &Value) -> Result<Vec<u8>, CanonicalError> {
    let mut bytes = Vec::with_capacity(512);
    write(value, &mut bytes)?;
    Ok(bytes)
}

fn write(value: &Value, out: &mut Vec<u8>) -> Result<(), CanonicalError> {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => {
            let whole = number
                .as_i64()
                .filter(|whole| (-LARGEST..=LARGEST).contains(whole))
                .ok_or_else(|| CanonicalError::Number(number.to_string()))?;
            out.extend_from_slice(whole.to_string().as_bytes());
        }
        Value::String(text) => write_string(text, out),
        Value::Array(elements) => {
            out.push(b'[');
            for (index, element) in elements.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write(element, out)?;
            }
            out.push(b']');
        }
        Value::Object(members) => {
            // Sorted here: whether a map of serde_json is sorted depends on a
            // feature that any crate in the build may switch on.
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_unstable_by_key(|(name, _)| *name);
            out.push(b'{');
            for (index, (name, member)) in sorted.into_iter().enumerate() {
                if !name.is_ascii() {
                    return Err(CanonicalError::Name(name.clone()));
                }
                if index > 0 {
                    out.push(b',');
                }
                write_string(name, out);
                out.push(b':');
                write(member, out)?;
            }
            out.push(b'}');
        }
    }
    Ok(())
}

fn write_string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for character in text.chars() {
        match character {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            '\u{8}' => out.extend_from_slice(b"\\b"),
            '\t' => out.extend_from_slice(b"\\t"),
            '\n' => out.extend_from_slice(b"\\n"),
            '\u{c}' => out.extend_from_slice(b"\\f"),
            '\r' => out.extend_from_slice(b"\\r"),
            control if control < ' ' => {
                out.extend_from_slice(format!("\\u{:04x}", u32::from(control)).as_bytes());
            }
            other => {
                let mut utf8 = [0; 4];
                out.extend_from_slice(other.encode_utf8(&mut utf8).as_bytes());
            }
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_are_sorted_and_nothing_is_padded() {
        let value = json!({"b": [1, -2, null, true], "a": {"z": "ひろば\n\u{1}\"\\", "k": 0}});
        assert_eq!(
            String::from_utf8(to_bytes(&value).unwrap()).unwrap(),
            r#"{"a":{"k":0,"z":"ひろば\n\u0001\"\\"},"b":[1,-2,null,true]}"#
        );
    }

    #[test]
    fn numbers_that_implementations_disagree_on_are_refused() {
        for bad in [
            json!(1.5),
            json!(1e300),
            json!(9_007_199_254_740_992_i64),
            json!(u64::MAX),
        ] {
            assert!(to_bytes(&bad).is_err(), "{bad} was taken");
        }
        assert!(to_bytes(&json!(9_007_199_254_740_991_i64)).is_ok());
    }
}
