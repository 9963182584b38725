//! The event store that forgets: for tests, and the measure of the contract.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::watch;

use crate::{
    Append, AppendError, Capabilities, CommandId, Direction, EventStore, LogSize, Outcome,
    Position, ReadError, ReadOnly, Receipt, Recorded, StreamName, Vault, Version,
};

/// Keeps the contract as long as the process lives.
#[derive(Debug)]
pub struct MemoryStore {
    log: Mutex<Log>,
    size: watch::Sender<LogSize>,
}

#[derive(Debug, Default)]
struct Log {
    events: Vec<Recorded>,
    envelopes: Vec<Bytes>,
    streams: HashMap<StreamName, Vec<Position>>,
    receipts: HashMap<CommandId, Receipt>,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self {
            log: Mutex::default(),
            size: watch::Sender::new(LogSize(0)),
        }
    }
}

impl MemoryStore {
    fn log(&self) -> MutexGuard<'_, Log> {
        // Nothing in here panics between two writes, so what a poisoned lock
        // guards is whole.
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log {
    fn version(&self, stream: &StreamName) -> Option<Version> {
        self.streams
            .get(stream)
            .map(|positions| Version(positions.len() as u64))
    }

    fn at(&self, position: Position) -> Option<&Recorded> {
        self.events.get(usize::try_from(position.0).ok()?)
    }

    fn append(&mut self, append: Append) -> Result<Outcome, AppendError> {
        append.check()?;
        if let Some(receipt) = self.receipts.get(&append.command) {
            return Ok(Outcome::Duplicate(*receipt));
        }
        for write in &append.writes {
            let actual = self.version(&write.stream);
            if !write.expected.holds(actual) {
                return Err(AppendError::Conflict {
                    stream: write.stream.clone(),
                    expected: write.expected,
                    actual,
                });
            }
        }
        let first = Position(self.events.len() as u64);
        for write in append.writes {
            for event in write.events {
                let position = Position(self.events.len() as u64);
                let positions = self.streams.entry(write.stream.clone()).or_default();
                positions.push(position);
                self.events.push(Recorded {
                    position,
                    stream: write.stream.clone(),
                    version: Version(positions.len() as u64),
                    command: append.command,
                    payload: event.payload,
                });
                self.envelopes.push(event.envelope);
            }
        }
        let receipt = Receipt {
            first,
            last: Position(self.events.len() as u64 - 1),
        };
        self.receipts.insert(append.command, receipt);
        Ok(Outcome::Committed(receipt))
    }
}

#[async_trait]
impl EventStore for MemoryStore {
    async fn append(&self, append: Append) -> Result<Outcome, AppendError> {
        let mut log = self.log();
        let outcome = log.append(append)?;
        self.size.send_replace(LogSize(log.events.len() as u64));
        Ok(outcome)
    }

    async fn receipt(&self, command: CommandId) -> Result<Option<Receipt>, ReadError> {
        Ok(self.log().receipts.get(&command).copied())
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from: Version,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<Recorded>, ReadError> {
        let log = self.log();
        let positions = log
            .streams
            .get(stream)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let from = usize::try_from(from.0)
            .unwrap_or(usize::MAX)
            .min(positions.len() + 1);
        let chosen: Vec<Position> = match direction {
            Direction::Forwards => positions
                .iter()
                .copied()
                .skip(from.saturating_sub(1))
                .take(limit)
                .collect(),
            Direction::Backwards => positions
                .iter()
                .copied()
                .take(from)
                .rev()
                .take(limit)
                .collect(),
        };
        Ok(chosen
            .into_iter()
            .filter_map(|position| log.at(position).cloned())
            .collect())
    }

    async fn stream_version(&self, stream: &StreamName) -> Result<Option<Version>, ReadError> {
        Ok(self.log().version(stream))
    }

    async fn read_all(&self, from: Position, limit: usize) -> Result<Vec<Recorded>, ReadError> {
        let from = usize::try_from(from.0).unwrap_or(usize::MAX);
        Ok(self
            .log()
            .events
            .iter()
            .skip(from)
            .take(limit)
            .cloned()
            .collect())
    }

    fn watch_size(&self) -> watch::Receiver<LogSize> {
        self.size.subscribe()
    }

    fn read_only(&self) -> Option<ReadOnly> {
        None
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { gapless: true }
    }
}

#[async_trait]
impl Vault for MemoryStore {
    async fn envelope(&self, position: Position) -> Result<Option<Bytes>, ReadError> {
        let log = self.log();
        let envelope = usize::try_from(position.0)
            .ok()
            .and_then(|index| log.envelopes.get(index));
        Ok(envelope.filter(|envelope| !envelope.is_empty()).cloned())
    }
}
