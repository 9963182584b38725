//! Opening a store that somebody else has, that a newer version wrote, or whose
//! index is lost, stale or corrupt.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use event_store::{AppendError, EventStore, Outcome, Receipt};
use event_store_sled::{OpenError, Options, SledStore, format::SegmentHeader};

use crate::{
    sim_disk::Dice,
    support::{check, numbered, rounds},
};

fn options() -> Options {
    Options {
        segment_length: 4_096,
        ..Options::default()
    }
}

fn open(directory: &Path) -> SledStore {
    SledStore::open(directory, options()).unwrap()
}

async fn fill(
    directory: &Path,
    numbers: std::ops::Range<u64>,
    acknowledged: &mut BTreeMap<u64, Receipt>,
) {
    let store = open(directory);
    for number in numbers {
        let outcome = store.append(numbered(number)).await.unwrap();
        acknowledged.insert(number, outcome.receipt());
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn a_second_opening_of_the_same_store_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    let second = SledStore::open(directory.path(), options());
    assert!(
        matches!(second, Err(OpenError::Locked { .. })),
        "{second:?}"
    );
    assert!(store.append(numbered(1)).await.is_ok());
    drop(store);
    assert_eq!(
        open(directory.path()).size().0,
        numbered(1).writes[0].events.len() as u64
            + numbered(1)
                .writes
                .get(1)
                .map_or(0, |write| write.events.len() as u64)
    );
}

#[tokio::test]
async fn a_newer_format_is_refused_with_its_number() {
    let directory = tempfile::tempdir().unwrap();
    fill(directory.path(), 0..3, &mut BTreeMap::new()).await;
    let path = directory.path().join("log/0000000001.segment");
    let before = fs::read(&path).unwrap();
    let mut bytes = before.clone();
    // The format number, and the checksum of all bytes but its own.
    bytes[8..12].copy_from_slice(&7_u32.to_be_bytes());
    let mut sum = crc32fast::Hasher::new();
    sum.update(&bytes[..12]);
    sum.update(&bytes[16..SegmentHeader::LENGTH]);
    bytes[12..16].copy_from_slice(&sum.finalize().to_be_bytes());
    fs::write(&path, &bytes).unwrap();
    let refused = SledStore::open(directory.path(), options()).unwrap_err();
    assert!(
        matches!(refused, OpenError::NewerFormat { .. }),
        "{refused}"
    );
    assert!(
        refused
            .to_string()
            .contains("format 7 is newer than format 1"),
        "{refused}"
    );
    assert_eq!(
        fs::read(&path).unwrap(),
        bytes,
        "a file that is not ours is left alone"
    );
}

#[tokio::test]
async fn a_lost_index_is_rebuilt() {
    let directory = tempfile::tempdir().unwrap();
    let mut acknowledged = BTreeMap::new();
    fill(directory.path(), 0..200, &mut acknowledged).await;
    fs::remove_dir_all(directory.path().join("index")).unwrap();
    let store = open(directory.path());
    assert!(store.opening().index_rebuilt.is_some());
    check(&store, &acknowledged).await;
    drop(store);
    let store = open(directory.path());
    assert_eq!(store.opening().index_rebuilt, None);
    check(&store, &acknowledged).await;
}

#[tokio::test]
async fn an_index_of_earlier_days_is_brought_up_to_date() {
    let directory = tempfile::tempdir().unwrap();
    let kept = tempfile::tempdir().unwrap();
    let mut acknowledged = BTreeMap::new();
    fill(directory.path(), 0..80, &mut acknowledged).await;
    copy(&directory.path().join("index"), kept.path());
    fill(directory.path(), 80..200, &mut acknowledged).await;
    fs::remove_dir_all(directory.path().join("index")).unwrap();
    copy(kept.path(), &directory.path().join("index"));
    let store = open(directory.path());
    assert_eq!(store.opening().index_rebuilt, None);
    check(&store, &acknowledged).await;
}

#[tokio::test]
async fn an_index_of_another_log_is_rebuilt() {
    let directory = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    let mut acknowledged = BTreeMap::new();
    fill(directory.path(), 0..100, &mut acknowledged).await;
    fill(other.path(), 500..600, &mut BTreeMap::new()).await;
    fs::remove_dir_all(directory.path().join("index")).unwrap();
    copy(&other.path().join("index"), &directory.path().join("index"));
    let store = open(directory.path());
    assert!(store.opening().index_rebuilt.is_some());
    check(&store, &acknowledged).await;
}

#[tokio::test]
async fn a_corrupt_index_never_gives_a_wrong_answer_and_is_rebuilt() {
    let origin = tempfile::tempdir().unwrap();
    let mut acknowledged = BTreeMap::new();
    fill(origin.path(), 0..150, &mut acknowledged).await;
    for seed in 0..rounds(10) {
        let mut dice = Dice(seed);
        let directory = tempfile::tempdir().unwrap();
        copy(origin.path(), directory.path());
        let index = files(&directory.path().join("index"));
        for _ in 0..=dice.roll(4) {
            damage(&index[dice.roll(index.len() as u64) as usize], &mut dice);
        }
        let mut store = open(directory.path());
        // An index that fails when it is asked stops the writer; opening again
        // repairs it.
        for opening in 0.. {
            assert!(opening < 3, "seed {seed}: the index is not repaired");
            let mut repaired = true;
            for (number, receipt) in &acknowledged {
                match store.append(numbered(*number)).await {
                    Ok(outcome) => assert_eq!(outcome, Outcome::Duplicate(*receipt)),
                    Err(AppendError::ReadOnly(_)) => repaired = false,
                    Err(error) => panic!("seed {seed}: {error}"),
                }
            }
            if repaired {
                break;
            }
            drop(store);
            store = open(directory.path());
        }
        check(&store, &acknowledged).await;
    }
}

/// Flips a bit, overwrites a part, or cuts off the end.
fn damage(path: &Path, dice: &mut Dice) {
    let mut bytes = fs::read(path).unwrap();
    if bytes.is_empty() {
        return;
    }
    let at = dice.roll(bytes.len() as u64) as usize;
    match dice.roll(3) {
        0 => bytes[at] ^= 1 << dice.roll(8),
        1 => {
            let end = (at + 600).min(bytes.len());
            bytes[at..end].fill(dice.roll(256) as u8);
        }
        _ => bytes.truncate(at),
    }
    fs::write(path, bytes).unwrap();
}
