//! Files: attachments, scans, materials.
//!
//! ```text
//! <dir>/uploads/<file>   being uploaded, sealed
//! <dir>/sealed/<file>    uploaded, sealed under the key of its owner
//! <dir>/clear/<file>     published, as it is
//! ```
//!
//! The log holds no file: it holds a commitment to the [`FileDescription`],
//! with the digest of the content, and after publication the digest itself.
//! Erasing the owner's key makes a sealed file unreadable at once;
//! [`FileVault::sweep`] removes what is left of it.
//!
//! Everything here waits for the disk: call it from a thread that may.

mod error;
mod sealed;
mod sniff;

use std::{
    fmt, io,
    ops::Range,
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
    time::{Duration, SystemTime},
};

use disk::Disk;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use self::{
    sealed::SealedFile,
    sniff::{HEAD, TAIL, TextCheck},
};
use crate::{keys::KeyStore, subject::Subject};

pub use self::{error::FileError, sniff::MediaType};

/// The id of a file: `file_` and a ULID.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(Subject);

/// Text that is no file's id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a file's id is written file_<26 digits and capital letters>")]
pub struct FileIdError;

impl FileId {
    /// Its text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for FileId {
    type Err = FileIdError;

    fn from_str(text: &str) -> Result<Self, FileIdError> {
        let id = text.parse().map_err(|_| FileIdError)?;
        let file = text.starts_with("file_");
        file.then_some(Self(id)).ok_or(FileIdError)
    }
}

impl fmt::Display for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What may be uploaded.
#[derive(Clone, Debug)]
pub struct FileRules {
    /// The largest file, in bytes.
    pub largest: u64,
    /// The types that are taken.
    pub allowed: Vec<MediaType>,
    /// How long a file is kept that nobody has named in an event.
    pub unclaimed: Duration,
}

/// What a file is. Its JSON is what the log commits to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileDescription {
    /// Its type, by its content.
    pub media_type: MediaType,
    /// SHA-256 of the content, in lower-case hexadecimal.
    pub sha256: String,
    /// Its size in bytes.
    pub size: u64,
}

/// Keeps files.
#[derive(Debug)]
pub struct FileVault {
    disk: Disk,
    dir: PathBuf,
    keys: Arc<KeyStore>,
    rules: FileRules,
}

const UPLOADS: &str = "uploads";
const SEALED: &str = "sealed";
const CLEAR: &str = "clear";

impl FileVault {
    /// Keeps files in this directory.
    pub fn open(
        disk: Disk,
        dir: &Path,
        keys: Arc<KeyStore>,
        rules: FileRules,
    ) -> Result<Self, FileError> {
        for part in [UPLOADS, SEALED, CLEAR] {
            let path = dir.join(part);
            disk.create_dir(&path)
                .map_err(|error| FileError::io(&path, error))?;
        }
        Ok(Self {
            disk,
            dir: dir.to_owned(),
            keys,
            rules,
        })
    }

    fn path(&self, part: &str, file: &FileId) -> PathBuf {
        self.dir.join(part).join(file.as_str())
    }

    /// Begins an upload, or finds one again that was interrupted. Says where it
    /// goes on. The owner has a key.
    pub fn begin(&self, file: &FileId, owner: &Subject) -> Result<u64, FileError> {
        let path = self.path(UPLOADS, file);
        if self.path(SEALED, file).exists() || self.path(CLEAR, file).exists() {
            return Err(FileError::Exists(file.clone()));
        }
        if !path.exists() {
            SealedFile::create(&self.disk, &path, file, owner, &self.keys)?;
            return Ok(0);
        }
        if SealedFile::owner(&path, file)? != *owner {
            return Err(FileError::Exists(file.clone()));
        }
        self.offset(file)
    }

    /// Whose file it is, being uploaded or sealed; of a published file nobody
    /// knows any more.
    pub fn owner(&self, file: &FileId) -> Result<Subject, FileError> {
        [UPLOADS, SEALED]
            .map(|part| self.path(part, file))
            .iter()
            .find(|path| path.exists())
            .ok_or_else(|| FileError::NotFound(file.clone()))
            .and_then(|path| SealedFile::owner(path, file))
    }

    /// The largest file that is taken, in bytes.
    pub fn largest(&self) -> u64 {
        self.rules.largest
    }

