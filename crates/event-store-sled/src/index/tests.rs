use std::collections::BTreeMap;

use event_store::{CommandId, Position, Receipt, StreamName, Version};
use ulid::Ulid;

use super::*;

const SEGMENTS: u64 = 70;
const EVENTS: u64 = 40;

/// The segment with this number: each event is a command of its own, to one of
/// some streams, of which one is in every segment and others in few.
fn segment(number: u64, heads: &mut BTreeMap<StreamName, Version>) -> (SegmentFacts, MemoryIndex) {
    let mut memory = MemoryIndex::default();
    let first = Position(number * EVENTS);
    for event in 0..EVENTS {
        let position = Position(first.0 + event);
        let stream: StreamName = match event % 4 {
            0 => "a/everywhere".parse().unwrap(),
            1 => format!("b/{}", number / 5).parse().unwrap(),
            _ => format!("c/{number}.{event}").parse().unwrap(),
        };
        let version = heads
            .get(&stream)
            .map_or(Version::FIRST, |last| last.next());
        let offset = 64 + event * 40_000;
        memory.add_frame(position, offset);
        memory.add_command(command(position), receipt(position));
        let place = Place {
            position,
            offset: offset as u32,
        };
        memory.add_event(&stream, version, place);
        heads.insert(stream, version);
    }
    let facts = SegmentFacts {
        number: number + 1,
        first,
        next: Position(first.0 + EVENTS),
        end: 64 + EVENTS * 40_000,
        chain: number as u32,
    };
    (facts, memory)
}

fn command(position: Position) -> CommandId {
    CommandId(Ulid(u128::from(position.0) << 70))
}

fn receipt(position: Position) -> Receipt {
    Receipt {
        first: position,
        last: position,
    }
}

fn open(path: &Path, sealed: &[SegmentFacts]) -> Index {
    let opened = Index::open(path, 1 << 20, sealed).unwrap();
    assert!(matches!(opened, Opened::Found(_)));
    match opened {
        Opened::Found(index) | Opened::Emptied(index, _) => Some(index),
        Opened::Ahead(_) => None,
    }
    .unwrap()
}

#[test]
fn the_index_answers_for_every_segment_and_asks_few_runs() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("index");
    let mut heads = BTreeMap::new();
    let mut sealed = Vec::new();
    let mut index = open(&path, &sealed);
    for number in 0..SEGMENTS {
        let (facts, memory) = segment(number, &mut heads);
        index.add(facts, &memory).unwrap();
        sealed.push(facts);
        if number % 30 == 7 {
            drop(index);
            index = open(&path, &sealed);
        }
    }
    assert_eq!(index.covered(), sealed.len());
    // 70 segments are 1*64 + 1*4 + 2*1: at most three runs on each level.
    assert!(
        index.state().runs.len() <= 2 * 3 * 4,
        "{}",
        index.state().runs.len()
    );
    for (stream, head) in &heads {
        assert_eq!(index.head(stream), Ok(Some(*head)));
        let mut places = index.places(stream, Version::FIRST, *head).unwrap();
        places.sort_unstable_by_key(|(version, _)| *version);
        let versions: Vec<u64> = places.iter().map(|(version, _)| version.0).collect();
        assert_eq!(versions, (1..=head.0).collect::<Vec<_>>());
        assert!(places.is_sorted_by(|(_, one), (_, other)| one.position < other.position));
    }
    for number in 0..SEGMENTS * EVENTS {
        let position = Position(number);
        assert_eq!(
            index.receipt(command(position)),
            Ok(Some(receipt(position)))
        );
        let within = number % EVENTS;
        let offset = index.offset(number / EVENTS + 1, position);
        assert_eq!(offset, Ok(Some(64 + within * 40_000)));
    }
    let unknown = CommandId(Ulid(u128::MAX));
    assert_eq!(index.receipt(unknown), Ok(None));
    for absent in ["a/everywher", "a/everywhere0", "b/99", "z/1"] {
        assert_eq!(index.head(&absent.parse().unwrap()), Ok(None));
    }
}

#[test]
fn a_lost_block_is_noticed_and_never_taken_for_absence() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("index");
    let mut heads = BTreeMap::new();
    let mut sealed = Vec::new();
    let index = open(&path, &sealed);
    for number in 0..20 {
        let (facts, memory) = segment(number, &mut heads);
        index.add(facts, &memory).unwrap();
        sealed.push(facts);
    }
    let blocks: Vec<_> = index
        .blocks
        .scan_prefix(b"b")
        .keys()
        .map(Result::unwrap)
        .collect();
    for lost in blocks {
        let value = index.blocks.remove(&lost).unwrap().unwrap();
        let mut noticed = false;
        for number in 0..20 * EVENTS {
            match index.receipt(command(Position(number))) {
                Ok(found) => assert_eq!(found, Some(receipt(Position(number)))),
                Err(_) => noticed = true,
            }
        }
        for (stream, head) in &heads {
            match index.head(stream) {
                Ok(found) => assert_eq!(found, Some(*head)),
                Err(_) => noticed = true,
            }
        }
        assert!(noticed);
        index.blocks.insert(lost, value).unwrap();
    }
}
