//! Partial decryptions: each trustee's part in opening the tally (§9).

use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::election::Election;
use crate::group::Group;
use crate::hash::Hash;
use crate::json::{self, JsonError};
use crate::proof::{Proof, prove_same_exponent, same_exponent_holds};
use crate::tally::EncryptedTally;
use crate::trustee::{Missing, Owner, TrusteeKey, Trustees};

/// A trustee's factors with their proofs, not yet checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub struct PartialDecryption<G: Group> {
    /// α^x for each ciphertext.
    pub decryption_factors: Vec<Vec<String>>,
    /// That the factors have the exponent of the trustee's public key.
    pub decryption_proofs: Vec<Vec<Proof<G>>>,
}

/// The record that says whose partial decryption another record is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Owned {
    /// The trustee.
    pub owner: u32,
    /// Digest of the partial decryption.
    pub payload: Hash,
}

impl Owned {
    /// Reads the record.
    pub fn parse(record: &[u8]) -> Result<Self, JsonError> {
        json::read(record)
    }

    /// The record's bytes.
    pub fn to_record(&self) -> String {
        json::write(self)
    }
}

/// A trustee's factors, their proofs checked.
#[derive(Clone, Debug)]
pub struct VerifiedDecryption<G: Group> {
    owner: Owner,
    factors: Vec<Vec<G::Element>>,
}

/// Why a partial decryption is not valid.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DecryptionError {
    /// Not the canonical JSON of a partial decryption.
    #[error("{0}")]
    Json(#[from] JsonError),
    /// No such trustee.
    #[error("there is no such trustee")]
    UnknownTrustee,
    /// Not in the shape of the tally.
    #[error("it does not have one factor and one proof for each ciphertext")]
    Shape,
    /// A factor is not in the group.
    #[error("the factor of choice {choice} of question {question} is not in the group")]
    NotInGroup {
        /// Place of the question, from 1.
        question: usize,
        /// Place of the choice, from 0 as in the result.
        choice: usize,
    },
    /// A proof does not hold.
    #[error("the proof of choice {choice} of question {question} does not hold")]
    Proof {
        /// Place of the question, from 1.
        question: usize,
        /// Place of the choice, from 0 as in the result.
        choice: usize,
    },
}

/// The text that a decryption proof hashes.
fn prefix(fingerprint: &str, key: &str) -> String {
    format!("decrypt|{fingerprint}|{key}|")
}

impl<G: Group> PartialDecryption<G> {
    /// A trustee's part in decrypting a tally.
    pub fn make(
        election: &Election<G>,
        tally: &EncryptedTally<G>,
        key: &TrusteeKey<G>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Self {
        let prefix = prefix(election.fingerprint(), &G::encode(&key.public()));
        let mut decryption_proofs = Vec::new();
        let decryption_factors = tally
            .sums()
            .iter()
            .map(|choices| {
                decryption_proofs.push(
                    choices
                        .iter()
                        .map(|c| prove_same_exponent(&prefix, &c.alpha, key.secret(), rng))
                        .collect(),
                );
                let factors: Vec<_> = choices
                    .iter()
                    .map(|c| G::power(&c.alpha, key.secret()))
                    .collect();
                G::encode_all(&factors)
            })
            .collect();
        Self {
            decryption_factors,
            decryption_proofs,
        }
    }

    /// Reads the record.
    pub fn parse(record: &[u8]) -> Result<Self, DecryptionError> {
        Ok(json::read(record)?)
    }

    /// The record's bytes.
    pub fn to_record(&self) -> String {
        json::write(self)
    }

    /// Checks every factor; all that is wrong is returned.
    pub fn verify(
        &self,
        election: &Election<G>,
        trustees: &Trustees<G>,
        owner: Owner,
        tally: &EncryptedTally<G>,
    ) -> Result<VerifiedDecryption<G>, Vec<DecryptionError>> {
        let key = trustees
            .key(owner)
            .ok_or_else(|| vec![DecryptionError::UnknownTrustee])?;
        let shape = || tally.sums().iter().map(Vec::len);
        if !self.decryption_factors.iter().map(Vec::len).eq(shape())
            || !self.decryption_proofs.iter().map(Vec::len).eq(shape())
        {
            return Err(vec![DecryptionError::Shape]);
        }
        let prefix = prefix(election.fingerprint(), &G::encode(key));
        let mut errors = Vec::new();
        let mut factors = Vec::with_capacity(self.decryption_factors.len());
        let questions = self
            .decryption_factors
            .iter()
            .zip(&self.decryption_proofs)
            .zip(tally.sums());
        for (((texts, proofs), ciphertexts), question) in questions.zip(1..) {
            let mut elements = Vec::with_capacity(texts.len());
            for (((text, proof), ciphertext), choice) in
                texts.iter().zip(proofs).zip(ciphertexts).zip(0..)
            {
                let Some(factor) = G::element(text) else {
                    errors.push(DecryptionError::NotInGroup { question, choice });
                    continue;
                };
                if !same_exponent_holds(&prefix, key, &ciphertext.alpha, &factor, proof) {
                    errors.push(DecryptionError::Proof { question, choice });
                }
                elements.push(factor);
            }
            factors.push(elements);
        }
        if errors.is_empty() {
            Ok(VerifiedDecryption { owner, factors })
        } else {
            Err(errors)
        }
    }
}

impl<G: Group> VerifiedDecryption<G> {
    /// Whose part it is.
    pub fn owner(&self) -> Owner {
        self.owner
    }
}

/// What the trustees' factors leave of each ciphertext: g^count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedTally<G: Group> {
    pub(crate) counts: Vec<Vec<G::Element>>,
    pub(crate) weight: u64,
}

/// Combines the trustees' parts: of a threshold group the first `threshold` supplied.
pub fn combine<G: Group>(
    trustees: &Trustees<G>,
    tally: &EncryptedTally<G>,
    decryptions: &[VerifiedDecryption<G>],
) -> Result<OpenedTally<G>, Vec<Missing>> {
    let owners: Vec<_> = decryptions.iter().map(VerifiedDecryption::owner).collect();
    let contributions = trustees.contributions(&owners)?;
    let parts: Vec<_> = contributions
        .iter()
        .filter_map(|(owner, exponent)| {
            decryptions
                .iter()
                .find(|part| part.owner == *owner)
                .map(|part| (part, *exponent))
        })
        .collect();
    let exponents: Vec<_> = parts.iter().map(|(_, exponent)| *exponent).collect();
    let open = |question: usize, choice: usize, beta: &G::Element| {
        let factors: Vec<_> = parts
            .iter()
            .filter_map(|(part, _)| part.factors.get(question)?.get(choice).copied())
            .collect();
        G::product(beta, &G::inverse(&G::multi_power(&factors, &exponents)))
    };
    let counts = tally
        .sums()
        .iter()
        .enumerate()
        .map(|(question, choices)| {
            choices
                .iter()
                .enumerate()
                .map(|(choice, c)| open(question, choice, &c.beta))
                .collect()
        })
        .collect();
    Ok(OpenedTally {
        counts,
        weight: tally.weight(),
    })
}
