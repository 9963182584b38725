//! The end of the log: reading the active segment, and telling an interrupted
//! write from damage.

use std::io;

use event_store::{Position, ReadError};

use crate::{
    format::{ALIGNMENT, FormatError, FrameHeader, FrameKind, SECTOR, SegmentHeader},
    memory_index::MemoryIndex,
    report::{CutOff, OpenError},
    segment::{FrameError, Segment},
};

/// How much is looked at in one go.
const CHUNK: usize = 1 << 20;

/// The active segment, read to its end.
#[derive(Debug)]
pub(crate) struct Tail {
    pub(crate) index: MemoryIndex,
    /// The position of the next event.
    pub(crate) next: Position,
    /// Behind damage: the position up to which there were events for certain.
    pub(crate) known_next: Position,
    /// Where the next frame belongs.
    pub(crate) end: u64,
    /// The checksum of the last header.
    pub(crate) chain: u32,
    /// Whether the last frame says that the store was closed.
    pub(crate) closed: bool,
    pub(crate) cut_off: Option<CutOff>,
    pub(crate) damage: Option<ReadError>,
}

/// Reads the active segment to its end, and decides what the end is.
pub(crate) fn read_tail(segment: &Segment) -> Result<Tail, OpenError> {
    let header = &segment.header;
    let storage = || OpenError::storage(segment.place.clone());
    let actual = segment.file.length().map_err(storage())?;
    segment.set_end(actual.min(header.length));
    let mut tail = Tail {
        index: MemoryIndex::default(),
        next: header.first,
        known_next: header.first,
        end: SegmentHeader::LENGTH as u64,
        chain: header.chain,
        closed: false,
        cut_off: None,
        damage: None,
    };
    let mut last = None;
    let mut frames = segment.frames(tail.end);
    let failure = loop {
        tail.end = frames.offset();
        match frames.next() {
            Ok(None) => break None,
            Ok(Some(frame)) => {
                if let Err(error) = continues(&tail, &frame.header)
                    .and_then(|()| tail.index.add(&frame.header, &frame.body))
                {
                    break Some(error);
                }
                tail.next = frame.header.next();
                tail.chain = frame.header.checksum;
                tail.closed = frame.header.kind == FrameKind::Close;
                last = Some(frame.header);
            }
            Err(FrameError::Format(error)) => break Some(error),
            Err(FrameError::Storage(error)) => return Err(storage()(error)),
        }
    };
    let torn = match failure {
        None => None,
        Some(error) => match examine(segment, tail.end, actual).map_err(storage())? {
            Rest::Empty => None,
            Rest::Torn { end } => Some(end),
            Rest::Damaged { reason, next } => {
                tail.known_next = next.max(tail.next.next());
                tail.damage = Some(ReadError::Damaged {
                    position: tail.next,
                    place: format!("{} at byte {}", segment.place, tail.end),
                    reason: format!("{error}; {reason}"),
                });
                None
            }
        },
    };
    if tail.damage.is_none() && actual < header.length {
        tail.damage = Some(ReadError::Damaged {
            position: tail.next,
            place: format!("{} at byte {actual}", segment.place),
            reason: format!("the file is {} bytes too short", header.length - actual),
        });
    }
    if tail.damage.is_none() {
        settle(segment, &mut tail, last, torn).map_err(storage())?;
    }
    Ok(tail)
}

/// Whether this frame follows on what was read.
fn continues(tail: &Tail, header: &FrameHeader) -> Result<(), FormatError> {
    if header.first == tail.next && header.chain == tail.chain {
        Ok(())
    } else {
        Err(FormatError::Impossible("order of the frames"))
    }
}

/// What follows the last frame that could be read.
enum Rest {
    /// Zeros.
    Empty,
    /// A write that was interrupted; nothing after this offset.
    Torn { end: u64 },
    /// Something that no interrupted write leaves behind.
    Damaged {
        reason: &'static str,
        /// The position after the last event whose frame can still be found.
        next: Position,
    },
}

