//! Small files that survive a crash: keys, signer state, tiles.
//!
//! Every operation that changes the disk goes through a [`Disk`]. It names the
//! few steps that durability is made of, and a test can let the machine stop
//! after any of them ([`Disk::stopping_after`]), a write half done.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Seek as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

/// Readable by the owner alone.
const SECRET_FILE: u32 = 0o600;
const SECRET_DIR: u32 = 0o700;

/// Where changes to files are made.
#[derive(Clone, Debug, Default)]
pub struct Disk {
    steps_left: Option<Arc<AtomicI64>>,
    room: Option<Arc<AtomicU64>>,
}

impl Disk {
    /// The disk as it is.
    pub fn new() -> Self {
        Self::default()
    }

    /// A disk whose machine stops after this many steps: the step after them
    /// fails, a write among them half done, and so does every later one.
    pub fn stopping_after(steps: u32) -> Self {
        Self {
            steps_left: Some(Arc::new(AtomicI64::new(steps.into()))),
            room: None,
        }
    }

    /// A disk with room for so many more bytes, whoever else uses the same
    /// number: the write that does not fit fails, half done.
    pub fn with_room(room: Arc<AtomicU64>) -> Self {
        Self {
            steps_left: None,
            room: Some(room),
        }
    }

    /// Whether the machine of [`Disk::stopping_after`] has stopped.
    pub fn has_stopped(&self) -> bool {
        self.steps_left
            .as_ref()
            .is_some_and(|left| left.load(Ordering::SeqCst) < 0)
    }

    /// Takes one step; says otherwise whether the machine stops right now.
    fn take_step(&self) -> Result<(), StoppedNow> {
        let Some(left) = &self.steps_left else {
            return Ok(());
        };
        match left.fetch_sub(1, Ordering::SeqCst) {
            1.. => Ok(()),
            before => Err(StoppedNow(before == 0)),
        }
    }

    fn step(&self) -> io::Result<()> {
        self.take_step().map_err(|_| stopped())
    }

    /// Makes a directory, and those above it, for the owner alone, durable with
    /// their names.
    pub fn create_dir(&self, path: &Path) -> io::Result<()> {
        if path.as_os_str().is_empty() || path.is_dir() {
            return Ok(());
        }
        let parent = path.parent().unwrap_or(Path::new(""));
        self.create_dir(parent)?;
        self.step()?;
        std::fs::DirBuilder::new().mode(SECRET_DIR).create(path)?;
        self.sync_dir(parent)
    }

    /// Creates a file for the owner alone; refuses to touch one that exists.
    pub fn create(&self, path: &Path) -> io::Result<File> {
        self.step()?;
        OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(SECRET_FILE)
            .open(path)
    }

    /// Writes at the file's cursor.
    pub fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        match self.take_step() {
            Ok(()) => self.write_what_fits(file, bytes),
            Err(StoppedNow(now)) => {
                let (half, _) = bytes.split_at(if now { bytes.len() / 2 } else { 0 });
                file.write_all(half)?;
                Err(stopped())
            }
        }
    }

    fn write_what_fits(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        let Some(room) = &self.room else {
            return file.write_all(bytes);
        };
        let wanted = bytes.len() as u64;
        let take = |left: u64| Some(left.saturating_sub(wanted));
        // The closure always answers.
        let left = room.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take);
        let fits = usize::try_from(left.unwrap_or_default()).unwrap_or(usize::MAX);
        file.write_all(bytes.get(..fits).unwrap_or(bytes))?;
        match fits < bytes.len() {
            true => Err(io::ErrorKind::StorageFull.into()),
            false => Ok(()),
        }
    }

    /// Writes at the end of a file, which is at `end`. If there is no room
    /// ([`is_full`]), what was half written is taken back.
    pub fn append(&self, file: &mut File, end: u64, bytes: &[u8]) -> io::Result<()> {
        let written = self.write(file, bytes);
        if written.as_ref().is_err_and(is_full) {
            let back = file.set_len(end);
            back.and_then(|()| file.seek(io::SeekFrom::Start(end)))
                .map_err(io::Error::other)?;
        }
        written
    }

    /// Waits until what was written to the file would survive a power cut. If
    /// that fails, nobody knows what would, whatever the reason: the error is
    /// never [`is_full`].
    pub fn sync(&self, file: &File) -> io::Result<()> {
        self.step()?;
        file.sync_data().map_err(io::Error::other)
    }

    /// Waits until the names in a directory would survive a power cut; fails as
    /// [`Disk::sync`] does.
    pub fn sync_dir(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        sync_dir(path).map_err(io::Error::other)
    }

    /// Gives a file another name, in place of whatever had it.
    pub fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        std::fs::rename(from, to)
    }

    /// Removes a name.
    pub fn remove(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        std::fs::remove_file(path)
    }

    /// Creates a file with this content, durable with its name. If it existed
    /// before, it has either the old content or the new, never a mixture.
    pub fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.replace_unsynced(path, bytes)?;
        match path.parent() {
            Some(parent) => self.sync_dir(parent),
            None => Ok(()),
        }
    }

    /// As [`Disk::replace`], but the name becomes durable only when the
    /// directory is synced.
    pub fn replace_unsynced(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let file = self.write_new(path, bytes)?;
        self.sync(&file)?;
        self.put_new(path)
    }

    /// The first step of [`Disk::replace`], for many files at once: writes the
    /// new content beside the old. It has to be synced before
    /// [`Disk::put_new`].
    pub fn write_new(&self, path: &Path, bytes: &[u8]) -> io::Result<File> {
        let new = with_suffix(path, ".new");
        if new.exists() {
            self.remove(&new)?;
        }
        let mut file = self.create(&new)?;
        self.write(&mut file, bytes)?;
        Ok(file)
    }

    /// Puts what [`Disk::write_new`] wrote in the place of the old.
    pub fn put_new(&self, path: &Path) -> io::Result<()> {
        self.rename(&with_suffix(path, ".new"), path)
    }

    /// Overwrites a file's content, as far as the file system lets that reach
    /// the old blocks, and removes it. Copy-on-write file systems and flash
    /// keep what they like: whatever is in the file must be encrypted under a
    /// key that is gone too.
    pub fn shred(&self, path: &Path) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).open(path)?;
        let length = file.metadata()?.len();
        file.rewind()?;
        let zeros = [0; 1 << 16];
        let mut left = length;
        while left > 0 {
            let count = zeros.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let (chunk, _) = zeros.split_at(count);
            self.write(&mut file, chunk)?;
            left -= count as u64;
        }
        self.sync(&file)?;
        self.remove(path)
    }
}

