//! The index of a segment in memory: of the active one, and of a sealed one
//! until sled has it.

use std::{mem, sync::Arc};

use event_store::{CommandId, Position, Receipt, StreamName, Version};

use crate::{
    format::{Events, FormatError, FrameHeader},
    map::Map,
};

/// At least so many bytes lie between two entries of the position index.
const SPARSE: u64 = 32 * 1024;

/// Where an event lies: its position, and the offset of its frame in the
/// segment that holds the position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) position: Position,
    pub(crate) offset: u32,
}

/// The events of a stream in one segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StreamPlaces {
    /// The version of the first of them.
    pub(crate) first: Version,
    /// Where they lie, in the order of versions; never empty.
    pub(crate) places: Vec<Place>,
}

impl StreamPlaces {
    pub(crate) fn head(&self) -> Version {
        Version(self.first.0 + self.places.len() as u64 - 1)
    }

    /// The places of the versions from `low` to `high` that lie here, each with
    /// its version.
    pub(crate) fn between(
        &self,
        low: Version,
        high: Version,
    ) -> impl Iterator<Item = (Version, Place)> {
        let skip = low.0.saturating_sub(self.first.0);
        (self.first.0..=high.0)
            .map(Version)
            .zip(self.places.iter().copied())
            .skip(usize::try_from(skip).unwrap_or(usize::MAX))
    }
}

/// What one segment says about streams, commands and positions.
#[derive(Debug, Default)]
pub(crate) struct MemoryIndex {
    pub(crate) streams: Map<StreamName, StreamPlaces>,
    pub(crate) commands: Map<CommandId, Receipt>,
    /// Some positions that begin a frame, ascending.
    pub(crate) sparse: Vec<Place>,
}

impl MemoryIndex {
    /// Notes that a frame begins here.
    pub(crate) fn add_frame(&mut self, first: Position, offset: u64) {
        let far = self
            .sparse
            .last()
            .is_none_or(|last| u64::from(last.offset) + SPARSE <= offset);
        if far {
            self.sparse.push(Place {
                position: first,
                offset: offset as u32,
            });
        }
    }

    pub(crate) fn add_command(&mut self, command: CommandId, receipt: Receipt) {
        self.commands.insert(command, receipt);
    }

    pub(crate) fn add_event(&mut self, stream: &StreamName, version: Version, place: Place) {
        match self.streams.get_mut(stream) {
            Some(places) => places.places.push(place),
            None => {
                self.streams.insert(
                    stream.clone(),
                    StreamPlaces {
                        first: version,
                        places: vec![place],
                    },
                );
            }
        }
    }

    /// Adds all that a frame holds, and checks that versions continue within
    /// the segment.
    pub(crate) fn add(&mut self, header: &FrameHeader, body: &[u8]) -> Result<(), FormatError> {
        if header.events == 0 {
            return Ok(());
        }
        self.add_frame(header.first, header.offset);
        let mut name: Option<StreamName> = None;
        for event in Events::new(header, body) {
            let event = event?;
            let stream = match name.take_if(|name| name.as_str() == event.stream) {
                Some(name) => name,
                None => event
                    .stream
                    .parse()
                    .map_err(|_| FormatError::Impossible("name of a stream"))?,
            };
            if let Some(known) = self.streams.get(&stream)
                && known.head().next() != event.version
            {
                return Err(FormatError::Impossible("version of an event"));
            }
            let place = Place {
                position: event.position,
                offset: header.offset as u32,
            };
            self.add_event(&stream, event.version, place);
            self.commands
                .entry(event.command)
                .or_insert(Receipt {
                    first: event.position,
                    last: event.position,
                })
                .last = event.position;
            name = Some(stream);
        }
        Ok(())
    }

    /// The offset of a frame at or before this position.
    pub(crate) fn offset(&self, position: Position) -> Option<u64> {
        let after = self
            .sparse
            .partition_point(|place| place.position <= position);
        let place = self.sparse.get(after.checked_sub(1)?)?;
        Some(u64::from(place.offset))
    }
}

/// The indexes that are in memory: sealed segments on their way to sled, oldest
/// first, and the active one.
#[derive(Debug)]
pub(crate) struct Memory {
    pub(crate) sealed: Vec<(u64, Arc<MemoryIndex>)>,
    pub(crate) active_number: u64,
    pub(crate) active: MemoryIndex,
}

impl Memory {
    /// The active segment is sealed, and the next one is active.
    pub(crate) fn seal(&mut self, next: u64) -> Arc<MemoryIndex> {
        let index = Arc::new(mem::take(&mut self.active));
        self.sealed
            .push((mem::replace(&mut self.active_number, next), index.clone()));
        index
    }

    /// Newest first.
    pub(crate) fn indexes(&self) -> impl Iterator<Item = &MemoryIndex> {
        std::iter::once(&self.active).chain(self.sealed.iter().rev().map(|(_, index)| &**index))
    }

    pub(crate) fn of(&self, segment: u64) -> Option<&MemoryIndex> {
        if segment == self.active_number {
            return Some(&self.active);
        }
        self.sealed
            .iter()
            .find(|(number, _)| *number == segment)
            .map(|(_, index)| &**index)
    }

    pub(crate) fn receipt(&self, command: CommandId) -> Option<Receipt> {
        self.indexes()
            .find_map(|index| index.commands.get(&command).copied())
    }

    pub(crate) fn head(&self, stream: &StreamName) -> Option<Version> {
        self.indexes()
            .find_map(|index| index.streams.get(stream).map(StreamPlaces::head))
    }
}
