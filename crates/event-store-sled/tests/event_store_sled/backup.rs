//! A copy of the log that is made while it is written.

use std::{collections::BTreeMap, sync::Arc};

use event_store::EventStore;
use event_store_sled::{Options, SledStore};

use crate::support::{check, log, numbered};

fn options() -> Options {
    Options {
        segment_length: 8_192,
        ..Options::default()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_made_while_writing_goes_on_is_a_whole_log() {
    let directory = tempfile::tempdir().unwrap();
    let target = tempfile::tempdir().unwrap();
    let store = Arc::new(SledStore::open(directory.path(), options()).unwrap());
    let mut acknowledged = BTreeMap::new();
    // Every copy but the first is made into the one before.
    for round in 0..4 {
        for number in round * 100..round * 100 + 40 {
            let outcome = store.append(numbered(number)).await.unwrap();
            acknowledged.insert(number, outcome.receipt());
        }
        let writing = {
            let store = store.clone();
            tokio::spawn(async move {
                for number in round * 100 + 40..round * 100 + 100 {
                    store.append(numbered(number)).await.unwrap();
                }
            })
        };
        let before = store.size();
        let size = store.back_up(target.path(), |_, _| ()).await.unwrap();
        assert!(before <= size);
        writing.await.unwrap();

        let copy = SledStore::open(target.path(), options()).unwrap();
        assert_eq!(copy.opening().damage, None);
        assert_eq!(copy.opening().cut_off, None);
        assert!(size <= copy.size());
        check(&copy, &acknowledged).await;
        let copied = log(&copy).await;
        let all = log(&store).await;
        assert_eq!(copied, all[..copied.len()]);
        assert!(copy.verify().await.unwrap().damages.is_empty());
    }
    let snapshot = store.snapshot();
    assert_eq!(snapshot.size, store.size());
    let (active, sealed) = snapshot.files.split_last().unwrap();
    assert!(!active.sealed && 3 < sealed.len() && sealed.iter().all(|file| file.sealed));
    assert!(
        snapshot
            .files
            .iter()
            .all(|file| file.durable <= file.length)
    );
}

#[tokio::test]
async fn a_copy_of_a_log_that_went_on_differently_is_made_anew() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let target = tempfile::tempdir().unwrap();
    let mut copied = Vec::new();
    for (directory, first) in [(&one, 0), (&other, 1_000)] {
        let store = SledStore::open(directory.path(), options()).unwrap();
        for number in first..first + 100 {
            store.append(numbered(number)).await.unwrap();
        }
        let mut told = Vec::new();
        let (say, said) = std::sync::mpsc::channel();
        let tell = move |done, of| say.send((done, of)).unwrap();
        store.back_up(target.path(), tell).await.unwrap();
        told.extend(said.iter());
        let segments = store.opening().segments.max(told.len());
        assert_eq!(told.last(), Some(&(segments, segments)));
        assert!(3 < segments);
        copied = log(&store).await;
    }
    let copy = SledStore::open(target.path(), options()).unwrap();
    assert_eq!(copy.opening().damage, None);
    assert!(copy.verify().await.unwrap().damages.is_empty());
    assert_eq!(log(&copy).await, copied);
}
