//! Opening the log: what is there, and where it ends.

use std::{io, sync::Arc};

use event_store::{Position, ReadError};

use crate::{
    disk::{Disk, DiskFile},
    format::{FormatError, SegmentHeader},
    index::SegmentFacts,
    memory_index::MemoryIndex,
    report::OpenError,
    segment::{Segment, SegmentFile, file_name, number_in},
    tail::{Tail, read_tail},
};

/// The file that becomes the next segment.
pub(crate) const PREPARED: &str = "next";

/// How much is written in one go.
const CHUNK: usize = 1 << 20;

/// The log as it was found.
#[derive(Debug)]
pub(crate) struct Recovered {
    /// All segments; the last is active.
    pub(crate) segments: Vec<Arc<Segment>>,
    /// All but the last.
    pub(crate) sealed: Vec<SegmentFacts>,
    /// What the active segment holds.
    pub(crate) tail: Tail,
}

/// Opens all segments, and reads the last one to its end; makes the first one
/// if there is none.
pub(crate) fn recover(disk: &Arc<dyn Disk>, length: u64) -> Result<Recovered, OpenError> {
    let mut segments = open_segments(disk)?;
    if segments.is_empty() {
        segments.push(create_first(disk, length)?);
    }
    // A rename that was not yet durable when the last process ended.
    disk.sync_names()
        .map_err(OpenError::storage("syncing the directory of the log"))?;
    let mut sealed = Vec::new();
    for pair in segments.windows(2) {
        let [segment, next] = pair else { continue };
        segment.set_end(next.header.previous_end);
        segment.file.release();
        sealed.push(SegmentFacts {
            number: segment.header.number,
            first: segment.header.first,
            next: next.header.first,
            end: next.header.previous_end,
            chain: next.header.chain,
        });
    }
    let tail = match segments.last() {
        Some(active) => read_tail(active)?,
        None => {
            return Err(OpenError::Damaged {
                place: disk.place(""),
                reason: "there is no segment".to_owned(),
            });
        }
    };
    if let Some(active) = segments.last() {
        active.set_end(tail.end);
    }
    Ok(Recovered {
        segments,
        sealed,
        tail,
    })
}

fn open_segments(disk: &Arc<dyn Disk>) -> Result<Vec<Arc<Segment>>, OpenError> {
    let names = disk
        .list()
        .map_err(OpenError::storage("listing the segments"))?;
    if names.iter().any(|name| name == PREPARED) {
        disk.remove(PREPARED)
            .map_err(OpenError::storage("removing an unused segment"))?;
    }
    let mut numbers: Vec<u64> = names.iter().filter_map(|name| number_in(name)).collect();
    numbers.sort_unstable();
    let mut segments: Vec<Arc<Segment>> = Vec::new();
    for (expected, number) in (1..).zip(numbers) {
        if number != expected {
            return Err(OpenError::Damaged {
                place: disk.place(&file_name(expected)),
                reason: "the segment is missing, though later ones are there".to_owned(),
            });
        }
        let segment = open_segment(disk, number)?;
        if let Some(previous) = segments.last()
            && segment.header.first < previous.header.first
        {
            return Err(OpenError::Damaged {
                place: segment.place.clone(),
                reason: "the segment begins before the one before it".to_owned(),
            });
        }
        segments.push(Arc::new(segment));
    }
    Ok(segments)
}

fn open_segment(disk: &Arc<dyn Disk>, number: u64) -> Result<Segment, OpenError> {
    let name = file_name(number);
    let place = disk.place(&name);
    let storage = || OpenError::storage(place.clone());
    let file = disk.open(&name).map_err(storage())?;
    let mut bytes = [0; SegmentHeader::LENGTH];
    let read = file.read_at(&mut bytes, 0).map_err(storage())?;
    let header = match SegmentHeader::decode(bytes.get(..read).unwrap_or_default()) {
        Ok(header) => header,
        Err(error @ FormatError::Newer { .. }) => {
            return Err(OpenError::NewerFormat { place, error });
        }
        Err(error) => {
            return Err(OpenError::Damaged {
                place,
                reason: error.to_string(),
            });
        }
    };
    if header.number != number {
        return Err(OpenError::Damaged {
            place,
            reason: format!("the file holds segment {}", header.number),
        });
    }
    let file = SegmentFile::new(disk.clone(), number, file);
    Ok(Segment::new(header, file, 0))
}

fn create_first(disk: &Arc<dyn Disk>, length: u64) -> Result<Arc<Segment>, OpenError> {
    let header = SegmentHeader {
        number: 1,
        length,
        first: Position::START,
        previous_end: 0,
        chain: 0,
    };
    let create = || {
        let file = fill(&**disk, PREPARED, length)?;
        file.write_at(&header.encode(), 0)?;
        file.sync()?;
        install(disk, &header, file)
    };
    create()
        .map(Arc::new)
        .map_err(OpenError::storage("making the first segment"))
}

/// Makes a file of zeros, durable.
pub(crate) fn fill(disk: &dyn Disk, name: &str, length: u64) -> io::Result<Arc<dyn DiskFile>> {
    let fill = || {
        let file = disk.create(name)?;
        file.reserve(length)?;
        let zeros = vec![0; CHUNK];
        let mut at = 0;
        while at < length {
            let part = usize::try_from(length - at).unwrap_or(CHUNK).min(CHUNK);
            file.write_at(zeros.get(..part).unwrap_or_default(), at)?;
            at += part as u64;
        }
        file.sync()?;
        Ok(file)
    };
    let filled = fill();
    if filled.is_err() {
        // Gives the space back; what is left is removed at the next opening.
        let _ = disk.remove(name);
    }
    filled
}

/// Gives a filled file with a header its name. The name appears after the
/// content is durable, so a segment that can be seen is complete.
pub(crate) fn install(
    disk: &Arc<dyn Disk>,
    header: &SegmentHeader,
    file: Arc<dyn DiskFile>,
) -> io::Result<Segment> {
    let name = file_name(header.number);
    disk.rename(PREPARED, &name)?;
    disk.sync_names()?;
    let file = SegmentFile::new(disk.clone(), header.number, file);
    let end = SegmentHeader::LENGTH as u64;
    Ok(Segment::new(*header, file, end))
}

/// Reads a sealed segment for the index.
pub(crate) fn index_sealed(
    segment: &Segment,
    facts: &SegmentFacts,
) -> Result<MemoryIndex, ReadError> {
    let mut index = MemoryIndex::default();
    let mut next = facts.first;
    let mut chain = segment.header.chain;
    let mut frames = segment.frames(SegmentHeader::LENGTH as u64);
    loop {
        let at = frames.offset();
        let damaged = |error| segment.read_error(error, next, at);
        let Some(frame) = frames.next().map_err(damaged)? else {
            break;
        };
        if frame.header.first != next || frame.header.chain != chain {
            return Err(damaged(
                FormatError::Impossible("order of the frames").into(),
            ));
        }
        index
            .add(&frame.header, &frame.body)
            .map_err(|error| damaged(error.into()))?;
        next = frame.header.next();
        chain = frame.header.checksum;
    }
    if next != facts.next || chain != facts.chain {
        let error = FormatError::Short("segment").into();
        return Err(segment.read_error(error, next, facts.end));
    }
    Ok(index)
}
