//! Files of a log that were fetched before, so that an interrupted or repeated
//! check goes on where it was.
//!
//! ```text
//! DIR/<log>/tile/…    as below the log's address, and 32 bytes that tell damage
//! ```
//!
//! Nobody believes the cache: its tiles and bundles are hashed like those of
//! the network, and what does not lead to the signed root is fetched again.
//! Only what never changes is kept, and never an opening, which may have to be
//! erased.

use std::{
    fs,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
};

use transparency::Hash;

/// A folder with files of one log.
pub(super) struct Cache {
    dir: PathBuf,
    /// Nothing is read from it any more, only written.
    distrusted: AtomicBool,
    used: AtomicU64,
    damaged: AtomicU64,
}

impl Cache {
    /// The files in `dir` of the log at this address.
    pub(super) fn open(dir: &Path, base: &str) -> io::Result<Self> {
        let name: String = Hash::leaf(base.as_bytes())
            .0
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let dir = dir.join(name);
        fs::create_dir_all(&dir)?;
        Ok(Self {
            dir,
            distrusted: AtomicBool::new(false),
            used: AtomicU64::new(0),
            damaged: AtomicU64::new(0),
        })
    }

    /// Whether a file of a log may be kept.
    fn keeps(path: &str) -> bool {
        path.starts_with("tile/")
    }

    /// Puts a file that was kept in the place of `bytes`; says whether there is
    /// one that is whole.
    pub(super) fn get(&self, path: &str, bytes: &mut Vec<u8>) -> bool {
        if !Self::keeps(path) || self.distrusted.load(Ordering::Relaxed) {
            return false;
        }
        bytes.clear();
        let read = fs::File::open(self.dir.join(path)).and_then(|mut file| file.read_to_end(bytes));
        if read.is_err() {
            return false;
        }
        let whole = bytes.split_last_chunk::<{ Hash::LEN }>();
        let whole = whole.filter(|(content, check)| Hash::leaf(content).0 == **check);
        let length = whole.map(|(content, _)| content.len());
        let counter = if length.is_some() {
            &self.used
        } else {
            &self.damaged
        };
        counter.fetch_add(1, Ordering::Relaxed);
        bytes.truncate(length.unwrap_or_default());
        length.is_some()
    }

    /// Keeps a file. One that cannot be kept is fetched again another time.
    pub(super) fn put(&self, path: &str, bytes: &[u8]) {
        if Self::keeps(path) {
            let _ = self.write(path, bytes);
        }
    }

    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.dir.join(path);
        let folder = path.parent().unwrap_or(&self.dir);
        fs::create_dir_all(folder)?;
        // Whole or not there, also when the program is killed.
        let mut file = tempfile::NamedTempFile::new_in(&self.dir)?;
        file.write_all(bytes)?;
        file.write_all(&Hash::leaf(bytes).0)?;
        // A partial file gives way to a longer one.
        let partial = |folder: &Path| folder.extension().is_some_and(|end| end == "p");
        if partial(folder) {
            for entry in fs::read_dir(folder)? {
                fs::remove_file(entry?.path())?;
            }
        } else {
            let mut parts = path.clone().into_os_string();
            parts.push(".p");
            let _ = fs::remove_dir_all(parts);
        }
        file.persist(path)?;
        Ok(())
    }

    /// How many of its files were damaged.
    pub(super) fn damaged(&self) -> u64 {
        self.damaged.load(Ordering::Relaxed)
    }

    /// Reads nothing of it any more; says whether anything was.
    pub(super) fn distrust(&self) -> bool {
        !self.distrusted.swap(true, Ordering::Relaxed) && self.used.load(Ordering::Relaxed) > 0
    }
}
