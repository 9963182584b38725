//! What is read of one event, by itself.

use std::{
    hash::{BuildHasher as _, RandomState},
    ops::Range,
    sync::LazyLock,
};

use jiff::civil::Date;

use super::canonical::{Form, Scanner, members};

/// The members of an event, in their order.
const MEMBERS: [&str; 11] = [
    "actor",
    "basis",
    "cause",
    "data",
    "event",
    "kind",
    "legal_date",
    "recorded_at",
    "schema",
    "stream",
    "version",
];

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// What the rules need to know of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Of its id.
    pub(super) id_hash: u64,
    /// Of institution, kind and schema.
    pub(super) kind_hash: u64,
    /// Where the stream's name stands in the leaf.
    pub(super) stream: Range<usize>,
    pub(super) stream_hash: u64,
    pub(super) version: u64,
    pub(super) recorded_ms: i64,
}

/// Ids, streams and kinds are told apart by a hash of 64 bits that is made on
/// all cores, so that the one pass in order need not look at leaves. Its key is
/// drawn when the program starts: nobody can write two names that it takes for
/// one, and by chance two of a million are with 3 in 10⁸.
static HASH: LazyLock<RandomState> = LazyLock::new(RandomState::new);

impl Facts {
    /// The facts of an event, or what is wrong with it.
    pub(super) fn read(leaf: &[u8], memory: &mut Memory) -> Result<Self, Unreadable> {
        if !leaf.is_ascii() && str::from_utf8(leaf).is_err() {
            return Err(("EVENT_FORM", "is not UTF-8".to_owned()));
        }
        Self::quick(leaf, memory).map_or_else(|| read(leaf, memory), Ok)
    }

    /// The facts of an event as nearly all are written: each byte is looked at
    /// once. `None` means only that it has to be read in the general way.
    fn quick(leaf: &[u8], memory: &mut Memory) -> Option<Self> {
        let mut scan = Scanner::new(leaf);
        let text = |place| leaf.get::<Range<usize>>(place);
        let positive = |number| u64::try_from(number).ok().filter(|number| *number > 0);
        let some = |place: &Range<usize>| !place.is_empty();
        scan.literal(b"{\"actor\":{\"id\":")?;
        scan.plain()?;
        scan.literal(b",\"role\":")?;
        scan.plain()?;
        scan.literal(b"},\"basis\":")?;
        scan.plain()?;
        scan.literal(b",\"cause\":{\"command\":")?;
        scan.plain()?;
        scan.literal(b"},\"data\":")?;
        scan.value(1).ok()?;
        scan.literal(b",\"event\":")?;
        // What ids and times are made of needs no escape.
        let id = scan.fixed::<34>().filter(|id| is_event_id(*id))?;
        scan.literal(b",\"kind\":")?;
        let kind = scan.plain().filter(some)?;
        scan.literal(b",\"legal_date\":")?;
        memory.legal_date.midnight(scan.fixed::<10>()?)?;
        scan.literal(b",\"recorded_at\":")?;
        let recorded_ms = milliseconds(scan.fixed::<24>()?, &mut memory.recorded_on)?;
        scan.literal(b",\"schema\":")?;
        let schema = positive(scan.integer().ok()?)?;
        scan.literal(b",\"stream\":")?;
        let stream = scan.plain().filter(some)?;
        scan.literal(b",\"version\":")?;
        let version = positive(scan.integer().ok()?)?;
        scan.literal(b"}")?;
        let name = text(stream.clone())?;
        scan.is_done().then_some(Self {
            id_hash: HASH.hash_one::<&[u8]>(id),
            kind_hash: memory.kind.hash(text(kind)?, schema, name),
            stream_hash: HASH.hash_one(name),
            stream,
            version,
            recorded_ms,
        })
    }
}

/// What stands in one event often stands in the next: what was worked out from
/// it is remembered.
#[derive(Default)]
pub struct Memory {
    legal_date: Day,
    recorded_on: Day,
    kind: Kind,
}

/// The last date that was read, and its beginning in milliseconds since 1970.
#[derive(Default)]
struct Day(Option<([u8; 10], i64)>);

