//! The contract that every event store keeps.
//!
//! An event store is a log of opaque payloads in one global order, grouped in
//! streams. It knows no institution, no clock and no reader: what a payload
//! means, and who may see it, is decided elsewhere.
//!
//! The promises, held by one suite for every backend:
//!
//! - An [`Append`] happens as a whole or not at all, in one or several streams,
//!   each at its expected version.
//! - Whoever was answered [`Outcome::Committed`] finds the events after any
//!   crash: the answer follows durability.
//! - Positions are strictly increasing and never used twice. Nothing appears at
//!   or below a position that was visible before. Readers rely on order and
//!   finality; that positions have no holes is a promise of some stores only
//!   ([`Capabilities::gapless`]).
//! - A command id is remembered for ever. Whoever asks again gets the first
//!   answer, as [`Outcome::Duplicate`].

mod append;
#[cfg(feature = "contract")]
pub mod contract;
mod memory;
mod position;
mod stream;
mod subscription;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::watch;

pub use append::{
    Append, AppendError, CommandId, Expected, NewEvent, Outcome, ReadOnly, Receipt, StreamWrite,
    limits,
};
pub use memory::MemoryStore;
pub use position::{LogSize, Position, Version};
pub use stream::{StreamName, StreamNameError};
pub use subscription::{Delivery, Subscription};

/// An event as the log holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its place in the global order, and the index of its leaf.
    pub position: Position,
    /// The stream that it belongs to.
    pub stream: StreamName,
    /// Its place in that stream.
    pub version: Version,
    /// The command that caused it.
    pub command: CommandId,
    /// The bytes exactly as they were appended.
    pub payload: Bytes,
}

/// In which order a stream is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From older to newer.
    Forwards,
    /// From newer to older.
    Backwards,
}

/// What a store promises beyond the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Positions have no holes: the log of size n holds positions 0 to n-1.
    pub gapless: bool,
}

/// Why something could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The bytes on disk are not those that were written.
    #[error("the log is damaged at position {position} ({place}): {reason}")]
    Damaged {
        /// The first position that cannot be served.
        position: Position,
        /// File and offset, for whoever repairs it.
        place: String,
        /// What does not hold.
        reason: String,
    },
    /// The storage did not answer.
    #[error("the log cannot be read: {reason}")]
    Storage {
        /// What the operating system or the database said.
        reason: String,
    },
}

/// The log.
#[async_trait]
pub trait EventStore: Send + Sync {
    /// Appends all events of a command, or none.
    async fn append(&self, append: Append) -> Result<Outcome, AppendError>;

    /// Appends several commands in this order, each as a whole or not at all,
    /// each seeing those before it; answers come in the same order.
    ///
    /// This is where many commands share the cost of becoming durable.
    async fn append_all(&self, appends: Vec<Append>) -> Vec<Result<Outcome, AppendError>> {
        let mut outcomes = Vec::with_capacity(appends.len());
        for append in appends {
            outcomes.push(self.append(append).await);
        }
        outcomes
    }

    /// What became of a command, if it was ever recorded: resolves
    /// [`AppendError::Unknown`].
    async fn receipt(&self, command: CommandId) -> Result<Option<Receipt>, ReadError>;

    /// Up to `limit` events of a stream, starting with the version `from`.
    ///
    /// Backwards from a version beyond the end starts at the end.
    async fn read_stream(
        &self,
        stream: &StreamName,
        from: Version,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<Recorded>, ReadError>;

    /// The version of the newest event of a stream; `None` if there is none.
    async fn stream_version(&self, stream: &StreamName) -> Result<Option<Version>, ReadError>;

    /// Up to `limit` events in global order, starting with the first at or
    /// after `from`. Fewer than `limit` means that the end was reached, or that
    /// the page was full of bytes; an empty page means the end.
    async fn read_all(&self, from: Position, limit: usize) -> Result<Vec<Recorded>, ReadError>;

    /// How many positions are visible and final.
    fn size(&self) -> LogSize {
        *self.watch_size().borrow()
    }

    /// Follows [`EventStore::size`]; wakes whenever it has grown.
    fn watch_size(&self) -> watch::Receiver<LogSize>;

    /// Whether the store takes appends at the moment; why not, if not.
    fn read_only(&self) -> Option<ReadOnly>;

    /// What this store promises beyond the contract.
    fn capabilities(&self) -> Capabilities;
}

/// The private side of the log: what was made durable together with an event
/// and is not part of it. Never served, never hashed.
#[async_trait]
pub trait Vault: Send + Sync {
    /// The envelope that was appended with the event at this position; `None`
    /// if it had none.
    async fn envelope(&self, position: Position) -> Result<Option<Bytes>, ReadError>;
}
