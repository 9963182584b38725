//! The right edge of a growing tree: all that an append needs to know.

use crate::hash::Hash;

/// The perfect subtrees that a tree of some size falls into, largest first:
/// one for each one bit of the size. Appending and computing the root need
/// nothing else of the tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    roots: Vec<Hash>,
}

/// Bytes that are not an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EdgeError {
    /// Fewer than the eight bytes of the size.
    #[error("an edge begins with its size in 8 bytes; here are {0}")]
    Short(usize),
    /// The number of hashes does not follow from the size.
    #[error("the edge of a tree of {size} leaves has {expected} bytes of hashes, not {found}")]
    Length {
        /// The tree's size.
        size: u64,
        /// Bytes that follow from the size.
        expected: usize,
        /// Bytes that were there.
        found: usize,
    },
}

impl Edge {
    /// The edge of the empty tree.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many leaves the tree has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends one leaf, given its hash.
    pub fn append(&mut self, leaf: Hash) {
        self.append_with(leaf, |_, _, _| ());
    }

    /// Appends one leaf and reports each subtree that this completes as
    /// (level, index, hash), from the leaf itself upwards. Those whose level is
    /// a multiple of [`crate::tile::HEIGHT`] are what tiles hold.
    pub fn append_with(&mut self, leaf: Hash, mut completed: impl FnMut(u8, u64, Hash)) {
        let (mut level, mut index, mut hash) = (0, self.size, leaf);
        completed(level, index, hash);
        while index & 1 == 1
            && let Some(left) = self.roots.pop()
        {
            hash = Hash::node(&left, &hash);
            level += 1;
            index >>= 1;
            completed(level, index, hash);
        }
        self.roots.push(hash);
        self.size += 1;
    }

    /// The root of the whole tree.
    #[must_use]
    pub fn root(&self) -> Hash {
        match self.roots.split_last() {
            None => Hash::empty_tree(),
            Some((smallest, larger)) => fold(larger, *smallest),
        }
    }

    /// The root of a larger tree: this edge's leaves are the roots of its full
    /// subtrees of one size (those of full tiles, say), and `rest` is the root
    /// of the smaller rest to the right of them.
    #[must_use]
    pub fn root_with_rest(&self, rest: Hash) -> Hash {
        fold(&self.roots, rest)
    }

    /// The size in eight bytes, big-endian, and the hashes, largest subtree
    /// first.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.size.to_be_bytes().to_vec();
        bytes.extend(self.roots.iter().flat_map(|root| root.0));
        bytes
    }

    /// Reads what [`Edge::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EdgeError> {
        let Some((size, rest)) = bytes.split_first_chunk::<8>() else {
            return Err(EdgeError::Short(bytes.len()));
        };
        let size = u64::from_be_bytes(*size);
        let expected = Hash::LEN * size.count_ones() as usize;
        if rest.len() != expected {
            return Err(EdgeError::Length {
                size,
                expected,
                found: rest.len(),
            });
        }
        let (hashes, _) = rest.as_chunks::<{ Hash::LEN }>();
        Ok(Self {
            size,
            roots: hashes.iter().copied().map(Hash).collect(),
        })
    }

    /// The edge of a tree of `size` leaves, its hashes fetched by (level,
    /// index); see [`subtrees`].
    pub fn from_hashes<E>(
        size: u64,
        mut hash: impl FnMut(u8, u64) -> Result<Hash, E>,
    ) -> Result<Self, E> {
        let roots = subtrees(0, size).map(|(level, index)| hash(level, index));
        Ok(Self {
            size,
            roots: roots.collect::<Result<_, _>>()?,
        })
    }
}

/// Joins a tree's perfect subtrees, largest first, from the right.
fn fold(larger: &[Hash], smallest: Hash) -> Hash {
    larger
        .iter()
        .rev()
        .fold(smallest, |right, left| Hash::node(left, &right))
}