impl Day {
    fn midnight(&mut self, text: &[u8]) -> Option<i64> {
        let text: [u8; 10] = text.try_into().ok()?;
        let known = self.0.filter(|(last, _)| *last == text);
        let (_, midnight) = match known {
            Some(known) => known,
            None => {
                let midnight = date(&text)?.duration_since(EPOCH).as_secs() * 1000;
                *self.0.insert((text, midnight))
            }
        };
        Some(midnight)
    }
}

/// The last institution, kind and schema that were read, and their hash.
#[derive(Default)]
struct Kind {
    institution: Vec<u8>,
    kind: Vec<u8>,
    schema: u64,
    hash: u64,
}

impl Kind {
    fn hash(&mut self, kind: &[u8], schema: u64, stream: &[u8]) -> u64 {
        let end = stream.iter().position(|byte| *byte == b'/');
        let institution = stream
            .get(..end.unwrap_or(stream.len()))
            .unwrap_or_default();
        // No schema is 0, as it is in the beginning.
        if schema != self.schema || kind != self.kind || institution != self.institution {
            let hash = HASH.hash_one((institution, kind, schema));
            *self = Self {
                institution: institution.to_vec(),
                kind: kind.to_vec(),
                schema,
                hash,
            };
        }
        self.hash
    }
}

/// Why an event cannot be read: a code and the end of a sentence.
pub(super) type Unreadable = (&'static str, String);

/// Reads any event, and says what is wrong with it.
fn read(leaf: &[u8], memory: &mut Memory) -> Result<Facts, Unreadable> {
    let mut values: [Option<(Range<usize>, Form)>; MEMBERS.len()] = Default::default();
    let mut unknown = None;
    members(leaf, &MEMBERS, |member| {
        match member.expected.and_then(|at| values.get_mut(at)) {
            Some(value) => *value = Some((member.place, member.value)),
            None => unknown = Some(member.name),
        }
    })
    .map_err(|error| {
        (
            "EVENT_NOT_CANONICAL",
            format!("is not in canonical form {error}"),
        )
    })?;
    if let Some(name) = unknown {
        let name = String::from_utf8_lossy(name);
        return Err((
            "EVENT_MEMBER_UNKNOWN",
            format!("has a member {name:?} that no event has"),
        ));
    }
    let missing = MEMBERS
        .iter()
        .zip(&values)
        .find(|(_, value)| value.is_none());
    if let Some((name, _)) = missing {
        return Err(("EVENT_MEMBER_MISSING", format!("has no member {name:?}")));
    }
    let [
        _,
        _,
        _,
        _,
        event,
        kind,
        legal_date,
        recorded_at,
        schema,
        stream,
        version,
    ] = values;

    let wrong = |name: &str, what: &str| {
        (
            "EVENT_MEMBER_WRONG",
            format!("has {name:?}, but it is not {what}"),
        )
    };
    let place = |value: Option<(Range<usize>, Form)>| match value {
        // Without the quotes.
        Some((place, Form::Text { escaped: false })) if place.len() > 2 => {
            Some(place.start + 1..place.end - 1)
        }
        _ => None,
    };
    let text = |value| leaf.get(place(value)?);
    let number = |value: Option<(Range<usize>, Form)>| match value {
        Some((_, Form::Integer(number))) => u64::try_from(number).ok().filter(|n| *n > 0),
        _ => None,
    };
    let id = text(event).filter(|id| is_event_id(id));
    let kind = text(kind).ok_or_else(|| wrong("kind", "a plain word"))?;
    let schema = number(schema).ok_or_else(|| wrong("schema", "a positive integer"))?;
    let day = text(legal_date).and_then(|day| memory.legal_date.midnight(day));
    day.ok_or_else(|| wrong("legal_date", "a date"))?;
    let recorded = text(recorded_at).and_then(|time| milliseconds(time, &mut memory.recorded_on));
    let id = id.ok_or_else(|| wrong("event", "event_, a ULID and a place, such as .0"))?;
    let stream = place(stream).ok_or_else(|| wrong("stream", "a plain name"))?;
    let version = number(version).ok_or_else(|| wrong("version", "a positive integer"))?;
    let recorded = recorded.ok_or_else(|| wrong("recorded_at", "a UTC time with milliseconds"))?;
    let name = leaf.get(stream.clone()).unwrap_or_default();
    Ok(Facts {
        id_hash: HASH.hash_one::<&[u8]>(id),
        kind_hash: memory.kind.hash(kind, schema, name),
        stream_hash: HASH.hash_one(name),
        stream,
        version,
        recorded_ms: recorded,
    })
}

/// Which letters Crockford's base 32 is written with, in its one spelling.
const DIGITS: [bool; 256] = {
    let mut digits = [false; 256];
    let letters = *b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mut digit = 0;
    while digit < letters.len() {
        digits[letters[digit] as usize] = true;
        digit += 1;
    }
    digits
};

/// Whether this is an event's id in the one spelling that it has, so that two
/// are the same where their bytes are. Look-alikes of the digits are refused.
/// Written out, because the general parser writes the id again to compare.
fn is_event_id(text: &[u8]) -> bool {
    let Some((ulid, index)) = text
        .strip_prefix(b"event_")
        .and_then(|rest| rest.split_first_chunk::<26>())
    else {
        return false;
    };
    let all = |all, letter: &u8| all & DIGITS[usize::from(*letter)];
    // 26 times five bits are two too many.
    let is_ulid = matches!(ulid, [b'0'..=b'7', ..]) && ulid.iter().fold(true, all);
    let is_index = match index {
        [b'.', b'0'..=b'9'] => true,
        [b'.', b'1'..=b'9', ..] => {
            let number = index
                .get(1..)
                .and_then(|digits| str::from_utf8(digits).ok());
            number.is_some_and(|number| number.parse::<u16>().is_ok())
        }
        _ => false,
    };
    is_ulid && is_index
}

/// The day of a date in the one form that events have, `2026-04-01`.
fn date(text: &[u8]) -> Option<Date> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else {
        return None;
    };
    let year = i16::from(two_digits(y1, y2)?) * 100 + i16::from(two_digits(y3, y4)?);
    Date::new(year, two_digits(m1, m2)?, two_digits(d1, d2)?).ok()
}

