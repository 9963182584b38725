//! Maps for names and command ids, which the writer asks several times for each
//! event: the standard hash would be a large part of its work.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hasher, RandomState},
};

pub(crate) type Map<K, V> = HashMap<K, V, Seeded>;

/// A seed of its own for each map: command ids come from outside, and nobody
/// may choose them so that they collide.
#[derive(Clone, Debug)]
pub(crate) struct Seeded(u64);

impl Default for Seeded {
    fn default() -> Self {
        Self(RandomState::new().hash_one(0))
    }
}

impl BuildHasher for Seeded {
    type Hasher = Folding;

    fn build_hasher(&self) -> Folding {
        Folding(self.0)
    }
}

/// Multiplies to 128 bits and folds the halves.
pub(crate) struct Folding(u64);

impl Folding {
    fn fold(&mut self, word: u64) {
        // No product is lost in an overflow: both factors have 64 bits.
        let product = u128::from(self.0 ^ word) * 0x9e37_79b9_7f4a_7c15;
        self.0 = (product as u64) ^ ((product >> 64) as u64);
    }
}

impl Hasher for Folding {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        for word in words {
            self.fold(u64::from_ne_bytes(*word));
        }
        let mut last = [0; 8];
        for (place, byte) in last.iter_mut().zip(rest) {
            *place = *byte;
        }
        self.fold(u64::from_ne_bytes(last) ^ ((bytes.len() as u64) << 56));
    }

    fn write_u8(&mut self, byte: u8) {
        self.fold(u64::from(byte));
    }

    fn write_u128(&mut self, number: u128) {
        self.fold(number as u64);
        self.fold((number >> 64) as u64);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
