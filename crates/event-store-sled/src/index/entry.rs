//! Keys and values of the index: a stream's places, a command's receipt.

use event_store::{CommandId, Position, Receipt, StreamName, Version};

use super::IndexError;
use crate::memory_index::{Place, StreamPlaces};

/// Events of a stream in one entry.
const PLACES: usize = 256;

pub(super) fn command_key(command: CommandId) -> [u8; 16] {
    command.0.0.to_be_bytes()
}

pub(super) fn receipt_value(receipt: Receipt) -> Vec<u8> {
    let mut value = Vec::with_capacity(8);
    put(&mut value, receipt.first.0);
    put(&mut value, receipt.last.0 - receipt.first.0);
    value
}

pub(super) fn receipt(mut value: &[u8]) -> Result<Receipt, IndexError> {
    let first = take(&mut value)?;
    Ok(Receipt {
        first: Position(first),
        last: Position(first.saturating_add(take(&mut value)?)),
    })
}

/// Names hold no zero byte, so all versions of a stream stand together, in
/// order.
pub(super) fn stream_key(stream: &StreamName, version: Version) -> Vec<u8> {
    let mut key = stream.as_str().as_bytes().to_vec();
    key.push(0);
    key.extend_from_slice(&version.0.to_be_bytes());
    key
}

/// The stream that a key belongs to, as bytes, and the version.
pub(super) fn stream_of(key: &[u8]) -> Result<(&[u8], Version), IndexError> {
    let (rest, version) = key.split_last_chunk::<8>().ok_or(IndexError::ENTRY)?;
    let (0, name) = rest.split_last().ok_or(IndexError::ENTRY)? else {
        return Err(IndexError::ENTRY);
    };
    Ok((name, Version(u64::from_be_bytes(*version))))
}

/// The entries of a stream in one segment.
pub(super) fn stream_entries(
    stream: &StreamName,
    places: &StreamPlaces,
) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
    (places.first.0..)
        .step_by(PLACES)
        .zip(places.places.chunks(PLACES))
        .map(|(version, places)| (stream_key(stream, Version(version)), places_value(places)))
}

pub(super) fn places_value(places: &[Place]) -> Vec<u8> {
    let mut value = Vec::with_capacity(places.len() * 4 + 8);
    put(&mut value, places.len() as u64);
    let (mut position, mut offset) = (0, 0);
    for place in places {
        put(&mut value, place.position.0 - position);
        put(&mut value, u64::from(place.offset - offset));
        (position, offset) = (place.position.0, place.offset);
    }
    value
}

pub(super) fn places(mut value: &[u8]) -> Result<Vec<Place>, IndexError> {
    let count = take(&mut value)?;
    let (mut position, mut offset) = (0_u64, 0_u64);
    (0..count)
        .map(|_| {
            position = position.saturating_add(take(&mut value)?);
            offset = offset.saturating_add(take(&mut value)?);
            Ok(Place {
                position: Position(position),
                offset: u32::try_from(offset).map_err(|_| IndexError::ENTRY)?,
            })
        })
        .collect()
}

/// How many places a value holds.
pub(super) fn count(mut value: &[u8]) -> Result<u64, IndexError> {
    take(&mut value)
}

/// Seven bits a byte, the lowest first; the high bit says that more follow.
fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while 0x80 <= number {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn take(bytes: &mut &[u8]) -> Result<u64, IndexError> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first().ok_or(IndexError::ENTRY)?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(IndexError::ENTRY)
}
