//! Stable codes of everything that can be wrong. Matches are exhaustive, so that a new error
//! does not compile until it has a code.

use crate::archive::Fault;
use crate::archive::tar::TarError;
use crate::ballot::BallotError;
use crate::credential::CredentialsError;
use crate::decryption::DecryptionError;
use crate::election::ElectionError;
use crate::json::JsonError;
use crate::result::ResultError;
use crate::tally::TallyError;
use crate::trustee::{GroupFault, Missing, TrusteeFault, TrusteesError};

/// An error with a stable code.
pub(super) trait Coded: std::fmt::Display {
    fn code(&self) -> &'static str;
}

fn json(error: &JsonError) -> &'static str {
    match error {
        JsonError::Malformed(_) => "MALFORMED",
        JsonError::NotCanonical { .. } => "NOT_CANONICAL",
    }
}

impl Coded for TarError {
    fn code(&self) -> &'static str {
        match self {
            Self::Header { .. } => "TAR_HEADER",
            Self::TooLarge { .. } => "RECORD_TOO_LARGE",
            Self::Truncated { .. } => "TRUNCATED",
        }
    }
}

impl Coded for Fault {
    fn code(&self) -> &'static str {
        match self {
            Self::HeaderPlace(_) => "HEADER_PLACE",
            Self::Header(error) => json(error),
            Self::HeaderContent => "HEADER_CONTENT",
            Self::Time(_) => "RECORD_TIME",
            Self::Padding(_) => "PADDING",
            Self::Digest(_) => "RECORD_DIGEST",
            Self::Event { error, .. } | Self::Payload { error, .. } => json(error),
            Self::Parent { .. } => "EVENT_PARENT",
            Self::Height { .. } => "EVENT_HEIGHT",
            Self::Order { .. } => "EVENT_ORDER",
            Self::Data { .. } => "EVENT_DATA",
            Self::Unreferenced => "UNREFERENCED_DATA",
        }
    }
}

impl Coded for ElectionError {
    fn code(&self) -> &'static str {
        match self {
            Self::Json(error) => json(error),
            Self::Version(_) => "ELECTION_VERSION",
            Self::UnknownGroup(_) | Self::OtherGroup { .. } => "ELECTION_GROUP",
            Self::PublicKey => "ELECTION_KEY",
            Self::Uuid(_) => "ELECTION_UUID",
            Self::Question { .. } | Self::NoQuestions => "ELECTION_QUESTIONS",
        }
    }
}

impl Coded for TrusteesError {
    fn code(&self) -> &'static str {
        match self {
            Self::Json(error) => json(error),
            Self::Nobody => "NO_TRUSTEES",
            Self::OtherElectionKey => "ELECTION_KEY_NOT_OF_TRUSTEES",
            Self::Fault { fault, .. } => match fault {
                TrusteeFault::PublicKey => "TRUSTEE_KEY",
                TrusteeFault::ProofOfKnowledge => "TRUSTEE_PROOF_OF_KNOWLEDGE",
                TrusteeFault::Certificate => "TRUSTEE_CERTIFICATE",
                TrusteeFault::CertificateContext => "TRUSTEE_CERTIFICATE_CONTEXT",
                TrusteeFault::CertificateSignature => "TRUSTEE_CERTIFICATE_SIGNATURE",
                TrusteeFault::Polynomial => "TRUSTEE_POLYNOMIAL",
                TrusteeFault::PolynomialSignature => "TRUSTEE_POLYNOMIAL_SIGNATURE",
                TrusteeFault::CertificatesSignature => "TRUSTEE_CERTIFICATES_SIGNATURE",
                TrusteeFault::VerificationKey => "TRUSTEE_VERIFICATION_KEY",
                TrusteeFault::VerificationKeySignature => "TRUSTEE_VERIFICATION_KEY_SIGNATURE",
            },
            Self::Group { fault, .. } => match fault {
                GroupFault::Size => "TRUSTEES_SIZE",
                GroupFault::Threshold => "TRUSTEES_THRESHOLD",
            },
        }
    }
}

