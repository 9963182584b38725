//! Numbered rows that stay packed until somebody reads them.
//!
//! A snapshot of a large log is millions of rows, and after a start few of them
//! are asked for. So a snapshot holds them packed, a few dozen together, and a
//! pack is opened when the first of its rows is read.

use std::{
    fmt,
    ops::Bound,
    sync::{Arc, OnceLock},
};

use imbl::Vector;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeOwned, Error, Visitor},
    ser::Error as _,
};

/// Rows that are packed together.
const TOGETHER: usize = 64;

/// Rows with keys from 1, in the order in which they were added. Cloning costs
/// nothing, and a clone shares what neither changes.
pub struct Rows<T> {
    packs: Vector<Arc<Pack<T>>>,
    made: u32,
    present: u32,
}

/// Keys between two bounds.
pub type KeyRange = (Bound<u32>, Bound<u32>);

struct Pack<T> {
    packed: Option<Box<[u8]>>,
    rows: OnceLock<Vec<Option<Arc<T>>>>,
}

impl<T> Rows<T> {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        usize::try_from(self.present).unwrap_or(usize::MAX)
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.present == 0
    }

    /// The key that the next row will get.
    pub fn next_key(&self) -> u32 {
        self.made.saturating_add(1)
    }
}

/// The pack of a key, and the place in it.
fn place(key: u32) -> Option<(usize, usize)> {
    let index = usize::try_from(key.checked_sub(1)?).ok()?;
    Some((index / TOGETHER, index % TOGETHER))
}

impl<T: DeserializeOwned> Rows<T> {
    /// A row.
    pub fn get(&self, key: &u32) -> Option<&Arc<T>> {
        let (pack, place) = place(*key)?;
        self.packs.get(pack)?.rows().get(place)?.as_ref()
    }

    /// All rows in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &Arc<T>> {
        self.iter().map(|(_, row)| row)
    }

    /// All rows with their keys.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (u32, &Arc<T>)> {
        self.range((Bound::Unbounded, Bound::Unbounded))
    }

    /// The rows between two keys.
    pub fn range(&self, range: KeyRange) -> impl DoubleEndedIterator<Item = (u32, &Arc<T>)> {
        let first = match range.0 {
            Bound::Unbounded => 1,
            Bound::Included(key) => key.max(1),
            Bound::Excluded(key) => key.saturating_add(1),
        };
        let end = match range.1 {
            Bound::Unbounded => u32::MAX,
            Bound::Included(key) => key.saturating_add(1),
            Bound::Excluded(key) => key,
        };
        let end = end.min(self.made.saturating_add(1));
        (first..end).filter_map(|key| Some((key, self.get(&key)?)))
    }

    /// Adds a row under [`Rows::next_key`].
    pub(crate) fn push(&mut self, row: T) {
        self.made = self.next_key();
        self.present += 1;
        let row = Some(Arc::new(row));
        let at = place(self.made).map_or(0, |(_, at)| at);
        match self.packs.back_mut() {
            Some(last) if at > 0 => {
                if let Some(rows) = Arc::make_mut(last).rows_mut() {
                    rows.push(row);
                }
            }
            _ => {
                let mut rows = Vec::with_capacity(TOGETHER);
                rows.push(row);
                self.packs.push_back(Arc::new(Pack::of(rows)));
            }
        }
    }

    /// A row, to change it.
    pub(crate) fn get_mut(&mut self, key: &u32) -> Option<&mut Arc<T>> {
        let (pack, place) = place(*key)?;
        let pack = Arc::make_mut(self.packs.get_mut(pack)?);
        pack.rows_mut()?.get_mut(place)?.as_mut()
    }

    /// Takes a row away; its key is never given again.
    pub(crate) fn remove(&mut self, key: &u32) -> Option<Arc<T>> {
        let (pack, place) = place(*key)?;
        let pack = Arc::make_mut(self.packs.get_mut(pack)?);
        let row = pack.rows_mut()?.get_mut(place)?.take()?;
        self.present -= 1;
        Some(row)
    }

    /// Opens every pack; tells whether all could be opened.
    pub(crate) fn can_be_read(&self) -> bool {
        self.packs
            .iter()
            .all(|pack| pack.rows.get().is_some() || pack.open().is_ok())
    }
}

impl<T> Pack<T> {
    fn of(rows: Vec<Option<Arc<T>>>) -> Self {
        Self {
            packed: None,
            rows: OnceLock::from(rows),
        }
    }
}

impl<T: DeserializeOwned> Pack<T> {
    fn open(&self) -> Result<Vec<Option<Arc<T>>>, postcard::Error> {
        let packed = self.packed.as_deref().unwrap_or_default();
        // Rows are pushed at the end; room for them is not grown by halves.
        let mut rows = Vec::with_capacity(TOGETHER);
        rows.extend(postcard::from_bytes::<Vec<Option<Arc<T>>>>(packed)?);
        Ok(rows)
    }

    fn rows(&self) -> &[Option<Arc<T>>] {
        self.rows.get_or_init(|| {
            self.open().unwrap_or_else(|error| {
                // Every snapshot is opened to the last row before it gets its
                // name, so the memory has changed since.
                tracing::error!(%error, "rows of a snapshot cannot be opened: delete the snapshots");
                Vec::new()
            })
        })
    }

    fn rows_mut(&mut self) -> Option<&mut Vec<Option<Arc<T>>>> {
        self.rows();
        self.packed = None;
        self.rows.get_mut()
    }
}

impl<T: DeserializeOwned> Clone for Pack<T> {
    fn clone(&self) -> Self {
        let mut rows = Vec::with_capacity(TOGETHER);
        rows.extend(self.rows().iter().cloned());
        Self::of(rows)
    }
}

impl<T> Clone for Rows<T> {
    fn clone(&self) -> Self {
        Self {
            packs: self.packs.clone(),
            made: self.made,
            present: self.present,
        }
    }
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self {
            packs: Vector::new(),
            made: 0,
            present: 0,
        }
    }
}

impl<T> fmt::Debug for Rows<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows", self.present)
    }
}

impl<T: Serialize> Serialize for Pack<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (&self.packed, self.rows.get()) {
            (Some(packed), _) => serializer.serialize_bytes(packed),
            (None, rows) => {
                let rows = rows.map(Vec::as_slice).unwrap_or_default();
                let packed = postcard::to_allocvec(rows).map_err(S::Error::custom)?;
                serializer.serialize_bytes(&packed)
            }
        }
    }
}

impl<'de, T> Deserialize<'de> for Pack<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Packed;

        impl Visitor<'_> for Packed {
            type Value = Box<[u8]>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("packed rows")
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Box<[u8]>, E> {
                Ok(bytes.into())
            }
        }

        Ok(Self {
            packed: Some(deserializer.deserialize_bytes(Packed)?),
            rows: OnceLock::new(),
        })
    }
}

impl<T: Serialize> Serialize for Rows<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.made, self.present, &self.packs).serialize(serializer)
    }
}

impl<'de, T> Deserialize<'de> for Rows<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (made, present, packs) = Deserialize::deserialize(deserializer)?;
        Ok(Self {
            packs,
            made,
            present,
        })
    }
}
