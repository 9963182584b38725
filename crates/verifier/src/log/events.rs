//! The rules that hold for every event, whatever it says.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher as _, BuildHasherDefault, Hasher, RandomState},
    ops::Range,
    sync::LazyLock,
};

use domain::ids::EventId;
use event_store::Position;
use jiff::{Timestamp, civil::Date};
use read_models::City;
use ulid::Ulid;

use super::{
    canonical::{Form, Scanner, members},
    rebuild::{Leaf, Rules},
};
use crate::report::Report;

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

/// In the place of an id that cannot be read.
const NO_ID: EventId = EventId {
    command: Ulid::nil(),
    index: 0,
};

/// A clock may be set back by this much without being remarked.
const TOLERANCE_MS: i64 = 5_000;

/// Follows events in their order: each one is unique and the next of its
/// stream, of a kind that is known, and its time is plausible.
pub struct EventRules {
    /// No event may be later.
    latest: Timestamp,
    latest_ms: i64,
    /// The last version of each stream, by the hash of its name.
    streams: HashMap<u64, u64, BuildHasherDefault<AsIs>>,
    /// By position; events that cannot be read have [`NO_ID`].
    ids: Vec<EventId>,
    /// Whether each id is greater than the one before: most logs are like that,
    /// and then none is there twice.
    ids_rise: bool,
    /// Institutions, kinds and schemas that were seen, by their hash.
    kinds: HashSet<u64, BuildHasherDefault<AsIs>>,
    last_kind: Option<u64>,
    last_recorded_ms: i64,
}

/// What the rules need to know of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    id: EventId,
    /// Of institution, kind and schema.
    kind_hash: u64,
    /// Where the stream's name stands in the leaf.
    stream: Range<usize>,
    stream_hash: u64,
    version: u64,
    recorded_ms: i64,
}

/// Streams and kinds are told apart by a hash of 64 bits that is made on all
/// cores, so that the one pass in order need not look at leaves. Its key is
/// drawn when the program starts: nobody can write two names that it takes for
/// one, and by chance two of a million streams are with 3 in 10⁸.
static HASH: LazyLock<RandomState> = LazyLock::new(RandomState::new);

