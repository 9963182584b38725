//! The vault as its callers use it, on real files.
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test fails as the test does"
)]

#[path = "vault/files.rs"]
mod files;
#[path = "vault/keys.rs"]
mod keys;
#[path = "vault/sealing.rs"]
mod sealing;

use std::{path::Path, sync::Arc};

use disk::Disk;
use vault::{Erasure, KeyEncryptionKey, KeyStore, KeyStoreError, Sealing, Subject};

fn kek() -> KeyEncryptionKey {
    KeyEncryptionKey::from_bytes(&[42; 32])
}

fn open(dir: &Path) -> Result<KeyStore, KeyStoreError> {
    KeyStore::open(Disk::new(), dir, kek())
}

fn sealing(dir: &Path) -> Sealing {
    Sealing::new(Arc::new(open(dir).unwrap()))
}

fn subject(number: usize) -> Subject {
    format!("subject_{number:026}").parse().unwrap()
}

fn erasure(number: usize) -> Erasure {
    Erasure {
        subject: subject(number),
        event: format!("event_{number:026}.0"),
    }
}

/// The bytes of every file below a directory.
fn raw_files(dir: &Path) -> Vec<Vec<u8>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(raw_files(&path));
        } else {
            files.push(std::fs::read(&path).unwrap());
        }
    }
    files
}

fn found(files: &[Vec<u8>], needle: &[u8]) -> bool {
    files
        .iter()
        .any(|file| file.windows(needle.len()).any(|window| window == needle))
}
