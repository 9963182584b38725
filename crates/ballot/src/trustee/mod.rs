//! Trustees: who holds the parts of the election's secret key (§8).
//!
//! A single trustee is indispensable. Of a Pedersen group, `threshold` members suffice. Owner
//! numbers count from 1 through the whole list.

mod ceremony;
mod envelope;
mod form;
mod key;
mod pedersen;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use thiserror::Error;

use crate::group::{Group, Scalar};
use crate::hash::Hash;
use crate::json::{self, JsonError};
use crate::proof::knowledge_holds;

pub use ceremony::{CeremonyError, Certificates, Deal, TrusteeSeed};
pub use envelope::SealedShare;
pub use form::{SignedMessage, ThresholdParameters, Trustee, TrusteePublicKey};
pub use key::TrusteeKey;

/// The number of a trustee in the flat list, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Owner(pub u32);

impl std::fmt::Display for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "trustee {}", self.0)
    }
}

/// What is wrong with the trustees record.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TrusteesError {
    /// Not the canonical JSON of a list of trustees.
    #[error("the trustees record: {0}")]
    Json(#[from] JsonError),
    /// Nobody holds a key.
    #[error("there are no trustees")]
    Nobody,
    /// The product of the trustees' keys is another key.
    #[error("the product of the trustees' keys is not the election key")]
    OtherElectionKey,
    /// One trustee's part is wrong.
    #[error("{owner}: {fault}")]
    Fault {
        /// Whose part.
        owner: Owner,
        /// What is wrong with it.
        fault: TrusteeFault,
    },
    /// A threshold group as a whole is wrong.
    #[error("the threshold trustees {} to {}: {fault}", members.start().0, members.end().0)]
    Group {
        /// The members.
        members: RangeInclusive<Owner>,
        /// What is wrong.
        fault: GroupFault,
    },
}

/// What is wrong with one trustee's part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TrusteeFault {
    /// The key is not a group element.
    #[error("the public key is not an element of the group")]
    PublicKey,
    /// The proof that the trustee knows the secret key does not hold.
    #[error("the proof of knowledge of the secret key does not hold")]
    ProofOfKnowledge,
    /// The certificate cannot be read.
    #[error("the certificate is not in canonical form, or its keys are not in the group")]
    Certificate,
    /// The certificate was made for another group, size, threshold or place.
    #[error("the certificate was made for another group, size, threshold or place")]
    CertificateContext,
    /// The certificate's signature does not hold.
    #[error("the signature under the certificate does not hold")]
    CertificateSignature,
    /// The polynomial's commitments cannot be read or are not `threshold` many.
    #[error(
        "the commitments to the polynomial are not in canonical form, not in the group, or not as many as the threshold"
    )]
    Polynomial,
    /// Their signature does not hold.
    #[error("the signature under the commitments to the polynomial does not hold")]
    PolynomialSignature,
    /// The signature under all certificates does not hold.
    #[error("the signature under all certificates does not hold")]
    CertificatesSignature,
    /// The verification key does not follow from the commitments.
    #[error("the verification key does not follow from the commitments to the polynomials")]
    VerificationKey,
    /// The signature under the verification key is missing or does not hold.
    #[error("the signature under the verification key is missing or does not hold")]
    VerificationKeySignature,
}

/// What is wrong with a threshold group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum GroupFault {
    /// Certificates, commitments, signatures and keys differ in number.
    #[error("certificates, commitments, signatures and verification keys differ in number")]
    Size,
    /// The threshold is zero or above the size.
    #[error("the threshold is not between 1 and the number of trustees")]
    Threshold,
}

/// How a trustee takes part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Indispensable.
    Single(Owner),
    /// `threshold` of the members suffice.
    Threshold {
        /// How many are needed.
        threshold: usize,
        /// Who belongs to the group.
        members: RangeInclusive<Owner>,
    },
}

/// The trustees of an election, checked.
#[derive(Debug)]
pub struct Trustees<G: Group> {
    parts: Vec<Part>,
    keys: BTreeMap<Owner, G::Element>,
    names: BTreeMap<Owner, String>,
    election_key: G::Element,
    hash: Hash,
}

/// Which trustees are still needed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Missing {
    /// An indispensable trustee.
    #[error("{0} is indispensable and has not decrypted")]
    Single(Owner),
    /// Too few members of a threshold group.
    #[error("{present} of trustees {} to {} have decrypted; {threshold} are needed", members.start().0, members.end().0)]
    Threshold {
        /// How many have decrypted.
        present: usize,
        /// How many are needed.
        threshold: usize,
        /// Who belongs to the group.
        members: RangeInclusive<Owner>,
    },
}

