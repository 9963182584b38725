//! A disk that is full, and one that fails to sync.

use std::{collections::BTreeMap, sync::Arc};

use event_store::{AppendError, EventStore, Expected, Outcome, Receipt, Version};
use event_store_sled::{Options, SledStore};

use crate::{
    sim_disk::{Dice, SimDisk},
    support::{check, log, name, numbered, rounds, single},
};

fn open(disk: &SimDisk, directory: &tempfile::TempDir) -> SledStore {
    let options = Options {
        segment_length: 4_096,
        ..Options::default()
    };
    let index = directory.path().join("index");
    SledStore::open_on(Arc::new(disk.clone()), index, options).unwrap()
}

/// Appends until the store refuses; the number of the command it refused, and
/// what it said.
async fn append_until_refused(
    store: &SledStore,
    from: u64,
    acknowledged: &mut BTreeMap<u64, Receipt>,
) -> (u64, AppendError) {
    for number in from..from + 1_000 {
        match store.append(numbered(number)).await {
            Ok(outcome) => {
                acknowledged.insert(number, outcome.receipt());
            }
            Err(error) => return (number, error),
        }
    }
    panic!("the store never refused");
}

#[tokio::test]
async fn a_full_disk_refuses_appends_and_takes_them_again_when_there_is_room() {
    let directory = tempfile::tempdir().unwrap();
    let disk = SimDisk::new();
    let store = open(&disk, &directory);
    let mut acknowledged = BTreeMap::new();
    let mut next = 1;
    for room in [3 * 4_096, 4_096, 5_000] {
        disk.limit_room(Some(room));
        let (refused, error) = append_until_refused(&store, next, &mut acknowledged).await;
        assert!(matches!(error, AppendError::ReadOnly(_)), "{error}");
        assert!(store.read_only().is_some(), "{error}");
        // Reading goes on, and a retry is answered.
        assert_eq!(log(&store).await.len() as u64, store.size().0);
        let (number, receipt) = acknowledged.last_key_value().unwrap();
        let again = store.append(numbered(*number)).await;
        assert_eq!(again, Ok(Outcome::Duplicate(*receipt)));
        assert_eq!(store.receipt(numbered(refused).command).await, Ok(None));
        // Room again, and nothing else need happen.
        disk.limit_room(None);
        next = refused;
        for number in next..next + 5 {
            let outcome = store.append(numbered(number)).await.unwrap();
            acknowledged.insert(number, outcome.receipt());
        }
        next += 5;
        assert_eq!(store.read_only(), None);
    }
    let present = check(&store, &acknowledged).await;
    assert_eq!(present.len(), acknowledged.len());
    drop(store);
    let store = open(&disk, &directory);
    assert_eq!(store.opening().cut_off, None);
    check(&store, &acknowledged).await;
}

#[tokio::test]
async fn asking_whether_the_store_is_read_only_finds_out_that_there_is_room_again() {
    let directory = tempfile::tempdir().unwrap();
    let disk = SimDisk::new();
    let store = open(&disk, &directory);
    disk.limit_room(Some(4_096));
    append_until_refused(&store, 1, &mut BTreeMap::new()).await;
    assert!(store.read_only().is_some());
    disk.limit_room(None);
    while store.read_only().is_some() {
        tokio::task::yield_now().await;
    }
    assert!(store.append(numbered(5_000)).await.is_ok());
}

#[tokio::test]
async fn a_frame_that_did_not_fit_leaves_nothing_behind() {
    let directory = tempfile::tempdir().unwrap();
    let disk = SimDisk::new();
    let store = open(&disk, &directory);
    let mut acknowledged = BTreeMap::new();
    for round in 0..20 {
        // Frames are longer and shorter than those that half fitted before.
        disk.fail_writes(true);
        let refused = store.append(numbered(1_000 + round)).await;
        if let Err(error) = refused {
            assert!(matches!(error, AppendError::ReadOnly(_)), "{error}");
        } else {
            panic!("there was no room");
        }
        disk.fail_writes(false);
        let outcome = store.append(numbered(round)).await.unwrap();
        acknowledged.insert(round, outcome.receipt());
    }
    check(&store, &acknowledged).await;
    drop(store);
    let store = open(&disk, &directory);
    assert_eq!(store.opening().damage, None);
    let present = check(&store, &acknowledged).await;
    assert_eq!(present.len(), acknowledged.len());
}

