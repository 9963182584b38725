//! The process is killed under load.
//!
//! The test starts itself once more as the process that is killed; that one
//! says through its output what the store has acknowledged.

use std::{
    collections::BTreeMap,
    env,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
};

use event_store::{EventStore, Outcome, Position, Receipt};
use event_store_sled::{Options, SledStore};

use crate::{
    sim_disk::Dice,
    support::{check, numbered, rounds},
};

const DIRECTORY: &str = "HIROBA_TEST_KILLED_STORE";
const FIRST: &str = "HIROBA_TEST_FIRST_COMMAND";

fn open(directory: &Path) -> SledStore {
    let options = Options {
        segment_length: 64 * 1024,
        ..Options::default()
    };
    SledStore::open(directory, options).unwrap()
}

/// In the process that is killed: appends for ever. Without its environment it
/// has nothing to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_process_that_is_killed_appends_until_then() {
    let (Ok(directory), Ok(first)) = (env::var(DIRECTORY), env::var(FIRST)) else {
        return;
    };
    let first: u64 = first.parse().unwrap();
    let store = Arc::new(open(Path::new(&directory)));
    let clients: Vec<_> = (0..16)
        .map(|client| {
            let store = store.clone();
            tokio::spawn(async move {
                for number in (first + client..).step_by(16) {
                    let outcome = store.append(numbered(number)).await.unwrap();
                    let Receipt { first, last } = outcome.receipt();
                    // One write a line: a line is in the pipe or not.
                    let line = format!("ack {number} {first} {last}\n");
                    std::io::stderr().write_all(line.as_bytes()).unwrap();
                }
            })
        })
        .collect();
    for client in clients {
        client.await.unwrap();
    }
}

fn parse(line: &str) -> Option<(u64, Receipt)> {
    let mut words = line.strip_prefix("ack ")?.split(' ').map(str::parse);
    let mut word = || words.next()?.ok();
    let number = word()?;
    let first = Position(word()?);
    let last = Position(word()?);
    Some((number, Receipt { first, last }))
}

#[tokio::test]
async fn a_killed_process_loses_nothing_that_it_acknowledged() {
    let directory = tempfile::tempdir().unwrap();
    let mut acknowledged = BTreeMap::new();
    let mut first = 0;
    for seed in 0..rounds(3) {
        let mut child = Command::new(env::current_exe().unwrap())
            .args([
                "--exact",
                "kill::the_process_that_is_killed_appends_until_then",
            ])
            .arg("--nocapture")
            .env(DIRECTORY, directory.path())
            .env(FIRST, first.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let enough = 50 + Dice(seed).roll(300);
        let mut heard = 0;
        for line in lines {
            // After the kill the pipe still holds what was said before.
            if let Some((number, receipt)) = parse(&line.unwrap()) {
                acknowledged.insert(number, receipt);
                first = first.max(number + 1);
                heard += 1;
            }
            if heard == enough {
                child.kill().unwrap();
            }
        }
        assert!(!child.wait().unwrap().success());
        assert!(enough <= heard, "the process ended early");
        let store = open(directory.path());
        assert_eq!(store.opening().damage, None);
        let present = check(&store, &acknowledged).await;
        // In flight when it was killed: at most one for each client.
        assert!(present.len() <= acknowledged.len() + 16);
        for number in present {
            let outcome = store.append(numbered(number)).await.unwrap();
            assert!(matches!(outcome, Outcome::Duplicate(_)));
            acknowledged.insert(number, outcome.receipt());
            first = first.max(number + 1);
        }
    }
}