/// Tells an interrupted write from damage.
///
/// One frame is in flight at a time, into zeros, and a disk writes sectors as a
/// whole: an interrupted write leaves a frame of which some sectors are still
/// zero, and nothing behind it. Its header lies in one sector, so it is whole
/// or absent.
fn examine(segment: &Segment, at: u64, length: u64) -> io::Result<Rest> {
    let mut header_bytes = [0; FrameHeader::LENGTH];
    segment.file.read_at(&mut header_bytes, at)?;
    let header = frame_header(segment, at, &header_bytes);
    let frame_end = header.map(|header| at + header.length());
    let mut buffer = vec![0; CHUNK];
    let mut end = at;
    let mut later_frame = None;
    let mut sector_missing = false;
    let mut offset = at;
    while offset < length {
        // Chunks end where sectors end.
        let aligned = CHUNK as u64 - offset % CHUNK as u64;
        let part = usize::try_from(aligned.min(length - offset)).unwrap_or(CHUNK);
        let chunk = buffer.get_mut(..part).unwrap_or_default();
        let read = segment.file.read_at(chunk, offset)?;
        let chunk = chunk.get(..read).unwrap_or_default();
        if let Some(last) = chunk.iter().rposition(|byte| *byte != 0) {
            end = offset + last as u64 + 1;
        }
        for (number, line) in chunk.chunks(ALIGNMENT).enumerate() {
            let line_at = offset + (number * ALIGNMENT) as u64;
            if at < line_at
                && let Some(header) = frame_header(segment, line_at, line)
            {
                later_frame = Some(header);
            }
        }
        if let Some(frame_end) = frame_end {
            sector_missing |= missing_sector(chunk, offset, frame_end);
        }
        if read < part {
            break;
        }
        offset += part as u64;
    }
    let last = later_frame.or(header);
    let next = last.map_or(Position::START, |header| header.next());
    let damaged = |reason| Ok(Rest::Damaged { reason, next });
    match frame_end {
        _ if later_frame.is_some() => damaged("later frames are whole"),
        _ if end == at => Ok(Rest::Empty),
        Some(frame_end) if frame_end < end => damaged("there are bytes behind the last frame"),
        Some(_) if !sector_missing => damaged("the frame was written to its end"),
        None if header_bytes.iter().any(|byte| *byte != 0) => {
            damaged("a header is never written in part")
        }
        Some(_) | None => Ok(Rest::Torn { end }),
    }
}

/// The header of a frame that belongs here.
fn frame_header(segment: &Segment, at: u64, line: &[u8]) -> Option<FrameHeader> {
    FrameHeader::decode(line)
        .ok()
        .filter(|header| header.segment == segment.header.number && header.offset == at)
}

/// Whether a sector of a frame that ends there holds nothing but zeros.
fn missing_sector(chunk: &[u8], offset: u64, frame_end: u64) -> bool {
    let inside = usize::try_from(frame_end.saturating_sub(offset)).unwrap_or(usize::MAX);
    let chunk = chunk.get(..inside.min(chunk.len())).unwrap_or_default();
    let first = SECTOR - (offset % SECTOR as u64) as usize;
    let (head, rest) = chunk.split_at(first.min(chunk.len()));
    std::iter::once(head)
        .chain(rest.chunks(SECTOR))
        .any(|sector| !sector.is_empty() && sector.iter().all(|byte| *byte == 0))
}

/// Makes the end as it was found durable: an interrupted write becomes zeros
/// again, and the last frame is written once more, because after a failed sync
/// memory may show what the disk does not have.
fn settle(
    segment: &Segment,
    tail: &mut Tail,
    last: Option<FrameHeader>,
    torn: Option<u64>,
) -> io::Result<()> {
    if let Some(last) = last {
        let mut bytes = vec![0; usize::try_from(last.length()).unwrap_or(0)];
        let read = segment.file.read_at(&mut bytes, last.offset)?;
        segment
            .file
            .write_at(bytes.get(..read).unwrap_or_default(), last.offset)?;
    }
    if let Some(end) = torn {
        write_zeros(segment, tail.end, end)?;
        let cut_off = CutOff {
            position: tail.next,
            place: format!("{} at byte {}", segment.place, tail.end),
            bytes: end - tail.end,
        };
        tracing::warn!(
            position = tail.next.0,
            place = cut_off.place,
            bytes = cut_off.bytes,
            "an interrupted write was cut off"
        );
        tail.cut_off = Some(cut_off);
    }
    segment.file.sync()
}

/// Writes zeros from one offset to another.
pub(crate) fn write_zeros(segment: &Segment, from: u64, to: u64) -> io::Result<()> {
    let zeros = vec![0; CHUNK];
    let mut at = from;
    while at < to {
        let part = usize::try_from(to - at).unwrap_or(CHUNK).min(CHUNK);
        segment
            .file
            .write_at(zeros.get(..part).unwrap_or_default(), at)?;
        at += part as u64;
    }
    Ok(())
}
