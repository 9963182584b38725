//! What the writer, the keeper and the readers share.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use event_store::{CommandId, LogSize, ReadError, ReadOnly, Receipt, StreamName, Version};
use tokio::sync::watch;

use crate::{
    disk::{Disk, Lock},
    index::{Index, IndexError},
    memory_index::Memory,
    prepare::Preparer,
    read::Trail,
    segment::Segment,
};

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) segments: RwLock<Vec<Arc<Segment>>>,
    pub(crate) memory: RwLock<Memory>,
    pub(crate) index: Index,
    pub(crate) size: watch::Sender<LogSize>,
    pub(crate) refusal: Mutex<Option<ReadOnly>>,
    /// Commands that were in flight when a sync failed.
    pub(crate) unknown: Mutex<HashSet<CommandId>>,
    pub(crate) preparer: Arc<Preparer>,
    /// Set at opening: what the index can not say, because segments are
    /// damaged.
    pub(crate) damage: Option<ReadError>,
    /// Set at opening if the damage is at the end: how much is lost behind it
    /// nobody knows.
    pub(crate) lost_end: Option<ReadError>,
    pub(crate) trail: Trail,
    /// Last, so that nobody else opens the index before it is closed.
    pub(crate) _lock: Option<Lock>,
}

impl Shared {
    pub(crate) fn segments(&self) -> RwLockReadGuard<'_, Vec<Arc<Segment>>> {
        self.segments.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn memory(&self) -> RwLockReadGuard<'_, Memory> {
        self.memory.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn memory_mut(&self) -> RwLockWriteGuard<'_, Memory> {
        self.memory.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn refusal(&self) -> MutexGuard<'_, Option<ReadOnly>> {
        self.refusal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn unknown(&self) -> MutexGuard<'_, HashSet<CommandId>> {
        self.unknown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes no appends any more, until the store is opened again.
    pub(crate) fn stop(&self, reason: String) {
        tracing::error!(reason, "the event store takes no appends any more");
        *self.refusal() = Some(ReadOnly::Stopped(reason));
    }

    /// What became of a command, as far as it is durable.
    pub(crate) fn receipt(&self, command: CommandId) -> Result<Option<Receipt>, ReadError> {
        // Memory first: a segment leaves it only after the index has it.
        if let Some(receipt) = self.memory().receipt(command) {
            return Ok(Some(receipt));
        }
        if let Some(receipt) = self.index.receipt(command).map_err(index_error)? {
            return Ok(Some(receipt));
        }
        self.whole()?;
        if self.unknown().contains(&command) {
            return Err(ReadError::Storage {
                reason: format!(
                    "whether command {command} was recorded is known after the store has been opened again"
                ),
            });
        }
        Ok(None)
    }

    /// The newest version of a stream, as far as it is durable.
    pub(crate) fn head(&self, stream: &StreamName) -> Result<Option<Version>, ReadError> {
        self.whole()?;
        if let Some(version) = self.memory().head(stream) {
            return Ok(Some(version));
        }
        self.index.head(stream).map_err(index_error)
    }

    /// Whether the log is known to end where it seems to.
    pub(crate) fn end_is_known(&self) -> Result<(), ReadError> {
        self.lost_end.clone().map_or(Ok(()), Err)
    }

    /// Whether the indexes cover the whole log.
    pub(crate) fn whole(&self) -> Result<(), ReadError> {
        self.damage.clone().map_or(Ok(()), Err)
    }
}

pub(crate) fn index_error(error: IndexError) -> ReadError {
    ReadError::Storage {
        reason: error.to_string(),
    }
}
