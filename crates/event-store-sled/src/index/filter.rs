//! A Bloom filter: says "not here" for certain, and "perhaps" rarely wrongly.

/// Bits a key, and probes: about one wrong "perhaps" in a hundred.
const BITS: usize = 10;
const PROBES: u64 = 7;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Filter {
    words: Vec<u64>,
}

impl Filter {
    /// A filter for so many keys.
    pub(super) fn for_keys(keys: u64) -> Self {
        let words = (keys as usize).saturating_mul(BITS).div_ceil(64).max(1);
        Self {
            words: vec![0; words],
        }
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Self {
        let (words, _) = bytes.as_chunks();
        Self {
            words: words.iter().map(|word| u64::from_be_bytes(*word)).collect(),
        }
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        self.words
            .iter()
            .flat_map(|word| word.to_be_bytes())
            .collect()
    }

    pub(super) fn insert(&mut self, hash: u64) {
        for bit in probes(hash, self.words.len()) {
            if let Some(word) = self.words.get_mut(bit / 64) {
                *word |= 1 << (bit % 64);
            }
        }
    }

    pub(super) fn may_hold(&self, hash: u64) -> bool {
        probes(hash, self.words.len()).all(|bit| {
            self.words
                .get(bit / 64)
                .is_none_or(|word| word & (1 << (bit % 64)) != 0)
        })
    }
}

fn probes(hash: u64, words: usize) -> impl Iterator<Item = usize> {
    let step = mix(hash) | 1;
    let bits = (words as u64).saturating_mul(64).max(1);
    (0..PROBES).map(move |probe| {
        let spread = hash.wrapping_add(probe.wrapping_mul(step));
        // The high half of the product: a remainder without a division.
        ((u128::from(spread) * u128::from(bits)) >> 64) as usize
    })
}

/// A hash that stays the same for ever, because filters are stored. Whoever
/// makes collisions on purpose gains wrong "perhaps", which cost a look-up.
pub(super) fn hash(key: &[u8]) -> u64 {
    let (words, rest) = key.as_chunks();
    let mut state = 0x9e37_79b9_7f4a_7c15 ^ key.len() as u64;
    for word in words {
        state = mix(state ^ u64::from_be_bytes(*word));
    }
    let mut last = [0; 8];
    for (place, byte) in last.iter_mut().zip(rest) {
        *place = *byte;
    }
    mix(state ^ u64::from_be_bytes(last))
}

/// The finaliser of SplitMix64.
fn mix(mut word: u64) -> u64 {
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_never_denies_what_it_holds_and_rarely_claims_what_it_does_not() {
        let mut filter = Filter::for_keys(10_000);
        for key in 0..10_000_u64 {
            filter.insert(hash(&key.to_be_bytes()));
        }
        let filter = Filter::from_bytes(&filter.to_bytes());
        assert!((0..10_000_u64).all(|key| filter.may_hold(hash(&key.to_be_bytes()))));
        let wrong = (10_000..110_000_u64)
            .filter(|key| filter.may_hold(hash(&key.to_be_bytes())))
            .count();
        assert!(wrong < 2_000, "{wrong} of 100000 were claimed");
    }

    #[test]
    fn the_hash_of_a_key_stays_the_same() {
        assert_eq!(hash(b"public_comment/case_1"), 3_670_564_293_448_879_375);
    }
}
