//! The commands in a frame.

use std::ops::Range;

use event_store::{Append, CommandId, Position, Version};
use ulid::Ulid;

use super::{Cursor, FormatError, FrameHeader};

/// Bytes of a command, of a stream in it, and of an event in that, apart from
/// names, payloads and envelopes.
const COMMAND: usize = 16 + 2;
const STREAM: usize = 1 + 8 + 2;
const EVENT: usize = 2 + 4;

/// The last byte of a body: so that the last sector of a frame is never all
/// zeros, and a frame that lacks it is known to be torn.
pub(super) const END: u8 = 0xff;

/// How many bytes a command takes in a frame.
pub fn encoded_length(append: &Append) -> usize {
    let streams = append.writes.iter().map(|write| {
        let events = write
            .events
            .iter()
            .map(|event| EVENT + event.payload.len() + event.envelope.len());
        STREAM + write.stream.as_str().len() + events.sum::<usize>()
    });
    COMMAND + streams.sum::<usize>()
}

/// Writes a command that keeps the contract's limits, and says how many events
/// it has.
pub(super) fn encode(bytes: &mut Vec<u8>, append: &Append, versions: &[Version]) -> u32 {
    let mut events = 0;
    bytes.extend_from_slice(&append.command.0.0.to_be_bytes());
    bytes.extend_from_slice(&(append.writes.len() as u16).to_be_bytes());
    for (write, version) in append.writes.iter().zip(versions) {
        let name = write.stream.as_str().as_bytes();
        bytes.push(name.len() as u8);
        bytes.extend_from_slice(name);
        bytes.extend_from_slice(&version.0.to_be_bytes());
        bytes.extend_from_slice(&(write.events.len() as u16).to_be_bytes());
        for event in &write.events {
            bytes.extend_from_slice(&(event.payload.len() as u16).to_be_bytes());
            bytes.extend_from_slice(&(event.envelope.len() as u32).to_be_bytes());
            bytes.extend_from_slice(&event.payload);
            bytes.extend_from_slice(&event.envelope);
            events += 1;
        }
    }
    events
}

/// An event where it lies in the body of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventView<'a> {
    /// Its place in the log.
    pub position: Position,
    /// The command that caused it.
    pub command: CommandId,
    /// The name of its stream, unchecked.
    pub stream: &'a str,
    /// Its place in the stream.
    pub version: Version,
    /// Where the payload lies in the body.
    pub payload: Range<usize>,
    /// Where the envelope lies in the body.
    pub envelope: Range<usize>,
}

/// The events of a frame, in order.
///
/// Ends after the first error, and after the last event only if the counts of
/// the header agree with what was found.
#[derive(Clone, Debug)]
pub struct Events<'a> {
    cursor: Cursor<'a>,
    next: Position,
    end: Position,
    commands_left: u32,
    command: CommandId,
    streams_left: u16,
    stream: &'a str,
    version: Version,
    events_left: u16,
    failed: bool,
}

impl<'a> Events<'a> {
    /// The events of this body; whoever calls has checked it against the header.
    pub fn new(header: &FrameHeader, body: &'a [u8]) -> Self {
        // A body without its last byte runs into an error at its end.
        let commands = body.strip_suffix(&[END]).unwrap_or_default();
        Self {
            cursor: Cursor::new(commands, "frame"),
            next: header.first,
            end: header.next(),
            commands_left: header.commands,
            command: CommandId(Ulid(0)),
            streams_left: 0,
            stream: "",
            version: Version(0),
            events_left: 0,
            failed: false,
        }
    }

    fn step(&mut self) -> Result<Option<EventView<'a>>, FormatError> {
        if self.events_left == 0 && self.streams_left == 0 {
            if self.commands_left == 0 {
                return if self.cursor.is_at_end() && self.next == self.end {
                    Ok(None)
                } else {
                    Err(FormatError::Impossible("number of events"))
                };
            }
            self.commands_left -= 1;
            self.command = CommandId(Ulid(self.cursor.u128()?));
            self.streams_left = self.cursor.u16()?;
            if self.streams_left == 0 {
                return Err(FormatError::Impossible("number of streams"));
            }
        }
        if self.events_left == 0 {
            self.streams_left -= 1;
            let length = self.cursor.u8()?;
            self.stream = std::str::from_utf8(self.cursor.take(usize::from(length))?)
                .map_err(|_| FormatError::Impossible("name of a stream"))?;
            self.version = Version(self.cursor.u64()?);
            self.events_left = self.cursor.u16()?;
            if self.events_left == 0 {
                return Err(FormatError::Impossible("number of events"));
            }
        }
        self.events_left -= 1;
        let payload_length = usize::from(self.cursor.u16()?);
        let envelope_length = self.cursor.u32()? as usize;
        let start = self.cursor.at;
        self.cursor.take(payload_length)?;
        let middle = self.cursor.at;
        self.cursor.take(envelope_length)?;
        let view = EventView {
            position: self.next,
            command: self.command,
            stream: self.stream,
            version: self.version,
            payload: start..middle,
            envelope: middle..self.cursor.at,
        };
        if self.next.0 == u64::MAX || self.version.0 == u64::MAX {
            return Err(FormatError::Impossible("place in the log"));
        }
        self.next = self.next.next();
        self.version = self.version.next();
        Ok(Some(view))
    }
}

impl<'a> Iterator for Events<'a> {
    type Item = Result<EventView<'a>, FormatError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let step = self.step();
        self.failed = step.is_err();
        step.transpose()
    }
}
