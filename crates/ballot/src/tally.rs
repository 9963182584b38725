//! The encrypted tally: the product of the last ballot of each voter (§9).

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::ballot::{Ciphertext, VerifiedBallot};
use crate::election::Election;
use crate::group::{Candidate, Group, Scalar};
use crate::hash::Hash;
use crate::json::{self, Count, JsonError};

/// A running tally. Adding and taking away ballots commute, so the order does not matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally<G: Group> {
    sums: Vec<Vec<Ciphertext<G>>>,
    ballots: u64,
    weight: u64,
}

impl<G: Group> Tally<G> {
    /// The tally of no ballots.
    pub fn new(election: &Election<G>) -> Self {
        let neutral =
            |question: &crate::question::Question| vec![Ciphertext::neutral(); question.choices()];
        Self {
            sums: election.questions().iter().map(neutral).collect(),
            ballots: 0,
            weight: 0,
        }
    }

    /// Counts a ballot with its voter's weight.
    pub fn add(&mut self, ballot: &VerifiedBallot<G>) {
        self.multiply(ballot, |element| element);
        self.ballots += 1;
        self.weight += ballot.weight();
    }

    /// Takes a ballot out again, because its voter has cast another one.
    pub fn remove(&mut self, ballot: &VerifiedBallot<G>) {
        self.multiply(ballot, |element| G::inverse(&element));
        self.ballots = self.ballots.saturating_sub(1);
        self.weight = self.weight.saturating_sub(ballot.weight());
    }

    fn multiply(&mut self, ballot: &VerifiedBallot<G>, change: impl Fn(G::Element) -> G::Element) {
        let weigh = |element: G::Element| match ballot.weight() {
            1 => change(element),
            weight => change(G::multi_power(&[element], &[G::Scalar::from_u64(weight)])),
        };
        for (sums, choices) in self.sums.iter_mut().zip(ballot.answers()) {
            for (sum, choice) in sums.iter_mut().zip(choices) {
                let weighed = Ciphertext {
                    alpha: weigh(choice.alpha),
                    beta: weigh(choice.beta),
                };
                *sum = sum.product(&weighed);
            }
        }
    }

    /// How many ballots are in it.
    pub fn ballots(&self) -> u64 {
        self.ballots
    }

    /// The sum of their voters' weights.
    pub fn weight(&self) -> u64 {
        self.weight
    }

    /// Closes the tally.
    pub fn close(self) -> EncryptedTally<G> {
        EncryptedTally {
            sums: self.sums,
            ballots: self.ballots,
            weight: self.weight,
        }
    }
}

/// A tally that is decrypted as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncryptedTally<G: Group> {
    sums: Vec<Vec<Ciphertext<G>>>,
    ballots: u64,
    weight: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CiphertextText {
    alpha: String,
    beta: String,
}

/// The record that says how many ballots are in a tally.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SizedTally {
    /// Number of ballots tallied: one a voter.
    pub num_tallied: u64,
    /// Sum of the voters' weights.
    pub total_weight: Count,
    /// Digest of the encrypted tally.
    pub encrypted_tally: Hash,
}

impl SizedTally {
    /// Reads the record.
    pub fn parse(record: &[u8]) -> Result<Self, JsonError> {
        json::read(record)
    }

    /// The record's bytes.
    pub fn to_record(&self) -> String {
        json::write(self)
    }
}

/// Why an encrypted tally cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TallyError {
    /// Not the canonical JSON of a tally.
    #[error("the encrypted tally: {0}")]
    Json(#[from] JsonError),
    /// Not in the shape of the questions.
    #[error("the encrypted tally does not have one ciphertext for each choice")]
    Shape,
    /// A part of a ciphertext is not in the group.
    #[error("a ciphertext of the encrypted tally is not in the group")]
    NotInGroup,
}

impl<G: Group> EncryptedTally<G> {
    /// Reads a tally that somebody else computed. It says nothing about which ballots are in it.
    pub fn parse(
        election: &Election<G>,
        tally: &[u8],
        sized: &SizedTally,
    ) -> Result<Self, TallyError> {
        let texts: Vec<Vec<CiphertextText>> = json::read(tally)?;
        let element = |text: &str| {
            G::decode(text)
                .and_then(Candidate::member)
                .ok_or(TallyError::NotInGroup)
        };
        let ciphertext = |text: &CiphertextText| {
            Ok(Ciphertext {
                alpha: element(&text.alpha)?,
                beta: element(&text.beta)?,
            })
        };
        if !texts
            .iter()
            .map(Vec::len)
            .eq(election.questions().iter().map(|q| q.choices()))
        {
            return Err(TallyError::Shape);
        }
        let sums = texts
            .iter()
            .map(|choices| choices.iter().map(ciphertext).collect())
            .collect::<Result<_, TallyError>>()?;
        Ok(Self {
            sums,
            ballots: sized.num_tallied,
            weight: sized.total_weight.0,
        })
    }

    /// The ciphertexts, question by question.
    pub fn sums(&self) -> &[Vec<Ciphertext<G>>] {
        &self.sums
    }

    /// The sum of the weights, which bounds every count.
    pub fn weight(&self) -> u64 {
        self.weight
    }

    /// How many ballots are in it.
    pub fn ballots(&self) -> u64 {
        self.ballots
    }

    /// The record's bytes.
    pub fn to_record(&self) -> String {
        let text = |ciphertext: &Ciphertext<G>| CiphertextText {
            alpha: G::encode(&ciphertext.alpha),
            beta: G::encode(&ciphertext.beta),
        };
        let texts: Vec<Vec<_>> = self
            .sums
            .iter()
            .map(|choices| choices.iter().map(text).collect())
            .collect();
        json::write(&texts)
    }

    /// The record that belongs to it.
    pub fn sized(&self) -> SizedTally {
        SizedTally {
            num_tallied: self.ballots,
            total_weight: Count(self.weight),
            encrypted_tally: Hash::of(self.to_record().as_bytes()),
        }
    }
}
