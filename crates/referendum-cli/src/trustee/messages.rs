//! What the members of a threshold group hand one another.

use std::path::{Path, PathBuf};

use ballot::group::Group;
use ballot::hash::Hash;
use ballot::trustee::{Certificates, Deal, SignedMessage, TrusteePublicKey};
use serde::{Deserialize, Serialize};

use crate::document::{self, Document};
use crate::draft::Draft;
use crate::files;
use crate::problem::{FileProblem, Message, Problem, Problems, TrusteeProblem};

/// Step 1: a member's certificate.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub(super) struct CertificateMessage<G: Group> {
    pub(super) uuid: String,
    pub(super) group: String,
    pub(super) member: usize,
    pub(super) certificate: SignedMessage<G>,
}

/// Step 2: all certificates, as they were compared.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub(super) struct Compared<G: Group> {
    pub(super) uuid: String,
    pub(super) certificates: Vec<SignedMessage<G>>,
}

/// Step 3: a member's deal.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub(super) struct DealMessage<G: Group> {
    pub(super) uuid: String,
    pub(super) group: String,
    pub(super) member: usize,
    /// The fingerprint of the certificates on which it rests.
    pub(super) certificates: Hash,
    pub(super) deal: Deal<G>,
}

/// Step 4: a member's verification key.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub(super) struct KeyMessage<G: Group> {
    pub(super) uuid: String,
    pub(super) group: String,
    pub(super) member: usize,
    pub(super) certificates: Hash,
    pub(super) key: TrusteePublicKey<G>,
}

impl<G: Group> Document for CertificateMessage<G> {
    const FORMAT: &'static str = "hiroba-trustee-certificate";
}

impl<G: Group> Document for Compared<G> {
    const FORMAT: &'static str = "hiroba-trustee-certificates";
}

impl<G: Group> Document for DealMessage<G> {
    const FORMAT: &'static str = "hiroba-trustee-deal";
}

impl<G: Group> Document for KeyMessage<G> {
    const FORMAT: &'static str = "hiroba-trustee-verification-key";
}

/// A message of a member.
pub(super) trait FromMember: Document + PartialEq {
    const KIND: Message;
    /// Referendum, group, and the member's place from 1.
    fn sender(&self) -> (&str, &str, usize);
    /// The certificates on which it rests.
    fn rests_on(&self) -> Option<Hash>;
}

impl<G: Group> FromMember for CertificateMessage<G> {
    const KIND: Message = Message::Certificate;
    fn sender(&self) -> (&str, &str, usize) {
        (&self.uuid, &self.group, self.member)
    }
    fn rests_on(&self) -> Option<Hash> {
        None
    }
}

impl<G: Group> FromMember for DealMessage<G> {
    const KIND: Message = Message::Deal;
    fn sender(&self) -> (&str, &str, usize) {
        (&self.uuid, &self.group, self.member)
    }
    fn rests_on(&self) -> Option<Hash> {
        Some(self.certificates)
    }
}

impl<G: Group> FromMember for KeyMessage<G> {
    const KIND: Message = Message::VerificationKey;
    fn sender(&self) -> (&str, &str, usize) {
        (&self.uuid, &self.group, self.member)
    }
    fn rests_on(&self) -> Option<Hash> {
        Some(self.certificates)
    }
}

/// One message of each member, in the members' order. A message given twice is one; two
/// different ones of a member contradict each other.
pub(super) fn of_everybody<G: Group, M: FromMember>(
    draft: &Draft,
    paths: &[PathBuf],
    certificates: Option<&Certificates<G>>,
) -> Result<Vec<M>, Problems> {
    let names = &draft.trustees.members;
    let mut slots: Vec<Option<M>> = names.iter().map(|_| None).collect();
    let mut problems = Problems::new();
    for path in paths {
        let message: M = match document::read(path) {
            Ok(message) => message,
            Err(problem) => {
                problems.push(problem.into());
                continue;
            }
        };
        if let Err(problem) = belongs::<G, M>(draft, path, &message, certificates) {
            problems.push(problem);
            continue;
        }
        let (_, _, member) = message.sender();
        let place = member.checked_sub(1);
        match place.and_then(|place| slots.get_mut(place).zip(names.get(place))) {
            Some((Some(first), name)) if *first != message => {
                let (kind, member) = (M::KIND, name.clone());
                problems.push(TrusteeProblem::MessagesContradict { kind, member }.into());
            }
            Some((slot, _)) => *slot = Some(message),
            None => problems.push(super::unknown(draft, &format!("#{member}")).into()),
        }
    }
    let missing: Vec<String> = names
        .iter()
        .zip(&slots)
        .filter(|(_, slot)| slot.is_none())
        .map(|(name, _)| name.clone())
        .collect();
    if problems.is_empty() && !missing.is_empty() {
        problems.push(
            TrusteeProblem::MessagesMissing {
                kind: M::KIND,
                members: missing,
            }
            .into(),
        );
    }
    if problems.is_empty() {
        Ok(slots.into_iter().flatten().collect())
    } else {
        Err(problems)
    }
}

fn belongs<G: Group, M: FromMember>(
    draft: &Draft,
    path: &Path,
    message: &M,
    certificates: Option<&Certificates<G>>,
) -> Result<(), Problem> {
    let (uuid, group, _) = message.sender();
    draft.owns(path, uuid)?;
    if group != G::NAME {
        return Err(FileProblem::OtherGroup { path: path.into() }.into());
    }
    let expected = certificates.map(Certificates::fingerprint);
    if expected.is_some() && message.rests_on() != expected {
        return Err(TrusteeProblem::CertificatesChanged.into());
    }
    Ok(())
}

/// The certificates of all members, checked.
pub(super) fn check<G: Group>(
    draft: &Draft,
    certificates: Vec<SignedMessage<G>>,
) -> Result<Certificates<G>, TrusteeProblem> {
    let threshold = draft.trustees.threshold.unwrap_or_default();
    Certificates::check(threshold, certificates).map_err(|error| super::accuse(draft, error))
}

/// Where the compared certificates lie in a member's folder.
pub(super) fn compared_path(folder: &Path) -> PathBuf {
    folder.join("certificates.json")
}

/// The certificates that were compared in a member's folder.
pub(super) fn compared<G: Group>(draft: &Draft, folder: &Path) -> Result<Certificates<G>, Problem> {
    let path = compared_path(folder);
    let Some(compared) = document::read_if_there::<Compared<G>>(&path)? else {
        return Err(TrusteeProblem::NotYet { step: "compare" }.into());
    };
    draft.owns(&path, &compared.uuid)?;
    Ok(check(draft, compared.certificates)?)
}

/// Files of one format among many.
pub(super) fn of_format<D: Document>(paths: &[PathBuf]) -> Result<Vec<PathBuf>, FileProblem> {
    let mut chosen = Vec::new();
    for path in paths {
        if document::format_of(&files::read(path)?).as_deref() == Some(D::FORMAT) {
            chosen.push(path.clone());
        }
    }
    Ok(chosen)
}
