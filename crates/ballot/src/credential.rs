//! Credentials: what lets one person vote, and the public list that names nobody (§7).

use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use rand_core::CryptoRng;
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::base58;
use crate::group::{Candidate, Group, Scalar, all_members};
use crate::hash::Hash;
use crate::json::{self, JsonError};

/// The groups of characters of a private credential, as printed.
const GROUPS: [usize; 4] = [5, 6, 5, 6];

/// A private credential: 22 base58 characters, 128 bits. It is never printed by accident.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SecretCredential(String);

/// The text is not a private credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "a credential has 22 letters and digits in groups of 5, 6, 5 and 6, joined by hyphens, without 0, O, I and l"
)]
pub struct NotACredential;

impl SecretCredential {
    /// Draws a credential.
    pub fn generate<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut characters = base58::random(22, rng);
        let mut text = String::with_capacity(25);
        let mut rest = characters.as_str();
        for length in GROUPS {
            let (group, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
            if !text.is_empty() {
                text.push('-');
            }
            text.push_str(group);
            rest = after;
        }
        characters.zeroize();
        Self(text)
    }

    /// The text to print on the polling card.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The signing key that belongs to the credential in one election:
    /// SHA-256 of `derive_credential|uuid|0|c` and of `…|1|c`, as one 512-bit number modulo q.
    pub fn key<G: Group>(&self, uuid: &str) -> CredentialKey<G> {
        let mut wide = [0; 64];
        for (half, index) in wide.chunks_mut(32).zip(0..) {
            let mut text = format!("derive_credential|{uuid}|{index}|{}", self.0);
            half.copy_from_slice(Hash::of(text.as_bytes()).as_bytes());
            text.zeroize();
        }
        let key = CredentialKey::from_scalar(G::Scalar::from_wide(&wide));
        wide.zeroize();
        key
    }
}

impl FromStr for SecretCredential {
    type Err = NotACredential;

    fn from_str(text: &str) -> Result<Self, NotACredential> {
        let groups: Vec<&str> = text.split('-').collect();
        let lengths_fit = groups.iter().map(|group| group.len()).eq(GROUPS);
        let letters_fit = groups.iter().all(|group| base58::is_base58(group));
        (lengths_fit && letters_fit)
            .then(|| Self(text.to_owned()))
            .ok_or(NotACredential)
    }
}

impl fmt::Debug for SecretCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretCredential(…)")
    }
}

/// The secret exponent of a credential; signs ballots.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
#[zeroize(bound = "")]
pub struct CredentialKey<G: Group> {
    secret: G::Scalar,
    #[zeroize(skip)]
    public: String,
}

impl<G: Group> CredentialKey<G> {
    pub(crate) fn from_scalar(secret: G::Scalar) -> Self {
        let public = G::encode(&G::generator_power(&secret));
        Self { secret, public }
    }

    pub(crate) fn secret(&self) -> &G::Scalar {
        &self.secret
    }

    /// The public credential, g^s.
    pub fn public(&self) -> PublicCredential<G> {
        PublicCredential {
            text: self.public.clone(),
            group: PhantomData,
        }
    }
}

impl<G: Group> fmt::Debug for CredentialKey<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CredentialKey(…)")
    }
}

/// A public credential in its canonical form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicCredential<G> {
    text: String,
    group: PhantomData<G>,
}

impl<G: Group> PublicCredential<G> {
    /// Reads a public credential that somebody else made, and checks that it is in the group.
    pub fn parse(text: &str) -> Option<Self> {
        G::element(text).map(|_| Self {
            text: text.to_owned(),
            group: PhantomData,
        })
    }

