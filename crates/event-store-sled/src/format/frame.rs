//! The frame: what one sync makes durable.

use event_store::{Append, Position, Version};

use super::{ALIGNMENT, Cursor, FormatError, HeaderWriter, aligned, body, header_checksum};

const MAGIC: &[u8; 4] = b"hfrm";
const CHECKSUM_AT: usize = 4;

/// What a frame is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameKind {
    /// The events of one or more commands.
    Commit,
    /// Nothing: written when a store closes, it proves that everything before
    /// it was whole.
    Close,
}

/// What stands before the commands of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameHeader {
    /// What the frame is for.
    pub kind: FrameKind,
    /// Bytes after the header, without padding.
    pub body_length: u32,
    /// Their checksum.
    pub body_checksum: u32,
    /// The checksum of the header of the frame before, across segments: so a
    /// frame that is missing, or that belongs to another log, shows.
    pub chain: u32,
    /// The segment that the frame was written to.
    pub segment: u64,
    /// The offset that it was written at.
    pub offset: u64,
    /// The position of its first event.
    pub first: Position,
    /// How many events it holds.
    pub events: u32,
    /// How many commands it holds.
    pub commands: u32,
    /// The checksum of this header; the next frame names it as its chain.
    pub checksum: u32,
}

impl FrameHeader {
    /// The length of the header.
    pub const LENGTH: usize = ALIGNMENT;

    /// Reads a header.
    pub fn decode(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut cursor = Cursor::new(bytes, "frame header");
        let header: [u8; ALIGNMENT] = cursor.array()?;
        let mut cursor = Cursor::new(&header, "frame header");
        if cursor.array::<4>()? != *MAGIC {
            return Err(FormatError::Absent("frame header"));
        }
        let checksum = cursor.u32()?;
        if checksum != header_checksum(&header, CHECKSUM_AT) {
            return Err(FormatError::Checksum("frame header"));
        }
        let kind = match cursor.u32()? {
            1 => FrameKind::Commit,
            2 => FrameKind::Close,
            _ => return Err(FormatError::Impossible("kind of frame")),
        };
        Ok(Self {
            kind,
            body_length: cursor.u32()?,
            body_checksum: cursor.u32()?,
            chain: cursor.u32()?,
            segment: cursor.u64()?,
            offset: cursor.u64()?,
            first: Position(cursor.u64()?),
            events: cursor.u32()?,
            commands: cursor.u32()?,
            checksum,
        })
    }

    /// Checks the body against this header.
    pub fn check_body(&self, body: &[u8]) -> Result<(), FormatError> {
        if body.len() != self.body_length as usize {
            return Err(FormatError::Short("frame"));
        }
        if crc32fast::hash(body) == self.body_checksum {
            Ok(())
        } else {
            Err(FormatError::Checksum("frame"))
        }
    }

    /// The length of the frame with header and padding.
    pub fn length(&self) -> u64 {
        aligned(Self::LENGTH + self.body_length as usize) as u64
    }

    /// The position after its last event.
    pub fn next(&self) -> Position {
        Position(self.first.0.saturating_add(u64::from(self.events)))
    }

    fn encode(&self) -> [u8; ALIGNMENT] {
        let kind: u32 = match self.kind {
            FrameKind::Commit => 1,
            FrameKind::Close => 2,
        };
        HeaderWriter::new()
            .put(MAGIC)
            .put(&[0; 4])
            .put(&kind.to_be_bytes())
            .put(&self.body_length.to_be_bytes())
            .put(&self.body_checksum.to_be_bytes())
            .put(&self.chain.to_be_bytes())
            .put(&self.segment.to_be_bytes())
            .put(&self.offset.to_be_bytes())
            .put(&self.first.0.to_be_bytes())
            .put(&self.events.to_be_bytes())
            .put(&self.commands.to_be_bytes())
            .checked(CHECKSUM_AT)
    }
}

/// Gathers commands into a frame; its memory is used again for the next one.
#[derive(Debug, Default)]
pub struct FrameBuilder {
    bytes: Vec<u8>,
    events: u32,
    commands: u32,
}

impl FrameBuilder {
    /// Forgets what was gathered.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.resize(FrameHeader::LENGTH, 0);
        self.events = 0;
        self.commands = 0;
    }

    /// Whether nothing was gathered.
    pub fn is_empty(&self) -> bool {
        self.commands == 0
    }

    /// How long the frame is so far, with its header and without padding.
    pub fn length(&self) -> usize {
        self.bytes.len().max(FrameHeader::LENGTH)
    }

    /// How many events were gathered.
    pub fn events(&self) -> u32 {
        self.events
    }

    /// Adds a command; `versions` are the first versions that it gets, in the
    /// order of its writes.
    pub fn push(&mut self, append: &Append, versions: &[Version]) {
        if self.bytes.is_empty() {
            self.clear();
        }
        self.events += body::encode(&mut self.bytes, append, versions);
        self.commands += 1;
    }

    /// The finished frame. A frame without a command is a mark that the store
    /// was closed.
    pub fn finish(
        &mut self,
        segment: u64,
        offset: u64,
        first: Position,
        chain: u32,
    ) -> (FrameHeader, &[u8]) {
        if self.bytes.is_empty() {
            self.clear();
        }
        if self.commands != 0 {
            self.bytes.push(body::END);
        }
        let body = self.bytes.get(FrameHeader::LENGTH..).unwrap_or_default();
        let mut header = FrameHeader {
            kind: if self.commands == 0 {
                FrameKind::Close
            } else {
                FrameKind::Commit
            },
            body_length: body.len() as u32,
            body_checksum: crc32fast::hash(body),
            chain,
            segment,
            offset,
            first,
            events: self.events,
            commands: self.commands,
            checksum: 0,
        };
        let encoded = header.encode();
        header.checksum = header_checksum(&encoded, CHECKSUM_AT);
        if let Some(place) = self.bytes.get_mut(..FrameHeader::LENGTH) {
            place.copy_from_slice(&encoded);
        }
        self.bytes.resize(aligned(self.bytes.len()), 0);
        (header, &self.bytes)
    }
}

/// The frames of a segment that is in memory as a whole, from the first on;
/// ends after the first that cannot be read.
pub fn frames(segment: &[u8]) -> impl Iterator<Item = Result<(FrameHeader, &[u8]), FormatError>> {
    let mut at = super::SegmentHeader::LENGTH;
    let mut failed = false;
    std::iter::from_fn(move || {
        let rest = segment
            .get(at..)
            .filter(|rest| !failed && !rest.is_empty())?;
        let read = frame(rest, at as u64);
        match &read {
            Ok((header, _)) => at = at.saturating_add(header.length() as usize),
            Err(_) => failed = true,
        }
        Some(read)
    })
}

fn frame(bytes: &[u8], at: u64) -> Result<(FrameHeader, &[u8]), FormatError> {
    let header = FrameHeader::decode(bytes)?;
    if header.offset != at {
        return Err(FormatError::Impossible("place of the frame"));
    }
    let end = FrameHeader::LENGTH + header.body_length as usize;
    let body = bytes
        .get(FrameHeader::LENGTH..end)
        .ok_or(FormatError::Short("frame"))?;
    header.check_body(body)?;
    Ok((header, body))
}
