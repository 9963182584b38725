//! Questions, what may be answered, and the proofs that an answer carries (§5).

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::proof::Branch;

/// A homomorphic question: each answer gets 0 or 1, between `min` and `max` of them get 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The answers to choose from.
    pub answers: Vec<String>,
    /// Whether a blank vote is a choice of its own, counted in front of the answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blank: Option<bool>,
    /// The least number of answers.
    pub min: u64,
    /// The greatest number of answers.
    pub max: u64,
    /// The question.
    #[serde(rename = "question")]
    pub text: String,
}

/// Why a question cannot be asked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum QuestionError {
    /// Nothing to choose from.
    #[error("there are no answers")]
    NoAnswers,
    /// Fewer may be chosen than must be, or more than there are.
    #[error("between {min} and {max} of {answers} answers cannot be chosen")]
    Bounds {
        /// The least number.
        min: u64,
        /// The greatest number.
        max: u64,
        /// How many there are.
        answers: usize,
    },
}

/// Why an answer is not an answer to the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AnswerError {
    /// There must be one 0 or 1 for each choice.
    #[error(
        "the answer needs one 0 or 1 for each of {choices} choices (the blank one first, if there is one)"
    )]
    Shape {
        /// The number of choices.
        choices: usize,
    },
    /// Too few or too many.
    #[error("{chosen} answers are chosen; the question allows {min} to {max}")]
    Number {
        /// How many were chosen.
        chosen: u64,
        /// The least number.
        min: u64,
        /// The greatest number.
        max: u64,
    },
    /// Blank and something else.
    #[error("a blank vote cannot choose an answer as well")]
    BlankAndMore,
}

/// Which proof of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofName {
    /// That a choice is 0 or 1.
    Individual(usize),
    /// That the vote is not both blank and an answer.
    Blank,
    /// That the number of chosen answers is allowed.
    Overall,
}

/// A proof that an answer must carry: one of the branches holds.
#[derive(Clone, Debug)]
pub(crate) struct Required {
    pub(crate) name: ProofName,
    pub(crate) branches: Vec<Branch>,
}

impl Question {
    /// Whether a blank vote is a choice of its own.
    pub fn has_blank(&self) -> bool {
        self.blank == Some(true)
    }

    /// The number of ciphertexts in an answer.
    pub fn choices(&self) -> usize {
        self.answers.len() + usize::from(self.has_blank())
    }

    /// Whether the question can be answered.
    pub fn check(&self) -> Result<(), QuestionError> {
        if self.answers.is_empty() {
            return Err(QuestionError::NoAnswers);
        }
        let answers = self.answers.len();
        if self.min > self.max || answers < usize::try_from(self.max).unwrap_or(usize::MAX) {
            return Err(QuestionError::Bounds {
                min: self.min,
                max: self.max,
                answers,
            });
        }
        Ok(())
    }

    /// The answer that chooses these answers (places from 0, the blank choice not counted).
    pub fn choose(&self, chosen: &[usize]) -> Vec<u64> {
        let blank = self.has_blank().then_some(0);
        let answers = (0..self.answers.len()).map(|answer| u64::from(chosen.contains(&answer)));
        blank.into_iter().chain(answers).collect()
    }

    /// The blank vote, if the question has one.
    pub fn choose_blank(&self) -> Option<Vec<u64>> {
        self.has_blank().then(|| {
            let mut answer = vec![0; self.choices()];
            if let Some(blank) = answer.first_mut() {
                *blank = 1;
            }
            answer
        })
    }

    /// Whether an answer (one 0 or 1 a choice, the blank one first) is allowed.
    pub fn allows(&self, answer: &[u64]) -> Result<(), AnswerError> {
        if answer.len() != self.choices() || answer.iter().any(|choice| *choice > 1) {
            return Err(AnswerError::Shape {
                choices: self.choices(),
            });
        }
        let (blank, answers) = answer.split_at(usize::from(self.has_blank()));
        let chosen: u64 = answers.iter().sum();
        match blank {
            [1] if chosen == 0 => Ok(()),
            [1] => Err(AnswerError::BlankAndMore),
            _ if (self.min..=self.max).contains(&chosen) => Ok(()),
            _ => Err(AnswerError::Number {
                chosen,
                min: self.min,
                max: self.max,
            }),
        }
    }

    /// The choices whose number is bounded: all but the blank one.
    pub(crate) fn summed(&self) -> std::ops::Range<usize> {
        usize::from(self.has_blank())..self.choices()
    }

    /// The proofs of an answer, in the order in which they are checked.
    pub(crate) fn required_proofs(&self) -> Vec<Required> {
        let sum = self.choices();
        let mut required: Vec<_> = (0..sum)
            .map(|choice| Required {
                name: ProofName::Individual(choice),
                branches: (0..2)
                    .map(|value| Branch {
                        ciphertext: choice,
                        value,
                    })
                    .collect(),
            })
            .collect();
        let allowed = (self.min..=self.max).map(|value| Branch {
            ciphertext: sum,
            value,
        });
        if self.has_blank() {
            let not_blank = Branch {
                ciphertext: 0,
                value: 0,
            };
            let nothing_chosen = Branch {
                ciphertext: sum,
                value: 0,
            };
            required.push(Required {
                name: ProofName::Blank,
                branches: vec![not_blank, nothing_chosen],
            });
            let is_blank = Branch {
                ciphertext: 0,
                value: 1,
            };
            let branches = std::iter::once(is_blank).chain(allowed).collect();
            required.push(Required {
                name: ProofName::Overall,
                branches,
            });
        } else {
            required.push(Required {
                name: ProofName::Overall,
                branches: allowed.collect(),
            });
        }
        required
    }
}
