//! The one form in which an event may be written: RFC 8785, restricted to
//! objects, arrays, strings, booleans, null and integers below 2^53.
//!
//! One pass over the bytes that builds nothing, because every byte of a log
//! goes through it.

use std::{cmp::Ordering, ops::Range};

/// Deeper nesting is refused; no event comes near it.
const DEEPEST: u8 = 64;
/// Integers from here on have no exact form in every JSON reader.
const TOO_LARGE: i64 = 1 << 53;

/// Where and why bytes are not in canonical form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("at byte {at}: {reason}")]
pub struct NotCanonical {
    /// The offset.
    pub at: usize,
    /// What is wrong there.
    pub reason: &'static str,
}

/// A member of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member<'a> {
    /// Its name, as it is spelled between the quotes.
    pub name: &'a [u8],
    /// Which of the expected names that is.
    pub expected: Option<usize>,
    /// Where its value stands.
    pub place: Range<usize>,
    /// What its value is.
    pub value: Form,
}

/// What kind of value stands somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A string, and whether anything in it is escaped.
    Text {
        /// Whether a backslash stands in it.
        escaped: bool,
    },
    /// An integer.
    Integer(i64),
    /// An object, an array, `true`, `false` or `null`.
    Other,
}

/// Checks that `json`, which is UTF-8, is a canonical object and gives each of
/// its members to `member`. Names that are expected, in their canonical order,
/// are recognised without being looked at twice.
pub fn members<'a>(
    json: &'a [u8],
    expected: &[&'static str],
    mut member: impl FnMut(Member<'a>),
) -> Result<(), NotCanonical> {
    debug_assert!(expected.is_sorted());
    let mut scanner = Scanner::new(json);
    scanner.object(0, expected, &mut member)?;
    if scanner.at == json.len() {
        Ok(())
    } else {
        scanner.wrong("something follows the object")
    }
}

/// Goes over JSON once, and stops at whatever is not canonical. Its steps are of
/// a few instructions each, and are always put where they are used: left to the
/// compiler, the calls took a twentieth of the time of a whole verification.
pub(super) struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scanner<'a> {
    /// From the beginning. The bytes are UTF-8.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Goes past these very bytes, if they stand here.
    #[inline(always)]
    pub(super) fn literal<const N: usize>(&mut self, bytes: &[u8; N]) -> Option<()> {
        let found = self.rest().first_chunk() == Some(bytes);
        self.at += if found { N } else { 0 };
        found.then_some(())
    }

    /// Goes past a string without escapes; gives its place without the quotes.
    #[inline(always)]
    pub(super) fn plain(&mut self) -> Option<Range<usize>> {
        let text = self.rest().strip_prefix(b"\"")?;
        let length = plain_run(text);
        let start = self.at + 1;
        (text.get(length) == Some(&b'"')).then(|| {
            self.at = start + length + 1;
            start..start + length
        })
    }

    /// Goes past a string of this length; gives what is between the quotes.
    /// Whatever that is has still to be looked at.
    #[inline(always)]
    pub(super) fn fixed<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let rest = self.rest().strip_prefix(b"\"")?;
        let (text, rest) = rest.split_first_chunk()?;
        let ends = rest.first() == Some(&b'"');
        self.at += if ends { N + 2 } else { 0 };
        ends.then_some(text)
    }

    /// Whether nothing follows.
    pub(super) fn is_done(&self) -> bool {
        self.at == self.bytes.len()
    }

    #[cold]
    fn wrong<T>(&self, reason: &'static str) -> Result<T, NotCanonical> {
        Err(NotCanonical {
            at: self.at,
            reason,
        })
    }

    #[inline(always)]
    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    #[inline(always)]
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[inline(always)]
    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    #[inline(always)]
    fn expect(&mut self, byte: u8, reason: &'static str) -> Result<(), NotCanonical> {
        if self.eat(byte) {
            Ok(())
        } else {
            self.wrong(reason)
        }
    }

    /// Goes past a value.
    pub(super) fn value(&mut self, depth: u8) -> Result<Form, NotCanonical> {
        match self.peek() {
            Some(b'"') => self
                .string()
                .map(|Text { escaped, .. }| Form::Text { escaped }),
            Some(b'{') => self.object(depth, &[], &mut |_| ()).map(|()| Form::Other),
            Some(b'[') => self.array(depth).map(|()| Form::Other),
            Some(b'-' | b'0'..=b'9') => self.integer().map(Form::Integer),
            _ => self.word().map(|()| Form::Other),
        }
    }

    fn object(
        &mut self,
        depth: u8,
        expected: &[&'static str],
        member: &mut impl FnMut(Member<'a>),
    ) -> Result<(), NotCanonical> {
        if depth >= DEEPEST {
            return self.wrong("nested too deeply");
        }
        self.expect(b'{', "an object is expected")?;
        if self.eat(b'}') {
            return Ok(());
        }
        let (mut last, mut last_expected): (Option<Key<'_>>, bool) = (None, false);
        let mut next = 0;
        loop {
            let start = self.at;
            let (key, known) = match expected.get(next) {
                Some(name) if self.name(name) => (Key::plain(name.as_bytes()), Some(next)),
                _ => self.key(expected)?,
            };
            // After an expected name the next one is in order.
            let follows = known == Some(next) && last_expected;
            if !follows && last.is_some_and(|last| order(last, key) != Ordering::Less) {
                self.at = start;
                return self.wrong("a key is not after the one before it");
            }
            (last, last_expected) = (Some(key), known.is_some());
            next = known.map_or(next, |known| known + 1);
            let from = self.at;
            let value = self.value(depth + 1)?;
            member(Member {
                name: key.text,
                expected: known,
                place: from..self.at,
                value,
            });
            if self.eat(b'}') {
                return Ok(());
            }
            self.expect(b',', "a comma or the object's end is expected")?;
        }
    }

    /// Goes past this name and its colon, if they stand here.
    #[inline(always)]
    fn name(&mut self, name: &str) -> bool {
        let after = self.rest().strip_prefix(b"\"");
        let after = after.and_then(|rest| rest.strip_prefix(name.as_bytes()));
        let found = after.is_some_and(|rest| rest.starts_with(b"\":"));
        self.at += if found { name.len() + 3 } else { 0 };
        found
    }

    fn key(&mut self, expected: &[&'static str]) -> Result<(Key<'a>, Option<usize>), NotCanonical> {
        let Text { text, escaped } = self.string()?;
        let key = Key {
            text,
            plain: !escaped && text.is_ascii(),
        };
        self.expect(b':', "a colon is expected")?;
        let known = expected.iter().position(|name| name.as_bytes() == text);
        Ok((key, known))
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
    #[inline(always)]
    fn string(&mut self) -> Result<Text<'a>, NotCanonical> {
        self.expect(b'"', "a string is expected")?;
        let start = self.at;
        let mut escaped = false;
        loop {
            self.at += plain_run(self.rest());
            match self.peek() {
                Some(b'"') => {
                    let text = self.bytes.get(start..self.at).unwrap_or_default();
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

    /// Goes past an integer.
    #[inline(always)]
    pub(super) fn integer(&mut self) -> Result<i64, NotCanonical> {
        let start = self.at;
        let negative = self.eat(b'-');
        let mut number: u64 = 0;
        let first = self.at;
        for digit in self.rest().iter().map(|byte| byte.wrapping_sub(b'0')) {
            if digit > 9 {
                break;
            }
            // Saturated or not, what is too large is too large.
            number = number.saturating_mul(10).saturating_add(u64::from(digit));
            self.at += 1;
        }
        let zeros = self.bytes.get(first) == Some(&b'0') && self.at - first > 1;
        let wrong = |reason| Err(NotCanonical { at: start, reason });
        match self.peek() {
            _ if first == self.at => wrong("a number has digits"),
            Some(b'.' | b'e' | b'E') => wrong("numbers are integers"),
            _ if zeros || negative && number == 0 => wrong("a number has no leading zeros or sign"),
            _ => match i64::try_from(number) {
                Ok(number) if number < TOO_LARGE => Ok(if negative { -number } else { number }),
                _ => wrong("integers stay below 2^53"),
            },
        }
    }

    fn word(&mut self) -> Result<(), NotCanonical> {
        let rest = self.rest();
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
    text: &'a [u8],
    escaped: bool,
}

/// How many bytes there are before the first quote, backslash or control
/// character; sixteen are looked at together, as two words.
#[inline(always)]
fn plain_run(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    // Sets the high bit of each byte that is special: what is zero, or below
    // 0x20, borrows from it. Borrows go on to bytes above such a one, so only
    // the lowest is to be believed.
    let special = |word: u64| {
        let quote = (word ^ (ONES * u64::from(b'"'))).wrapping_sub(ONES);
        let backslash = (word ^ (ONES * u64::from(b'\\'))).wrapping_sub(ONES);
        let control = word.wrapping_sub(ONES * 0x20);
        (quote | backslash | control) & !word & HIGH
    };
    let (pairs, rest) = bytes.as_chunks();
    for (at, pair) in pairs.iter().enumerate() {
        let pair = u128::from_le_bytes(*pair);
        let (low, high) = (special(pair as u64), special((pair >> 64) as u64));
        if low != 0 {
            return at * 16 + low.trailing_zeros() as usize / 8;
        }
        if high != 0 {
            return at * 16 + 8 + high.trailing_zeros() as usize / 8;
        }
    }
    let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    bytes.len() - rest.len() + rest.iter().position(special).unwrap_or(rest.len())
}

/// The inside of a key; a plain one is ASCII without escapes.
#[derive(Clone, Copy)]
struct Key<'a> {
    text: &'a [u8],
    plain: bool,
}

impl<'a> Key<'a> {
    fn plain(text: &'a [u8]) -> Self {
        Self { text, plain: true }
    }
}

/// RFC 8785 sorts keys by their UTF-16 code units, unescaped.
#[inline]
fn order(left: Key<'_>, right: Key<'_>) -> Ordering {
    if left.plain && right.plain {
        return left.text.cmp(right.text);
    }
    let units = |key: Key<'_>| -> Vec<u16> {
        let quoted = [b"\"", key.text, b"\""].concat();
        let text: String = serde_json::from_slice(&quoted).unwrap_or_default();
        text.encode_utf16().collect()
    };
    units(left).cmp(&units(right))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Number, Value};

    use super::*;

    /// Whatever names are expected, the answer is the same.
    fn check(json: &str) -> Result<(), NotCanonical> {
        let answer = members(json.as_bytes(), &[], |_| ());
        for expected in [&["", "a", "b"][..], &["a"], &["b", "c"]] {
            assert_eq!(members(json.as_bytes(), expected, |_| ()), answer, "{json}");
        }
        answer
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
            r#"{"a":1,"x":1,"b":1}"#,
            r#"{"x":1,"a":1,"b":1}"#,
            r#"{"a":1,"b":1,"a":1}"#,
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
    fn members_are_given_with_their_places_and_the_names_that_were_expected() {
        let json = r#"{"a":[1,2],"b":"x","c":-7,"e":"\n","é":null}"#;
        let mut seen = vec![];
        let take = |member: Member<'_>| {
            let name = str::from_utf8(member.name).unwrap();
            seen.push((
                name.to_owned(),
                member.expected,
                &json[member.place],
                member.value,
            ));
        };
        members(json.as_bytes(), &["a", "c", "d", "e"], take).unwrap();
        let text = |escaped| Form::Text { escaped };
        let expected = [
            ("a", Some(0), "[1,2]", Form::Other),
            ("b", None, "\"x\"", text(false)),
            ("c", Some(1), "-7", Form::Integer(-7)),
            ("e", Some(3), r#""\n""#, text(true)),
            ("é", None, "null", Form::Other),
        ];
        let expected = expected.map(|(name, at, value, kind)| (name.to_owned(), at, value, kind));
        assert_eq!(seen, expected);
    }

    proptest! {
        #[test]
        fn bytes_looked_at_together_are_seen_as_one_by_one(bytes in prop::collection::vec(
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