    /// Where an upload goes on: everything before is durable.
    pub fn offset(&self, file: &FileId) -> Result<u64, FileError> {
        Ok(self.upload(file)?.size())
    }

    fn upload(&self, file: &FileId) -> Result<SealedFile, FileError> {
        let path = self.path(UPLOADS, file);
        if !path.exists() {
            return Err(FileError::NotFound(file.clone()));
        }
        let mut upload = SealedFile::open(&path, file, &self.keys)?;
        upload.lock()?;
        upload.cut(&self.disk)?;
        Ok(upload)
    }

    /// Takes the next bytes of an upload, durable on return, and says where it
    /// goes on. Pieces of some 64 KiB and more are cheap; every call waits for
    /// the disk once.
    pub fn append(&self, file: &FileId, offset: u64, bytes: &[u8]) -> Result<u64, FileError> {
        let mut upload = self.upload(file)?;
        if upload.description()?.is_some() {
            return Err(FileError::Exists(file.clone()));
        }
        let expected = upload.size();
        if offset != expected {
            return Err(FileError::Offset {
                expected,
                found: offset,
            });
        }
        if bytes.len() as u64 > self.rules.largest.saturating_sub(expected) {
            return Err(FileError::TooLarge(self.rules.largest));
        }
        upload.append(&self.disk, bytes)?;
        Ok(upload.size())
    }

    /// Ends an upload: finds out what the file is, and refuses it if the rules
    /// do. Asking again gives the same answer.
    pub fn finish(&self, file: &FileId) -> Result<FileDescription, FileError> {
        let (upload_path, sealed_path) = (self.path(UPLOADS, file), self.path(SEALED, file));
        if sealed_path.exists() {
            return self.describe(file);
        }
        let mut upload = self.upload(file)?;
        let description = match upload.description()? {
            Some(description) => description,
            None => {
                let description = self.examine(&upload)?;
                upload.finish(&self.disk, &description)?;
                description
            }
        };
        self.disk
            .rename(&upload_path, &sealed_path)
            .and_then(|()| self.disk.sync_dir(&self.dir.join(SEALED)))
            .and_then(|()| self.disk.sync_dir(&self.dir.join(UPLOADS)))
            .map_err(|error| FileError::io(&sealed_path, error))?;
        Ok(description)
    }

    fn examine(&self, upload: &SealedFile) -> Result<FileDescription, FileError> {
        let size = upload.size();
        let (mut head, mut tail) = (Vec::new(), Vec::new());
        let (mut text, mut hash) = (TextCheck::new(), Sha256::new());
        upload.read(0, size, |piece| {
            text.push(piece);
            hash.update(piece);
            let missing = HEAD.saturating_sub(head.len()).min(piece.len());
            head.extend(piece.get(..missing).unwrap_or_default());
            tail.extend(piece);
            tail.drain(..tail.len().saturating_sub(TAIL));
            Ok(())
        })?;
        let media_type = sniff::media_type(&head, &tail, text.is_text())
            .filter(|media_type| self.rules.allowed.contains(media_type))
            .ok_or(FileError::Type(
                "PDF, images, office documents without macros and plain text may be",
            ))?;
        Ok(FileDescription {
            media_type,
            sha256: hex::encode(hash.finalize()),
            size,
        })
    }

    /// What a sealed file is.
    pub fn describe(&self, file: &FileId) -> Result<FileDescription, FileError> {
        let (_, description) = self.sealed(file)?;
        Ok(description)
    }

    fn sealed(&self, file: &FileId) -> Result<(SealedFile, FileDescription), FileError> {
        let path = self.path(SEALED, file);
        if !path.exists() {
            let uploading = self.path(UPLOADS, file).exists();
            return Err(if uploading {
                FileError::Incomplete(file.clone())
            } else {
                FileError::NotFound(file.clone())
            });
        }
        let sealed = SealedFile::open(&path, file, &self.keys)?;
        match sealed.description()? {
            Some(description) if sealed.is_whole()? => Ok((sealed, description)),
            _ => Err(FileError::damaged(file, "its end")),
        }
    }

