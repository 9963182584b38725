//! Digests, and the hash that turns a statement and its commitments into a challenge.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};

use crate::group::{Group, Scalar};

/// A SHA-256 digest: names records in hex, ballots and elections in base64 (fact sheet §1).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash([u8; 32]);

impl Hash {
    /// The digest of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The digest's bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Lower-case hex, as in file names and events.
    pub fn to_hex(&self) -> String {
        hex::encode(self.0)
    }

    /// Reads 64 lower-case hex digits and nothing else.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        let lower = !text.bytes().any(|byte| byte.is_ascii_uppercase());
        (lower && hex::decode_to_slice(text, &mut bytes).is_ok()).then_some(Self(bytes))
    }

    /// Base64 without padding: 43 characters, as fingerprints and trackers are shown.
    pub fn to_base64(&self) -> String {
        STANDARD_NO_PAD.encode(self.0)
    }

    /// Reads the 43 characters of a fingerprint or tracker.
    pub fn from_base64(text: &str) -> Option<Self> {
        STANDARD_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_hex())
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_hex(&text).ok_or_else(|| de::Error::custom("not 64 lower-case hex digits"))
    }
}

/// H(prefix, elements) of fact sheet §3: SHA-256 of the prefix and the elements' texts joined
/// by commas, as a big-endian number modulo q.
pub fn challenge<G: Group>(prefix: &str, elements: &[String]) -> G::Scalar {
    #[cfg(test)]
    preimages::note(prefix, elements);
    let mut hash = Sha256::new();
    hash.update(prefix);
    for (index, element) in elements.iter().enumerate() {
        if index > 0 {
            hash.update(b",");
        }
        hash.update(element);
    }
    G::Scalar::from_digest(&hash.finalize().into())
}

/// The texts that were hashed, for comparison with published ones.
#[cfg(test)]
pub(crate) mod preimages {
    use std::cell::RefCell;

    thread_local!(static NOTED: RefCell<Option<Vec<String>>> = const { RefCell::new(None) });

    pub(super) fn note(prefix: &str, elements: &[String]) {
        NOTED.with_borrow_mut(|noted| {
            if let Some(noted) = noted {
                noted.push(format!("{prefix}{}", elements.join(",")));
            }
        });
    }

    /// What was hashed in this thread while `act` ran.
    pub(crate) fn during(act: impl FnOnce()) -> Vec<String> {
        NOTED.set(Some(Vec::new()));
        act();
        NOTED.take().unwrap_or_default()
    }
}