/// The perfect subtrees, as (level, index), that cover the leaves from `start`
/// up to `end`, left to right, where `start` is a multiple of the smallest
/// power of two that is not below `end - start` — as it is for every subtree
/// of RFC 6962.
pub(crate) fn subtrees(start: u64, end: u64) -> impl Iterator<Item = (u8, u64)> {
    let mut start = start;
    std::iter::from_fn(move || {
        let level = end.checked_sub(start)?.checked_ilog2()?;
        let index = start.checked_shr(level)?;
        start = start.checked_add(1_u64.checked_shl(level)?)?;
        Some((u8::try_from(level).ok()?, index))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6962, section 2.1, word for word: slow, and easy to believe.
    pub(crate) fn root_by_definition(leaves: &[Vec<u8>]) -> Hash {
        match leaves {
            [] => Hash::empty_tree(),
            [leaf] => Hash::leaf(leaf),
            _ => {
                let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
                Hash::node(&root_by_definition(left), &root_by_definition(right))
            }
        }
    }

    fn leaves(count: usize) -> Vec<Vec<u8>> {
        (0..count)
            .map(|i| format!("leaf {i}").into_bytes())
            .collect()
    }

    #[test]
    fn the_edge_has_the_root_of_the_definition_at_every_size() {
        let leaves = leaves(300);
        let mut edge = Edge::new();
        for size in 0..leaves.len() {
            assert_eq!(edge.size(), size as u64);
            assert_eq!(
                edge.root(),
                root_by_definition(&leaves[..size]),
                "size {size}"
            );
            edge.append(Hash::leaf(&leaves[size]));
        }
    }

    #[test]
    fn roots_of_full_tiles_and_of_the_rest_make_the_root() {
        let leaves = leaves(70);
        for width in [1, 4, 16] {
            for size in 1..=leaves.len() {
                let mut edge = Edge::new();
                let (full, rest) = leaves[..size].split_at(size / width * width);
                full.chunks(width)
                    .for_each(|tile| edge.append(root_by_definition(tile)));
                let root = match rest {
                    [] => edge.root(),
                    rest => edge.root_with_rest(root_by_definition(rest)),
                };
                assert_eq!(
                    root,
                    root_by_definition(&leaves[..size]),
                    "{size} by {width}"
                );
            }
        }
    }

    #[test]
    fn each_completed_subtree_is_reported_once() {
        let leaves = leaves(16);
        let mut edge = Edge::new();
        let mut seen = Vec::new();
        for leaf in &leaves {
            edge.append_with(Hash::leaf(leaf), |level, index, hash| {
                let (from, to) = ((index << level) as usize, ((index + 1) << level) as usize);
                assert_eq!(hash, root_by_definition(&leaves[from..to]));
                seen.push((level, index));
            });
        }
        seen.sort_unstable();
        let all = (0..=4).flat_map(|level| (0..16 >> level).map(move |index| (level, index)));
        assert_eq!(seen, all.collect::<Vec<_>>());
    }

    #[test]
    fn an_edge_is_read_back_from_its_bytes_and_goes_on() {
        let mut edge = Edge::new();
        for size in 0..70 {
            let mut read = Edge::from_bytes(&edge.to_bytes()).unwrap();
            assert_eq!(read, edge);
            edge.append(Hash::leaf(&[size]));
            read.append(Hash::leaf(&[size]));
            assert_eq!(read.root(), edge.root());
        }
    }

    #[test]
    fn bytes_of_another_length_are_refused() {
        let mut edge = Edge::new();
        edge.append(Hash::leaf(b"a"));
        let bytes = edge.to_bytes();
        assert_eq!(Edge::from_bytes(&bytes[..7]), Err(EdgeError::Short(7)));
        assert!(Edge::from_bytes(&bytes[..39]).is_err());
        assert!(Edge::from_bytes(&[bytes, vec![0; 32]].concat()).is_err());
    }

    #[test]
    fn subtrees_follow_the_bits_of_the_size() {
        assert_eq!(subtrees(0, 7).collect::<Vec<_>>(), [(2, 0), (1, 2), (0, 6)]);
        assert_eq!(
            subtrees(8, 15).collect::<Vec<_>>(),
            [(2, 2), (1, 6), (0, 14)]
        );
        assert_eq!(subtrees(0, 0).count(), 0);
        assert_eq!(subtrees(0, u64::MAX).count(), 64);
    }
}
