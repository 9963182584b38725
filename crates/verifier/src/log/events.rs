//! The rules that hold for every event, whatever it says.

use std::{collections::HashMap, ops::Range};

use domain::ids::EventId;
use jiff::{Timestamp, civil::Date};
use ulid::Ulid;

use super::{canonical::members, rebuild::Rules};
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
/// stream, and its time is plausible.
pub struct EventRules {
    /// No event may be later.
    latest: Timestamp,
    /// The last version of each stream.
    streams: HashMap<Box<str>, u64>,
    /// By position; events that cannot be read have [`NO_ID`].
    ids: Vec<EventId>,
    last_recorded_ms: i64,
}

/// What the rules need to know of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    id: EventId,
    /// Where the stream's name stands in the leaf.
    stream: Range<usize>,
    version: u64,
    recorded_ms: i64,
}

/// Why an event cannot be read: a code and the end of a sentence.
type Unreadable = (&'static str, String);

impl EventRules {
    /// Rules for a log in which nothing may have been recorded after `latest`.
    #[must_use]
    pub fn new(latest: Timestamp) -> Self {
        Self {
            latest,
            streams: HashMap::new(),
            ids: Vec::new(),
            last_recorded_ms: i64::MIN,
        }
    }
}

impl Rules for EventRules {
    type Facts = Result<Facts, Unreadable>;

    fn read(leaf: &[u8]) -> Self::Facts {
        let json = str::from_utf8(leaf).map_err(|_| ("EVENT_FORM", "is not UTF-8".to_owned()))?;
        let mut values: [Option<Range<usize>>; MEMBERS.len()] = Default::default();
        let (mut next, mut unknown) = (0, None);
        // Keys come sorted, so each member is the next one, or some are missing.
        members(json, |key, value| {
            if let Some(skipped) = MEMBERS.iter().skip(next).position(|name| *name == key)
                && let Some(slot) = values.get_mut(next + skipped)
            {
                *slot = Some(value);
                next += skipped + 1;
            } else {
                unknown = Some(key);
            }
        })
        .map_err(|error| {
            (
                "EVENT_NOT_CANONICAL",
                format!("is not in canonical form {error}"),
            )
        })?;
        if let Some(key) = unknown {
            return Err((
                "EVENT_MEMBER_UNKNOWN",
                format!("has a member {key:?} that no event has"),
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
        ] = values.map(Option::unwrap_or_default);

        let wrong = |name: &str, what: &str| {
            (
                "EVENT_MEMBER_WRONG",
                format!("has {name:?}, but it is not {what}"),
            )
        };
        let text = |value: Range<usize>| plain(json, value);
        let number = |value| {
            json.get::<Range<usize>>(value)?
                .parse()
                .ok()
                .filter(|n: &u64| *n > 0)
        };
        // An id has one spelling: look-alikes of its digits are refused.
        let id = text(event).and_then(|place| json.get(place)?.parse().ok());
        text(kind).ok_or_else(|| wrong("kind", "a plain word"))?;
        number(schema).ok_or_else(|| wrong("schema", "a positive integer"))?;
        let day = text(legal_date).and_then(|place| date(json.get(place)?));
        day.ok_or_else(|| wrong("legal_date", "a date"))?;
        let recorded = text(recorded_at).and_then(|place| milliseconds(json.get(place)?));
        Ok(Facts {
            id: id.ok_or_else(|| wrong("event", "event_, a ULID and a place, such as .0"))?,
            stream: text(stream).ok_or_else(|| wrong("stream", "a plain name"))?,
            version: number(version).ok_or_else(|| wrong("version", "a positive integer"))?,
            recorded_ms: recorded
                .ok_or_else(|| wrong("recorded_at", "a UTC time with milliseconds"))?,
        })
    }

    fn follow(&mut self, position: u64, leaf: &[u8], facts: Self::Facts, report: &mut Report) {
        let at = Some(position);
        let facts = match facts {
            Ok(facts) => facts,
            Err((code, reason)) => {
                self.ids.push(NO_ID);
                report.error(code, at, format!("Event {position} {reason}."));
                return;
            }
        };
        self.ids.push(facts.id);

        let stream = leaf
            .get(facts.stream)
            .and_then(|name| str::from_utf8(name).ok());
        let stream = stream.unwrap_or_default();
        let last = match self.streams.get_mut(stream) {
            Some(last) => std::mem::replace(last, facts.version),
            None => self
                .streams
                .insert(stream.into(), facts.version)
                .unwrap_or(0),
        };
        if facts.version != last + 1 {
            let (is, due) = (facts.version, last + 1);
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
        let latest = self.latest.as_millisecond();
        if facts.recorded_ms > latest.saturating_add(TOLERANCE_MS) {
            let message = format!(
                "Event {position} says that it was recorded after {}, when its checkpoint existed \
                 already.",
                self.latest
            );
            report.error("TIME_AFTER_CHECKPOINT", at, message);
        }
    }

    fn finish(self, report: &mut Report) {
        // Ids rise with time, so most logs are sorted already.
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

/// What stands between the quotes of a string without escapes, not empty.
fn plain(json: &str, value: Range<usize>) -> Option<Range<usize>> {
    let [b'"', text @ .., b'"'] = json.as_bytes().get(value.clone())? else {
        return None;
    };
    // Without an early end this looks at many bytes at once.
    let escaped = text
        .iter()
        .fold(false, |found, byte| found | (*byte == b'\\'));
    (!text.is_empty() && !escaped).then_some(value.start + 1..value.end - 1)
}

/// The day of a date in the one form that events have, `2026-04-01`.
fn date(text: &str) -> Option<Date> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else {
        return None;
    };
    let year = i16::from(two_digits(y1, y2)?) * 100 + i16::from(two_digits(y3, y4)?);
    Date::new(year, two_digits(m1, m2)?, two_digits(d1, d2)?).ok()
}

/// Milliseconds since 1970 of a time in the one form that events have,
/// `2026-04-01T00:00:00.000Z`. Written out, because a general parser takes
/// longer than hashing the event does.
fn milliseconds(text: &str) -> Option<i64> {
    let (day, time) = text.split_at_checked(10)?;
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
    ] = time.as_bytes()
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
    let midnight = date(day)?.duration_since(EPOCH).as_secs();
    let seconds = (i64::from(hour) * 60 + i64::from(minute)) * 60 + i64::from(second);
    Some((midnight + seconds) * 1000 + thousandths)
}

fn two_digits(tens: u8, ones: u8) -> Option<i8> {
    let both = tens.is_ascii_digit() && ones.is_ascii_digit();
    both.then(|| (tens - b'0') * 10 + (ones - b'0'))?
        .try_into()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: u128, stream: &str, version: u64, recorded_at: &str) -> String {
        let id = Ulid::from(id);
        format!(
            r#"{{"actor":{{"role":"citizen"}},"basis":"x","cause":{{}},"data":{{}},"event":"event_{id}.0","kind":"opinion_submitted","legal_date":"2026-04-01","recorded_at":"{recorded_at}","schema":1,"stream":"{stream}","version":{version}}}"#
        )
    }

    const TIME: &str = "2026-04-01T00:00:00.000Z";

    fn codes(events: &[String]) -> Vec<(&'static str, Option<u64>)> {
        let mut rules = EventRules::new("2026-04-02T00:00:00Z".parse().unwrap());
        let mut report = Report::default();
        for (position, event) in (0..).zip(events) {
            let facts = EventRules::read(event.as_bytes());
            rules.follow(position, event.as_bytes(), facts, &mut report);
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
                event(1, "a", 1, TIME),
                event(2, "b", 1, TIME),
                event(3, "a", 2, TIME),
                event(4, "b", 2, TIME),
            ]),
            []
        );
    }

    #[test]
    fn a_hole_a_repetition_and_a_late_start_are_found_where_they_are() {
        let hole = [
            event(1, "a", 1, TIME),
            event(2, "a", 3, TIME),
            event(3, "a", 4, TIME),
        ];
        assert_eq!(codes(&hole), [("STREAM_VERSION", Some(1))]);
        let again = [
            event(1, "a", 1, TIME),
            event(2, "a", 1, TIME),
            event(3, "a", 2, TIME),
        ];
        assert_eq!(codes(&again), [("STREAM_VERSION", Some(1))]);
        assert_eq!(
            codes(&[event(1, "a", 2, TIME)]),
            [("STREAM_VERSION", Some(0))]
        );
    }

    #[test]
    fn an_id_is_used_once() {
        let events = [
            event(7, "a", 1, TIME),
            event(3, "a", 2, TIME),
            event(7, "b", 1, TIME),
        ];
        assert_eq!(codes(&events), [("EVENT_ID_TWICE", Some(2))]);
    }

    #[test]
    fn time_may_stumble_but_not_go_back_or_ahead() {
        let at = |second: &str| {
            event(
                second.parse().unwrap(),
                second,
                1,
                &format!("2026-04-01T00:00:{second}.000Z"),
            )
        };
        assert_eq!(codes(&[at("10"), at("05"), at("11")]), []);
        assert_eq!(
            codes(&[at("10"), at("04"), at("11")]),
            [("TIME_BACKWARDS", Some(1))]
        );
        let ahead = event(1, "a", 1, "2026-04-02T00:00:05.001Z");
        assert_eq!(codes(&[ahead]), [("TIME_AFTER_CHECKPOINT", Some(0))]);
        assert_eq!(codes(&[event(1, "a", 1, "2026-04-02T00:00:05.000Z")]), []);
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
            assert_eq!(milliseconds(time), Some(parsed), "{time}");
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
            assert_eq!(milliseconds(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_event_of_another_shape_is_found() {
        let good = event(1, "a", 1, TIME);
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
            (r#""stream":"a""#, r#""stream":"""#, "EVENT_MEMBER_WRONG"),
            (
                r#""kind":"opinion_submitted""#,
                r#""kind":1"#,
                "EVENT_MEMBER_WRONG",
            ),
        ] {
            let edited = good.replacen(from, to, 1);
            assert_ne!(edited, good);
            assert_eq!(codes(&[edited]), [(code, Some(0))], "{from} -> {to}");
        }
        assert_eq!(EventRules::read(b"\xff").unwrap_err().0, "EVENT_FORM");
        assert_eq!(EventRules::read(b"").unwrap_err().0, "EVENT_NOT_CANONICAL");
    }
}
