//! A segment file, and reading its frames one after the other.

use std::{
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use event_store::{Position, ReadError};

use crate::{
    disk::{Disk, DiskFile},
    format::{FormatError, FrameHeader, SegmentHeader},
};

/// How much is read at once.
const CHUNK: usize = 256 * 1024;

/// The name of a segment file.
pub(crate) fn file_name(number: u64) -> String {
    format!("{number:010}.segment")
}

/// The number in the name of a segment file.
pub(crate) fn number_in(name: &str) -> Option<u64> {
    let number = name.strip_suffix(".segment")?.parse().ok()?;
    (file_name(number) == name).then_some(number)
}

/// A segment that is open.
#[derive(Debug)]
pub(crate) struct Segment {
    pub(crate) header: SegmentHeader,
    pub(crate) file: SegmentFile,
    /// Where the file lies, for people.
    pub(crate) place: String,
    /// Where the durable frames end.
    end: AtomicU64,
}

impl Segment {
    pub(crate) fn new(header: SegmentHeader, file: SegmentFile, end: u64) -> Self {
        Self {
            place: file.disk.place(&file.name),
            header,
            file,
            end: AtomicU64::new(end),
        }
    }

    pub(crate) fn end(&self) -> u64 {
        self.end.load(Ordering::Acquire)
    }

    pub(crate) fn set_end(&self, end: u64) {
        self.end.store(end, Ordering::Release);
    }

    /// The frames from this offset to the end.
    pub(crate) fn frames(&self, offset: u64) -> Frames<'_> {
        Frames {
            segment: self,
            end: self.end(),
            offset,
            chunk: Bytes::new(),
            chunk_at: 0,
        }
    }

    /// The frame at this offset.
    pub(crate) fn frame(&self, offset: u64) -> Result<Frame, FrameError> {
        let mut buffer = vec![0; 4096];
        let read = self.file.read_at(&mut buffer, offset)?;
        buffer.truncate(read);
        let header = FrameHeader::decode(&buffer)?;
        self.check_place(&header, offset)?;
        let length = FrameHeader::LENGTH + header.body_length as usize;
        if buffer.len() < length && offset + length as u64 <= self.header.length {
            let have = buffer.len();
            buffer.resize(length, 0);
            let rest = buffer.get_mut(have..).unwrap_or_default();
            let read = self.file.read_at(rest, offset + have as u64)?;
            buffer.truncate(have + read);
        }
        let bytes = Bytes::from(buffer);
        if bytes.len() < length {
            return Err(FormatError::Short("frame").into());
        }
        let body = bytes.slice(FrameHeader::LENGTH..length);
        header.check_body(&body)?;
        Ok(Frame { header, body })
    }

    fn check_place(&self, header: &FrameHeader, offset: u64) -> Result<(), FormatError> {
        if header.segment == self.header.number && header.offset == offset {
            Ok(())
        } else {
            Err(FormatError::Impossible("place of the frame"))
        }
    }

    /// What a reader is told about a frame that cannot be read.
    pub(crate) fn read_error(&self, error: FrameError, position: Position, at: u64) -> ReadError {
        match error {
            FrameError::Format(error) => ReadError::Damaged {
                position,
                place: format!("{} at byte {at}", self.place),
                reason: error.to_string(),
            },
            FrameError::Storage(error) => ReadError::Storage {
                reason: format!("{}: {error}", self.place),
            },
        }
    }
}

/// The file of a segment. That of a sealed one is opened for each read: a log
/// has more segments than a process may have files open.
#[derive(Debug)]
pub(crate) struct SegmentFile {
    disk: Arc<dyn Disk>,
    name: String,
    kept_open: Mutex<Option<Arc<dyn DiskFile>>>,
}

impl SegmentFile {
    pub(crate) fn new(disk: Arc<dyn Disk>, number: u64, file: Arc<dyn DiskFile>) -> Self {
        Self {
            disk,
            name: file_name(number),
            kept_open: Mutex::new(Some(file)),
        }
    }

    fn kept_open(&self) -> MutexGuard<'_, Option<Arc<dyn DiskFile>>> {
        self.kept_open
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self) -> io::Result<Arc<dyn DiskFile>> {
        let kept = self.kept_open().clone();
        kept.map_or_else(|| self.disk.open(&self.name), Ok)
    }

    /// The segment is sealed: its file need not stay open.
    pub(crate) fn release(&self) {
        *self.kept_open() = None;
    }

    pub(crate) fn length(&self) -> io::Result<u64> {
        self.open()?.length()
    }

    pub(crate) fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.open()?.read_at(buffer, offset)
    }

    pub(crate) fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.open()?.write_at(bytes, offset)
    }

    pub(crate) fn sync(&self) -> io::Result<()> {
        self.open()?.sync()
    }
}

/// A frame as it was written.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    pub(crate) header: FrameHeader,
    pub(crate) body: Bytes,
}

/// Why a frame cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FrameError {
    #[error(transparent)]
    Format(#[from] FormatError),
    #[error(transparent)]
    Storage(#[from] io::Error),
}

/// Reads frames in order, in large chunks; every frame is checked.
#[derive(Debug)]
pub(crate) struct Frames<'a> {
    segment: &'a Segment,
    end: u64,
    offset: u64,
    chunk: Bytes,
    chunk_at: u64,
}

impl Frames<'_> {
    /// Where the next frame begins.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// The next frame; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Frame>, FrameError> {
        if self.end <= self.offset {
            return Ok(None);
        }
        self.ensure(FrameHeader::LENGTH)?;
        let header = FrameHeader::decode(self.ahead())?;
        self.segment.check_place(&header, self.offset)?;
        let length = FrameHeader::LENGTH + header.body_length as usize;
        if self.end < self.offset + length as u64 {
            return Err(FormatError::Short("frame").into());
        }
        self.ensure(length)?;
        let start = (self.offset - self.chunk_at) as usize;
        if self.ahead().len() < length {
            return Err(FormatError::Short("frame").into());
        }
        let body = self
            .chunk
            .slice(start + FrameHeader::LENGTH..start + length);
        header.check_body(&body)?;
        self.offset += header.length();
        Ok(Some(Frame { header, body }))
    }

    fn ahead(&self) -> &[u8] {
        let start = (self.offset - self.chunk_at) as usize;
        self.chunk.get(start..).unwrap_or_default()
    }

    /// Reads so that this many bytes from the offset on are in the chunk, if
    /// the file has them.
    fn ensure(&mut self, length: usize) -> Result<(), FrameError> {
        if length <= self.ahead().len() {
            return Ok(());
        }
        let left = usize::try_from(self.end - self.offset).unwrap_or(usize::MAX);
        let mut buffer = vec![0; length.max(CHUNK).min(left.max(length))];
        let read = self.segment.file.read_at(&mut buffer, self.offset)?;
        buffer.truncate(read);
        self.chunk = Bytes::from(buffer);
        self.chunk_at = self.offset;
        Ok(())
    }
}