impl Facts {
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
        let id = event_id(scan.fixed::<34>()?)?;
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
            id,
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

/// Takes a hash for its own hash.
#[derive(Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0 << 8 | u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Why an event cannot be read: a code and the end of a sentence.
type Unreadable = (&'static str, String);

impl EventRules {
    /// Rules for a log in which nothing may have been recorded after `latest`.
    #[must_use]
    pub fn new(latest: Timestamp) -> Self {
        Self {
            latest,
            latest_ms: latest.as_millisecond(),
            streams: HashMap::default(),
            ids: Vec::new(),
            ids_rise: true,
            kinds: HashSet::default(),
            last_kind: None,
            last_recorded_ms: i64::MIN,
        }
    }
}

impl Rules for EventRules {
    type Facts = Result<Facts, Unreadable>;
    type Memory = Memory;

    fn read(leaf: &[u8], memory: &mut Memory) -> Self::Facts {
        if !leaf.is_ascii() && str::from_utf8(leaf).is_err() {
            return Err(("EVENT_FORM", "is not UTF-8".to_owned()));
        }
        Facts::quick(leaf, memory).map_or_else(|| read(leaf, memory), Ok)
    }

    fn follow(&mut self, leaf: Leaf<'_>, facts: Self::Facts, report: &mut Report) {
        let Leaf {
            position, bytes, ..
        } = leaf;
        let at = Some(position);
        let facts = match facts {
            Ok(facts) => facts,
            Err((code, reason)) => {
                self.ids.push(NO_ID);
                report.error(code, at, format!("Event {position} {reason}."));
                return;
            }
        };
        self.ids_rise &= self.ids.last().is_none_or(|last| *last < facts.id);
        self.ids.push(facts.id);

        let is_new = self.last_kind != Some(facts.kind_hash) && self.kinds.insert(facts.kind_hash);
        self.last_kind = Some(facts.kind_hash);
        if is_new && let Err(error) = City::default().apply_leaf(Position(position), bytes) {
            let message = format!(
                "Event {position} is the first of its kind and schema, and this release does not \
                 know them: {error}. If the city runs a newer release, verify with a newer one too."
            );
            report.error("EVENT_UNKNOWN", at, message);
        }
        let last = self.streams.insert(facts.stream_hash, facts.version);
        let last = last.unwrap_or(0);
        if facts.version != last + 1 {
            let (is, due) = (facts.version, last + 1);
            let stream = bytes.get(facts.stream).unwrap_or_default();
            let stream = String::from_utf8_lossy(stream);
            let message = format!(
                "Event {position} is version {is} of {stream}, where version {due} was due: an \
                 event was dropped, inserted or moved."
            );
            report.error("STREAM_VERSION", at, message);
        }

        if facts.recorded_ms < self.last_recorded_ms.saturating_sub(TOLERANCE_MS) {
            let back = (self.last_recorded_ms - facts.recorded_ms) / 1000;
            let message = format!(
                "Event {position} says that it was recorded {back} seconds before an earlier one."
            );
            report.warning("TIME_BACKWARDS", at, message);
        }
        self.last_recorded_ms = self.last_recorded_ms.max(facts.recorded_ms);
        if facts.recorded_ms > self.latest_ms.saturating_add(TOLERANCE_MS) {
            let message = format!(
                "Event {position} says that it was recorded after {}, when its checkpoint existed \
                 already.",
                self.latest
            );
            report.error("TIME_AFTER_CHECKPOINT", at, message);
        }
    }

    fn finish(self, report: &mut Report) {
        if self.ids_rise {
            return;
        }
        let mut sorted = self.ids.clone();
        sorted.sort_unstable();
        let twice: Vec<EventId> = sorted
            .array_windows()
            .filter(|[left, right]| left == right && *left != NO_ID)
            .map(|[id, _]| *id)
            .collect();
        if twice.is_empty() {
            return;
        }
        let mut first: HashMap<EventId, u64> = HashMap::new();
        for (position, id) in (0..)
            .zip(&self.ids)
            .filter(|(_, id)| twice.binary_search(id).is_ok())
        {
            if let Some(first) = first.get(id) {
                let message = format!("Event {position} has the id {id} of event {first}.");
                report.error("EVENT_ID_TWICE", Some(position), message);
            } else {
                first.insert(*id, position);
            }
        }
    }
}

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
    let id = text(event).and_then(event_id);
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
        id,
        kind_hash: memory.kind.hash(kind, schema, name),
        stream_hash: HASH.hash_one(name),
        stream,
        version,
        recorded_ms: recorded,
    })
}

/// What each letter of Crockford's base 32 means in its one spelling; the
/// highest bit marks what is none.
const DIGITS: [u8; 256] = {
    let mut digits = [0x80; 256];
    let letters = *b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mut digit = 0;
    while digit < letters.len() {
        digits[letters[digit] as usize] = digit as u8;
        digit += 1;
    }
    digits
};

