//! The rules that hold for every event, whatever it says.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasherDefault, Hasher},
    iter,
};

use event_store::Position;
use jiff::Timestamp;
use read_models::City;

use super::{
    facts::{Facts, Memory, Unreadable},
    rebuild::{Leaf, Rules},
};
use crate::report::Report;

/// In the place of the hash of an id that cannot be read.
const NO_ID: u64 = 0;

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
    /// Hashes of ids by position; events that cannot be read have [`NO_ID`].
    ids: Vec<u64>,
    /// Institutions, kinds and schemas that were seen, by their hash.
    kinds: HashSet<u64, BuildHasherDefault<AsIs>>,
    last_kind: Option<u64>,
    last_recorded_ms: i64,
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

impl EventRules {
    /// Rules for a log in which nothing may have been recorded after `latest`.
    #[must_use]
    pub fn new(latest: Timestamp) -> Self {
        Self {
            latest,
            latest_ms: latest.as_millisecond(),
            streams: HashMap::default(),
            ids: Vec::new(),
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
        Facts::read(leaf, memory)
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
        self.ids.push(facts.id_hash);

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
        let twice = twice(&self.ids);
        if twice.is_empty() {
            return;
        }
        let mut first: HashMap<u64, u64> = HashMap::new();
        for (position, id) in (0..).zip(&self.ids).filter(|(_, id)| twice.contains(id)) {
            if let Some(first) = first.get(id) {
                let message = format!("Event {position} has the id of event {first}.");
                report.error("EVENT_ID_TWICE", Some(position), message);
            } else {
                first.insert(*id, position);
            }
        }
    }
}

/// The hashes that are there more than once. They are evenly spread, so each of
/// the small lots that they are sorted in stays in the nearest cache.
fn twice(ids: &[u64]) -> HashSet<u64> {
    const BITS: u32 = 10;
    let room = || Vec::with_capacity((ids.len() >> BITS) * 5 / 4);
    let mut lots: Vec<Vec<u64>> = iter::repeat_with(room).take(1 << BITS).collect();
    for id in ids.iter().filter(|id| **id != NO_ID) {
        let lot = lots.get_mut((id >> (u64::BITS - BITS)) as usize);
        lot.into_iter().for_each(|lot| lot.push(*id));
    }
    let mut twice = HashSet::new();
    for lot in &mut lots {
        lot.sort_unstable();
        let same = lot.array_windows().filter(|[left, right]| left == right);
        twice.extend(same.map(|[id, _]| *id));
    }
    twice
}

#[cfg(test)]
mod tests {
    use transparency::Hash;

    use super::{
        super::facts::tests::{TIME, check_quick, event},
        *,
    };

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
        // Those that cannot be read have none.
        let unreadable = ["{".to_owned(), "{".to_owned()];
        let expected = [0, 1].map(|at| ("EVENT_NOT_CANONICAL", Some(at)));
        assert_eq!(codes(&unreadable), expected);
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
