//! What the verifier found.

use std::fmt;

use crate::archive::Stage;
use crate::ballot::Tracker;
use crate::hash::Hash;
use crate::trustee::Owner;

/// The parts of a verification, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// The archive is cut into records.
    Tar,
    /// Records have the digests that name them; events form a chain in the right order.
    Chain,
    /// The election record.
    Election,
    /// The trustees.
    Trustees,
    /// The public credentials.
    Credentials,
    /// The ballots.
    Ballots,
    /// The encrypted tally.
    Tally,
    /// The partial decryptions.
    Decryptions,
    /// The result.
    Result,
}

impl Section {
    /// All, in order.
    pub const ALL: [Self; 9] = [
        Self::Tar,
        Self::Chain,
        Self::Election,
        Self::Trustees,
        Self::Credentials,
        Self::Ballots,
        Self::Tally,
        Self::Decryptions,
        Self::Result,
    ];

    /// A short name for programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tar => "tar",
            Self::Chain => "chain",
            Self::Election => "election",
            Self::Trustees => "trustees",
            Self::Credentials => "credentials",
            Self::Ballots => "ballots",
            Self::Tally => "tally",
            Self::Decryptions => "decryptions",
            Self::Result => "result",
        }
    }
}

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The archive as a whole.
    Archive,
    /// A record or event, by its digest.
    Record(Hash),
    /// A ballot: its number in the archive, from 1, and its tracker.
    Ballot(u64, Tracker),
    /// A trustee.
    Trustee(Owner),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Archive => f.write_str("the archive"),
            Self::Record(hash) => write!(f, "record {hash}"),
            Self::Ballot(number, tracker) => write!(f, "ballot {number} ({tracker})"),
            Self::Trustee(owner) => write!(f, "{owner}"),
        }
    }
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// In which part of the verification.
    pub section: Section,
    /// A stable code.
    pub code: &'static str,
    /// Whose fault it is, or where.
    pub subject: Subject,
    /// A sentence.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.code, self.subject, self.message)
    }
}

/// What a part of the verification has done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectionReport {
    /// Which part.
    pub section: Section,
    /// How many things were checked; nothing if the archive has not come that far, or if
    /// something before prevented the check.
    pub checked: Option<u64>,
    /// What was checked, in words.
    pub summary: String,
    /// How many findings there are.
    pub findings: usize,
}

/// The outcome of a verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// How far the election has come.
    pub stage: Stage,
    /// The parts, in their order.
    pub sections: Vec<SectionReport>,
    /// All that is wrong, in the order in which it was found.
    pub findings: Vec<Finding>,
    /// The result, if it stands and nothing is wrong.
    pub result: Option<Vec<Vec<u64>>>,
    /// The uuid of the election, once read.
    pub uuid: Option<String>,
    /// The fingerprint of the election, once read.
    pub fingerprint: Option<String>,
    /// Digest of the last event: two reports with the same head are about the same archive.
    pub head: Option<Hash>,
}

impl Report {
    /// Whether nothing is wrong with what is there.
    pub fn is_valid(&self) -> bool {
        self.findings.is_empty()
    }
}