impl Coded for CredentialsError {
    fn code(&self) -> &'static str {
        match self {
            Self::Json(error) => json(error),
            Self::Malformed { .. } => "CREDENTIAL_MALFORMED",
            Self::NotInGroup { .. } => "CREDENTIAL_NOT_IN_GROUP",
            Self::Duplicate { .. } => "CREDENTIAL_DUPLICATE",
        }
    }
}

impl Coded for BallotError {
    fn code(&self) -> &'static str {
        match self {
            Self::Json(error) => json(error),
            Self::OtherElection(_) => "BALLOT_OF_OTHER_ELECTION",
            Self::OtherFingerprint(_) => "BALLOT_OF_OTHER_FINGERPRINT",
            Self::UnknownCredential => "UNKNOWN_CREDENTIAL",
            Self::SignatureHash => "BALLOT_SIGNATURE_HASH",
            Self::Signature => "BALLOT_SIGNATURE",
            Self::AnswerCount { .. } | Self::Shape { .. } => "BALLOT_SHAPE",
            Self::NotCanonical { .. } => "ELEMENT_NOT_CANONICAL",
            Self::NotInGroup { .. } => "ELEMENT_NOT_IN_GROUP",
            Self::Proof { .. } => "BALLOT_PROOF",
        }
    }
}

impl Coded for TallyError {
    fn code(&self) -> &'static str {
        match self {
            Self::Json(error) => json(error),
            Self::Shape => "TALLY_SHAPE",
            Self::NotInGroup => "ELEMENT_NOT_IN_GROUP",
        }
    }
}

impl Coded for DecryptionError {
    fn code(&self) -> &'static str {
        match self {
            Self::Json(error) => json(error),
            Self::UnknownTrustee => "UNKNOWN_TRUSTEE",
            Self::Shape => "DECRYPTION_SHAPE",
            Self::NotInGroup { .. } => "ELEMENT_NOT_IN_GROUP",
            Self::Proof { .. } => "DECRYPTION_PROOF",
        }
    }
}

impl Coded for Missing {
    fn code(&self) -> &'static str {
        match self {
            Self::Single(_) => "TRUSTEE_MISSING",
            Self::Threshold { .. } => "TOO_FEW_TRUSTEES",
        }
    }
}

impl Coded for ResultError {
    fn code(&self) -> &'static str {
        match self {
            Self::Json(error) => json(error),
            Self::Shape => "RESULT_SHAPE",
            Self::Count { .. } | Self::OutOfRange { .. } => "RESULT_COUNT",
        }
    }
}

/// What only the whole archive can show.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum CountError {
    #[error(
        "the same ballot is already in the archive as number {first}; a replay would undo a later vote"
    )]
    DuplicateBallot { first: u64 },
    #[error("it could not be checked because {0} is not valid")]
    NotChecked(&'static str),
    #[error(
        "a ballot that was read before cannot be read again, so its vote cannot be taken out of the tally"
    )]
    ArchiveChanged,
    #[error("the encrypted tally is not the product of the last ballot of each voter")]
    Tally,
    #[error("the record says that {found} ballots were tallied; there are {expected}")]
    NumTallied { expected: u64, found: u64 },
    #[error("the record says that the tallied ballots weigh {found}; they weigh {expected}")]
    TotalWeight { expected: u64, found: u64 },
    #[error("the trustee has already decrypted")]
    DuplicateDecryption,
}

impl Coded for CountError {
    fn code(&self) -> &'static str {
        match self {
            Self::DuplicateBallot { .. } => "DUPLICATE_BALLOT",
            Self::NotChecked(_) => "NOT_CHECKED",
            Self::ArchiveChanged => "ARCHIVE_CHANGED",
            Self::Tally => "TALLY",
            Self::NumTallied { .. } => "NUM_TALLIED",
            Self::TotalWeight { .. } => "TOTAL_WEIGHT",
            Self::DuplicateDecryption => "DUPLICATE_DECRYPTION",
        }
    }
}
