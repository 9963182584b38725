//! Ballots: encrypted answers, proofs that they are allowed, and a signature (§5, §6).

mod cast;
mod check;
mod commitments;
mod form;
#[cfg(test)]
mod tests;
mod verify;

use crate::credential::VoterIndex;
use crate::group::{Candidate, Group};
use crate::hash::Hash;
use crate::question::ProofName;
use thiserror::Error;

pub use cast::{VoteError, cast};
pub use commitments::Commitments;
pub(crate) use verify::reread;
pub use verify::{verify, verify_all, verify_all_with, verify_recording};

/// An ElGamal ciphertext: (g^r, y^r · g^m).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ciphertext<G: Group> {
    /// g^r
    pub alpha: G::Element,
    /// y^r · g^m
    pub beta: G::Element,
}

impl<G: Group> Ciphertext<G> {
    /// The ciphertext of 0 with randomness 0.
    pub fn neutral() -> Self {
        Self {
            alpha: G::identity(),
            beta: G::identity(),
        }
    }

    /// Encrypts the sum of both messages.
    pub fn product(&self, other: &Self) -> Self {
        Self {
            alpha: G::product(&self.alpha, &other.alpha),
            beta: G::product(&self.beta, &other.beta),
        }
    }
}

/// A ballot that was made here: the bytes to hand in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CastBallot {
    json: String,
}

impl CastBallot {
    /// The bytes of the record.
    pub fn as_bytes(&self) -> &[u8] {
        self.json.as_bytes()
    }

    /// What the voter keeps to find the ballot again.
    pub fn tracker(&self) -> Tracker {
        Tracker::of(self.as_bytes())
    }
}

/// The smart ballot tracker: the digest of the ballot's bytes, shown in base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tracker(Hash);

impl Tracker {
    /// The tracker of a ballot.
    pub fn of(ballot: &[u8]) -> Self {
        Self(Hash::of(ballot))
    }

    /// Reads what a voter typed: 43 characters, or 64 hex digits.
    pub fn parse(text: &str) -> Option<Self> {
        Hash::from_base64(text)
            .or_else(|| Hash::from_hex(text))
            .map(Self)
    }

    /// The digest, which is also the name of the ballot's record.
    pub fn hash(self) -> Hash {
        self.0
    }
}

impl From<Hash> for Tracker {
    fn from(hash: Hash) -> Self {
        Self(hash)
    }
}

impl std::fmt::Display for Tracker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.to_base64())
    }
}

/// A ballot whose every proof, signature and encoding was checked, from a listed credential.
///
/// Only this type can be tallied; it is made by [`verify`] alone.
#[derive(Clone, Debug, PartialEq)]
pub struct VerifiedBallot<G: Group> {
    tracker: Tracker,
    voter: VoterIndex,
    weight: u64,
    answers: Vec<Vec<Ciphertext<G>>>,
}

impl<G: Group> VerifiedBallot<G> {
    /// The ballot's tracker.
    pub fn tracker(&self) -> Tracker {
        self.tracker
    }

    /// Whose ballot it is, as a place in the public list.
    pub fn voter(&self) -> VoterIndex {
        self.voter
    }

    /// The voter's weight.
    pub fn weight(&self) -> u64 {
        self.weight
    }

    /// The ciphertexts, question by question.
    pub fn answers(&self) -> &[Vec<Ciphertext<G>>] {
        &self.answers
    }
}

/// Why a ballot is not valid.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BallotError {
    /// Not the canonical JSON of a ballot.
    #[error("{0}")]
    Json(#[from] crate::json::JsonError),
    /// Made for another election.
    #[error("it was made for the election {0:?}")]
    OtherElection(String),
    /// Bound to another election record.
    #[error("it is bound to another election record (fingerprint {0:?})")]
    OtherFingerprint(String),
    /// The credential is not in the public list.
    #[error("its credential is not in the public list")]
    UnknownCredential,
    /// The hash in the signature is not the ballot's.
    #[error("the hash in its signature is not its own")]
    SignatureHash,
    /// The signature does not hold.
    #[error("its signature does not hold")]
    Signature,
    /// Questions and answers do not match in number.
    #[error("it answers {found} questions of {expected}")]
    AnswerCount {
        /// How many there should be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// Ciphertexts or proofs do not match the question in number.
    #[error("its answer to question {question} has a wrong number of {what}")]
    Shape {
        /// Place of the question, from 1.
        question: usize,
        /// What is miscounted.
        what: &'static str,
    },
    /// A ciphertext's part is not written as a group element.
    #[error(
        "{part} of choice {choice} in its answer to question {question} is not a canonical element"
    )]
    NotCanonical {
        /// Place of the question, from 1.
        question: usize,
        /// Place of the choice, from 0 as in the result.
        choice: usize,
        /// `alpha` or `beta`.
        part: &'static str,
    },
    /// A ciphertext's part is outside the group.
    #[error("{part} of choice {choice} in its answer to question {question} is not in the group")]
    NotInGroup {
        /// Place of the question, from 1.
        question: usize,
        /// Place of the choice, from 0 as in the result.
        choice: usize,
        /// `alpha` or `beta`.
        part: &'static str,
    },
    /// A proof does not hold.
    #[error(
        "{} of its answer to question {question} does not hold",
        describe(proof)
    )]
    Proof {
        /// Place of the question, from 1.
        question: usize,
        /// Which proof.
        proof: ProofName,
    },
}

fn describe(proof: &ProofName) -> String {
    match proof {
        ProofName::Individual(choice) => format!("the proof that choice {choice}"),
        ProofName::Blank => "the blank proof".to_owned(),
        ProofName::Overall => "the overall proof".to_owned(),
    }
}

/// A ciphertext that was read but not yet found to be in the group.
#[derive(Clone, Copy)]
struct CandidatePair<G: Group> {
    alpha: Candidate<G>,
    beta: Candidate<G>,
}
