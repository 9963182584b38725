//! Where the row of an id is.

use std::{fmt, sync::Arc};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, Visitor},
};
use ulid::Ulid;

/// Bytes of an id with its place.
const WIDTH: usize = 20;

/// A place for each id. What a snapshot held stays as it was read, sorted, and
/// is searched by halves; what came since lies beside it.
#[derive(Clone, Debug, Default)]
pub struct Places {
    ids: Arc<[u128]>,
    places: Arc<[u32]>,
    recent: imbl::HashMap<Ulid, u32>,
}

impl Places {
    /// The place of an id.
    pub fn get(&self, id: Ulid) -> Option<u32> {
        if let Some(place) = self.recent.get(&id) {
            return Some(*place);
        }
        let index = self.ids.binary_search(&id.0).ok()?;
        self.places.get(index).copied()
    }

    /// Puts an id at a place.
    pub(crate) fn insert(&mut self, id: Ulid, place: u32) {
        self.recent.insert(id, place);
    }
}

impl Serialize for Places {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let old = self.ids.iter().copied().zip(self.places.iter().copied());
        let mut all: Vec<(u128, u32)> = old
            .filter(|(id, _)| !self.recent.contains_key(&Ulid(*id)))
            .chain(self.recent.iter().map(|(id, place)| (id.0, *place)))
            .collect();
        all.sort_unstable();
        let mut bytes = Vec::with_capacity(all.len() * WIDTH);
        for (id, place) in all {
            bytes.extend_from_slice(&id.to_be_bytes());
            bytes.extend_from_slice(&place.to_be_bytes());
        }
        serializer.serialize_bytes(&bytes)
    }
}

impl<'de> Deserialize<'de> for Places {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Sorted;

        impl Visitor<'_> for Sorted {
            type Value = Places;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("ids with their places")
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Places, E> {
                let (rows, rest) = bytes.as_chunks::<WIDTH>();
                if !rest.is_empty() {
                    return Err(E::invalid_length(bytes.len(), &self));
                }
                let id = |row: &[u8; WIDTH]| row.first_chunk().copied().map(u128::from_be_bytes);
                let place = |row: &[u8; WIDTH]| row.last_chunk().copied().map(u32::from_be_bytes);
                let ids: Arc<[u128]> = rows.iter().filter_map(id).collect();
                if !ids.is_sorted() {
                    return Err(E::custom("the ids are not in order"));
                }
                Ok(Places {
                    ids,
                    places: rows.iter().filter_map(place).collect(),
                    recent: imbl::HashMap::new(),
                })
            }
        }

        deserializer.deserialize_bytes(Sorted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_found_before_and_after_it_was_written_down() {
        let mut places = Places::default();
        for id in [7_u128, 3, u128::MAX, 9] {
            places.insert(Ulid(id), id as u32);
        }
        let bytes = postcard::to_allocvec(&places).unwrap();
        let mut read: Places = postcard::from_bytes(&bytes).unwrap();
        for id in [7_u128, 3, u128::MAX, 9] {
            assert_eq!(read.get(Ulid(id)), Some(id as u32));
        }
        assert_eq!(read.get(Ulid(4)), None);
        read.insert(Ulid(7), 70);
        read.insert(Ulid(4), 4);
        let bytes = postcard::to_allocvec(&read).unwrap();
        let read: Places = postcard::from_bytes(&bytes).unwrap();
        assert_eq!(read.get(Ulid(7)), Some(70));
        assert_eq!(read.get(Ulid(4)), Some(4));
        assert_eq!(read.get(Ulid(9)), Some(9));
        assert!(postcard::from_bytes::<Places>(&bytes[..bytes.len() - 1]).is_err());
    }
}