    /// Reads part of a file, sealed or published; less than the range if the
    /// file ends before. Who may see it is decided by the caller.
    pub fn read(&self, file: &FileId, range: Range<u64>) -> Result<Vec<u8>, FileError> {
        let clear = self.path(CLEAR, file);
        let mut bytes = Vec::new();
        match std::fs::File::open(&clear) {
            Ok(open) => {
                let io = |error| FileError::io(&clear, error);
                let size = open.metadata().map_err(io)?.len();
                let end = range.end.min(size);
                let length = usize::try_from(end.saturating_sub(range.start));
                bytes.resize(length.map_err(|_| FileError::TooLarge(size))?, 0);
                open.read_exact_at(&mut bytes, range.start).map_err(io)?;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let (sealed, _) = self.sealed(file)?;
                sealed.read(range.start, range.end, |piece| {
                    bytes.extend(piece);
                    Ok(())
                })?;
            }
            Err(error) => return Err(FileError::io(&clear, error)),
        }
        Ok(bytes)
    }

    /// Puts a sealed file in clear: it has been published. Asking again does
    /// nothing.
    pub fn publish(&self, file: &FileId) -> Result<(), FileError> {
        let (clear, sealed_path) = (self.path(CLEAR, file), self.path(SEALED, file));
        let io = |error| FileError::io(&clear, error);
        if !clear.exists() {
            let (sealed, description) = self.sealed(file)?;
            let new = disk::with_suffix(&clear, ".new");
            if new.exists() {
                self.disk.remove(&new).map_err(io)?;
            }
            let mut target = self.disk.create(&new).map_err(io)?;
            let mut hash = Sha256::new();
            sealed.read(0, description.size, |piece| {
                hash.update(piece);
                self.disk.write(&mut target, piece)
            })?;
            if hex::encode(hash.finalize()) != description.sha256 {
                return Err(FileError::damaged(file, "its digest"));
            }
            self.disk
                .sync(&target)
                .and_then(|()| self.disk.rename(&new, &clear))
                .and_then(|()| self.disk.sync_dir(&self.dir.join(CLEAR)))
                .map_err(io)?;
        }
        if sealed_path.exists() {
            self.disk.remove(&sealed_path).map_err(io)?;
        }
        Ok(())
    }

    /// Removes a file in whatever state it is: an upload that was given up, an
    /// erased one, one that was taken down. Says whether there was one.
    pub fn remove(&self, file: &FileId) -> Result<bool, FileError> {
        let mut found = false;
        for part in [UPLOADS, SEALED, CLEAR] {
            let path = self.path(part, file);
            for path in [disk::with_suffix(&path, ".new"), path] {
                if path.exists() {
                    let io = |error| FileError::io(&path, error);
                    self.disk.shred(&path).map_err(io)?;
                    self.disk.sync_dir(&self.dir.join(part)).map_err(io)?;
                    found = true;
                }
            }
        }
        Ok(found)
    }

    /// Removes the files of everybody who was erased, whole or begun. Call it
    /// after an erasure, and when the server starts.
    pub fn sweep(&self) -> Result<Vec<FileId>, FileError> {
        self.remove_if(|file, path| {
            let owner = SealedFile::owner(path, file)?;
            Ok(self.keys.erased_by(&owner).is_some())
        })
    }

    /// Removes what was uploaded, whole or in part, too long ago for anybody to
    /// name it still: whoever did not hand it in gave it up.
    pub fn remove_unclaimed(
        &self,
        now: SystemTime,
        is_named: impl Fn(&FileId) -> bool,
    ) -> Result<Vec<FileId>, FileError> {
        self.remove_if(|file, path| {
            let touched = std::fs::metadata(path).and_then(|known| known.modified());
            let touched = touched.map_err(|error| FileError::io(path, error))?;
            let age = now.duration_since(touched).unwrap_or_default();
            Ok(self.rules.unclaimed < age && !is_named(file))
        })
    }

    /// Removes some of the files that are sealed or being uploaded.
    fn remove_if(
        &self,
        goes: impl Fn(&FileId, &Path) -> Result<bool, FileError>,
    ) -> Result<Vec<FileId>, FileError> {
        let mut removed = Vec::new();
        for part in [UPLOADS, SEALED] {
            let dir = self.dir.join(part);
            let io = |error| FileError::io(&dir, error);
            for entry in std::fs::read_dir(&dir).map_err(io)? {
                let entry = entry.map_err(io)?;
                let name = entry.file_name();
                let Some(file) = name.to_str().and_then(|name| name.parse().ok()) else {
                    continue;
                };
                if goes(&file, &entry.path())? {
                    self.remove(&file)?;
                    removed.push(file);
                }
            }
        }
        Ok(removed)
    }
}
