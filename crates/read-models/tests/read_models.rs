//! Snapshots, and what happens where the log cannot be folded.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

#[expect(dead_code, reason = "an example makes more of them")]
#[path = "../examples/replay_speed/events.rs"]
mod events;

use std::{path::Path, sync::Arc};

use disk::Disk;
use event_store::{
    Append, CommandId, EventStore, Expected, LogSize, MemoryStore, NewEvent, Position, StreamWrite,
};
use events::Events;
use read_models::{
    City, Digests, Moment, Projector,
    snapshot::{self, Binding, Shelf},
};
use ulid::Ulid;

async fn append(store: &MemoryStore, stream: &str, command: Ulid, leaf: String) {
    let outcome = store.append(Append {
        command: CommandId(command),
        writes: vec![StreamWrite {
            stream: stream.parse().unwrap(),
            expected: Expected::Any,
            events: vec![NewEvent {
                payload: leaf.into(),
                envelope: bytes::Bytes::new(),
            }],
        }],
    });
    outcome.await.unwrap();
}

/// A log with cases of 70 submissions each: more than are packed together.
async fn log(events: usize) -> Arc<MemoryStore> {
    let store = Arc::new(MemoryStore::default());
    for made in Events::new(70).take(events) {
        append(&store, &made.stream, made.command, made.leaf).await;
    }
    store
}

async fn folded(store: &Arc<MemoryStore>) -> Arc<City> {
    let (mut projector, reader) = Projector::new(Arc::clone(store) as _, City::default());
    projector.catch_up().await.unwrap();
    reader.current()
}

/// How many events a start finds in a snapshot.
async fn found(store: &Arc<MemoryStore>, folder: &Path) -> Option<LogSize> {
    let shelf = Shelf::new(Disk::new(), folder);
    let newest = shelf.newest(store.as_ref(), store.size()).await.unwrap();
    newest.map(|city| city.size)
}

#[tokio::test]
async fn a_start_from_a_snapshot_and_the_tail_is_a_start_from_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let shelf = Shelf::new(Disk::new(), folder.path());
    let store = log(450).await;
    let whole = folded(&store).await;
    for size in [1, 2, 60, 71, 100, 200, 286, 300, 449, 450] {
        let (_, reader) = Projector::new(Arc::clone(&store) as _, City::default());
        let city = reader.as_of(Moment::Position(Position(size - 1))).await;
        let city = city.unwrap();
        shelf.put(store.as_ref(), Arc::clone(&city)).await.unwrap();
        assert_eq!(found(&store, folder.path()).await, Some(LogSize(size)));
        let (mut projector, reader) =
            Projector::resume(Arc::clone(&store) as _, Some(shelf.clone()))
                .await
                .unwrap();
        assert_eq!(reader.current().size, LogSize(size));
        assert_eq!(Digests::of(&reader.current()), Digests::of(&city));
        projector.catch_up().await.unwrap();
        assert_eq!(Digests::of(&reader.current()), Digests::of(&whole));
        // Ids are found by the indexes of the snapshot and by those of the tail.
        for case in whole.public_comment.iter() {
            for submission in case.submissions.values() {
                let found = reader.current();
                let found = found.public_comment.of_submission(submission.id).unwrap();
                assert_eq!(found.submission(submission.id).unwrap().id, submission.id);
            }
            for item in case.items.values() {
                let found = reader.current();
                let found = found.public_comment.of_item(item.id).unwrap();
                assert_eq!(found.item(item.id).unwrap().order, item.order);
            }
        }
    }
}

#[tokio::test]
async fn a_snapshot_that_was_touched_is_never_read() {
    let store = log(200).await;
    let city = folded(&store).await;
    let binding = Binding::of(store.as_ref(), city.size)
        .await
        .unwrap()
        .unwrap();
    let bytes = snapshot::write(&city, &binding).unwrap();
    assert!(snapshot::read(&bytes, &binding).is_ok());
    for at in (0..bytes.len()).step_by(7).chain(0..120) {
        let mut touched = bytes.clone();
        touched[at] ^= 0x10;
        assert!(snapshot::read(&touched, &binding).is_err(), "byte {at}");
    }
    for length in (0..bytes.len()).step_by(11) {
        assert!(snapshot::read(&bytes[..length], &binding).is_err());
    }
    let longer: Vec<u8> = bytes.iter().copied().chain([0]).collect();
    assert!(snapshot::read(&longer, &binding).is_err());
}