impl<G: Group> Trustees<G> {
    /// Reads and checks the record; all that is wrong with it is returned.
    pub fn parse(record: &[u8]) -> Result<Self, Vec<TrusteesError>> {
        let list: Vec<Trustee<G>> = json::read(record).map_err(|error| vec![error.into()])?;
        let mut errors = Vec::new();
        let mut trustees = Self {
            parts: Vec::new(),
            keys: BTreeMap::new(),
            names: BTreeMap::new(),
            election_key: G::identity(),
            hash: Hash::of(record),
        };
        if list.is_empty() {
            errors.push(TrusteesError::Nobody);
        }
        let mut next = 1;
        for trustee in &list {
            match trustee {
                Trustee::Single(public) => {
                    let owner = Owner(next);
                    match check_public_key(public) {
                        Ok(key) => trustees.join(owner, key, public),
                        Err(fault) => errors.push(TrusteesError::Fault { owner, fault }),
                    }
                    trustees.parts.push(Part::Single(owner));
                    next += 1;
                }
                Trustee::Pedersen(parameters) => {
                    let size =
                        u32::try_from(parameters.verification_keys.len()).unwrap_or(u32::MAX);
                    if size == 0 {
                        errors.push(TrusteesError::Nobody);
                        continue;
                    }
                    let members = Owner(next)..=Owner(next.saturating_add(size - 1));
                    match pedersen::check(parameters, &members) {
                        Ok((key, members_keys)) => {
                            for (owner, (key, public)) in (next..)
                                .map(Owner)
                                .zip(members_keys.iter().zip(&parameters.verification_keys))
                            {
                                trustees.keys.insert(owner, *key);
                                trustees.note_name(owner, public);
                            }
                            trustees.election_key = G::product(&trustees.election_key, &key);
                        }
                        Err(faults) => errors.extend(faults),
                    }
                    trustees.parts.push(Part::Threshold {
                        threshold: parameters.threshold,
                        members,
                    });
                    next = next.saturating_add(size);
                }
            }
        }
        if errors.is_empty() {
            Ok(trustees)
        } else {
            Err(errors)
        }
    }

    fn join(&mut self, owner: Owner, key: G::Element, public: &TrusteePublicKey<G>) {
        self.keys.insert(owner, key);
        self.note_name(owner, public);
        self.election_key = G::product(&self.election_key, &key);
    }

    fn note_name(&mut self, owner: Owner, public: &TrusteePublicKey<G>) {
        if let Some(name) = &public.name {
            self.names.insert(owner, name.clone());
        }
    }

    /// The product of all keys: the election key y.
    pub fn election_key(&self) -> &G::Element {
        &self.election_key
    }

    /// The election key as the election record writes it.
    pub fn election_key_text(&self) -> String {
        G::encode(&self.election_key)
    }

    /// The digest of the record.
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// How many hold keys.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether nobody holds a key; never the case for a checked list.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The single trustees and threshold groups in order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The public key of a trustee.
    pub fn key(&self, owner: Owner) -> Option<&G::Element> {
        self.keys.get(&owner)
    }

    /// The name that the record gives a trustee, if any.
    pub fn name(&self, owner: Owner) -> Option<&str> {
        self.names.get(&owner).map(String::as_str)
    }

    /// The trustee to whom a secret key belongs.
    pub fn owner_of(&self, key: &TrusteeKey<G>) -> Option<Owner> {
        let public = key.public();
        self.keys
            .iter()
            .find(|(_, known)| **known == public)
            .map(|(owner, _)| *owner)
    }

    /// Which of the trustees who have decrypted enter the result, each with its exponent: all
    /// single ones with 1, and the first `threshold` of each group with their Lagrange
    /// coefficients.
    pub fn contributions(
        &self,
        decrypted: &[Owner],
    ) -> Result<Vec<(Owner, G::Scalar)>, Vec<Missing>> {
        let mut contributions = Vec::new();
        let mut missing = Vec::new();
        for part in &self.parts {
            match part {
                Part::Single(owner) if decrypted.contains(owner) => {
                    contributions.push((*owner, G::Scalar::from_u64(1)));
                }
                Part::Single(owner) => missing.push(Missing::Single(*owner)),
                Part::Threshold { threshold, members } => {
                    let present: Vec<_> = decrypted
                        .iter()
                        .filter(|owner| members.contains(owner))
                        .collect();
                    let Some(enough) = present.get(..*threshold) else {
                        missing.push(Missing::Threshold {
                            present: present.len(),
                            threshold: *threshold,
                            members: members.clone(),
                        });
                        continue;
                    };
                    let indices: Vec<_> = enough
                        .iter()
                        .map(|owner| u64::from(owner.0 - members.start().0 + 1))
                        .collect();
                    for (owner, index) in enough.iter().zip(&indices) {
                        contributions.push((**owner, pedersen::lagrange::<G>(*index, &indices)));
                    }
                }
            }
        }
        if missing.is_empty() {
            Ok(contributions)
        } else {
            Err(missing)
        }
    }
}

/// Writes the trustees record.
pub fn write_trustees<G: Group>(trustees: &[Trustee<G>]) -> String {
    json::write(&trustees)
}

/// The text that a proof of knowledge of a secret key hashes.
fn knowledge_prefix<G: Group>(public_key: &str) -> String {
    format!("pok|{}|{public_key}|", G::NAME)
}

fn check_public_key<G: Group>(public: &TrusteePublicKey<G>) -> Result<G::Element, TrusteeFault> {
    let key = G::element(&public.public_key).ok_or(TrusteeFault::PublicKey)?;
    knowledge_holds(
        &knowledge_prefix::<G>(&public.public_key),
        &key,
        &public.pok,
    )
    .then_some(key)
    .ok_or(TrusteeFault::ProofOfKnowledge)
}