    /// The form that stands in the list and in ballots.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Writes the public list: sorted, so that the order tells nothing about the roll. A weight is
/// written where there is one; either every voter has a weight or none needs to.
pub fn write_public_list<G: Group>(credentials: &[(PublicCredential<G>, Option<u64>)]) -> String {
    let mut sorted: Vec<_> = credentials.iter().collect();
    sorted.sort_by(|a, b| G::compare(&a.0.text, &b.0.text));
    let entries: Vec<_> = sorted
        .into_iter()
        .map(|(credential, weight)| match weight {
            Some(weight) => format!("{},{weight}", credential.text),
            None => credential.text.clone(),
        })
        .collect();
    json::write(&entries)
}

/// What is wrong with the public list.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CredentialsError {
    /// Not a canonical JSON list of strings.
    #[error("the list of public credentials: {0}")]
    Json(#[from] JsonError),
    /// An entry is neither `element` nor `element,weight`.
    #[error("entry {entry} of the credentials is not a group element with an optional weight")]
    Malformed {
        /// Place in the list, from 1.
        entry: usize,
    },
    /// An element is outside the group.
    #[error("entry {entry} of the credentials is not in the group")]
    NotInGroup {
        /// Place in the list, from 1.
        entry: usize,
    },
    /// A credential is listed twice.
    #[error("entries {first} and {entry} of the credentials are the same")]
    Duplicate {
        /// The earlier place.
        first: usize,
        /// The later place.
        entry: usize,
    },
}

/// The place of a voter in the public list, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VoterIndex(u32);

impl VoterIndex {
    /// The place as a number.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The public list, checked: every entry is in the group, none is there twice.
pub struct PublicCredentials<G: Group> {
    // By digest of the text: an entry is as large in either group.
    places: HashMap<Hash, (VoterIndex, u64)>,
    total_weight: u64,
    fingerprint: Hash,
    group: PhantomData<G>,
}

impl<G: Group> PublicCredentials<G> {
    /// Reads and checks the list; all that is wrong with it is returned.
    pub fn parse(record: &[u8]) -> Result<Self, Vec<CredentialsError>> {
        let list: Vec<String> = json::read(record).map_err(|error| vec![error.into()])?;
        let mut errors = Vec::new();
        let mut places = HashMap::with_capacity(list.len());
        let mut total_weight = 0_u64;
        let fingerprint = Hash::of(record);
        // In portions, so that memory stays with the list.
        for (portion, entries) in list.chunks(4096).enumerate() {
            let mut candidates: Vec<Candidate<G>> = Vec::with_capacity(entries.len());
            let mut numbers = Vec::with_capacity(entries.len());
            for (offset, text) in entries.iter().enumerate() {
                let place = portion * 4096 + offset;
                let entry = place + 1;
                let Some((element, weight)) = split(text) else {
                    errors.push(CredentialsError::Malformed { entry });
                    continue;
                };
                let (Some(candidate), Ok(index)) = (G::decode(element), u32::try_from(place))
                else {
                    errors.push(CredentialsError::Malformed { entry });
                    continue;
                };
                candidates.push(candidate);
                numbers.push(entry);
                match total_weight.checked_add(weight) {
                    Some(sum) => total_weight = sum,
                    None => errors.push(CredentialsError::Malformed { entry }),
                }
                let key = Hash::of(element.as_bytes());
                if let Some((first, _)) = places.insert(key, (VoterIndex(index), weight)) {
                    errors.push(CredentialsError::Duplicate {
                        first: first.index() + 1,
                        entry,
                    });
                }
            }
            if !all_members(&candidates, fingerprint.as_bytes()) {
                errors.extend(
                    candidates
                        .iter()
                        .zip(numbers)
                        .filter(|(candidate, _)| !G::is_member(candidate))
                        .map(|(_, entry)| CredentialsError::NotInGroup { entry }),
                );
            }
        }
        if errors.is_empty() {
            Ok(Self {
                places,
                total_weight,
                fingerprint,
                group: PhantomData,
            })
        } else {
            Err(errors)
        }
    }

    /// How many may vote.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether nobody may vote.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The sum of all weights.
    pub fn total_weight(&self) -> u64 {
        self.total_weight
    }

    /// What the credential authority compares: the digest of the record.
    pub fn fingerprint(&self) -> Hash {
        self.fingerprint
    }

    /// The place and weight of a public credential, if it is listed.
    pub fn find(&self, credential: &str) -> Option<(VoterIndex, u64)> {
        self.places.get(&Hash::of(credential.as_bytes())).copied()
    }
}

/// `element` or `element,weight`.
fn split(entry: &str) -> Option<(&str, u64)> {
    let Some((element, weight)) = entry.split_once(',') else {
        return Some((entry, 1));
    };
    let canonical = !weight.starts_with('0') && weight.bytes().all(|byte| byte.is_ascii_digit());
    weight
        .parse()
        .ok()
        .filter(|_| canonical)
        .map(|weight| (element, weight))
}
