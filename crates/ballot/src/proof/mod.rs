//! Proofs of knowledge: pairs (challenge, response), the commitments are recomputed (§3).

mod disjunction;

use std::fmt;

use rand_core::CryptoRng;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use zeroize::Zeroize;

use crate::group::{Group, Scalar};
use crate::hash::challenge;

pub(crate) use disjunction::{Branch, Secret, commit, prove_one_of};

/// A challenge and a response.
#[derive(Clone, Copy, PartialEq)]
pub struct Proof<G: Group> {
    /// The hash of statement and commitments, or a share of it.
    pub challenge: G::Scalar,
    /// Nonce minus secret times challenge.
    pub response: G::Scalar,
}

impl<G: Group> fmt::Debug for Proof<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (challenge, response) = (self.challenge.to_decimal(), self.response.to_decimal());
        f.debug_struct("Proof")
            .field("challenge", &challenge)
            .field("response", &response)
            .finish()
    }
}

impl<G: Group> Serialize for Proof<G> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut proof = serializer.serialize_struct("Proof", 2)?;
        proof.serialize_field("challenge", &self.challenge.to_decimal())?;
        proof.serialize_field("response", &self.response.to_decimal())?;
        proof.end()
    }
}

impl<'de, G: Group> Deserialize<'de> for Proof<G> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Texts {
            challenge: String,
            response: String,
        }
        let texts = Texts::deserialize(deserializer)?;
        let read = |text: &str| {
            G::Scalar::from_decimal(text).ok_or_else(|| {
                de::Error::custom("a challenge or response is not a decimal number below q")
            })
        };
        Ok(Self {
            challenge: read(&texts.challenge)?,
            response: read(&texts.response)?,
        })
    }
}

/// Proves knowledge of `secret` with X = g^secret.
pub(crate) fn prove_knowledge<G: Group>(
    prefix: &str,
    secret: &G::Scalar,
    rng: &mut (impl CryptoRng + ?Sized),
) -> Proof<G> {
    let mut nonce = G::Scalar::random(rng);
    let commitment = G::generator_power(&nonce);
    let challenge = challenge::<G>(prefix, &[G::encode(&commitment)]);
    let response = nonce - *secret * challenge;
    // With the published response, the nonce is the secret.
    nonce.zeroize();
    Proof {
        challenge,
        response,
    }
}

/// A = g^response · X^challenge.
pub(crate) fn knowledge_commitment<G: Group>(public: &G::Element, proof: &Proof<G>) -> G::Element {
    G::multi_power(
        &[G::generator(), *public],
        &[proof.response, proof.challenge],
    )
}

/// Whether a proof of knowledge of the discrete logarithm of `public` holds.
pub(crate) fn knowledge_holds<G: Group>(
    prefix: &str,
    public: &G::Element,
    proof: &Proof<G>,
) -> bool {
    let commitment = knowledge_commitment(public, proof);
    challenge::<G>(prefix, &[G::encode(&commitment)]) == proof.challenge
}

/// Proves that `public` = g^secret and base^secret have the same exponent.
pub(crate) fn prove_same_exponent<G: Group>(
    prefix: &str,
    base: &G::Element,
    secret: &G::Scalar,
    rng: &mut (impl CryptoRng + ?Sized),
) -> Proof<G> {
    let mut nonce = G::Scalar::random(rng);
    let commitments = [G::generator_power(&nonce), G::power(base, &nonce)];
    let challenge = challenge::<G>(prefix, &G::encode_all(&commitments));
    let response = nonce - *secret * challenge;
    nonce.zeroize();
    Proof {
        challenge,
        response,
    }
}

/// Whether log_g(public) = log_base(power).
pub(crate) fn same_exponent_holds<G: Group>(
    prefix: &str,
    public: &G::Element,
    base: &G::Element,
    power: &G::Element,
    proof: &Proof<G>,
) -> bool {
    let exponents = [proof.response, proof.challenge];
    let commitments = [
        G::multi_power(&[G::generator(), *public], &exponents),
        G::multi_power(&[*base, *power], &exponents),
    ];
    challenge::<G>(prefix, &G::encode_all(&commitments)) == proof.challenge
}
