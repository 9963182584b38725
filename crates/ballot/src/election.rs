//! The election record: what is asked, of whom, and under which key (§4).

use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::base58;
use crate::group::{Group, GroupName};
use crate::hash::Hash;
use crate::json::{self, JsonError};
use crate::question::{Question, QuestionError};

/// The fields of the record, in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// Version of the protocol; always 1.
    pub version: u64,
    /// What the vote is about.
    pub description: String,
    /// Its name.
    pub name: String,
    /// The group's name.
    pub group: String,
    /// The election key y: the product of the trustees' keys.
    pub public_key: String,
    /// What is asked.
    pub questions: Vec<Question>,
    /// At least 14 base58 characters.
    pub uuid: String,
    /// Who administers the vote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub administrator: Option<String>,
    /// Who made the credentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_authority: Option<String>,
    /// The language of the texts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
}

/// A language and how it is written, `["ja","ltr"]`: so belenios-tool reads it from 3.3 on, and
/// earlier releases pass over it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Language(pub String, pub Direction);

/// Where a line begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// On the left.
    Ltr,
    /// On the right.
    Rtl,
}

impl Language {
    /// The language of a code of BCP 47, such as `ja`.
    pub fn of(code: &str) -> Self {
        let primary = code.split('-').next().unwrap_or_default();
        let direction = match primary {
            "ar" | "fa" | "he" | "ur" | "yi" => Direction::Rtl,
            _ => Direction::Ltr,
        };
        Self(code.to_owned(), direction)
    }
}

/// What is wrong with the election record.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ElectionError {
    /// Not the canonical JSON of an election.
    #[error("the election record: {0}")]
    Json(#[from] JsonError),
    /// Another version of the protocol.
    #[error("the election has version {0}; this program checks version 1")]
    Version(u64),
    /// A group that this crate does not have.
    #[error("the election uses the group {0:?}; known are Ed25519 and BELENIOS-2048")]
    UnknownGroup(String),
    /// The record names another group than the one asked for.
    #[error("the election uses the group {found}, not {expected}")]
    OtherGroup {
        /// The group asked for.
        expected: &'static str,
        /// The group in the record.
        found: String,
    },
    /// The key is not a group element, or the identity, under which nothing is encrypted.
    #[error("the election key is not an element of the group, or is its identity")]
    PublicKey,
    /// The uuid has a wrong form.
    #[error("the uuid {0:?} is not at least 14 base58 characters")]
    Uuid(String),
    /// A question cannot be answered as it stands.
    #[error("question {question}: {error}")]
    Question {
        /// Place, from 1.
        question: usize,
        /// What is wrong.
        error: QuestionError,
    },
    /// Nothing is asked.
    #[error("the election has no questions")]
    NoQuestions,
}

impl Description {
    /// Reads the record in whatever group; the group decides which `Election` to make of it.
    pub fn parse(record: &[u8]) -> Result<Self, ElectionError> {
        Ok(json::read(record)?)
    }

    /// The group that the record names.
    pub fn group_name(&self) -> Result<GroupName, ElectionError> {
        GroupName::from_name(&self.group)
            .ok_or_else(|| ElectionError::UnknownGroup(self.group.clone()))
    }

    /// The record's bytes.
    pub fn to_record(&self) -> String {
        json::write(self)
    }
}

/// A uuid for a new election: 14 base58 characters.
pub fn new_uuid<R: CryptoRng + ?Sized>(rng: &mut R) -> String {
    base58::random(14, rng)
}

/// An election, checked and ready for use: key in the group, questions answerable.
pub struct Election<G: Group> {
    description: Description,
    hash: Hash,
    fingerprint: String,
    key: G::Element,
    bases: G::Bases,
}

impl<G: Group> Election<G> {
    /// Reads and checks the record.
    pub fn parse(record: &[u8]) -> Result<Self, ElectionError> {
        let description = Description::parse(record)?;
        if description.version != 1 {
            return Err(ElectionError::Version(description.version));
        }
        if description.group_name()?.name() != G::NAME {
            return Err(ElectionError::OtherGroup {
                expected: G::NAME,
                found: description.group,
            });
        }
        let uuid = &description.uuid;
        if uuid.len() < 14 || !base58::is_base58(uuid) {
            return Err(ElectionError::Uuid(uuid.clone()));
        }
        if description.questions.is_empty() {
            return Err(ElectionError::NoQuestions);
        }
        for (question, index) in description.questions.iter().zip(1..) {
            question.check().map_err(|error| ElectionError::Question {
                question: index,
                error,
            })?;
        }
        let key = G::element(&description.public_key)
            .filter(|key| *key != G::identity())
            .ok_or(ElectionError::PublicKey)?;
        let hash = Hash::of(record);
        let fingerprint = hash.to_base64();
        Ok(Self {
            description,
            hash,
            fingerprint,
            key,
            bases: G::bases(&key),
        })
    }

    /// The fields of the record.
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// The questions.
    pub fn questions(&self) -> &[Question] {
        &self.description.questions
    }

    /// The uuid.
    pub fn uuid(&self) -> &str {
        &self.description.uuid
    }

    /// The digest of the record.
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// φ: the fingerprint that ballots and decryptions are bound to.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The election key y.
    pub fn key(&self) -> &G::Element {
        &self.key
    }

    pub(crate) fn bases(&self) -> &G::Bases {
        &self.bases
    }
}
