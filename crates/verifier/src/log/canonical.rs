//! The one form in which an event may be written: RFC 8785, restricted to
//! objects, arrays, strings, booleans, null and integers below 2^53.
//!
//! One pass over the bytes that builds nothing, because every byte of a log
//! goes through it.

use std::{cmp::Ordering, ops::Range};

/// Deeper nesting is refused; no event comes near it.
const DEEPEST: u8 = 64;
/// Integers from here on have no exact form in every JSON reader.
const TOO_LARGE: u64 = 1 << 53;

/// Where and why bytes are not in canonical form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("at byte {at}: {reason}")]
pub struct NotCanonical {
    /// The offset.
    pub at: usize,
    /// What is wrong there.
    pub reason: &'static str,
}

/// Checks that `json` is a canonical object and gives each of its members, the
/// key without quotes and the place of the value, to `member`.
pub fn members<'a>(
    json: &'a str,
    mut member: impl FnMut(&'a str, Range<usize>),
) -> Result<(), NotCanonical> {
    let mut scanner = Scanner {
        json,
        bytes: json.as_bytes(),
        at: 0,
    };
    scanner.object(0, &mut member)?;
    if scanner.at == json.len() {
        Ok(())
    } else {
        scanner.wrong("something follows the object")
    }
}

struct Scanner<'a> {
    json: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scanner<'a> {
    fn wrong<T>(&self, reason: &'static str) -> Result<T, NotCanonical> {
        Err(NotCanonical {
            at: self.at,
            reason,
        })
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[inline]
    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    #[inline]
    fn expect(&mut self, byte: u8, reason: &'static str) -> Result<(), NotCanonical> {
        if self.eat(byte) {
            Ok(())
        } else {
            self.wrong(reason)
        }
    }

    fn value(&mut self, depth: u8) -> Result<(), NotCanonical> {
        match self.peek() {
            Some(b'"') => self.string().map(|_| ()),
            Some(b'{') => self.object(depth, &mut |_, _| ()),
            Some(b'[') => self.array(depth),
            Some(b'-' | b'0'..=b'9') => self.integer(),
            _ => self.word(),
        }
    }

    fn object(
        &mut self,
        depth: u8,
        member: &mut impl FnMut(&'a str, Range<usize>),
    ) -> Result<(), NotCanonical> {
        if depth >= DEEPEST {
            return self.wrong("nested too deeply");
        }
        self.expect(b'{', "an object is expected")?;
        if self.eat(b'}') {
            return Ok(());
        }
        let mut last: Option<Key<'_>> = None;
        loop {
            let start = self.at;
            let Text { text, escaped } = self.string()?;
            let key = Key {
                text,
                plain: !escaped && text.is_ascii(),
            };
            if last.is_some_and(|last| order(last, key) != Ordering::Less) {
                self.at = start;
                return self.wrong("a key is not after the one before it");
            }
            last = Some(key);
            self.expect(b':', "a colon is expected")?;
            let value = self.at;
            self.value(depth + 1)?;
            member(text, value..self.at);
            if self.eat(b'}') {
                return Ok(());
            }
            self.expect(b',', "a comma or the object's end is expected")?;
        }
    }

    fn array(&mut self, depth: u8) -> Result<(), NotCanonical> {
        if depth >= DEEPEST {
            return self.wrong("nested too deeply");
        }
        self.at += 1;
        if self.eat(b']') {
            return Ok(());
        }
        loop {
            self.value(depth + 1)?;
            if self.eat(b']') {
                return Ok(());
            }
            self.expect(b',', "a comma or the array's end is expected")?;
        }
    }

    /// What stands between the quotes, escapes and all.
    fn string(&mut self) -> Result<Text<'a>, NotCanonical> {
        self.expect(b'"', "a string is expected")?;
        let start = self.at;
        let mut escaped = false;
        loop {
            self.at += plain_run(self.bytes.get(self.at..).unwrap_or_default());
            match self.peek() {
                Some(b'"') => {
                    let text = self.json.get(start..self.at).unwrap_or_default();
                    self.at += 1;
                    return Ok(Text { text, escaped });
                }
                Some(b'\\') => (escaped, _) = (true, self.escape()?),
                Some(_) => return self.wrong("a control character is not escaped"),
                None => return self.wrong("a string does not end"),
            }
        }
    }

    /// Two-letter escapes where there are any, `\u00xx` in lower case for the
    /// other control characters, and none for anything else.
    fn escape(&mut self) -> Result<(), NotCanonical> {
        let rest = self.bytes.get(self.at + 1..).unwrap_or_default();
        let length = match rest {
            [b'"' | b'\\' | b'b' | b'f' | b'n' | b'r' | b't', ..] => 2,
            [b'u', b'0', b'0', b'0', b'0'..=b'7' | b'b' | b'e' | b'f', ..]
            | [b'u', b'0', b'0', b'1', b'0'..=b'9' | b'a'..=b'f', ..] => 6,
            _ => return self.wrong("this is not escaped, or not in this way"),
        };
        self.at += length;
        Ok(())
    }

    fn integer(&mut self) -> Result<(), NotCanonical> {
        let start = self.at;
        let negative = self.eat(b'-');
        let mut number: u64 = 0;
        let first = self.at;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            number = number
                .saturating_mul(10)
                .saturating_add(u64::from(digit - b'0'));
            self.at += 1;
        }
        let zeros = self.bytes.get(first) == Some(&b'0') && self.at - first > 1;
        let wrong = |reason| Err(NotCanonical { at: start, reason });
        match self.peek() {
            _ if first == self.at => wrong("a number has digits"),
            Some(b'.' | b'e' | b'E') => wrong("numbers are integers"),
            _ if zeros || negative && number == 0 => wrong("a number has no leading zeros or sign"),
            _ if number >= TOO_LARGE => wrong("integers stay below 2^53"),
            _ => Ok(()),
        }
    }

    fn word(&mut self) -> Result<(), NotCanonical> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        match ["true", "false", "null"]
            .iter()
            .find(|word| rest.starts_with(word.as_bytes()))
        {
            Some(word) => {
                self.at += word.len();
                Ok(())
            }
            None => self.wrong("a value is expected, without spaces around it"),
        }
    }
}

