//! What opening a store found and did.

use std::io;

use event_store::{LogSize, Position, ReadError};

use crate::format::FormatError;

/// What opening found and did; also said through `tracing`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpeningReport {
    /// How many positions the log holds.
    pub size: LogSize,
    /// How many segment files there are.
    pub segments: usize,
    /// A write that a crash had interrupted, and that was cut off. Nobody had
    /// been told that it was recorded.
    pub cut_off: Option<CutOff>,
    /// Why the index was built anew from the segments; `None` if it was not.
    pub index_rebuilt: Option<String>,
    /// Why the store takes no appends until a person has repaired it: the
    /// first position that cannot be served, where it lies, and what is wrong.
    pub damage: Option<ReadError>,
}

/// An interrupted write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CutOff {
    /// Where its first event would have stood.
    pub position: Position,
    /// File and offset.
    pub place: String,
    /// How many bytes were removed.
    pub bytes: u64,
}

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Somebody else has the store open.
    #[error("{place} is in use by another process: stop that process first")]
    Locked {
        /// The lock file.
        place: String,
    },
    /// A newer version of Hiroba wrote it.
    #[error("{place}: {error}")]
    NewerFormat {
        /// The segment file.
        place: String,
        /// Which format it has.
        error: FormatError,
    },
    /// The files do not form a log, so that not even reading is safe.
    #[error("{place}: {reason}; restore this file from a backup")]
    Damaged {
        /// The segment file.
        place: String,
        /// What does not hold.
        reason: String,
    },
    /// The operating system did not do what was asked.
    #[error("{what}: {error}")]
    Storage {
        /// What was tried.
        what: String,
        /// What the operating system said.
        error: io::Error,
    },
}

impl OpenError {
    pub(crate) fn storage(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |error| Self::Storage { what, error }
    }
}
