//! Membership of many elements at once.

use sha2::{Digest, Sha256};

use super::{Candidate, Group};

/// Sums that are checked; a stranger passes all of them with probability 2^-128.
const SUMS: usize = 128;
/// Sums that share one pass over the candidates.
const WINDOW: usize = 8;
/// Below this number, one by one is cheaper.
const FEW: usize = 160;

/// Whether all candidates are in the subgroup of order q.
///
/// The candidates generate, modulo the subgroup, a finite group in which each stranger is not
/// the identity. A random subset product of a set with a stranger is a stranger with
/// probability at least one half, whatever the other elements are; 128 independent subsets,
/// drawn by hashing `seed` (which must depend on all candidates), leave 2^-128. The products
/// are taken [`WINDOW`] at a time: each candidate goes into the bucket of its eight bits, and
/// the buckets then make up the eight products.
pub(crate) fn all_members<G: Group>(candidates: &[Candidate<G>], seed: &[u8; 32]) -> bool {
    if candidates.len() < FEW {
        return candidates.iter().all(G::is_member);
    }
    (0..SUMS / WINDOW).all(|pass| {
        let mut buckets = [None::<G::Element>; 1 << WINDOW];
        for (candidate, bits) in candidates.iter().zip(subset_bits(seed, pass)) {
            if let Some(bucket) = buckets.get_mut(usize::from(bits)) {
                *bucket = Some(match bucket {
                    Some(product) => G::product(product, &candidate.0),
                    None => candidate.0,
                });
            }
        }
        (0..WINDOW).all(|bit| {
            let product = buckets
                .iter()
                .enumerate()
                .filter(|(index, _)| index >> bit & 1 == 1)
                .filter_map(|(_, bucket)| bucket.as_ref())
                .fold(G::identity(), |product, element| {
                    G::product(&product, element)
                });
            G::is_member(&Candidate(product))
        })
    })
}

/// A byte for each candidate: the subsets of one pass that contain it.
fn subset_bits(seed: &[u8; 32], pass: usize) -> impl Iterator<Item = u8> {
    (0_u64..).flat_map(move |block| {
        let mut hash = Sha256::new();
        hash.update(b"hiroba-membership|");
        hash.update(seed);
        hash.update((pass as u64).to_be_bytes());
        hash.update(block.to_be_bytes());
        <[u8; 32]>::from(hash.finalize())
    })
}