#[tokio::test]
async fn a_snapshot_of_another_log_or_of_the_future_is_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let shelf = Shelf::new(Disk::new(), folder.path());
    let store = log(200).await;
    shelf
        .put(store.as_ref(), folded(&store).await)
        .await
        .unwrap();
    assert_eq!(found(&store, folder.path()).await, Some(LogSize(200)));
    // The log was cut off, or restored from an older backup.
    let shorter = log(150).await;
    assert_eq!(found(&shorter, folder.path()).await, None);
    // Another history of the same length.
    let other = log(199).await;
    let last = Events::new(70).nth(199).unwrap();
    let leaf = last.leaf.replace("2026-04-20", "2026-04-21");
    append(&other, &last.stream, last.command, leaf).await;
    assert_eq!(other.size(), store.size());
    assert_eq!(found(&other, folder.path()).await, None);
    // A start from there folds the log, and says the same as ever.
    let (mut projector, reader) = Projector::resume(Arc::clone(&other) as _, Some(shelf.clone()))
        .await
        .unwrap();
    projector.catch_up().await.unwrap();
    assert_eq!(reader.current().size, LogSize(200));
    // Other folds.
    let path = folder.path().join("00000000000000000200.views");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[16] ^= 1;
    let checksum = crc32fast::hash(&bytes[..108]).to_be_bytes();
    bytes[108..112].copy_from_slice(&checksum);
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(found(&store, folder.path()).await, None);
}

#[tokio::test]
async fn a_crash_while_a_snapshot_is_written_leaves_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    let store = log(200).await;
    let early = {
        let (_, reader) = Projector::new(Arc::clone(&store) as _, City::default());
        reader.as_of(Moment::Position(Position(99))).await.unwrap()
    };
    let whole = folded(&store).await;
    Shelf::new(Disk::new(), folder.path())
        .put(store.as_ref(), early)
        .await
        .unwrap();
    let mut crashes = 0;
    for steps in 0.. {
        let disk = Disk::stopping_after(steps);
        let shelf = Shelf::new(disk.clone(), folder.path());
        let put = shelf.put(store.as_ref(), Arc::clone(&whole)).await;
        let found = found(&store, folder.path()).await;
        assert!(
            found == Some(LogSize(100)) || found == Some(LogSize(200)),
            "after {steps}"
        );
        if put.is_ok() && !disk.has_stopped() {
            assert_eq!(found, Some(LogSize(200)));
            break;
        }
        crashes += 1;
    }
    assert!(crashes > 2);
}

#[tokio::test]
async fn what_has_to_be_replayed_for_long_is_the_same_and_is_then_at_hand() {
    let store = log(5_200).await;
    let (_, reader) = Projector::new(Arc::clone(&store) as _, City::default());
    let at = |size: u64| Moment::Position(Position(size - 1));
    let (far, other) = tokio::join!(reader.as_of(at(5_000)), reader.as_of(at(4_500)));
    let (far, other) = (far.unwrap(), other.unwrap());
    let mut folded = City::default();
    for event in store.read_all(Position::START, 5_000).await.unwrap() {
        folded.apply(&event).unwrap();
        if folded.size == other.size {
            assert_eq!(Digests::of(&folded), Digests::of(&other));
        }
    }
    assert_eq!((far.size, other.size), (LogSize(5_000), LogSize(4_500)));
    assert_eq!(Digests::of(&folded), Digests::of(&far));
    let again = reader.as_of(at(5_000)).await.unwrap();
    assert!(Arc::ptr_eq(&far, &again));
}

#[tokio::test]
async fn few_old_snapshots_stay_and_a_look_into_the_past_begins_with_them() {
    let folder = tempfile::tempdir().unwrap();
    let shelf = Shelf::new(Disk::new(), folder.path());
    let store = log(1_000).await;
    let (_, reader) = Projector::new(Arc::clone(&store) as _, City::default());
    for size in (50..=1_000).step_by(50) {
        let city = reader
            .as_of(Moment::Position(Position(size - 1)))
            .await
            .unwrap();
        shelf.put(store.as_ref(), city).await.unwrap();
    }
    let mut left: Vec<u64> = std::fs::read_dir(folder.path())
        .unwrap()
        .filter_map(|entry| entry.unwrap().path().file_stem()?.to_str()?.parse().ok())
        .collect();
    left.sort_unstable();
    assert_eq!(left, [50, 100, 150, 250, 350, 500, 750, 950, 1_000]);
    let newest = shelf.newest(store.as_ref(), LogSize(700)).await.unwrap();
    assert_eq!(newest.map(|city| city.size), Some(LogSize(500)));
}

#[tokio::test]
async fn an_event_that_cannot_be_folded_is_told_and_the_rest_stays_readable() {
    let store = log(20).await;
    let (mut projector, reader) = Projector::new(Arc::clone(&store) as _, City::default());
    projector.catch_up().await.unwrap();
    assert_eq!(reader.stopped(), None);
    let running = tokio::spawn(projector.run());
    let waiting = {
        let reader = reader.clone();
        tokio::spawn(async move { reader.at_least(Position(21)).await })
    };
    let good = Events::new(70).nth(20).unwrap();
    append(&store, &good.stream, good.command, good.leaf.clone()).await;
    let strange = good.leaf.replace("opinion_submitted", "opinion_sung");
    append(&store, &good.stream, Ulid(7), strange).await;
    let stopped = waiting.await.unwrap().unwrap_err();
    running.await.unwrap();
    assert_eq!(stopped.size, LogSize(21));
    assert!(stopped.reason.contains("position 21"), "{stopped}");
    assert_eq!(reader.stopped(), Some(stopped));
    assert_eq!(reader.current().size, LogSize(21));
    assert!(reader.at_least(Position(20)).await.is_ok());
    assert_eq!(reader.behind(), 1);
}
