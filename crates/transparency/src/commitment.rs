//! Salted commitments: what stands in a leaf for text that is personal or not
//! yet public.
//!
//! ```text
//! SHA-256("hiroba/commit/v1\n" || u32 length || event id || u32 length || field || salt || text)
//! ```
//!
//! The salt of 256 random bits keeps short texts from being guessed; once salt
//! and text are destroyed, the commitment says nothing. Event id and field are
//! in it, so that it cannot be moved to another place. The lengths have a fixed
//! width of four bytes, big-endian, so that the parts can be told apart in one
//! way only: with plain concatenation, event `ab` with field `c` and event `a`
//! with field `bc` would share a commitment, and the writer could choose later
//! which was meant. The salt has a fixed length and the text comes last, so
//! they need none.

use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};

use crate::text;

/// The name of this scheme, as it stands beside a commitment in a leaf.
pub const ALGORITHM: &str = "hiroba/commit/v1";

/// The 32 random bytes of one opening; never used twice.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt(pub [u8; 32]);

/// The commitment. Its text is standard base64 with padding.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Commitment(pub [u8; 32]);

/// Text that is not the base64 of 32 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a commitment or salt is written as 44 characters of standard base64")]
pub struct NotThirtyTwoBytes;

/// What opens a commitment.
#[derive(Clone, PartialEq, Eq)]
pub struct Opening {
    /// The event in whose leaf the commitment stands.
    pub event_id: String,
    /// The field of that event.
    pub field: String,
    /// The salt.
    pub salt: Salt,
    /// The text.
    pub plaintext: Vec<u8>,
}

impl Opening {
    /// The commitment that this opens.
    #[must_use]
    pub fn commitment(&self) -> Commitment {
        let mut hash = Sha256::new_with_prefix(ALGORITHM).chain_update("\n");
        for part in [&self.event_id, &self.field] {
            // Both stand in a leaf of at most 65,535 bytes; nothing that does
            // not fit could be opened, see `opens`.
            let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
            hash = hash.chain_update(length.to_be_bytes()).chain_update(part);
        }
        Commitment(
            hash.chain_update(self.salt.0)
                .chain_update(&self.plaintext)
                .finalize()
                .into(),
        )
    }

    /// Whether `commitment` is to this text, for this event and field.
    #[must_use]
    pub fn opens(&self, commitment: &Commitment) -> bool {
        let fits = |part: &str| u32::try_from(part.len()).is_ok();
        fits(&self.event_id) && fits(&self.field) && self.commitment() == *commitment
    }
}

/// Shows where it belongs; salt and text are nobody's business in a trace.
impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Opening({} {}, {} bytes)",
            self.event_id,
            self.field,
            self.plaintext.len()
        )
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(..)")
    }
}

impl fmt::Debug for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Commitment({self})")
    }
}

impl fmt::Display for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::base64(&self.0))
    }
}

/// The salt in base64: it is shown where the opening is shown.
impl fmt::Display for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::base64(&self.0))
    }
}

impl FromStr for Commitment {
    type Err = NotThirtyTwoBytes;

    fn from_str(text: &str) -> Result<Self, NotThirtyTwoBytes> {
        text::array_from_base64(text)
            .map(Self)
            .ok_or(NotThirtyTwoBytes)
    }
}

impl FromStr for Salt {
    type Err = NotThirtyTwoBytes;

    fn from_str(text: &str) -> Result<Self, NotThirtyTwoBytes> {
        text::array_from_base64(text)
            .map(Self)
            .ok_or(NotThirtyTwoBytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opening() -> Opening {
        Opening {
            event_id: "event_01J9".into(),
            field: "body".into(),
            salt: Salt([7; 32]),
            plaintext: "道路を直してほしい".into(),
        }
    }

    /// Computed with Python's hashlib from the formula above.
    #[test]
    fn the_commitment_is_the_one_of_the_formula() {
        assert_eq!(opening().commitment().to_string(), GOLDEN);
    }

    const GOLDEN: &str = "waWS3dcdQXpTSLXBag/hUEZDDM8jBNdy7Y2zGsg3DKs=";

    #[test]
    fn every_part_is_bound() {
        let commitment = opening().commitment();
        assert!(opening().opens(&commitment));
        for changed in [
            Opening {
                event_id: "event_01J8".into(),
                ..opening()
            },
            Opening {
                field: "name".into(),
                ..opening()
            },
            Opening {
                salt: Salt([8; 32]),
                ..opening()
            },
            Opening {
                plaintext: "道路を直してほしく".into(),
                ..opening()
            },
            // The same bytes, cut elsewhere.
            Opening {
                event_id: "event_01J9b".into(),
                field: "ody".into(),
                ..opening()
            },
            Opening {
                event_id: "event_01J".into(),
                field: "9body".into(),
                ..opening()
            },
        ] {
            assert!(!changed.opens(&commitment), "{changed:?}");
        }
    }

    #[test]
    fn text_forms_are_read_back_and_secrets_are_not_shown() {
        let commitment = opening().commitment();
        assert_eq!(commitment.to_string().parse(), Ok(commitment));
        assert_eq!(opening().salt.to_string().parse(), Ok(opening().salt));
        assert_eq!("AA==".parse::<Commitment>(), Err(NotThirtyTwoBytes));
        assert_eq!(
            commitment.to_string().trim_end_matches('=').parse::<Salt>(),
            Err(NotThirtyTwoBytes)
        );
        assert_eq!(
            format!("{:?}", opening()),
            "Opening(event_01J9 body, 27 bytes)"
        );
        assert_eq!(format!("{:?}", opening().salt), "Salt(..)");
    }
}
