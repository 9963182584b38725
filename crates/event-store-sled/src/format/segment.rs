//! The first 64 bytes of a segment file.

use event_store::Position;

use super::{ALIGNMENT, Cursor, FORMAT, FormatError, HeaderWriter, header_checksum};

const MAGIC: &[u8; 8] = b"hirobalg";
const CHECKSUM_AT: usize = 12;

/// What a segment says of itself and of the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentHeader {
    /// Counted from 1, without holes; also the name of the file.
    pub number: u64,
    /// The length of the whole file: a shorter file has lost its end.
    pub length: u64,
    /// The position of the first event here.
    pub first: Position,
    /// Where the frames of the segment before end; 0 in the first segment.
    pub previous_end: u64,
    /// The checksum of the header of the last frame before this segment; 0 if
    /// there is none.
    pub chain: u32,
}

impl SegmentHeader {
    /// The length of the header.
    pub const LENGTH: usize = ALIGNMENT;

    /// The header as it stands in the file.
    pub fn encode(&self) -> [u8; ALIGNMENT] {
        HeaderWriter::new()
            .put(MAGIC)
            .put(&FORMAT.to_be_bytes())
            .put(&[0; 4])
            .put(&self.number.to_be_bytes())
            .put(&self.length.to_be_bytes())
            .put(&self.first.0.to_be_bytes())
            .put(&self.previous_end.to_be_bytes())
            .put(&self.chain.to_be_bytes())
            .checked(CHECKSUM_AT)
    }

    /// Reads a header. Magic, format and checksum keep their places in every
    /// format to come, so that a newer one is told from a damaged one.
    pub fn decode(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut cursor = Cursor::new(bytes, "segment header");
        let header: [u8; ALIGNMENT] = cursor.array()?;
        let mut cursor = Cursor::new(&header, "segment header");
        if cursor.array::<8>()? != *MAGIC {
            return Err(FormatError::Absent("segment header"));
        }
        let format = cursor.u32()?;
        if cursor.u32()? != header_checksum(&header, CHECKSUM_AT) {
            return Err(FormatError::Checksum("segment header"));
        }
        if FORMAT < format {
            return Err(FormatError::Newer { found: format });
        }
        Ok(Self {
            number: cursor.u64()?,
            length: cursor.u64()?,
            first: Position(cursor.u64()?),
            previous_end: cursor.u64()?,
            chain: cursor.u32()?,
        })
    }
}