/// The inside of a string.
#[derive(Clone, Copy)]
struct Text<'a> {
    text: &'a str,
    escaped: bool,
}

/// How many bytes there are before the first quote, backslash or control
/// character; eight are looked at together.
#[inline]
fn plain_run(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    // Sets the high bit of bytes below `limit`. Borrows can set it in bytes
    // above such a one too, so only the lowest is to be believed.
    let below = |word: u64, limit: u64| word.wrapping_sub(ONES * limit) & !word & HIGH;
    let special = |word: u64| {
        let quote = below(word ^ (ONES * u64::from(b'"')), 1);
        let backslash = below(word ^ (ONES * u64::from(b'\\')), 1);
        quote | backslash | below(word, 0x20)
    };
    let (words, rest) = bytes.as_chunks();
    for (at, word) in words.iter().enumerate() {
        let found = special(u64::from_le_bytes(*word));
        if found != 0 {
            return at * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    bytes.len() - rest.len() + rest.iter().position(special).unwrap_or(rest.len())
}

/// The inside of a key; a plain one is ASCII without escapes.
#[derive(Clone, Copy)]
struct Key<'a> {
    text: &'a str,
    plain: bool,
}

/// RFC 8785 sorts keys by their UTF-16 code units, unescaped.
#[inline]
fn order(left: Key<'_>, right: Key<'_>) -> Ordering {
    if left.plain && right.plain {
        return left.text.cmp(right.text);
    }
    let units = |key: Key<'_>| -> Vec<u16> {
        let text: String = serde_json::from_str(&format!("\"{}\"", key.text)).unwrap_or_default();
        text.encode_utf16().collect()
    };
    units(left).cmp(&units(right))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Number, Value};

    use super::*;

    fn check(json: &str) -> Result<(), NotCanonical> {
        members(json, |_, _| ())
    }

    #[test]
    fn canonical_objects_pass() {
        for json in [
            "{}",
            r#"{"a":{},"b":[],"c":[1,-1,0,9007199254740991,-9007199254740991]}"#,
            r#"{"":"","a":true,"aa":false,"b":null}"#,
            r#"{"a":"\b\t\n\f\r\"\\\u0000\u001f\u000b/é👍\u007f"}"#
                .replace("\\u007f", "\x7f")
                .as_str(),
            // By UTF-16 the emoji, a surrogate pair, is before U+FB33.
            "{\"\u{80}\":1,\"ö\":1,\"€\":1,\"😀\":1,\"\u{fb33}\":1}",
            r#"{"\n":1," ":1,"\"":1,"a":1}"#,
        ] {
            assert_eq!(check(json), Ok(()), "{json}");
        }
    }

    #[test]
    fn every_other_spelling_is_refused() {
        for json in [
            "",
            "[]",
            "1",
            "{",
            "{}{}",
            "{} ",
            " {}",
            "{ }",
            "{\"a\" :1}",
            "{\"a\": 1}",
            "{\"a\":1,}",
            "{,}",
            "{a:1}",
            "{'a':1}",
            "{\"a\":1 ,\"b\":1}",
            "{\"a\":1\n}",
            "{\"a\"}",
            "{\"a\":}",
            r#"{"b":1,"a":1}"#,
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"\u0061":1}"#,
            r#"{"a":{"c":1,"b":1}}"#,
            r#"{"a":1.0}"#,
            r#"{"a":1e3}"#,
            r#"{"a":-0}"#,
            r#"{"a":01}"#,
            r#"{"a":-01}"#,
            r#"{"a":+1}"#,
            r#"{"a":-}"#,
            r#"{"a":9007199254740992}"#,
            r#"{"a":-9007199254740992}"#,
            r#"{"a":99999999999999999999999}"#,
            r#"{"a":NaN}"#,
            r#"{"a":True}"#,
            r#"{"a":nul}"#,
            r#"{"a":"\/"}"#,
            r#"{"a":"\u0061"}"#,
            r#"{"a":"\u001F"}"#,
            r#"{"a":"\u000a"}"#,
            r#"{"a":"\u000A"}"#,
            r#"{"a":"\u00e9"}"#,
            r#"{"a":"\x"}"#,
            r#"{"a":"\"#,
            r#"{"a":"x"#,
            "{\"a\":\"\n\"}",
            "{\"a\":\"\t\"}",
            r#"{"a":[1,]}"#,
            r#"{"a":[,1]}"#,
            r#"{"a":[1 ,2]}"#,
            r#"{"a":[1,2}"#,
            r#"{"a":"\ud83d\ude00"}"#,
            "\u{feff}{}",
            "{\"\u{fb33}\":1,\"😀\":1}",
        ] {
            assert!(check(json).is_err(), "{json}");
        }
        let deep = |depth| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert!(check(&deep(63)).is_ok());
        assert!(check(&deep(64)).is_err());
        assert!(check(&deep(100_000)).is_err());
    }

    #[test]
    fn members_are_given_with_their_places() {
        let json = r#"{"a":[1,2],"b":"x"}"#;
        let mut seen = vec![];
        members(json, |key, value| seen.push((key, &json[value]))).unwrap();
        assert_eq!(seen, [("a", "[1,2]"), ("b", "\"x\"")]);
    }

    proptest! {
        #[test]
        fn eight_bytes_at_once_are_seen_as_one_by_one(bytes in prop::collection::vec(
            prop_oneof![any::<u8>(), prop::sample::select(b"\"\\\x1f\x20 !#[]\x80\xa2\xdc\xff".to_vec())], 0..40,
        )) {
            let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
            let first = bytes.iter().position(special).unwrap_or(bytes.len());
            prop_assert_eq!(plain_run(&bytes), first);
        }
    }

    /// An independent writer: serde_json's strings are those of RFC 8785, and
    /// its map is sorted by bytes, so keys here are ASCII.
    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            (-(1_i64 << 53) + 1..1_i64 << 53).prop_map(|n| Value::Number(Number::from(n))),
            any::<String>().prop_map(Value::String),
        ];
        leaf.prop_recursive(4, 20, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
                prop::collection::btree_map("[ -~]{0,4}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect::<Map<_, _>>())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_a_canonical_writer_writes_passes(value in value()) {
            let json = format!("{{\"a\":{value}}}");
            prop_assert_eq!(check(&json), Ok(()), "{}", json);
        }

        #[test]
        fn what_passes_is_what_a_canonical_writer_would_write(
            value in value(), at in any::<prop::sample::Index>(), with in "[ -~]{0,2}", cut in 0_usize..3,
        ) {
            let json = format!("{{\"a\":{value}}}");
            let places: Vec<usize> = json.char_indices().map(|(at, _)| at).collect();
            let from = places[at.index(places.len())];
            let to = json.len().min(from + cut);
            prop_assume!(json.is_char_boundary(to));
            let edited = format!("{}{with}{}", &json[..from], &json[to..]);
            if check(&edited).is_ok() {
                let read: Value = serde_json::from_str(&edited).unwrap();
                prop_assert_eq!(read.to_string(), edited);
            }
        }
    }
}
