//! Why a file is not taken, found or read.

use std::{io, path::Path};

use super::FileId;
use crate::{aead::CannotEncrypt, keys::KeyError};

/// Why a file is not taken, found or read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The operating system refused.
    #[error("the file {path}: {error}")]
    Io {
        /// The path on this machine; not for citizens' eyes.
        path: String,
        /// What the operating system said.
        error: io::Error,
    },
    /// There is no room for it; goes away by itself.
    #[error("there is no room for the file {0}")]
    Full(String),
    /// The owner's key is not there.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Nothing can be encrypted.
    #[error(transparent)]
    CannotEncrypt(#[from] CannotEncrypt),
    /// There is no such file, or it was removed.
    #[error("there is no file {0}")]
    NotFound(FileId),
    /// The file's id is in use already.
    #[error("{0} exists already and is somebody else's, or complete: use a new id")]
    Exists(FileId),
    /// Not all of it has been uploaded.
    #[error("{0} has not been uploaded completely")]
    Incomplete(FileId),
    /// The upload goes on elsewhere.
    #[error("the upload goes on at {expected}, not at {found}")]
    Offset {
        /// Where the upload goes on.
        expected: u64,
        /// Where the caller wanted to go on.
        found: u64,
    },
    /// Two uploads at the same time.
    #[error("{0} is being written by somebody else: try again")]
    Busy(FileId),
    /// The file is larger than the rules allow.
    #[error("a file has at most {0} bytes")]
    TooLarge(u64),
    /// The file is of no type that is taken.
    #[error("files of this type are not taken; {0}")]
    Type(&'static str),
    /// The file is not what was uploaded. A finding.
    #[error("{file} is damaged: {what} does not hold")]
    Damaged {
        /// The file.
        file: FileId,
        /// What does not hold.
        what: String,
    },
}

impl FileError {
    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io { .. } | Self::CannotEncrypt(_) => "FILE_STORAGE_FAILED",
            Self::Full(_) | Self::Key(KeyError::Full(_)) => "FILE_STORAGE_FULL",
            Self::Key(KeyError::Erased { .. }) => "FILE_ERASED",
            Self::Key(_) => "FILE_KEY_UNAVAILABLE",
            Self::NotFound(_) => "FILE_NOT_FOUND",
            Self::Exists(_) => "FILE_EXISTS",
            Self::Incomplete(_) => "FILE_INCOMPLETE",
            Self::Offset { .. } => "FILE_OFFSET_MISMATCH",
            Self::Busy(_) => "FILE_BUSY",
            Self::TooLarge(_) => "FILE_TOO_LARGE",
            Self::Type(_) => "FILE_TYPE_NOT_ALLOWED",
            Self::Damaged { .. } => "FILE_DAMAGED",
        }
    }

    pub(crate) fn io(path: &Path, error: io::Error) -> Self {
        let path = path.display().to_string();
        match disk::is_full(&error) {
            true => Self::Full(path),
            false => Self::Io { path, error },
        }
    }

    pub(crate) fn damaged(file: &FileId, what: &str) -> Self {
        Self::Damaged {
            file: file.clone(),
            what: what.to_owned(),
        }
    }
}
