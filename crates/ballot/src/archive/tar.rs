//! The old-style tar of an archive: headers that follow from name, size and time alone.

use thiserror::Error;

use crate::hash::Hash;

/// Size of a block.
const BLOCK: usize = 512;

/// What the name of a record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// The first record.
    Header,
    /// Some data, named by its digest.
    Data(Hash),
    /// An event, named by its digest.
    Event(Hash),
}

impl Name {
    fn read(text: &str) -> Option<Self> {
        if text == "BELENIOS" {
            Some(Self::Header)
        } else if let Some(hash) = text.strip_suffix(".data.json") {
            Hash::from_hex(hash).map(Self::Data)
        } else {
            text.strip_suffix(".event.json")
                .and_then(Hash::from_hex)
                .map(Self::Event)
        }
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Header => f.write_str("BELENIOS"),
            Self::Data(hash) => write!(f, "{hash}.data.json"),
            Self::Event(hash) => write!(f, "{hash}.event.json"),
        }
    }
}

/// One record of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record<B> {
    /// Its name.
    pub name: Name,
    /// Its time: the same for all records of an archive.
    pub time: u64,
    /// Its bytes.
    pub body: B,
    /// Where its bytes begin in the archive.
    pub offset: u64,
    /// Whether the rest of its last block is zero.
    pub padded: bool,
}

/// Why the archive cannot be cut into records. Nothing behind such a place can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TarError {
    /// A header differs from the one that its name, size and time demand.
    #[error(
        "the record header at byte {offset} is not the one that its name, size and time demand"
    )]
    Header {
        /// Where it begins.
        offset: u64,
    },
    /// A record is larger than it may be at this place.
    #[error("the record at byte {offset} has {size} bytes; at most {limit} are allowed here")]
    TooLarge {
        /// Where its header begins.
        offset: u64,
        /// Its size.
        size: u64,
        /// What is allowed.
        limit: u64,
    },
    /// The archive ends inside a record.
    #[error("the archive ends inside the record at byte {offset}")]
    Truncated {
        /// Where the record begins.
        offset: u64,
    },
}

/// The header block of a record.
fn header(name: &Name, size: u64, time: u64) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    let mut put = |at: usize, text: &str| {
        for (byte, letter) in block.iter_mut().skip(at).zip(text.bytes()) {
            *byte = letter;
        }
    };
    put(0, &name.to_string());
    put(100, "0000644");
    put(108, "0000000");
    put(116, "0000000");
    put(124, &format!("{size:011o}"));
    put(136, &format!("{time:011o}"));
    put(148, "        ");
    put(156, "0");
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    let checksum = format!("{sum:06o}\0 ");
    for (byte, letter) in block.iter_mut().skip(148).zip(checksum.bytes()) {
        *byte = letter;
    }
    block
}

/// Appends a record to an archive.
pub(super) fn write(archive: &mut Vec<u8>, name: &Name, time: u64, body: &[u8]) {
    archive.extend(header(name, body.len() as u64, time));
    archive.extend(body);
    archive.resize(archive.len().next_multiple_of(BLOCK), 0);
}

/// A record and the number of bytes that it takes in the archive.
type Cut<'a> = (Record<&'a [u8]>, usize);

/// The record at the beginning of `bytes` and the number of bytes it takes; nothing if it is
/// not yet complete.
fn next(bytes: &[u8], offset: u64, limit: u64) -> Result<Option<Cut<'_>>, TarError> {
    let Some((block, rest)) = bytes.split_first_chunk::<BLOCK>() else {
        return Ok(None);
    };
    let wrong = TarError::Header { offset };
    let (name, size, time) = read_header(block).ok_or(wrong)?;
    if *block != header(&name, size, time) {
        return Err(wrong);
    }
    if limit < size {
        return Err(TarError::TooLarge {
            offset,
            size,
            limit,
        });
    }
    let size = usize::try_from(size).map_err(|_| wrong)?;
    let padded_size = size.next_multiple_of(BLOCK);
    let Some(blocks) = rest.get(..padded_size) else {
        return Ok(None);
    };
    let (body, padding) = blocks.split_at(size);
    let padded = padding.iter().all(|byte| *byte == 0);
    let record = Record {
        name,
        time,
        body,
        offset: offset + BLOCK as u64,
        padded,
    };
    Ok(Some((record, BLOCK + padded_size)))
}

fn read_header(block: &[u8; BLOCK]) -> Option<(Name, u64, u64)> {
    let name = block.get(..100)?.split(|byte| *byte == 0).next()?;
    let octal = |at: usize| {
        let digits = str::from_utf8(block.get(at..at + 11)?).ok()?;
        u64::from_str_radix(digits, 8).ok()
    };
    Some((
        Name::read(str::from_utf8(name).ok()?)?,
        octal(124)?,
        octal(136)?,
    ))
}

/// The records of an archive that is in memory.
pub fn records(archive: &[u8]) -> impl Iterator<Item = Result<Record<&[u8]>, TarError>> {
    let mut offset = 0_usize;
    std::iter::from_fn(move || {
        let rest = archive.get(offset..).filter(|rest| !rest.is_empty())?;
        let at = offset as u64;
        Some(match next(rest, at, u64::MAX) {
            Ok(Some((record, taken))) => {
                offset += taken;
                Ok(record)
            }
            Ok(None) => {
                offset = archive.len();
                Err(TarError::Truncated { offset: at })
            }
            Err(error) => {
                offset = archive.len();
                Err(error)
            }
        })
    })
}

/// Cuts an archive that arrives piece by piece into records. It holds no more than one record
/// and one piece.
#[derive(Debug)]
pub struct Splitter {
    buffer: Vec<u8>,
    start: usize,
    offset: u64,
}

impl Default for Splitter {
    fn default() -> Self {
        Self::new()
    }
}

impl Splitter {
    /// At the beginning of an archive.
    pub fn new() -> Self {
        Self {
            buffer: Vec::new(),
            start: 0,
            offset: 0,
        }
    }

    /// Takes the next piece.
    pub fn feed(&mut self, piece: &[u8]) {
        self.buffer.drain(..self.start);
        self.start = 0;
        self.buffer.extend(piece);
    }

    /// The next record, if it is complete and at most `limit` bytes long.
    pub fn next(&mut self, limit: u64) -> Result<Option<Record<Vec<u8>>>, TarError> {
        let rest = self.buffer.get(self.start..).unwrap_or_default();
        let Some((record, taken)) = next(rest, self.offset, limit)? else {
            return Ok(None);
        };
        let record = Record {
            name: record.name,
            time: record.time,
            body: record.body.to_vec(),
            offset: record.offset,
            padded: record.padded,
        };
        self.start += taken;
        self.offset += taken as u64;
        Ok(Some(record))
    }

    /// Where the next record begins: everything before was cut into records.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Says so if the archive ended inside a record.
    pub fn finish(&self) -> Result<(), TarError> {
        if self.start < self.buffer.len() {
            return Err(TarError::Truncated {
                offset: self.offset,
            });
        }
        Ok(())
    }
}