#[tokio::test]
async fn a_long_frame_that_did_not_fit_leaves_nothing_behind_a_short_one() {
    let directory = tempfile::tempdir().unwrap();
    let disk = SimDisk::new();
    let store = open(&disk, &directory);
    disk.fail_one_write();
    let long = single(1, "a/1", Expected::Any, vec![b'l'; 3_000]);
    assert!(matches!(
        store.append(long).await,
        Err(AppendError::ReadOnly(_))
    ));
    let short = single(2, "a/1", Expected::Any, vec![b's'; 10]);
    let receipt = store.append(short).await.unwrap().receipt();
    // As another process would find it, without the store having been closed.
    let crashed = disk.after_power_cut(&mut Dice(0));
    let other = tempfile::tempdir().unwrap();
    let opened = open(&crashed, &other);
    assert_eq!(opened.opening().damage, None);
    assert_eq!(opened.opening().cut_off, None);
    assert_eq!(opened.size(), receipt.size());
}

#[tokio::test]
async fn a_command_decided_on_a_frame_that_was_lost_is_not_recorded() {
    let directory = tempfile::tempdir().unwrap();
    let disk = SimDisk::new();
    let store = open(&disk, &directory);
    store
        .append(single(0, "b/1", Expected::Any, vec![b'x'; 200]))
        .await
        .unwrap();
    disk.fail_one_write();
    // The second does not fit in the segment with the first, and builds on it.
    let exact = Expected::Exact(Version::FIRST);
    let answers = store
        .append_all(vec![
            single(1, "a/1", Expected::None, vec![b'x'; 300]),
            single(2, "a/1", exact, vec![b'y'; 3_500]),
        ])
        .await;
    assert!(matches!(
        answers.as_slice(),
        [Err(AppendError::ReadOnly(_)), Err(AppendError::ReadOnly(_))]
    ));
    assert_eq!(store.stream_version(&name("a/1")).await, Ok(None));
    assert!(
        store
            .append(single(1, "a/1", Expected::None, Vec::new()))
            .await
            .is_ok()
    );
    assert!(
        store
            .append(single(2, "a/1", exact, Vec::new()))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn after_a_failed_sync_the_writer_stops_until_the_store_is_opened_again() {
    let mut kept = 0;
    for seed in 0..rounds(12) {
        let mut dice = Dice(seed);
        let directory = tempfile::tempdir().unwrap();
        let disk = SimDisk::new();
        let store = open(&disk, &directory);
        let mut acknowledged = BTreeMap::new();
        for number in 1..=dice.roll(40) {
            let outcome = store.append(numbered(number)).await.unwrap();
            acknowledged.insert(number, outcome.receipt());
        }
        disk.fail_syncs();
        let size = store.size();
        let answer = store.append(numbered(100)).await;
        match &answer {
            Err(AppendError::Unknown(command)) => {
                assert_eq!(*command, numbered(100).command);
                // It says so, and does not say that nothing was recorded.
                assert!(store.receipt(*command).await.is_err());
            }
            // The new segment could not be made: certainly nothing recorded.
            Err(AppendError::ReadOnly(_)) => (),
            other => panic!("seed {seed}: {other:?}"),
        }
        let restarted = disk.after_restart();
        // The same store, and the disk answers again: it is not asked.
        drop(disk);
        if matches!(answer, Err(AppendError::Unknown(_))) {
            assert!(store.read_only().is_some());
            assert_eq!(store.append(numbered(100)).await, answer);
            let refused = store.append(numbered(101)).await;
            assert!(
                matches!(refused, Err(AppendError::ReadOnly(_))),
                "{refused:?}"
            );
        }
        assert_eq!(store.size(), size, "what is not durable is not visible");
        check(&store, &acknowledged).await;
        drop(store);
        // Opened again, and then the power is cut: what was visible after
        // opening must be on the disk.
        let store = open(&restarted, &directory);
        let present = check(&store, &acknowledged).await;
        kept += present.len() - acknowledged.len();
        for number in present {
            let outcome = store.append(numbered(number)).await.unwrap();
            acknowledged.insert(number, outcome.receipt());
        }
        let after_cut = restarted.after_power_cut(&mut dice);
        drop(store);
        let store = open(&after_cut, &directory);
        check(&store, &acknowledged).await;
        let outcome = store.append(numbered(102)).await.unwrap();
        assert!(matches!(outcome, Outcome::Committed(_)));
    }
    // The last frame was visible in memory and is kept: the case is real.
    assert!(0 < kept);
}
