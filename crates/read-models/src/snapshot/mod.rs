//! A city written down, so that a start folds the tail of the log alone.
//!
//! A snapshot is never trusted: it counts only for the log whose first and last
//! leaf it names, for the folds that made it, and if its checksums hold.
//! Whatever else lies there is ignored, and the log is folded.
//!
//! ```text
//! magic          16   "hiroba snapshot1"
//! folds           8   fingerprint of the rules and the views
//! size            8   how many events are folded
//! first leaf     32   SHA-256 of the leaf at position 0
//! last leaf      32   SHA-256 of the leaf at position size - 1
//! body length     8
//! body checksum   4   CRC-32
//! head checksum   4   CRC-32 of all of the above
//! body                the city, as postcard writes it
//! ```
//!
//! All numbers are big-endian.

mod shelf;

use event_store::{EventStore, LogSize, Position, ReadError};
use sha2::{Digest, Sha256};

use crate::City;

pub use shelf::Shelf;

const MAGIC: &[u8; 16] = b"hiroba snapshot1";
const HEAD: usize = 16 + 8 + 8 + 32 + 32 + 8 + 4 + 4;

/// The rules and the views of this release, as its build found them.
const FOLDS: &str = env!("FOLDS");

/// Which log a snapshot belongs to, and how far it reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding {
    /// How many events are folded.
    pub size: LogSize,
    first: [u8; 32],
    last: [u8; 32],
}

/// Why a snapshot does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Useless {
    /// It is not a snapshot, or of a format that this release does not know.
    #[error("it is not a snapshot that this release reads")]
    Foreign,
    /// The rules or the views have changed since.
    #[error("it was made by other rules or views")]
    OtherFolds,
    /// It is shorter or longer than it says, or not what was written.
    #[error("it is damaged")]
    Damaged,
    /// It belongs to another log, or reaches further than this one.
    #[error("it belongs to another log")]
    OtherLog,
}

impl Binding {
    /// That of the log in a store at a size; `None` if the log does not reach
    /// so far, or nothing stands there.
    pub async fn of(store: &dyn EventStore, size: LogSize) -> Result<Option<Self>, ReadError> {
        let Some(last) = size.0.checked_sub(1).map(Position) else {
            return Ok(None);
        };
        if !store.size().holds(last) {
            return Ok(None);
        }
        let first = leaf(store, Position::START).await?;
        let last = leaf(store, last).await?;
        Ok(first
            .zip(last)
            .map(|(first, last)| Self { size, first, last }))
    }
}

async fn leaf(store: &dyn EventStore, position: Position) -> Result<Option<[u8; 32]>, ReadError> {
    let page = store.read_all(position, 1).await?;
    let recorded = page.first().filter(|found| found.position == position);
    Ok(recorded.map(|recorded| Sha256::digest(&recorded.payload).into()))
}

/// Writes a city down.
///
/// # Errors
/// If a row has no form in a snapshot: a fault of this release.
pub fn write(city: &City, binding: &Binding) -> Result<Vec<u8>, postcard::Error> {
    let mut bytes = postcard::to_extend(city, vec![0; HEAD])?;
    let body = bytes.get(HEAD..).unwrap_or_default();
    let (length, checksum) = (body.len() as u64, crc32fast::hash(body));
    let mut head = Vec::with_capacity(HEAD);
    head.extend_from_slice(MAGIC);
    head.extend_from_slice(&folds().to_be_bytes());
    head.extend_from_slice(&binding.size.0.to_be_bytes());
    head.extend_from_slice(&binding.first);
    head.extend_from_slice(&binding.last);
    head.extend_from_slice(&length.to_be_bytes());
    head.extend_from_slice(&checksum.to_be_bytes());
    head.extend_from_slice(&crc32fast::hash(&head).to_be_bytes());
    if let Some(room) = bytes.get_mut(..HEAD) {
        room.copy_from_slice(&head);
    }
    Ok(bytes)
}

/// What a snapshot says of itself.
struct Parsed {
    binding: Binding,
    length: u64,
    checksum: u32,
}

fn parse(bytes: &[u8]) -> Result<Parsed, Useless> {
    let mut head = Head(bytes.get(..HEAD).ok_or(Useless::Damaged)?);
    if head.take()? != *MAGIC {
        return Err(Useless::Foreign);
    }
    let (made_by, size) = (head.number()?, head.number()?);
    let (first, last) = (head.take()?, head.take()?);
    let length = head.number()?;
    let checksum = u32::from_be_bytes(head.take()?);
    let head_checksum = u32::from_be_bytes(head.take()?);
    let checked = bytes.get(..HEAD - 4).unwrap_or_default();
    if crc32fast::hash(checked) != head_checksum {
        return Err(Useless::Damaged);
    }
    if made_by != folds() {
        return Err(Useless::OtherFolds);
    }
    let size = LogSize(size);
    Ok(Parsed {
        binding: Binding { size, first, last },
        length,
        checksum,
    })
}

/// Reads a snapshot of the log with this binding.
///
/// # Errors
/// If it does not count; then the log has to be folded.
pub fn read(bytes: &[u8], of: &Binding) -> Result<City, Useless> {
    let parsed = parse(bytes)?;
    if parsed.binding != *of {
        return Err(Useless::OtherLog);
    }
    let body = bytes.get(HEAD..).unwrap_or_default();
    if body.len() as u64 != parsed.length || crc32fast::hash(body) != parsed.checksum {
        return Err(Useless::Damaged);
    }
    let city: City = postcard::from_bytes(body).map_err(|_| Useless::Damaged)?;
    if city.size != of.size {
        return Err(Useless::Damaged);
    }
    Ok(city)
}

fn folds() -> u64 {
    FOLDS.parse().unwrap_or_default()
}

struct Head<'a>(&'a [u8]);

impl Head<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Useless> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(Useless::Damaged)?;
        self.0 = rest;
        Ok(*taken)
    }

    fn number(&mut self) -> Result<u64, Useless> {
        self.take().map(u64::from_be_bytes)
    }
}
