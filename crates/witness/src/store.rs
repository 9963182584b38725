//! What was cosigned last for each log: one small file a log, replaced as a
//! whole.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, bail, ensure};
use sha2::{Digest, Sha256};

/// Its presence says that the directory is complete, its lock that no other
/// process uses it.
const LOCK: &str = "lock";
/// Ends the name of a file that is still being written.
const UNFINISHED: &str = "new";

/// The data directory, locked while this lives.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    _lock: File,
}

/// How a log is called in file names and in the monitoring path.
#[must_use]
pub fn log_id(origin: &str) -> String {
    hex::encode(Sha256::digest(origin))
}

impl Store {
    /// Makes the directory. Only done together with a new key: an old key with
    /// an empty directory would cosign what contradicts its earlier word.
    pub fn create(folder: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the directory {}", folder.display()))?;
        for entry in fs::read_dir(folder)? {
            ensure!(
                entry?.file_name() == LOCK,
                "{} is not empty, but its key is missing: restore the key, or choose a new \
                 directory",
                folder.display()
            );
        }
        File::create(folder.join(LOCK))?.sync_all()?;
        sync_folder(folder)?;
        Self::open(folder)
    }

    /// Opens the directory. What a crash left half written is removed: nobody
    /// has seen a cosignature for it.
    pub fn open(folder: &Path) -> anyhow::Result<Self> {
        let lock = File::options()
            .write(true)
            .open(folder.join(LOCK))
            .with_context(|| {
                format!(
                    "{} has no record of what this key has cosigned; restore it, or retire the key \
                 and begin with a new one",
                    folder.display()
                )
            })?;
        take(&lock, folder)?;
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path
                .extension()
                .is_some_and(|extension| extension == UNFINISHED)
            {
                fs::remove_file(path)?;
            }
        }
        Ok(Self {
            folder: folder.to_owned(),
            _lock: lock,
        })
    }

    /// The last cosigned checkpoint of the log, if there was one.
    pub fn load(&self, origin: &str) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.folder.join(log_id(origin))) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            read => read.map(Some),
        }
    }

    /// Replaces it. When this returns, the new one survives a crash; before, the
    /// old one does. After an error the caller must not cosign again: what is
    /// on the disk is unknown.
    pub fn save(&self, origin: &str, checkpoint: &str) -> io::Result<()> {
        let path = self.folder.join(log_id(origin));
        let unfinished = path.with_extension(UNFINISHED);
        let mut file = File::create(&unfinished)?;
        file.write_all(checkpoint.as_bytes())?;
        file.sync_all()?;
        fs::rename(&unfinished, &path)?;
        sync_folder(&self.folder)
    }
}

/// Makes names in the directory durable.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// How often the lock is tried before another witness is believed to hold it.
const TRIES: u32 = 50;
/// How long between two tries.
const BETWEEN: Duration = Duration::from_millis(20);

/// Takes the lock. A program that was just started by another holds its files
/// for a moment, and so does a witness that is being stopped: that is waited
/// out.
fn take(lock: &File, folder: &Path) -> anyhow::Result<()> {
    for _ in 0..TRIES {
        match lock.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => std::thread::sleep(BETWEEN),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
    }
    bail!("another witness uses {}", folder.display());
}
