//! Inclusion and consistency proofs (RFC 9162, sections 2.1.3 and 2.1.4):
//! made from whatever can give the hashes of perfect subtrees, and checked
//! from the proof alone.

use crate::{edge::subtrees, hash::Hash};

/// The longest proof that a tree of 2^64 leaves could need.
pub const MAX_HASHES: usize = 64;

/// Gives hashes of a log's tree.
pub trait HashReader {
    /// Why a hash could not be read.
    type Error;

    /// The root of the perfect subtree over the leaves from `index << level` up
    /// to `(index + 1) << level`; at level 0 it is a leaf's hash.
    fn hash(&self, level: u8, index: u64) -> Result<Hash, Self::Error>;
}

/// A proof that cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProveError<E> {
    /// The leaf is not in a tree of this size, or the older tree is the larger.
    #[error("there is no proof for {of} in a tree of {size}")]
    Range {
        /// The leaf's index, or the older size.
        of: u64,
        /// The size of the tree.
        size: u64,
    },
    /// A hash could not be read.
    #[error(transparent)]
    Read(E),
}

/// A proof that does not prove what it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// The leaf's index is not below the size.
    #[error("leaf {index} is not in a tree of {size} leaves")]
    Index {
        /// The leaf.
        index: u64,
        /// The size of the tree.
        size: u64,
    },
    /// The older size is zero or above the newer. A tree of no leaves is
    /// consistent with every other; there is nothing to prove.
    #[error("there is no consistency proof from {old} to {new} leaves")]
    Sizes {
        /// The older size.
        old: u64,
        /// The newer size.
        new: u64,
    },
    /// Too few or too many hashes for these sizes.
    #[error("the proof has {0} hashes, which does not fit the sizes")]
    Length(usize),
    /// The computed root is not the (newer) root.
    #[error("the proof leads to another root")]
    Root,
    /// The computed older root is not the older root.
    #[error("the proof leads to another older root")]
    OldRoot,
}

