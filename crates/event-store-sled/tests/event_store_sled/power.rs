//! The power is cut at any moment, and everything not synced is lost or kept as
//! chance decides.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use event_store::{AppendError, EventStore, Outcome, Receipt};
use event_store_sled::{OpenError, Options, SledStore};

use crate::{
    sim_disk::{Dice, SimDisk},
    support::{check, numbered, rounds},
};

pub(crate) fn open(disk: &SimDisk, directory: &Path, seed: u64) -> Result<SledStore, OpenError> {
    let options = Options {
        segment_length: 4_096 + seed % 3 * 4_096,
        ..Options::default()
    };
    SledStore::open_on(Arc::new(disk.clone()), directory.join("index"), options)
}

/// Appends numbered commands, alone and in batches, until one is refused.
async fn work(
    store: &SledStore,
    dice: &mut Dice,
    next: &mut u64,
    acknowledged: &mut BTreeMap<u64, Receipt>,
) {
    for _ in 0..30 {
        let batch: Vec<u64> = (0..=dice.roll(6))
            .map(|_| {
                *next += 1;
                *next
            })
            .collect();
        let appends = batch.iter().map(|number| numbered(*number)).collect();
        for (number, answer) in batch.into_iter().zip(store.append_all(appends).await) {
            match answer {
                Ok(Outcome::Committed(receipt)) => {
                    acknowledged.insert(number, receipt);
                }
                Ok(Outcome::Duplicate(_)) => panic!("command {number} was never sent before"),
                Err(AppendError::Unknown(_) | AppendError::ReadOnly(_)) => return,
                Err(error) => panic!("{error}"),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_power_cut_loses_nothing_that_was_acknowledged() {
    let mut cut_off = 0;
    let mut unfinished = 0;
    // The model seldom tears a write: it goes on until it has, or else this test
    // would say nothing.
    for seed in 0..20 * rounds(20) {
        if rounds(20) <= seed && 0 < cut_off {
            break;
        }
        let mut dice = Dice(seed);
        let directory = tempfile::tempdir().unwrap();
        let mut disk = SimDisk::new();
        let mut acknowledged = BTreeMap::new();
        let mut next = 0;
        // Several cuts in the life of one store.
        for _ in 0..3 {
            let failing = disk.cut_at(dice.roll(250));
            // The power may be gone before the store is open.
            if let Ok(store) = open(&failing, directory.path(), seed) {
                work(&store, &mut dice, &mut next, &mut acknowledged).await;
            }
            disk = failing.after_power_cut(&mut dice);
            // The index is on another disk and may be lost as well.
            if dice.roll(3) == 0 {
                std::fs::remove_dir_all(directory.path().join("index")).unwrap_or_default();
            }
            let store = open(&disk, directory.path(), seed)
                .unwrap_or_else(|error| panic!("seed {seed}: {error}"));
            assert_eq!(store.opening().damage, None, "seed {seed}");
            cut_off += u64::from(store.opening().cut_off.is_some());
            let present = check(&store, &acknowledged).await;
            unfinished += present.len() - acknowledged.len();
            // What nobody was told of and yet is there, is there to stay.
            for number in present {
                let again = store.append(numbered(number)).await;
                let Ok(Outcome::Duplicate(receipt)) = again else {
                    panic!("seed {seed}: {again:?}");
                };
                acknowledged.insert(number, receipt);
            }
            next += 1;
            let answer = store.append(numbered(next)).await;
            let Ok(Outcome::Committed(receipt)) = answer else {
                panic!("seed {seed}: {answer:?}");
            };
            acknowledged.insert(next, receipt);
        }
    }
    println!(
        "{cut_off} interrupted writes cut off, {unfinished} commands kept that nobody was told of"
    );
    assert!(0 < cut_off);
}
