//! The records that hold an archive together.

use serde::{Deserialize, Serialize};

use crate::hash::Hash;
use crate::json::{self, JsonError};

/// The first record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Always 1.
    pub version: u64,
    /// Unix seconds, as a decimal string: the time of every record.
    pub timestamp: String,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EventKind {
    /// The election was set up.
    Setup,
    /// A ballot was accepted.
    Ballot,
    /// Voting ended.
    EndBallots,
    /// The ballots were multiplied.
    EncryptedTally,
    /// The ballots were mixed; never in an election of this crate's questions.
    Shuffle,
    /// Mixing ended; never in an election of this crate's questions.
    EndShuffles,
    /// A trustee decrypted.
    PartialDecryption,
    /// The result was published.
    Result,
}

/// A link of the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Digest of the event before; missing in the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Hash>,
    /// Number of the event, from 0.
    pub height: u64,
    /// What happened.
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// Digest of the data; missing for `EndBallots`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<Hash>,
}

impl Event {
    /// Reads the record.
    pub fn parse(record: &[u8]) -> Result<Self, JsonError> {
        json::read(record)
    }

    /// The record's bytes.
    pub fn to_record(&self) -> String {
        json::write(self)
    }
}

/// What the setup event refers to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetupData {
    /// Digest of the election record.
    pub election: Hash,
    /// Digest of the trustees record.
    pub trustees: Hash,
    /// Digest of the public credentials.
    pub credentials: Hash,
    /// Digest of the certificate of the public credentials (3.x).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials_certificate: Option<Hash>,
}
