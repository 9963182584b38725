//! The sealer as the server uses it, over a store in memory and real files.
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test fails as the test does"
)]

#[path = "sealer/crash.rs"]
mod crash;
#[path = "sealer/others.rs"]
mod others;
#[path = "sealer/run.rs"]
mod run;
#[path = "sealer/sealing.rs"]
mod sealing;
#[path = "sealer/witnesses.rs"]
mod witnesses;

use std::{path::Path, sync::Arc};

use disk::Disk;
use event_store::{
    Append, CommandId, EventStore, Expected, MemoryStore, NewEvent, Position, StreamName,
    StreamWrite,
};
use sealer::{Sealer, SealerError, Signer};
use tempfile::TempDir;
use transparency::receipt::Receipt;
use ulid::Ulid;

const ORIGIN: &str = "city.example.jp/log/1";

/// A log and where its sealer keeps its files.
struct City {
    store: Arc<MemoryStore>,
    dir: TempDir,
}

fn leaf(position: u64) -> Vec<u8> {
    format!("{{\"event\":{position}}}").into_bytes()
}

impl City {
    fn new() -> Self {
        Self {
            store: Arc::new(MemoryStore::default()),
            dir: tempfile::tempdir().unwrap(),
        }
    }

    fn tree(&self) -> std::path::PathBuf {
        self.dir.path().join("tree")
    }

    fn keys(&self) -> std::path::PathBuf {
        self.dir.path().join("signer")
    }

    async fn open_with(&self, disk: Disk) -> Result<Sealer, SealerError> {
        let signer = Signer::open(disk.clone(), &self.keys(), ORIGIN)?;
        let store = Arc::clone(&self.store);
        Sealer::open(store, disk, &self.tree(), signer).await
    }

    async fn open(&self) -> Sealer {
        self.open_with(Disk::new()).await.unwrap()
    }

    /// Records events until the log has this size.
    async fn grow_to(&self, size: u64) {
        while self.store.size().0 < size {
            let from = self.store.size().0;
            let to = size.min(from + 1_000);
            record(&*self.store, from, (from..to).map(leaf)).await;
        }
    }
}

async fn record(store: &dyn EventStore, id: u64, payloads: impl Iterator<Item = Vec<u8>>) {
    let event = |payload: Vec<u8>| NewEvent {
        payload: payload.into(),
        envelope: bytes::Bytes::new(),
    };
    let write = StreamWrite {
        stream: "city/log".parse::<StreamName>().unwrap(),
        expected: Expected::Any,
        events: payloads.map(event).collect(),
    };
    let append = Append {
        command: CommandId(Ulid(id.into())),
        writes: vec![write],
    };
    store.append(append).await.unwrap();
}

/// Checks a receipt as an outsider does, from its text.
fn verify(receipt: &Receipt, sealer: &Sealer) {
    let text = receipt.to_string();
    let read = Receipt::parse(text.as_bytes()).unwrap();
    let proven = read.verify(&leaf(read.index), &sealer.verifiers(), None);
    assert_eq!(proven.unwrap().index, read.index);
    assert!(read.verify(b"other", &sealer.verifiers(), None).is_err());
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).unwrap();
        }
    }
}

fn position(number: u64) -> Position {
    Position(number)
}