/// Milliseconds since 1970 of a time in the one form that events have,
/// `2026-04-01T00:00:00.000Z`. Written out, because a general parser takes
/// longer than hashing the event does.
fn milliseconds(text: &[u8], day: &mut Day) -> Option<i64> {
    let (date, time) = text.split_at_checked(10)?;
    let &[
        b'T',
        h1,
        h2,
        b':',
        m1,
        m2,
        b':',
        s1,
        s2,
        b'.',
        f1,
        f2,
        f3,
        b'Z',
    ] = time
    else {
        return None;
    };
    let clock = (
        two_digits(h1, h2)?,
        two_digits(m1, m2)?,
        two_digits(s1, s2)?,
    );
    let (hour @ ..24, minute @ ..60, second @ ..60) = clock else {
        return None;
    };
    let thousandths = i64::from(two_digits(f1, f2)?) * 10 + i64::from(two_digits(b'0', f3)?);
    let seconds = (i64::from(hour) * 60 + i64::from(minute)) * 60 + i64::from(second);
    Some(day.midnight(date)? + seconds * 1000 + thousandths)
}

fn two_digits(tens: u8, ones: u8) -> Option<i8> {
    let both = tens.is_ascii_digit() && ones.is_ascii_digit();
    both.then(|| (tens - b'0') * 10 + (ones - b'0'))?
        .try_into()
        .ok()
}

#[cfg(test)]
pub(super) mod tests {
    use domain::ids::EventId;
    use jiff::Timestamp;
    use proptest::prelude::*;
    use ulid::Ulid;

    use super::*;

    pub(in super::super) fn event(
        id: u128,
        stream: &str,
        version: u64,
        recorded_at: &str,
    ) -> String {
        let id = Ulid::from(id);
        format!(
            r#"{{"actor":{{"id":"system","role":"system"}},"basis":"","cause":{{"command":"{id}"}},"data":{{"vkey":""}},"event":"event_{id}.0","kind":"log_key_rotated","legal_date":"2026-04-01","recorded_at":"{recorded_at}","schema":1,"stream":"{stream}","version":{version}}}"#
        )
    }

