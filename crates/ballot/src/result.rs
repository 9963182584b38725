//! The result: how often each choice was chosen (§9).

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::decryption::OpenedTally;
use crate::group::{Group, Scalar};
use crate::json::{self, Count, JsonError};

/// The counts, question by question; the blank choice first where there is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ElectionResult {
    result: Vec<Vec<Count>>,
}

/// Why there is no result, or not this one.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ResultError {
    /// Not the canonical JSON of a result.
    #[error("the result: {0}")]
    Json(#[from] JsonError),
    /// Not in the shape of the questions.
    #[error("the result does not have one count for each choice")]
    Shape,
    /// A count is not the one that the trustees opened.
    #[error("the count of choice {choice} of question {question} is not what the trustees opened")]
    Count {
        /// Place of the question, from 1.
        question: usize,
        /// Place of the choice, from 0.
        choice: usize,
    },
    /// No count up to the sum of the weights fits.
    #[error("choice {choice} of question {question} opens to no count up to {limit}")]
    OutOfRange {
        /// Place of the question, from 1.
        question: usize,
        /// Place of the choice, from 0.
        choice: usize,
        /// The sum of the weights.
        limit: u64,
    },
}

impl ElectionResult {
    /// A result of these counts.
    pub fn of(counts: &[Vec<u64>]) -> Self {
        Self {
            result: counts
                .iter()
                .map(|choices| choices.iter().copied().map(Count).collect())
                .collect(),
        }
    }

    /// The counts.
    pub fn counts(&self) -> Vec<Vec<u64>> {
        self.result
            .iter()
            .map(|choices| choices.iter().map(|count| count.0).collect())
            .collect()
    }

    /// Reads the record.
    pub fn parse(record: &[u8]) -> Result<Self, ResultError> {
        Ok(json::read(record)?)
    }

    /// The record's bytes.
    pub fn to_record(&self) -> String {
        json::write(self)
    }

    /// Finds the counts that the trustees opened, by baby steps and giant steps.
    pub fn compute<G: Group>(opened: &OpenedTally<G>) -> Result<Self, ResultError> {
        let logarithms = Logarithms::<G>::up_to(opened.weight);
        let mut counts = Vec::with_capacity(opened.counts.len());
        for (choices, question) in opened.counts.iter().zip(1..) {
            let mut row = Vec::with_capacity(choices.len());
            for (power, choice) in choices.iter().zip(0..) {
                row.push(logarithms.of(power).ok_or(ResultError::OutOfRange {
                    question,
                    choice,
                    limit: opened.weight,
                })?);
            }
            counts.push(row);
        }
        Ok(Self::of(&counts))
    }

    /// Whether these are the counts that the trustees opened; all that is wrong is returned.
    pub fn verify<G: Group>(&self, opened: &OpenedTally<G>) -> Result<(), Vec<ResultError>> {
        if !self
            .result
            .iter()
            .map(Vec::len)
            .eq(opened.counts.iter().map(Vec::len))
        {
            return Err(vec![ResultError::Shape]);
        }
        let mut errors = Vec::new();
        for ((counts, powers), question) in self.result.iter().zip(&opened.counts).zip(1..) {
            for ((count, power), choice) in counts.iter().zip(powers).zip(0..) {
                if G::generator_power(&G::Scalar::from_u64(count.0)) != *power {
                    errors.push(ResultError::Count { question, choice });
                }
            }
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors)
        }
    }
}

/// Finds n from g^n for n up to a limit in about 2·√limit steps.
struct Logarithms<G: Group> {
    // By text, because elements have no order or hash of their own.
    baby_steps: HashMap<String, u64>,
    giant_step: G::Element,
    stride: u64,
    limit: u64,
}

impl<G: Group> Logarithms<G> {
    fn up_to(limit: u64) -> Self {
        // No more than 2^20 baby steps, so that no weight exhausts memory.
        let stride = (limit.isqrt() + 1).min(1 << 20);
        let mut elements = Vec::new();
        let mut power = G::identity();
        for _ in 0..stride {
            elements.push(power);
            power = G::product(&power, &G::generator());
        }
        let baby_steps = G::encode_all(&elements).into_iter().zip(0..).collect();
        Self {
            baby_steps,
            giant_step: G::inverse(&power),
            stride,
            limit,
        }
    }

    fn of(&self, power: &G::Element) -> Option<u64> {
        let mut rest = *power;
        for giant in 0..=self.limit / self.stride {
            if let Some(baby) = self.baby_steps.get(&G::encode(&rest)) {
                let logarithm = giant * self.stride + baby;
                return (logarithm <= self.limit).then_some(logarithm);
            }
            rest = G::product(&rest, &self.giant_step);
        }
        None
    }
}