/// Makes the proof that leaf `index` is in the tree of the first `size` leaves:
/// the siblings on the way to the root, the leaf's own first.
pub fn inclusion<R: HashReader>(
    reader: &R,
    index: u64,
    size: u64,
) -> Result<Vec<Hash>, ProveError<R::Error>> {
    if index >= size {
        return Err(ProveError::Range { of: index, size });
    }
    let (mut start, mut end) = (0, size);
    let mut proof = Vec::new();
    // From the root down, aside from each branch that leads to the leaf.
    while end - start > 1 {
        let middle = split(start, end);
        if index < middle {
            proof.push(range(reader, middle, end)?);
            end = middle;
        } else {
            proof.push(range(reader, start, middle)?);
            start = middle;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// Makes the proof that the tree of the first `old` leaves is a beginning of
/// the tree of the first `new` leaves. It is empty if `old` is 0 or `new`.
pub fn consistency<R: HashReader>(
    reader: &R,
    old: u64,
    new: u64,
) -> Result<Vec<Hash>, ProveError<R::Error>> {
    if old > new {
        return Err(ProveError::Range { of: old, size: new });
    }
    if old == 0 {
        return Ok(Vec::new());
    }
    let (mut start, mut end) = (0, new);
    let mut proof = Vec::new();
    while end != old {
        let middle = split(start, end);
        if old <= middle {
            proof.push(range(reader, middle, end)?);
            end = middle;
        } else {
            proof.push(range(reader, start, middle)?);
            start = middle;
        }
    }
    // What is left is a subtree of both trees. If it is the whole older tree,
    // the verifier has it already.
    if start > 0 {
        proof.push(range(reader, start, end)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Where RFC 6962 splits the leaves from `start` to `end`, of which there are
/// at least two: after the largest power of two strictly below their number.
fn split(start: u64, end: u64) -> u64 {
    start + (1 << (end - start - 1).ilog2())
}

/// The root over the leaves from `start` up to `end`, not empty.
fn range<R: HashReader>(reader: &R, start: u64, end: u64) -> Result<Hash, ProveError<R::Error>> {
    let mut root = None;
    let parts: Vec<_> = subtrees(start, end).collect();
    for (level, index) in parts.into_iter().rev() {
        let left = reader.hash(level, index).map_err(ProveError::Read)?;
        root = Some(match root {
            None => left,
            Some(right) => Hash::node(&left, &right),
        });
    }
    root.ok_or(ProveError::Range {
        of: start,
        size: end,
    })
}

/// Checks that the leaf with this hash is number `index` in the tree with this
/// size and root (RFC 9162, section 2.1.3.2).
pub fn check_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), CheckError> {
    if index >= size {
        return Err(CheckError::Index { index, size });
    }
    let (mut node, mut last) = (index, size - 1);
    let mut computed = *leaf;
    for sibling in proof {
        if last == 0 {
            return Err(CheckError::Length(proof.len()));
        }
        if node & 1 == 1 || node == last {
            computed = Hash::node(sibling, &computed);
            // A last node without a sibling rises until it has one.
            (node, last) = rise(node, last);
        } else {
            computed = Hash::node(&computed, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    if last != 0 {
        return Err(CheckError::Length(proof.len()));
    }
    if computed == *root {
        Ok(())
    } else {
        Err(CheckError::Root)
    }
}

/// Checks that the tree of `old` leaves with `old_root` is a beginning of the
/// tree of `new` leaves with `new_root` (RFC 9162, section 2.1.4.2). `old` must
/// not be 0.
pub fn check_consistency(
    old: u64,
    new: u64,
    proof: &[Hash],
    old_root: &Hash,
    new_root: &Hash,
) -> Result<(), CheckError> {
    if old == 0 || old > new {
        return Err(CheckError::Sizes { old, new });
    }
    let length = CheckError::Length(proof.len());
    if old == new {
        return match (proof.is_empty(), old_root == new_root) {
            (true, true) => Ok(()),
            (true, false) => Err(CheckError::Root),
            (false, _) => Err(length),
        };
    }
    // An older tree that is one perfect subtree is its own first hash.
    let (first, siblings) = if old.is_power_of_two() {
        (old_root, proof)
    } else {
        proof.split_first().ok_or(length)?
    };
    let down = (old - 1).trailing_ones();
    let (mut node, mut last) = (shift(old - 1, down), shift(new - 1, down));
    let (mut old_computed, mut new_computed) = (*first, *first);
    for sibling in siblings {
        if last == 0 {
            return Err(length);
        }
        if node & 1 == 1 || node == last {
            old_computed = Hash::node(sibling, &old_computed);
            new_computed = Hash::node(sibling, &new_computed);
            (node, last) = rise(node, last);
        } else {
            new_computed = Hash::node(&new_computed, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    if last != 0 {
        return Err(length);
    }
    if old_computed != *old_root {
        return Err(CheckError::OldRoot);
    }
    if new_computed == *new_root {
        Ok(())
    } else {
        Err(CheckError::Root)
    }
}

/// Shifts both to where `node` is a right child or the leftmost of its level.
fn rise(node: u64, last: u64) -> (u64, u64) {
    let up = if node == 0 { 0 } else { node.trailing_zeros() };
    (shift(node, up), shift(last, up))
}

fn shift(number: u64, by: u32) -> u64 {
    number.checked_shr(by).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A tree of leaves, hashed anew for every question.
    struct Leaves(u64);

    impl HashReader for Leaves {
        type Error = ();

        fn hash(&self, level: u8, index: u64) -> Result<Hash, ()> {
            if level == 0 {
                return (index < self.0)
                    .then(|| Hash::leaf(&index.to_be_bytes()))
                    .ok_or(());
            }
            let left = self.hash(level - 1, index * 2)?;
            Ok(Hash::node(&left, &self.hash(level - 1, index * 2 + 1)?))
        }
    }

    fn root(size: u64) -> Hash {
        if size == 0 {
            Hash::empty_tree()
        } else {
            range(&Leaves(size), 0, size).unwrap()
        }
    }

    fn leaf(index: u64) -> Hash {
        Hash::leaf(&index.to_be_bytes())
    }

    #[test]
    fn every_leaf_of_a_small_tree_is_proved_at_its_place_and_at_no_other() {
        for size in 1..=20 {
            for index in 0..size {
                let proof = inclusion(&Leaves(size), index, size).unwrap();
                for place in 0..size + 2 {
                    let checked = check_inclusion(&leaf(index), place, size, &proof, &root(size));
                    assert_eq!(
                        checked.is_ok(),
                        place == index,
                        "{index} at {place} of {size}"
                    );
                }
            }
            assert!(inclusion(&Leaves(size), size, size).is_err());
        }
    }

    #[test]
    fn every_beginning_of_a_small_tree_is_proved() {
        for new in 1..=20 {
            for old in 1..=new {
                let proof = consistency(&Leaves(new), old, new).unwrap();
                assert_eq!(
                    check_consistency(old, new, &proof, &root(old), &root(new)),
                    Ok(())
                );
                let other = Hash::leaf(b"other");
                assert!(check_consistency(old, new, &proof, &other, &root(new)).is_err());
                assert!(check_consistency(old, new, &proof, &root(old), &other).is_err());
            }
            assert_eq!(consistency(&Leaves(new), 0, new), Ok(vec![]));
            assert!(consistency(&Leaves(new), new + 1, new).is_err());
            let nothing = check_consistency(0, new, &[], &Hash::empty_tree(), &root(new));
            assert_eq!(nothing, Err(CheckError::Sizes { old: 0, new }));
        }
    }

    proptest! {
        #[test]
        fn one_changed_bit_anywhere_breaks_an_inclusion_proof(
            size in 2_u64..400, index in any::<prop::sample::Index>(),
            hash in any::<prop::sample::Index>(), bit in 0_usize..256,
        ) {
            let index = index.index(size as usize) as u64;
            let mut proof = inclusion(&Leaves(size), index, size).unwrap();
            prop_assert_eq!(check_inclusion(&leaf(index), index, size, &proof, &root(size)), Ok(()));
            let at = hash.index(proof.len());
            proof[at].0[bit / 8] ^= 1 << (bit % 8);
            prop_assert_eq!(
                check_inclusion(&leaf(index), index, size, &proof, &root(size)),
                Err(CheckError::Root)
            );
        }

        #[test]
        fn a_longer_or_shorter_proof_is_refused(
            size in 2_u64..400, index in any::<prop::sample::Index>(), old in any::<prop::sample::Index>(),
        ) {
            let index = index.index(size as usize) as u64;
            let mut proof = inclusion(&Leaves(size), index, size).unwrap();
            proof.push(leaf(0));
            prop_assert!(check_inclusion(&leaf(index), index, size, &proof, &root(size)).is_err());
            proof.truncate(proof.len() - 2);
            prop_assert!(check_inclusion(&leaf(index), index, size, &proof, &root(size)).is_err());

            let old = 1 + old.index(size as usize - 1) as u64;
            let mut proof = consistency(&Leaves(size), old, size).unwrap();
            proof.push(leaf(0));
            prop_assert!(check_consistency(old, size, &proof, &root(old), &root(size)).is_err());
            proof.truncate(proof.len() - 2);
            prop_assert!(check_consistency(old, size, &proof, &root(old), &root(size)).is_err());
        }

        #[test]
        fn checking_never_panics(
            index in any::<u64>(), size in any::<u64>(), count in 0_usize..70,
        ) {
            let proof = vec![leaf(1); count];
            let _ = check_inclusion(&leaf(0), index, size, &proof, &leaf(2));
            let _ = check_consistency(index, size, &proof, &leaf(0), &leaf(2));
        }
    }
}
