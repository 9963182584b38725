//! What was used lately, up to so many bytes.

use std::{borrow::Borrow, collections::HashMap, hash::Hash};

/// Half of what is remembered may be forgotten at a time: two generations, the
/// younger of which grows, and takes over what is asked for again.
#[derive(Debug)]
pub(crate) struct Recent<K, V> {
    young: HashMap<K, Kept<V>>,
    young_bytes: usize,
    old: HashMap<K, Kept<V>>,
    bytes_per_generation: usize,
}

#[derive(Debug)]
struct Kept<V> {
    value: V,
    bytes: usize,
}

impl<K: Eq + Hash, V: Clone> Recent<K, V> {
    /// Remembers values of about so many bytes together.
    pub(crate) fn new(bytes: usize) -> Self {
        Self {
            young: HashMap::new(),
            young_bytes: 0,
            old: HashMap::new(),
            bytes_per_generation: bytes / 2,
        }
    }

    /// What is remembered under a key.
    pub(crate) fn get<Q>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        if let Some(kept) = self.young.get(key) {
            return Some(kept.value.clone());
        }
        let (key, kept) = self.old.remove_entry(key)?;
        let value = kept.value.clone();
        self.insert(key, kept.value, kept.bytes);
        Some(value)
    }

    /// Remembers a value of so many bytes, unless it is larger than all that
    /// there is room for.
    pub(crate) fn insert(&mut self, key: K, value: V, bytes: usize) {
        if self.bytes_per_generation < bytes {
            return;
        }
        if self.bytes_per_generation < self.young_bytes + bytes {
            self.old = std::mem::take(&mut self.young);
            self.young_bytes = 0;
        }
        if let Some(before) = self.young.insert(key, Kept { value, bytes }) {
            self.young_bytes -= before.bytes;
        }
        self.young_bytes += bytes;
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.young = HashMap::new();
        self.young_bytes = 0;
        self.old = HashMap::new();
    }

    /// How many values are remembered.
    pub(crate) fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_not_forgotten() {
        let mut recent = Recent::new(20);
        recent.insert(0, 'a', 2);
        for key in 1..100 {
            recent.insert(key, 'b', 2);
            assert_eq!(recent.get(&0), Some('a'));
            assert!(recent.len() <= 11, "{}", recent.len());
        }
        assert_eq!(recent.get(&1), None);
        recent.insert(100, 'c', 11);
        assert_eq!(recent.get(&100), None);
        recent.insert(0, 'd', 3);
        assert_eq!(recent.get(&0), Some('d'));
        recent.clear();
        assert_eq!((recent.get(&0), recent.len()), (None, 0));
    }
}
