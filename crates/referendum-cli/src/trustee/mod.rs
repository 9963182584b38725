//! The trustees' steps, each in a folder of the trustee's own.
//!
//! A single trustee makes a key and, after the tally, decrypts. Members of a threshold group make
//! theirs together in five steps; what they hand one another are public files, because the
//! shares inside the deals are sealed to their receivers.

pub(crate) mod assemble;
pub(crate) mod certificate;
pub(crate) mod compare;
pub(crate) mod deal;
pub(crate) mod decrypt;
mod folder;
mod messages;
pub(crate) mod receive;
pub(crate) mod single;

pub(crate) use folder::{Holder, state};

use ballot::hash::Hash;
use ballot::trustee::CeremonyError;

use crate::draft::Draft;
use crate::problem::TrusteeProblem;

/// A fingerprint as people read it out: 160 bits in ten groups of four hex digits.
fn spoken(hash: Hash) -> String {
    let hex = hash.to_hex();
    let groups: Vec<&str> = (0..10)
        .filter_map(|group| hex.get(4 * group..4 * group + 4))
        .collect();
    groups.join(" ")
}

/// What remains of a fingerprint that somebody typed: width, case and separators do not count.
fn heard(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.nfkc()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The members' names with an error of the ceremony.
fn accuse(draft: &Draft, error: CeremonyError) -> TrusteeProblem {
    let place = match error {
        CeremonyError::Certificate { member } | CeremonyError::VerificationKey { member } => {
            Some(member)
        }
        CeremonyError::Deal { dealer } | CeremonyError::Share { dealer } => Some(dealer),
        CeremonyError::Seed
        | CeremonyError::Threshold { .. }
        | CeremonyError::NotAMember
        | CeremonyError::Deals { .. } => None,
    };
    let member = place.and_then(|place| draft.trustees.members.get(place.checked_sub(1)?).cloned());
    TrusteeProblem::Ceremony { error, member }
}

/// The place of a member, from 1.
fn member(draft: &Draft, name: &str) -> Result<usize, TrusteeProblem> {
    let plan = &draft.trustees;
    if let Some(place) = plan.members.iter().position(|member| member == name) {
        return Ok(place + 1);
    }
    Err(if plan.single.iter().any(|single| single == name) {
        TrusteeProblem::WrongRole {
            name: name.to_owned(),
            single: true,
        }
    } else {
        unknown(draft, name)
    })
}

fn unknown(draft: &Draft, name: &str) -> TrusteeProblem {
    let known = draft.trustees.names().cloned().collect();
    TrusteeProblem::UnknownName {
        name: name.to_owned(),
        known,
    }
}

/// Where a member's message lies in the member's folder.
fn message_file(kind: &str, member: usize) -> String {
    format!("{kind}-{member}.json")
}