/// An event's id in the one spelling that it has. Look-alikes of the digits are
/// refused. Written out, because the general parser writes the id again to
/// compare.
fn event_id(text: &[u8]) -> Option<EventId> {
    let (ulid, index) = text.strip_prefix(b"event_")?.split_first_chunk::<26>()?;
    let digits = ulid.map(|letter| DIGITS[usize::from(letter)]);
    let is_sound = digits.iter().fold(0, |all, digit| all | digit) < 0x80;
    // 26 times five bits are two too many.
    if !is_sound || digits.first().is_none_or(|digit| *digit > 7) {
        return None;
    }
    let (high, low) = digits.split_at(13);
    let half = |digits: &[u8]| {
        let (first, rest) = digits.split_first().unwrap_or((&0, &[]));
        let rest = rest
            .iter()
            .fold(0_u64, |all, digit| all << 5 | u64::from(*digit));
        u128::from(*first) << 60 | u128::from(rest)
    };
    Some(EventId {
        command: Ulid(half(high) << 65 | half(low)),
        index: match index {
            b".0" => 0,
            [b'.', b'1'..=b'9', ..] => str::from_utf8(index.get(1..)?).ok()?.parse().ok()?,
            _ => return None,
        },
    })
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
mod tests {
    use proptest::prelude::*;
    use transparency::Hash;

    use super::*;

    fn event(id: u128, stream: &str, version: u64, recorded_at: &str) -> String {
        let id = Ulid::from(id);
        format!(
            r#"{{"actor":{{"id":"system","role":"system"}},"basis":"","cause":{{"command":"{id}"}},"data":{{"vkey":""}},"event":"event_{id}.0","kind":"log_key_rotated","legal_date":"2026-04-01","recorded_at":"{recorded_at}","schema":1,"stream":"{stream}","version":{version}}}"#
        )
    }

    const TIME: &str = "2026-04-01T00:00:00.000Z";

    /// The quick reading never says anything else than the general one.
    fn check_quick(event: &[u8]) {
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
            assert_eq!(event_id(id.as_bytes()), id.parse().ok(), "{id}");
        }
    }

    proptest! {
        #[test]
        fn any_id_is_read_as_it_is_written(command: u128, index: u16) {
            let id = EventId { command: Ulid(command), index };
            prop_assert_eq!(event_id(id.to_string().as_bytes()), Some(id));
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

    fn codes(events: &[String]) -> Vec<(&'static str, Option<u64>)> {
        let mut rules = EventRules::new("2026-04-02T00:00:00Z".parse().unwrap());
        let mut report = Report::default();
        let mut memory = Memory::default();
        for (position, event) in (0..).zip(events) {
            let bytes = event.as_bytes();
            let facts = EventRules::read(bytes, &mut memory);
            check_quick(bytes);
            let hash = Hash::leaf(bytes);
            let leaf = Leaf {
                position,
                bytes,
                hash,
            };
            rules.follow(leaf, facts, &mut report);
        }
        rules.finish(&mut report);
        report
            .findings()
            .iter()
            .map(|finding| (finding.code, finding.position))
            .collect()
    }

    #[test]
    fn streams_that_count_up_pass() {
        assert_eq!(
            codes(&[
                event(1, "log/a", 1, TIME),
                event(2, "log/b", 1, TIME),
                event(3, "log/a", 2, TIME),
                event(4, "log/b", 2, TIME),
            ]),
            []
        );
    }

    #[test]
    fn a_hole_a_repetition_and_a_late_start_are_found_where_they_are() {
        let hole = [
            event(1, "log/a", 1, TIME),
            event(2, "log/a", 3, TIME),
            event(3, "log/a", 4, TIME),
        ];
        assert_eq!(codes(&hole), [("STREAM_VERSION", Some(1))]);
        let again = [
            event(1, "log/a", 1, TIME),
            event(2, "log/a", 1, TIME),
            event(3, "log/a", 2, TIME),
        ];
        assert_eq!(codes(&again), [("STREAM_VERSION", Some(1))]);
        assert_eq!(
            codes(&[event(1, "log/a", 2, TIME)]),
            [("STREAM_VERSION", Some(0))]
        );
    }

    #[test]
    fn an_id_is_used_once() {
        let events = [
            event(7, "log/a", 1, TIME),
            event(3, "log/a", 2, TIME),
            event(7, "log/b", 1, TIME),
        ];
        assert_eq!(codes(&events), [("EVENT_ID_TWICE", Some(2))]);
    }

    #[test]
    fn time_may_stumble_but_not_go_back_or_ahead() {
        let at = |second: &str| {
            event(
                second.parse().unwrap(),
                &format!("log/{second}"),
                1,
                &format!("2026-04-01T00:00:{second}.000Z"),
            )
        };
        assert_eq!(codes(&[at("10"), at("05"), at("11")]), []);
        assert_eq!(
            codes(&[at("10"), at("04"), at("11")]),
            [("TIME_BACKWARDS", Some(1))]
        );
        let ahead = event(1, "log/a", 1, "2026-04-02T00:00:05.001Z");
        assert_eq!(codes(&[ahead]), [("TIME_AFTER_CHECKPOINT", Some(0))]);
        assert_eq!(
            codes(&[event(1, "log/a", 1, "2026-04-02T00:00:05.000Z")]),
            []
        );
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

    #[test]
    fn a_kind_or_schema_that_this_release_does_not_know_is_found_once() {
        let known = event(1, "log/a", 1, TIME);
        for (from, to) in [
            ("log_key_rotated", "log_key_turned"),
            (r#""schema":1"#, r#""schema":2"#),
            ("log/a", "clubs/a"),
        ] {
            let newer = |id, version| event(id, "log/a", version, TIME).replace(from, to);
            let first = if from == "log/a" { 1 } else { 2 };
            let events = [known.clone(), newer(2, first), newer(3, first + 1)];
            assert_eq!(codes(&events), [("EVENT_UNKNOWN", Some(1))], "{to}");
        }
    }

    #[test]
    fn an_event_of_another_shape_is_found() {
        let good = event(1, "log/a", 1, TIME);
        for (from, to, code) in [
            (r#""schema":1"#, r#""schema": 1"#, "EVENT_NOT_CANONICAL"),
            (r#""schema":1"#, r#""schema":1.5"#, "EVENT_NOT_CANONICAL"),
            (r#"{"actor""#, r#"{"z":1,"actor""#, "EVENT_NOT_CANONICAL"),
            (r#""schema":1,"#, "", "EVENT_MEMBER_MISSING"),
            (
                r#""version":1"#,
                r#""version":1,"z":1"#,
                "EVENT_MEMBER_UNKNOWN",
            ),
            (
                r#""schema":1"#,
                r#""position":1,"schema":1"#,
                "EVENT_NOT_CANONICAL",
            ),
            (
                r#""recorded_at""#,
                r#""position":1,"recorded_at""#,
                "EVENT_MEMBER_UNKNOWN",
            ),
            (r#""schema":1"#, r#""schema":0"#, "EVENT_MEMBER_WRONG"),
            (r#""schema":1"#, r#""schema":-1"#, "EVENT_MEMBER_WRONG"),
            (r#""version":1"#, r#""version":"1""#, "EVENT_MEMBER_WRONG"),
            (r#""version":1"#, r#""version":0"#, "EVENT_MEMBER_WRONG"),
            ("event_0", "evant_0", "EVENT_MEMBER_WRONG"),
            ("event_0", "event_", "EVENT_MEMBER_WRONG"),
            (r#".0","kind""#, r#"","kind""#, "EVENT_MEMBER_WRONG"),
            (r#".0","kind""#, r#".00","kind""#, "EVENT_MEMBER_WRONG"),
            (r#".0","kind""#, r#".65536","kind""#, "EVENT_MEMBER_WRONG"),
            ("event_0", "event_l", "EVENT_MEMBER_WRONG"),
            ("2026-04-01T", "2026-02-30T", "EVENT_MEMBER_WRONG"),
            ("00.000Z", "00Z", "EVENT_MEMBER_WRONG"),
            ("00.000Z", "00.000+00:00", "EVENT_MEMBER_WRONG"),
            (r#""2026-04-01""#, r#""2026-04-31""#, "EVENT_MEMBER_WRONG"),
            (
                r#""stream":"log/a""#,
                r#""stream":"""#,
                "EVENT_MEMBER_WRONG",
            ),
            (
                r#""kind":"log_key_rotated""#,
                r#""kind":1"#,
                "EVENT_MEMBER_WRONG",
            ),
        ] {
            let edited = good.replacen(from, to, 1);
            assert_ne!(edited, good);
            assert_eq!(codes(&[edited]), [(code, Some(0))], "{from} -> {to}");
        }
        let read = |leaf: &[u8]| EventRules::read(leaf, &mut Memory::default());
        assert_eq!(read(b"\xff").unwrap_err().0, "EVENT_FORM");
        assert_eq!(read(b"").unwrap_err().0, "EVENT_NOT_CANONICAL");
    }
}
