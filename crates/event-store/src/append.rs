//! What is appended, and what the store says to it.

use bytes::Bytes;
use ulid::Ulid;

use crate::{LogSize, Position, StreamName, Version};

/// The id of a command, made by whoever asks: asking again with the same id is
/// the same command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommandId(pub Ulid);

impl std::fmt::Display for CommandId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// How much one append may carry, so that every backend can keep the contract.
pub mod limits {
    /// Bytes of one payload: the length of an entry is a 16-bit number in the
    /// bundles of the transparency log.
    pub const PAYLOAD: usize = 65_535;
    /// Events of one append.
    pub const EVENTS: usize = 1_000;
    /// Bytes of all payloads and envelopes of one append.
    pub const BYTES: usize = 1 << 20;
}

/// All events of one command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Append {
    /// Remembered for ever.
    pub command: CommandId,
    /// What goes where; no stream twice. Positions follow this order.
    pub writes: Vec<StreamWrite>,
}

/// What goes to one stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamWrite {
    /// The stream.
    pub stream: StreamName,
    /// What must hold of the stream.
    pub expected: Expected,
    /// At least one.
    pub events: Vec<NewEvent>,
}

/// An event before it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    /// The public bytes: the leaf.
    pub payload: Bytes,
    /// The private bytes, durable together with the payload; may be empty.
    pub envelope: Bytes,
}

/// What must hold of a stream for an append to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// It has no event yet.
    None,
    /// This is its newest version.
    Exact(Version),
    /// It has at least one event.
    Exists,
    /// Nothing.
    Any,
}

impl Expected {
    /// Whether a stream with this newest version is as expected.
    pub fn holds(self, actual: Option<Version>) -> bool {
        match self {
            Self::None => actual.is_none(),
            Self::Exact(version) => actual == Some(version),
            Self::Exists => actual.is_some(),
            Self::Any => true,
        }
    }
}

/// Where the events of a command stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The position of the first event.
    pub first: Position,
    /// The position of the last event; positions between them are the
    /// command's own.
    pub last: Position,
}

impl Receipt {
    /// The size of the log right after the command.
    pub fn size(self) -> LogSize {
        self.last.size()
    }
}

/// The store's answer to an append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Recorded now, and durable.
    Committed(Receipt),
    /// Recorded before under the same command id; this is the first answer.
    Duplicate(Receipt),
}

impl Outcome {
    /// Where the events stand, whenever they were recorded.
    pub fn receipt(self) -> Receipt {
        match self {
            Self::Committed(receipt) | Self::Duplicate(receipt) => receipt,
        }
    }
}

/// Why a store takes no appends at the moment, in words for the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadOnly {
    /// There is no room; goes away by itself.
    Full(String),
    /// Stays until the store is opened again.
    Stopped(String),
}

/// Why nothing was appended, or why nobody knows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// A stream is not as expected. Nothing was appended: decide again.
    #[error("stream {stream} is at version {actual:?}, expected {expected:?}")]
    Conflict {
        /// The first stream that is not as expected.
        stream: StreamName,
        /// What was expected of it.
        expected: Expected,
        /// Its newest version.
        actual: Option<Version>,
    },
    /// More than [`limits`] allow, or nothing at all. Nothing was appended.
    #[error("the append cannot be taken: {0}")]
    TooLarge(String),
    /// The append names a stream twice or holds no event. Nothing was appended.
    #[error("the append is malformed: {0}")]
    Malformed(String),
    /// The store takes no appends; reading goes on. Nothing was appended.
    #[error("the store is read-only: {0}")]
    ReadOnly(String),
    /// Nobody knows whether the events were recorded: ask for the receipt of
    /// this command before doing anything else.
    #[error("the outcome of command {0} is unknown")]
    Unknown(CommandId),
}

impl Append {
    /// Checks form and [`limits`]; every store calls it first.
    pub fn check(&self) -> Result<(), AppendError> {
        let mut events = 0;
        let mut bytes = 0;
        for (index, write) in self.writes.iter().enumerate() {
            if self
                .writes
                .iter()
                .take(index)
                .any(|other| other.stream == write.stream)
            {
                return Err(AppendError::Malformed(format!(
                    "stream {} stands twice",
                    write.stream
                )));
            }
            if write.events.is_empty() {
                return Err(AppendError::Malformed(format!(
                    "no event for stream {}",
                    write.stream
                )));
            }
            for event in &write.events {
                if event.payload.len() > limits::PAYLOAD {
                    return Err(AppendError::TooLarge(format!(
                        "an event of {} bytes (at most {})",
                        event.payload.len(),
                        limits::PAYLOAD
                    )));
                }
                events += 1;
                bytes += event.payload.len() + event.envelope.len();
            }
        }
        if events == 0 {
            return Err(AppendError::Malformed("no event at all".to_owned()));
        }
        if events > limits::EVENTS {
            return Err(AppendError::TooLarge(format!(
                "{events} events (at most {})",
                limits::EVENTS
            )));
        }
        if bytes > limits::BYTES {
            return Err(AppendError::TooLarge(format!(
                "{bytes} bytes (at most {})",
                limits::BYTES
            )));
        }
        Ok(())
    }
}
