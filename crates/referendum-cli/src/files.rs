//! Files that are either there as a whole or not at all.
//!
//! A file is written under a temporary name beside its place, synced, and renamed. Whoever is
//! interrupted leaves at most a temporary file, which the next step in that folder removes.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::problem::FileProblem;

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readers {
    /// May be published.
    Everybody,
    /// Holds a secret: only its owner (mode 0600).
    Owner,
}

/// One change to the file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// A folder is made.
    MakeFolder,
    /// A temporary file is made.
    Create,
    /// Bytes are written to it.
    Write,
    /// It is made durable.
    Sync,
    /// It takes its place.
    Rename,
    /// The folder's entries are made durable.
    SyncFolder,
    /// A temporary file of an interrupted step is removed.
    Remove,
}

/// Something that is asked before each change; tests let it fail, as if the power went.
type Before = Box<dyn FnMut(Operation) -> io::Result<()>>;

/// The file system.
#[derive(Default)]
pub struct Files {
    before: Option<Before>,
}

const TEMPORARY: &str = ".hiroba-tmp";

impl Files {
    /// A file system that asks before each change.
    pub fn asking(before: impl FnMut(Operation) -> io::Result<()> + 'static) -> Self {
        Self {
            before: Some(Box::new(before)),
        }
    }

    fn ask(&mut self, operation: Operation) -> io::Result<()> {
        self.before
            .as_mut()
            .map_or(Ok(()), |before| before(operation))
    }

    /// Makes a folder if there is none, and enters it.
    pub(crate) fn enter_new(
        &mut self,
        folder: &Path,
        readers: Readers,
    ) -> Result<Lock, FileProblem> {
        self.make_folder(folder, readers)?;
        self.enter(folder)
    }

    /// Keeps other processes out of a folder and removes what an interrupted step left. The
    /// folder is free again when the returned lock is dropped.
    pub(crate) fn enter(&mut self, folder: &Path) -> Result<Lock, FileProblem> {
        let unwritable = |error| FileProblem::unwritable(folder, error);
        let lock = File::open(folder).map_err(unwritable)?;
        take(&lock, folder)?;
        self.clean(folder).map_err(unwritable)?;
        Ok(Lock { _folder: lock })
    }

    /// Makes a folder; one for secrets can be entered by its owner only.
    pub(crate) fn make_folder(
        &mut self,
        folder: &Path,
        readers: Readers,
    ) -> Result<(), FileProblem> {
        if folder.is_dir() {
            return Ok(());
        }
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        if readers == Readers::Owner {
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        }
        self.ask(Operation::MakeFolder)
            .and_then(|()| builder.create(folder))
            .map_err(|error| FileProblem::unwritable(folder, error))
    }

    /// Removes temporary files in a folder.
    pub(crate) fn clean(&mut self, folder: &Path) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path
                .extension()
                .is_some_and(|extension| extension == &TEMPORARY[1..])
            {
                self.ask(Operation::Remove)?;
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    /// Puts a file in its place. If it already holds these bytes, nothing is written.
    pub(crate) fn write(
        &mut self,
        path: &Path,
        bytes: &[u8],
        readers: Readers,
    ) -> Result<(), FileProblem> {
        let same = fs::read(path)
            .map(Zeroizing::new)
            .is_ok_and(|old| *old == bytes);
        let written = if same {
            protect(path, readers)
        } else {
            self.replace(path, bytes, readers)
        };
        written.map_err(|error| FileProblem::unwritable(path, error))
    }

    fn replace(&mut self, path: &Path, bytes: &[u8], readers: Readers) -> io::Result<()> {
        let temporary = temporary(path);
        self.ask(Operation::Create)?;
        let mut file = create(&temporary, readers)?;
        self.put(&mut file, bytes)?;
        self.settle(&file, &temporary, path)
    }

    /// Writes. A failure that was asked for leaves half of the bytes, as a power cut would.
    fn put(&mut self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        let asked = self.ask(Operation::Write);
        let length = if asked.is_ok() {
            bytes.len()
        } else {
            bytes.len() / 2
        };
        file.write_all(bytes.get(..length).unwrap_or_default())?;
        asked
    }

    fn settle(&mut self, file: &File, temporary: &Path, path: &Path) -> io::Result<()> {
        self.ask(Operation::Sync)?;
        file.sync_all()?;
        self.ask(Operation::Rename)?;
        fs::rename(temporary, path)?;
        self.ask(Operation::SyncFolder)?;
        File::open(folder_of(path))?.sync_all()
    }

    /// Appends to a file: a copy with the new bytes takes its place, so that nobody ever reads
    /// half of them.
    pub(crate) fn append(&mut self, path: &Path, bytes: &[u8]) -> Result<(), FileProblem> {
        let mut append = || {
            let temporary = temporary(path);
            self.ask(Operation::Create)?;
            let mut file = create(&temporary, Readers::Everybody)?;
            io::copy(&mut File::open(path)?, &mut file)?;
            self.put(&mut file, bytes)?;
            self.settle(&file, &temporary, path)
        };
        append().map_err(|error| FileProblem::unwritable(path, error))
    }
}

impl std::fmt::Debug for Files {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Files")
    }
}

/// Keeps other processes out of a folder.
#[derive(Debug)]
pub(crate) struct Lock {
    _folder: File,
}

/// Reads a file whole, wiping the bytes when they are no longer needed.
pub(crate) fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, FileProblem> {
    let read = || {
        let mut file = File::open(path)?;
        // One allocation: a buffer that grows leaves copies of secrets behind.
        let size = usize::try_from(file.metadata()?.len()).unwrap_or_default();
        let mut bytes = Zeroizing::new(Vec::with_capacity(size + 1));
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(|error: io::Error| FileProblem::Unreadable {
        path: path.into(),
        detail: error.to_string(),
    })
}

fn temporary(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(TEMPORARY);
    path.with_file_name(name)
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// A new file; one that an interrupted step left under this name is emptied.
fn create(path: &Path, readers: Readers) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    if readers == Readers::Owner {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    let file = options.open(path)?;
    protect(path, readers)?;
    Ok(file)
}

#[cfg(unix)]
fn protect(path: &Path, readers: Readers) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    match readers {
        Readers::Owner => fs::set_permissions(path, fs::Permissions::from_mode(0o600)),
        Readers::Everybody => Ok(()),
    }
}

#[cfg(not(unix))]
fn protect(_: &Path, _: Readers) -> io::Result<()> {
    Ok(())
}

/// How often the lock is tried before another step is believed to hold it.
const TRIES: u32 = 50;
/// How long between two tries.
const BETWEEN: Duration = Duration::from_millis(20);

/// Takes the lock. A program that was just started by this one holds its files
/// for a moment: that is waited out.
fn take(lock: &File, folder: &Path) -> Result<(), FileProblem> {
    for _ in 0..TRIES {
        match lock.try_lock() {
            Ok(()) => return Ok(()),
            Err(fs::TryLockError::WouldBlock) => thread::sleep(BETWEEN),
            Err(fs::TryLockError::Error(error)) => {
                return Err(FileProblem::unwritable(folder, error));
            }
        }
    }
    Err(FileProblem::Busy {
        folder: folder.into(),
    })
}
