//! Bits that flip, and files that lose their end.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use event_store::{
    AppendError, EventStore, Expected, Position, ReadError, Receipt, Recorded, Vault,
};
use event_store_sled::{
    OpenError, Options, SledStore,
    format::{Events, FrameHeader, SegmentHeader},
};

use crate::{
    sim_disk::{Dice, SimDisk},
    support::{log, numbered, rounds, single},
};

fn options() -> Options {
    Options {
        segment_length: 8_192,
        ..Options::default()
    }
}

/// A store with some segments, and what it holds.
struct Origin {
    directory: tempfile::TempDir,
    events: Vec<Recorded>,
    receipts: BTreeMap<u64, Receipt>,
}

async fn origin() -> Origin {
    let directory = tempfile::tempdir().unwrap();
    let store = SledStore::open(directory.path(), options()).unwrap();
    let mut receipts = BTreeMap::new();
    for number in 0..60 {
        let outcome = store.append(numbered(number)).await.unwrap();
        receipts.insert(number, outcome.receipt());
    }
    let events = log(&store).await;
    drop(store);
    Origin {
        directory,
        events,
        receipts,
    }
}

impl Origin {
    fn copy(&self, with_index: bool) -> tempfile::TempDir {
        let copy = tempfile::tempdir().unwrap();
        let parts: &[&str] = if with_index {
            &["log", "index"]
        } else {
            &["log"]
        };
        for part in parts {
            copy_files(&self.directory.path().join(part), &copy.path().join(part));
        }
        copy
    }
}

