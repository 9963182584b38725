//! The bytes of a segment file, as `docs/on-disk-format.md` draws them.
//!
//! Everything here is a pure function of bytes: hostile input gives an error,
//! never a panic. Numbers are big-endian.

mod body;
mod frame;
mod segment;

pub use body::{EventView, Events, encoded_length};
pub use frame::{FrameBuilder, FrameHeader, FrameKind, frames};
pub use segment::SegmentHeader;

/// The format that this version writes, and the newest that it reads.
pub const FORMAT: u32 = 1;

/// Headers are this long, and frames start at multiples of it: so a header
/// never straddles a sector, and a torn write leaves it whole or absent.
pub const ALIGNMENT: usize = 64;

/// The least that a disk writes as a whole.
pub const SECTOR: usize = 512;

/// Why bytes are not what they should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// Not the beginning of a segment, or not that of a frame.
    #[error("there is no {0} here")]
    Absent(&'static str),
    /// The bytes are not those that were written.
    #[error("the checksum of the {0} does not hold")]
    Checksum(&'static str),
    /// A newer Hiroba wrote this.
    #[error(
        "format {found} is newer than format {FORMAT}, the newest that this version reads: use the version of Hiroba that wrote it, or a newer one"
    )]
    Newer {
        /// The format that the file names.
        found: u32,
    },
    /// The bytes end too early.
    #[error("the {0} ends too early")]
    Short(&'static str),
    /// A field says what it cannot say.
    #[error("the {0} is not possible")]
    Impossible(&'static str),
}

/// The length of something that is padded to [`ALIGNMENT`].
pub const fn aligned(length: usize) -> usize {
    length.next_multiple_of(ALIGNMENT)
}

/// A cursor over bytes that may end too early.
#[derive(Clone, Copy, Debug)]
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    what: &'static str,
}

impl<'a> Cursor<'a> {
    fn new(bytes: &'a [u8], what: &'static str) -> Self {
        Self { bytes, at: 0, what }
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], FormatError> {
        let end = self
            .at
            .checked_add(length)
            .ok_or(FormatError::Short(self.what))?;
        let taken = self
            .bytes
            .get(self.at..end)
            .ok_or(FormatError::Short(self.what))?;
        self.at = end;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], FormatError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    fn u8(&mut self) -> Result<u8, FormatError> {
        Ok(u8::from_be_bytes(self.array()?))
    }

    fn u16(&mut self) -> Result<u16, FormatError> {
        Ok(u16::from_be_bytes(self.array()?))
    }

    fn u32(&mut self) -> Result<u32, FormatError> {
        Ok(u32::from_be_bytes(self.array()?))
    }

    fn u64(&mut self) -> Result<u64, FormatError> {
        Ok(u64::from_be_bytes(self.array()?))
    }

    fn u128(&mut self) -> Result<u128, FormatError> {
        Ok(u128::from_be_bytes(self.array()?))
    }

    fn is_at_end(&self) -> bool {
        self.at == self.bytes.len()
    }
}

/// Puts the fields of a header one after the other.
struct HeaderWriter {
    bytes: [u8; ALIGNMENT],
    at: usize,
}

impl HeaderWriter {
    fn new() -> Self {
        Self {
            bytes: [0; ALIGNMENT],
            at: 0,
        }
    }

    fn put(mut self, field: &[u8]) -> Self {
        if let Some(place) = self.bytes.get_mut(self.at..self.at + field.len()) {
            place.copy_from_slice(field);
        }
        self.at += field.len();
        self
    }

    /// Puts the checksum of all other fields in this place.
    fn checked(mut self, at: usize) -> [u8; ALIGNMENT] {
        let sum = header_checksum(&self.bytes, at);
        if let Some(place) = self.bytes.get_mut(at..at + 4) {
            place.copy_from_slice(&sum.to_be_bytes());
        }
        self.bytes
    }
}

/// The checksum of a header without the four bytes where it stands.
fn header_checksum(header: &[u8; ALIGNMENT], at: usize) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(header.get(..at).unwrap_or_default());
    hasher.update(header.get(at + 4..).unwrap_or_default());
    hasher.finalize()
}
