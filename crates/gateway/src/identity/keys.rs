//! The keys of an issuer (RFC 7517), and what they confirm.
//!
//! The key decides on the algorithm, never the token: a token that names
//! another is refused before anything is computed.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use serde::Deserialize;

use super::{Token, TokenError};

/// The ways of signing that are accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSA, PKCS #1 v1.5, SHA-256; keys of 2048 bits and more.
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "ES256" => Some(Self::Es256),
            "EdDSA" | "Ed25519" => Some(Self::EdDsa),
            _ => None,
        }
    }
}

/// The public keys of an issuer.
#[derive(Clone, Debug, Default)]
pub struct KeySet(Vec<Key>);

/// A key set that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the issuer's key set is not as it should be: {0}")]
pub struct SigningKeyError(serde_json::Error);

#[derive(Clone, Debug)]
struct Key {
    id: Option<String>,
    material: Material,
}

#[derive(Clone, Debug)]
enum Material {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    P256 { point: Vec<u8> },
    Ed25519 { point: Vec<u8> },
}

#[derive(Deserialize)]
struct Published {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct PublishedKey {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl KeySet {
    /// Reads what the issuer publishes. Keys that are not for our algorithms
    /// are passed over: an issuer may have others for others.
    ///
    /// # Errors
    /// If it is no key set.
    pub fn read(json: &[u8]) -> Result<Self, SigningKeyError> {
        let published: Published = serde_json::from_slice(json).map_err(SigningKeyError)?;
        let keys = published
            .keys
            .into_iter()
            .filter_map(|key| serde_json::from_value(key).ok())
            .filter_map(Key::of)
            .collect();
        Ok(Self(keys))
    }

    /// Whether a key of the set confirms the token.
    ///
    /// # Errors
    /// [`TokenError::UnknownKey`] if no key fits; then newer keys may.
    pub(super) fn confirm(&self, token: &Token<'_>) -> Result<(), TokenError> {
        let mut fitting = self.0.iter().filter(|key| {
            key.material.algorithm() == token.algorithm
                && (token.key_id.is_none() || key.id == token.key_id)
        });
        let key = fitting.next().ok_or(TokenError::UnknownKey)?;
        if token.key_id.is_none() && fitting.next().is_some() {
            // Trying all keys would leave it to the token which one counts.
            return Err(TokenError::UnknownKey);
        }
        key.material
            .verify(token.signed.as_bytes(), &token.signature)
            .map_err(|_| TokenError::Signature)
    }
}

impl Key {
    fn of(published: PublishedKey) -> Option<Self> {
        let part = |text: Option<String>| URL_SAFE_NO_PAD.decode(text?).ok();
        if published.purpose.is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        let material = match (published.kty.as_str(), published.crv.as_deref()) {
            ("RSA", _) => Material::Rsa {
                n: without_leading_zeros(part(published.n)?),
                e: without_leading_zeros(part(published.e)?),
            },
            ("EC", Some("P-256")) => {
                let (x, y) = (part(published.x)?, part(published.y)?);
                if (x.len(), y.len()) != (32, 32) {
                    return None;
                }
                Material::P256 {
                    point: [&[4], x.as_slice(), y.as_slice()].concat(),
                }
            }
            ("OKP", Some("Ed25519")) => Material::Ed25519 {
                point: part(published.x)?,
            },
            _ => return None,
        };
        if published
            .alg
            .is_some_and(|alg| Algorithm::named(&alg) != Some(material.algorithm()))
        {
            return None;
        }
        Some(Self {
            id: published.kid,
            material,
        })
    }
}

impl Material {
    fn algorithm(&self) -> Algorithm {
        match self {
            Self::Rsa { .. } => Algorithm::Rs256,
            Self::P256 { .. } => Algorithm::Es256,
            Self::Ed25519 { .. } => Algorithm::EdDsa,
        }
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), ring::error::Unspecified> {
        match self {
            Self::Rsa { n, e } => RsaPublicKeyComponents { n, e }.verify(
                &RSA_PKCS1_2048_8192_SHA256,
                message,
                signature,
            ),
            Self::P256 { point } => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature)
            }
            Self::Ed25519 { point } => {
                UnparsedPublicKey::new(&ED25519, point).verify(message, signature)
            }
        }
    }
}

/// Some issuers write a zero in front of a number whose first bit is set.
fn without_leading_zeros(mut number: Vec<u8>) -> Vec<u8> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.drain(..zeros);
    number
}