fn copy_files(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            copy_files(&entry.path(), &to.join(entry.file_name()));
        } else {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

fn segments(directory: &Path) -> Vec<PathBuf> {
    let mut segments: Vec<PathBuf> = fs::read_dir(directory.join("log"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    segments.sort();
    segments
}

/// Whether anything that the store serves differs from what was written; how
/// many events it could not serve.
async fn serve(store: &SledStore, origin: &Origin) -> usize {
    let mut missing = 0;
    for event in &origin.events {
        match store.read_all(event.position, 1).await {
            Ok(page) => assert_eq!(page, std::slice::from_ref(event)),
            Err(ReadError::Damaged { position, .. }) => {
                assert!(position <= event.position);
                missing += 1;
            }
            Err(error) => panic!("{error}"),
        }
        let command = numbered(event.command.0.0 as u64);
        let envelopes = command.writes.iter().flat_map(|write| &write.events);
        let known = envelopes
            .map(|event| event.envelope.clone())
            .collect::<Vec<_>>();
        if let Ok(envelope) = store.envelope(event.position).await {
            assert!(known.contains(&envelope.unwrap_or_default()));
        }
        let stream = store
            .read_stream(
                &event.stream,
                event.version,
                event_store::Direction::Forwards,
                1,
            )
            .await;
        if let Ok(events) = stream {
            assert_eq!(events, std::slice::from_ref(event));
        }
    }
    for (number, receipt) in &origin.receipts {
        if let Ok(found) = store.receipt(numbered(*number).command).await {
            assert_eq!(found, Some(*receipt));
        }
    }
    missing
}

#[tokio::test]
async fn damage_is_found_and_nothing_wrong_is_ever_served() {
    let origin = origin().await;
    let (mut refused, mut reported, mut harmless) = (0, 0, 0);
    for seed in 0..rounds(20) {
        let mut dice = Dice(seed);
        let copy = origin.copy(dice.chance());
        let segments = segments(copy.path());
        let path = &segments[dice.roll(segments.len() as u64) as usize];
        let mut bytes = fs::read(path).unwrap();
        let used = bytes.iter().rposition(|byte| *byte != 0).unwrap() as u64 + 1;
        match dice.roll(8) {
            0 | 1 => bytes.truncate(dice.roll(bytes.len() as u64) as usize),
            2 => {
                // A sector that the disk has forgotten.
                let sector = dice.roll(used / 512) as usize * 512;
                bytes[sector..sector + 512].fill(0);
            }
            3 => bytes[dice.roll(SegmentHeader::LENGTH as u64) as usize] ^= 1 << dice.roll(8),
            _ => bytes[dice.roll(used) as usize] ^= 1 << dice.roll(8),
        }
        fs::write(path, &bytes).unwrap();
        let store = match SledStore::open(copy.path(), options()) {
            Ok(store) => store,
            Err(OpenError::Damaged { place, .. }) => {
                assert!(place.contains(path.file_name().unwrap().to_str().unwrap()));
                refused += 1;
                continue;
            }
            Err(error) => panic!("seed {seed}: {error}"),
        };
        assert_eq!(
            store.opening().cut_off,
            None,
            "seed {seed}: acknowledged events were cut off"
        );
        let missing = serve(&store, &origin).await;
        let found = store.verify().await.unwrap();
        if missing == 0 {
            harmless += 1;
        } else {
            reported += 1;
            assert!(!found.damages.is_empty(), "seed {seed}");
            let first = found.damages.iter().filter_map(|damage| match damage {
                ReadError::Damaged {
                    position, place, ..
                } => {
                    assert!(place.contains(path.file_name().unwrap().to_str().unwrap()));
                    Some(*position)
                }
                ReadError::Storage { .. } => None,
            });
            assert!(
                first
                    .min()
                    .is_some_and(|position| position <= origin.events.last().unwrap().position)
            );
        }
        // Whether it takes appends or not, none is recorded twice.
        for (number, receipt) in &origin.receipts {
            match store.append(numbered(*number)).await {
                Ok(outcome) => assert_eq!(outcome.receipt(), *receipt),
                Err(AppendError::ReadOnly(_)) => (),
                Err(error) => panic!("seed {seed}: {error}"),
            }
        }
    }
    println!("{refused} not opened, {reported} reported, {harmless} harmless");
    assert!(0 < refused && 0 < reported);
}

/// A log whose layout does not depend on its content.
async fn uniform(directory: &Path, first: u8) {
    let store = SledStore::open(directory, options()).unwrap();
    for number in 0..60 {
        let letter = if number == 0 { first } else { b'x' };
        let append = single(number, "a/1", Expected::Any, vec![letter; 300]);
        store.append(append).await.unwrap();
    }
}

#[tokio::test]
async fn a_segment_of_another_log_is_noticed() {
    let one = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    uniform(one.path(), b'a').await;
    uniform(other.path(), b'b').await;
    for segment in [1, 2] {
        let copy = tempfile::tempdir().unwrap();
        copy_files(&one.path().join("log"), &copy.path().join("log"));
        let theirs = &segments(other.path())[segment];
        fs::copy(theirs, &segments(copy.path())[segment]).unwrap();
        let store = SledStore::open(copy.path(), options()).unwrap();
        assert!(store.opening().damage.is_some(), "segment {segment}");
        assert!(!store.verify().await.unwrap().damages.is_empty());
    }
    // With an index that covers all: every frame is whole, the order is not.
    let copy = tempfile::tempdir().unwrap();
    copy_files(one.path(), copy.path());
    let theirs = segments(other.path()).pop().unwrap();
    fs::copy(theirs, segments(copy.path()).pop().unwrap()).unwrap();
    let store = SledStore::open(copy.path(), options()).unwrap();
    assert!(store.opening().damage.is_some());
}

#[tokio::test]
async fn frames_of_another_log_in_the_active_segment_are_noticed() {
    let one = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    uniform(one.path(), b'a').await;
    uniform(other.path(), b'b').await;
    let path = segments(one.path()).pop().unwrap();
    let theirs = fs::read(segments(other.path()).pop().unwrap()).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    // The header stays, what follows comes from elsewhere.
    bytes[SegmentHeader::LENGTH..].copy_from_slice(&theirs[SegmentHeader::LENGTH..]);
    fs::write(&path, bytes).unwrap();
    let store = SledStore::open(one.path(), options()).unwrap();
    assert!(store.opening().damage.is_some());
}

#[tokio::test]
async fn a_sector_lost_before_whole_frames_is_no_torn_write() {
    let directory = tempfile::tempdir().unwrap();
    uniform(directory.path(), b'a').await;
    let path = segments(directory.path()).pop().unwrap();
    let mut bytes = fs::read(&path).unwrap();
    // The sector with the header of the second frame.
    let headers: Vec<usize> = (0..bytes.len() / 64)
        .filter(|line| bytes[line * 64..].starts_with(b"hfrm"))
        .collect();
    let sector = headers[1] * 64 / 512 * 512;
    let from = sector.max(headers[1] * 64);
    bytes[from..sector + 512].fill(0);
    fs::write(&path, bytes).unwrap();
    let store = SledStore::open(directory.path(), options()).unwrap();
    assert_eq!(store.opening().cut_off, None);
    assert!(store.opening().damage.is_some());
}

#[tokio::test]
async fn a_missing_segment_is_named() {
    let origin = origin().await;
    let copy = origin.copy(true);
    let gone = &segments(copy.path())[1];
    fs::remove_file(gone).unwrap();
    let refused = SledStore::open(copy.path(), options()).unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("0000000002.segment: the segment is missing"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_log_that_lost_its_last_segments_is_not_taken_for_a_shorter_one() {
    let origin = origin().await;
    let copy = origin.copy(true);
    let mut segments = segments(copy.path());
    fs::remove_file(segments.pop().unwrap()).unwrap();
    let refused = SledStore::open(copy.path(), options()).unwrap_err();
    assert!(matches!(refused, OpenError::Damaged { .. }), "{refused}");
    assert!(refused.to_string().contains("index"), "{refused}");
}

#[tokio::test]
async fn a_flipped_bit_in_the_last_frame_after_a_crash_is_no_torn_write() {
    for seed in 0..rounds(25) {
        let mut dice = Dice(seed);
        let directory = tempfile::tempdir().unwrap();
        let disk = SimDisk::new();
        let index = directory.path().join("index");
        let store = SledStore::open_on(Arc::new(disk.clone()), index.clone(), options()).unwrap();
        for number in 0..10 {
            store.append(numbered(number)).await.unwrap();
        }
        let size = store.size();
        // As the disk is right now: the store was not closed.
        let crashed = disk.after_power_cut(&mut Dice(1));
        drop(store);
        crashed.flip_in_last_frame(&mut dice);
        let store =
            SledStore::open_on(Arc::new(crashed), directory.path().join("other"), options())
                .unwrap();
        assert_eq!(store.opening().cut_off, None, "seed {seed}");
        assert!(store.opening().damage.is_some(), "seed {seed}");
        assert!(store.size() <= size && Position(0) < store.size().next_position());
        assert!(matches!(
            store.append(numbered(50)).await,
            Err(AppendError::ReadOnly(_))
        ));
        let end = store.read_all(Position(store.size().0 - 1), 1).await;
        assert!(matches!(end, Err(ReadError::Damaged { .. })), "{end:?}");
    }
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_decoded_without_a_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
        let _ = SegmentHeader::decode(&bytes);
        if let Ok(header) = FrameHeader::decode(&bytes) {
            let _ = header.check_body(&bytes);
        }
        let header = FrameHeader {
            kind: event_store_sled::format::FrameKind::Commit,
            body_length: bytes.len() as u32,
            body_checksum: 0,
            chain: 0,
            segment: 1,
            offset: 64,
            first: Position(0),
            events: 3,
            commands: 2,
            checksum: 0,
        };
        for event in Events::new(&header, &bytes).flatten() {
            proptest::prop_assert!(bytes.get(event.payload).is_some());
            proptest::prop_assert!(bytes.get(event.envelope).is_some());
        }
    }
}
