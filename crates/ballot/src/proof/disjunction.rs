//! Proofs that one of several ciphertexts encrypts the value named for it (§5).
//!
//! The interval proof, the blank proof and the overall proof differ only in their branches and
//! in the text that is hashed.

use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::Proof;
use crate::group::{Group, Scalar};
use crate::hash::challenge;

/// The claim "the ciphertext at this place encrypts this value".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Branch {
    /// The place of the ciphertext among the choices; the place after the last is their sum.
    pub(crate) ciphertext: usize,
    /// The value claimed.
    pub(crate) value: u64,
}

/// What the prover knows of a ciphertext: (g^randomness, y^randomness · g^message).
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
#[zeroize(bound = "")]
pub(crate) struct Secret<G: Group> {
    pub(crate) randomness: G::Scalar,
    pub(crate) message: u64,
}

/// The commitments of a branch: g^response · α^challenge and
/// y^response · (β · g^-value)^challenge.
pub(crate) fn commit<G: Group>(
    bases: &G::Bases,
    (alpha, beta): &(G::Prepared, G::Prepared),
    value: u64,
    proof: &Proof<G>,
) -> [G::Element; 2] {
    let zero = G::Scalar::zero();
    let of_generator = match value {
        0 => zero,
        1 => -proof.challenge,
        _ => -(proof.challenge * G::Scalar::from_u64(value)),
    };
    [
        G::combine(bases, &proof.response, &zero, alpha, &proof.challenge),
        G::combine(
            bases,
            &of_generator,
            &proof.response,
            beta,
            &proof.challenge,
        ),
    ]
}

/// Proves a disjunction of which the branch at `truth` holds.
///
/// All branches are computed alike. With a nonce w and a challenge c the commitments of any
/// branch are g^w and y^w · g^((message - value)·c), and the response is w - randomness·c;
/// where the claim is true, message - value is zero, the commitments do not depend on c, and
/// its challenge can be chosen last. Which branch that is enters only as a factor 0 or 1.
pub(crate) fn prove_one_of<G: Group>(
    bases: &G::Bases,
    prefix: &str,
    branches: &[Branch],
    secrets: &[Secret<G>],
    truth: usize,
    rng: &mut (impl CryptoRng + ?Sized),
) -> Vec<Proof<G>> {
    let mut nonces = Vec::with_capacity(branches.len());
    let mut challenges = Vec::with_capacity(branches.len());
    let mut commitments = Vec::with_capacity(2 * branches.len());
    let known: Vec<_> = branches
        .iter()
        .filter_map(|branch| {
            secrets
                .get(branch.ciphertext)
                .map(|secret| (branch, secret))
        })
        .collect();
    for (branch, secret) in &known {
        let nonce = G::Scalar::random(rng);
        let share = G::Scalar::random(rng);
        let off = G::Scalar::from_u64(secret.message) - G::Scalar::from_u64(branch.value);
        commitments.push(G::generator_power(&nonce));
        commitments.push(G::product(
            &G::key_power(bases, &nonce),
            &G::generator_power(&(off * share)),
        ));
        nonces.push(nonce);
        challenges.push(share);
    }
    let total = challenge::<G>(prefix, &G::encode_all(&commitments));
    let rest = challenges.iter().fold(total, |rest, share| rest - *share);
    let proofs = known
        .iter()
        .enumerate()
        .zip(nonces.iter().zip(&challenges))
        .map(|((index, (_, secret)), (nonce, share))| {
            let flag = G::Scalar::from_u64(u64::from(index == truth));
            let challenge = *share + flag * rest;
            Proof {
                challenge,
                response: *nonce - secret.randomness * challenge,
            }
        })
        .collect();
    nonces.zeroize();
    proofs
}
