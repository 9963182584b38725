//! Why the sealer does not go on.

use std::{io, path::Path};

use event_store::{LogSize, Position, ReadError};
use transparency::{Hash, Tile};

use crate::signer::SignerError;

/// Why the sealer cannot open, seal or answer.
#[derive(Debug, thiserror::Error)]
pub enum SealerError {
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] ReadError),
    /// The operating system refused.
    #[error("the tree's files ({path}): {error}")]
    Io {
        /// The file or directory.
        path: String,
        /// What the operating system said.
        error: io::Error,
    },
    /// The signer refuses or cannot sign.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// ALARM: the log is shorter than what was signed.
    #[error(
        "ALARM: {signed} events were signed, and the log holds {found}: an old copy of the data was put in place. Signing it would be a fork; restore the newer log"
    )]
    Shorter {
        /// The size that was signed last.
        signed: u64,
        /// The size of the log.
        found: LogSize,
    },
    /// ALARM: the log is not the one that was signed.
    #[error(
        "ALARM: the first {size} events of the log have the root {found}, and {signed} was signed: the log was changed, or belongs to another signer. Signing it would be a fork"
    )]
    OtherRoot {
        /// The size that was signed last.
        size: u64,
        /// The root that was signed.
        signed: Hash,
        /// The root of the log.
        found: Hash,
    },
    /// The store left out a position, and a leaf's index is its position.
    #[error("the log has no event at position {0}; a log with holes cannot be sealed")]
    Hole(Position),
    /// An event is longer than an entry may be.
    #[error("the event at position {position} cannot stand in a bundle: {reason}")]
    Entry {
        /// Its position.
        position: Position,
        /// What does not fit.
        reason: String,
    },
    /// A tile is missing or has the wrong length. `fsck` says more; deleting
    /// the tree's directory rebuilds it.
    #[error("{0} is missing or damaged: delete the tree's directory, and it is rebuilt")]
    Tile(Tile),
    /// The tree has no such subtree at the size that was asked for.
    #[error("the log has no whole subtree {index} at level {level} at this size")]
    NoSubtree {
        /// Level in the tree.
        level: u8,
        /// Number within the level.
        index: u64,
    },
    /// The tiles do not lead from this leaf to the signed root.
    #[error(
        "the tree's files are damaged near position {0}: delete the tree's directory, and it is rebuilt"
    )]
    DamagedTree(Position),
    /// No checkpoint covers this position yet.
    #[error("no checkpoint covers position {0} yet")]
    NotYet(Position),
    /// No checkpoint of this size was given out.
    #[error("no checkpoint of size {0} was given out")]
    NoCheckpoint(u64),
    /// The sealer has stopped; the log goes on without it.
    #[error("the sealer has stopped: {0}")]
    Stopped(String),
}

impl SealerError {
    /// Whether nothing but room is missing, so that the same may go well later.
    pub(crate) fn is_full(&self) -> bool {
        match self {
            Self::Io { error, .. } | Self::Signer(SignerError::Io { error, .. }) => {
                disk::is_full(error)
            }
            _ => false,
        }
    }

    pub(crate) fn io(path: &Path, error: io::Error) -> Self {
        Self::Io {
            path: path.display().to_string(),
            error,
        }
    }
}
