//! The trustees record as JSON.

use rand_core::CryptoRng;
use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::group::Group;
use crate::json;
use crate::proof::{Proof, knowledge_holds, prove_knowledge};

/// A trustee's public key with the proof that its secret key is known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub struct TrusteePublicKey<G: Group> {
    /// Proof of knowledge of the secret key.
    pub pok: Proof<G>,
    /// The key.
    pub public_key: String,
    /// In threshold groups: the owner's signature under the key (3.x).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Proof<G>>,
    /// The trustee's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A message with a signature.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub struct SignedMessage<G: Group> {
    /// The message: canonical JSON in a string.
    pub message: String,
    /// The signature.
    pub signature: Proof<G>,
}

impl<G: Group> SignedMessage<G> {
    pub(super) fn sign(
        message: String,
        key: &G::Scalar,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Self {
        let signature = sign(&message, key, rng);
        Self { message, signature }
    }

    pub(super) fn holds(&self, key: &G::Element) -> bool {
        signature_holds(&self.message, key, &self.signature)
    }
}

pub(super) fn sign<G: Group>(
    message: &str,
    key: &G::Scalar,
    rng: &mut (impl CryptoRng + ?Sized),
) -> Proof<G> {
    prove_knowledge(&format!("sigmsg|{message}|"), key, rng)
}

pub(super) fn signature_holds<G: Group>(
    message: &str,
    key: &G::Element,
    signature: &Proof<G>,
) -> bool {
    knowledge_holds(&format!("sigmsg|{message}|"), key, signature)
}

/// What a threshold group publishes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub struct ThresholdParameters<G: Group> {
    /// How many members decrypt together.
    pub threshold: usize,
    /// Each member's keys, signed.
    pub certs: Vec<SignedMessage<G>>,
    /// Each member's commitments to a polynomial, signed.
    pub coefexps: Vec<SignedMessage<G>>,
    /// Each member's signature under all certificates and the own commitments (3.x).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signatures: Option<Vec<Proof<G>>>,
    /// The key with which each member's partial decryption is checked.
    pub verification_keys: Vec<TrusteePublicKey<G>>,
}

/// The message of a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Certificate {
    /// Missing in the form of belenios-tool 2.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) context: Option<Context>,
    /// The key that checks the member's signatures.
    pub(super) verification: String,
    /// The key to which shares are encrypted.
    pub(super) encryption: String,
}

/// The ceremony for which a certificate was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Context {
    pub(super) group: String,
    pub(super) size: usize,
    pub(super) threshold: usize,
    /// Place among the members, from 1.
    pub(super) index: usize,
}

/// The message with the commitments to a polynomial.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Commitments {
    pub(super) coefexps: Vec<String>,
}

/// The text under which a member puts the signature that ties the ceremony together.
pub(super) fn certificates_text<G: Group>(
    certs: &[SignedMessage<G>],
    coefexps: &[String],
) -> String {
    #[derive(Serialize)]
    #[serde(bound = "")]
    struct All<'a, G: Group> {
        certs: &'a [SignedMessage<G>],
        coefexps: &'a [String],
    }
    format!("certs_sig|{}", json::write(&All { certs, coefexps }))
}

/// A trustee, or a group of them.
#[derive(Clone, Debug, PartialEq)]
pub enum Trustee<G: Group> {
    /// Indispensable.
    Single(TrusteePublicKey<G>),
    /// `threshold` members suffice.
    Pedersen(ThresholdParameters<G>),
}

impl<G: Group> Serialize for Trustee<G> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Single(public) => ("Single", public).serialize(serializer),
            Self::Pedersen(parameters) => ("Pedersen", parameters).serialize(serializer),
        }
    }
}

impl<'de, G: Group> Deserialize<'de> for Trustee<G> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pair<G>(std::marker::PhantomData<G>);
        impl<'de, G: Group> Visitor<'de> for Pair<G> {
            type Value = Trustee<G>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(r#"["Single", key] or ["Pedersen", parameters]"#)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut pair: A) -> Result<Trustee<G>, A::Error> {
                let missing = || de::Error::custom("a trustee is a pair of a kind and its content");
                let kind: String = pair.next_element()?.ok_or_else(missing)?;
                match kind.as_str() {
                    "Single" => Ok(Trustee::Single(pair.next_element()?.ok_or_else(missing)?)),
                    "Pedersen" => Ok(Trustee::Pedersen(pair.next_element()?.ok_or_else(missing)?)),
                    _ => Err(de::Error::unknown_variant(&kind, &["Single", "Pedersen"])),
                }
            }
        }
        deserializer.deserialize_seq(Pair(std::marker::PhantomData))
    }
}