struct StoppedNow(bool);

fn stopped() -> io::Error {
    io::Error::other("the machine has stopped")
}

fn sync_dir(path: &Path) -> io::Result<()> {
    // Above a name alone lies the directory in which the process works.
    let path = match path.as_os_str().is_empty() {
        true => Path::new("."),
        false => path,
    };
    File::open(path)?.sync_all()
}

/// Whether there was no room, so that the same may go well later.
pub fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    )
}

/// The path with something appended to its last name.
pub fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// The whole content of a file; `None` if there is none.
pub fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The content of a secret file; `None` if there is none. One that others can
/// read is refused: its secret may be known already.
pub fn read_secret(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mode = file.metadata()?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            format!(
                "{} can be read by others (mode {:o}): replace the secret, or chmod 600 if nobody saw it",
                path.display(),
                mode & 0o777
            ),
        ));
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// Keeps other processes out of a directory as long as the file is open;
/// `None` if another one is in.
pub fn lock(dir: &Path) -> io::Result<Option<File>> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(SECRET_FILE)
        .open(dir.join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replaced_file_has_the_old_content_or_the_new_after_any_step() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state");
        Disk::new().replace(&path, b"old").unwrap();
        let mut seen_old = false;
        for steps in 0.. {
            let disk = Disk::stopping_after(steps);
            let done = disk.replace(&path, b"new").is_ok();
            let content = read(&path).unwrap().unwrap();
            assert!(content == b"old" || content == b"new", "after {steps}");
            seen_old |= content == b"old" && steps > 0;
            if done {
                assert_eq!(content, b"new");
                break;
            }
            Disk::new().replace(&path, b"old").unwrap();
        }
        assert!(seen_old);
    }

    #[test]
    fn a_stopped_write_is_half_done() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        let disk = Disk::stopping_after(1);
        let mut file = disk.create(&path).unwrap();
        assert!(disk.write(&mut file, b"12345678").is_err());
        assert!(disk.has_stopped());
        assert!(disk.write(&mut file, b"12345678").is_err());
        assert_eq!(read(&path).unwrap().unwrap(), b"1234");
    }

    #[test]
    fn a_secret_that_others_can_read_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        assert_eq!(read_secret(&path).unwrap(), None);
        Disk::new().replace(&path, b"secret").unwrap();
        assert_eq!(read_secret(&path).unwrap().unwrap(), b"secret");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let error = read_secret(&path).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
    }

    #[test]
    fn a_shredded_file_is_overwritten_before_it_loses_its_name() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("old");
        std::fs::write(&path, vec![7; 100_000]).unwrap();
        // A second name keeps the blocks in sight.
        let other = dir.path().join("other");
        std::fs::hard_link(&path, &other).unwrap();
        Disk::new().shred(&path).unwrap();
        assert!(!path.exists());
        assert_eq!(read(&other).unwrap().unwrap(), vec![0; 100_000]);
    }
}
