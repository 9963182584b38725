//! Where the row of an id is.

use std::{fmt, sync::Arc};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, Visitor},
};
use ulid::Ulid;

/// Bytes of an id with its place.
const WIDTH: usize = 20;

/// As many lie unsorted at most.
const TAIL: usize = 64;

/// A place for each id: sorted runs that never change, and an unsorted tail.
/// A full tail becomes a run, and swallows those before it that are not twice
/// as long, so each id is copied a logarithm of times and a copy of the whole
/// is two pointers.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// The oldest and longest first.
    runs: Arc<Vec<Run>>,
    tail: Arc<Vec<(u128, u32)>>,
}

/// Ids in their order, each with its place.
#[derive(Clone, Debug)]
struct Run {
    ids: Arc<[u128]>,
    places: Arc<[u32]>,
}

impl Places {
    /// The place of an id: the one that was given last.
    pub fn get(&self, id: Ulid) -> Option<u32> {
        let mut tail = self.tail.iter().rev();
        let found = tail.find(|(known, _)| *known == id.0);
        found
            .map(|(_, place)| *place)
            .or_else(|| self.runs.iter().rev().find_map(|run| run.get(id.0)))
    }

    /// The places of the ids of which that is true, the oldest id first. Every id
    /// is looked at; they lie side by side.
    pub fn of_those(&self, is_one: impl Fn(Ulid) -> bool) -> Vec<u32> {
        let runs = self.runs.iter().flat_map(|run| run.iter());
        let ids = runs.chain(self.tail.iter().copied());
        let mut found: Vec<_> = ids.filter(|(id, _)| is_one(Ulid(*id))).collect();
        // Of the places of an id the last is kept.
        found.reverse();
        found.sort_by_key(|(id, _)| *id);
        found.dedup_by_key(|(id, _)| *id);
        found.into_iter().map(|(_, place)| place).collect()
    }

    /// Puts an id at a place.
    pub(crate) fn insert(&mut self, id: Ulid, place: u32) {
        let tail = Arc::make_mut(&mut self.tail);
        tail.push((id.0, place));
        if tail.len() < TAIL {
            return;
        }
        let mut newest = Run::of(std::mem::take(tail));
        let runs = Arc::make_mut(&mut self.runs);
        while let Some(before) = runs.pop_if(|run| run.ids.len() < 2 * newest.ids.len()) {
            newest = before.followed_by(&newest);
        }
        runs.push(newest);
    }

    /// All of them, sorted.
    fn all(&self) -> Run {
        let tail = Run::of(self.tail.to_vec());
        let runs = self.runs.iter().rev();
        runs.fold(tail, |newer, run| run.followed_by(&newer))
    }
}

impl Run {
    /// Sorts; of the places of an id the last is kept.
    fn of(mut all: Vec<(u128, u32)>) -> Self {
        all.reverse();
        all.sort_by_key(|(id, _)| *id);
        all.dedup_by_key(|(id, _)| *id);
        Self {
            ids: all.iter().map(|(id, _)| *id).collect(),
            places: all.iter().map(|(_, place)| *place).collect(),
        }
    }

    fn get(&self, id: u128) -> Option<u32> {
        // Ids rise with time, so most runs are passed by at once.
        if self.ids.last().is_none_or(|last| *last < id) {
            return None;
        }
        let index = self.ids.binary_search(&id).ok()?;
        self.places.get(index).copied()
    }

    fn iter(&self) -> impl Iterator<Item = (u128, u32)> {
        self.ids.iter().copied().zip(self.places.iter().copied())
    }

    /// Both as one; where both have an id, the newer place counts.
    fn followed_by(&self, newer: &Self) -> Self {
        let (mut old, mut new) = (self.iter().peekable(), newer.iter().peekable());
        let merged = std::iter::from_fn(|| match (old.peek(), new.peek()) {
            (Some((left, _)), Some((right, _))) if left < right => old.next(),
            (Some((left, _)), Some((right, _))) if left == right => {
                old.next();
                new.next()
            }
            (Some(_), None) => old.next(),
            _ => new.next(),
        });
        let merged: Vec<_> = merged.collect();
        Self {
            ids: merged.iter().map(|(id, _)| *id).collect(),
            places: merged.iter().map(|(_, place)| *place).collect(),
        }
    }
}

impl Serialize for Places {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let all = self.all();
        let mut bytes = Vec::with_capacity(all.ids.len() * WIDTH);
        for (id, place) in all.iter() {
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
                let run = Run {
                    ids,
                    places: rows.iter().filter_map(place).collect(),
                };
                Ok(Places {
                    runs: Arc::new(vec![run]),
                    tail: Arc::default(),
                })
            }
        }

        deserializer.deserialize_bytes(Sorted)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_id_is_where_it_was_put_last(
            puts in prop::collection::vec((0..900_u128, any::<u32>()), 0..2_000),
            written in any::<prop::sample::Index>(),
        ) {
            let (mut places, mut plain) = (Places::default(), BTreeMap::new());
            let written = written.index(puts.len() + 1);
            for (at, (id, place)) in puts.into_iter().enumerate() {
                if at == written {
                    let bytes = postcard::to_allocvec(&places).unwrap();
                    places = postcard::from_bytes(&bytes).unwrap();
                }
                places.insert(Ulid(id), place);
                plain.insert(id, place);
            }
            for id in 0..900 {
                prop_assert_eq!(places.get(Ulid(id)), plain.get(&id).copied());
            }
            let thirds = places.of_those(|id| id.0 % 3 == 0);
            let expected = plain.iter().filter(|(id, _)| *id % 3 == 0);
            prop_assert!(thirds.iter().eq(expected.map(|(_, place)| place)));
            prop_assert!(places.all().iter().eq(plain));
            let lengths = places.runs.iter().map(|run| run.ids.len());
            let lengths: Vec<_> = lengths.collect();
            prop_assert!(lengths.is_sorted_by(|left, right| left >= right), "{lengths:?}");
        }
    }

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