    pub(in super::super) const TIME: &str = "2026-04-01T00:00:00.000Z";

    /// The quick reading never says anything else than the general one.
    pub(in super::super) fn check_quick(event: &[u8]) {
        // Whatever is remembered of others.
        let mut full = Memory::default();
        let _other = Facts::quick(self::event(9, "ordinance/x", 1, TIME).as_bytes(), &mut full);
        let quick = Facts::quick(event, &mut Memory::default());
        assert_eq!(Facts::quick(event, &mut full), quick);
        if let Some(facts) = quick {
            assert_eq!(read(event, &mut full), Ok(facts));
        }
    }

    #[test]
    fn an_id_is_the_one_that_the_general_parser_reads() {
        for id in [
            "event_01KC52Z31XDFHGCBSRCBTAJ77H.0",
            "event_00000000000000000000000000.65535",
            "event_7ZZZZZZZZZZZZZZZZZZZZZZZZZ.10",
            "event_8ZZZZZZZZZZZZZZZZZZZZZZZZZ.0",
            "event_01KC52Z31XDFHGCBSRCBTAJ77H.00",
            "event_01KC52Z31XDFHGCBSRCBTAJ77H.+1",
            "event_01KC52Z31XDFHGCBSRCBTAJ77H.65536",
            "event_01KC52Z31XDFHGCBSRCBTAJ77H.",
            "event_01KC52Z31XDFHGCBSRCBTAJ77H",
            "event_01KC52Z31XDFHGCBSRCBTAJ77U.0",
            "event_01kc52z31xdfhgcbsrcbtaj77h.0",
            "event_O1KC52Z31XDFHGCBSRCBTAJ77H.0",
            "event_.0",
            "",
        ] {
            let parsed = id.parse::<EventId>();
            assert_eq!(is_event_id(id.as_bytes()), parsed.is_ok(), "{id}");
        }
    }

    proptest! {
        #[test]
        fn any_id_is_read_as_it_is_written(command: u128, index: u16) {
            let id = EventId { command: Ulid(command), index };
            prop_assert!(is_event_id(id.to_string().as_bytes()));
        }

        #[test]
        fn what_is_read_quickly_is_read_the_same_in_general(
            at in any::<prop::sample::Index>(), with in "[ -~é]{0,2}", cut in 0_usize..4,
        ) {
            let event = event(7, "log/é", 3, TIME);
            prop_assert!(Facts::quick(event.as_bytes(), &mut Memory::default()).is_some());
            let at = at.index(event.len());
            let end = event.len().min(at + cut);
            let edited = [&event.as_bytes()[..at], with.as_bytes(), &event.as_bytes()[end..]];
            check_quick(&edited.concat());
        }
    }

    #[test]
    fn times_are_those_of_a_general_parser() {
        for time in [
            "1969-12-31T23:59:59.999Z",
            "1970-01-01T00:00:00.000Z",
            "2000-02-29T12:34:56.789Z",
            "2026-04-01T23:59:59.001Z",
            "9999-12-30T21:59:59.999Z",
            "0000-01-01T00:00:00.000Z",
        ] {
            let parsed = time.parse::<Timestamp>().unwrap().as_millisecond();
            assert_eq!(
                milliseconds(time.as_bytes(), &mut Day::default()),
                Some(parsed),
                "{time}"
            );
        }
        for wrong in [
            "",
            "2026-04-01",
            "2026-04-01T24:00:00.000Z",
            "2026-04-01T00:60:00.000Z",
            "2026-04-01T00:00:60.000Z",
            "2026-13-01T00:00:00.000Z",
            "2025-02-29T00:00:00.000Z",
            "2026-04-01T00:00:00.000z",
            "2026-04-01 00:00:00.000Z",
            "2026-04-01T00:00:00.0000Z",
            "2026-04-01T00:00:00.00/Z",
            "+026-04-01T00:00:00.000Z",
            "2026-04-0\u{e9}T00:00:00.00Z",
        ] {
            assert_eq!(
                milliseconds(wrong.as_bytes(), &mut Day::default()),
                None,
                "{wrong}"
            );
        }
    }
}
