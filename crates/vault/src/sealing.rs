//! Sealing a text, and opening it again.

use std::sync::Arc;

use transparency::{Commitment, Opening, Salt};
use zeroize::Zeroizing;

use crate::{
    aead::{self, CannotEncrypt},
    bytes::Reader,
    envelope::{Entry, Envelope, EnvelopeError, is_field},
    keys::{KeyError, KeyStore},
    padding,
    subject::Subject,
};

/// Seals and opens texts under the keys of a store.
#[derive(Clone, Debug)]
pub struct Sealing {
    keys: Arc<KeyStore>,
}

/// A sealed text: what goes into the leaf, and what goes beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedField {
    /// For the leaf.
    pub commitment: Commitment,
    /// For the envelope.
    pub entry: Entry,
}

/// Why a text cannot be sealed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The subject has no key to seal it with.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The field is no path into the event's data.
    #[error("a field is written as names and numbers joined by slashes, at most 255 bytes: {0:?}")]
    Field(String),
    /// The text is too long to be encrypted.
    #[error("a text of {0} bytes is too long to be sealed; attach it as a file")]
    TooLong(usize),
    /// Nothing can be encrypted.
    #[error(transparent)]
    CannotEncrypt(#[from] CannotEncrypt),
}

/// Why a text cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// It was erased, lawfully: the key is gone.
    #[error("{subject} was erased by {event}")]
    Erased {
        /// The subject.
        subject: Subject,
        /// The event that erased it.
        event: String,
    },
    /// The envelope has no such field.
    #[error("the envelope has no field {0}")]
    NoSuchField(String),
    /// The envelope, or this entry, was changed, moved, or is under another
    /// key. A finding.
    #[error("the sealed text of {field} is damaged: {reason}")]
    Damaged {
        /// The field.
        field: String,
        /// What does not hold.
        reason: String,
    },
    /// The key is missing although nobody was erased. A finding; the backup of
    /// the key store may have it.
    #[error("the key of {0} is missing, and no event erased it")]
    KeyLost(Subject),
    /// The key store gives out no keys at the moment.
    #[error(transparent)]
    Unavailable(KeyError),
}

impl Sealing {
    /// Seals under the keys of this store.
    pub fn new(keys: Arc<KeyStore>) -> Self {
        Self { keys }
    }

    /// The store.
    pub fn keys(&self) -> &Arc<KeyStore> {
        &self.keys
    }

    /// Seals a text for a field of an event. The subject has a key already
    /// ([`KeyStore::create`]).
    pub fn seal(
        &self,
        subject: &Subject,
        event_id: &str,
        field: &str,
        plaintext: &[u8],
    ) -> Result<SealedField, SealError> {
        if !is_field(field) {
            return Err(SealError::Field(field.chars().take(80).collect()));
        }
        let length =
            u32::try_from(plaintext.len()).map_err(|_| SealError::TooLong(plaintext.len()))?;
        let key = self.keys.key(subject)?;
        let opening = Opening {
            event_id: event_id.to_owned(),
            field: field.to_owned(),
            salt: Salt(aead::random()?),
            plaintext: plaintext.to_vec(),
        };
        let class = padding::class(opening.salt.0.len() + 4 + plaintext.len());
        let mut padded = Zeroizing::new(Vec::with_capacity(class));
        padded.extend(opening.salt.0);
        padded.extend(length.to_be_bytes());
        padded.extend(plaintext);
        padded.resize(class, 0);
        Ok(SealedField {
            commitment: opening.commitment(),
            entry: Entry {
                subject: subject.clone(),
                field: field.to_owned(),
                sealed: key.seal(&aad(subject, event_id, field), &padded)?,
            },
        })
    }

    /// Opens one field of an event, given the bytes of the event's envelope.
    ///
    /// Whoever shows the text compares it with the commitment in the leaf
    /// first: [`Opening::opens`], [`crate::opening::check`].
    pub fn open(&self, envelope: &[u8], event_id: &str, field: &str) -> Result<Opening, OpenError> {
        let damaged = |error: EnvelopeError| OpenError::Damaged {
            field: field.to_owned(),
            reason: error.to_string(),
        };
        let envelope = Envelope::parse(envelope).map_err(damaged)?;
        let entry = envelope.entry(field);
        self.open_entry(
            entry.ok_or_else(|| OpenError::NoSuchField(field.to_owned()))?,
            event_id,
        )
    }

    /// Opens one entry of an event's envelope.
    pub fn open_entry(&self, entry: &Entry, event_id: &str) -> Result<Opening, OpenError> {
        let key = self.keys.key(&entry.subject).map_err(|error| match error {
            KeyError::Erased { subject, event } => OpenError::Erased { subject, event },
            KeyError::Unknown(subject) => OpenError::KeyLost(subject),
            other => OpenError::Unavailable(other),
        })?;
        let damaged = |reason: &str| OpenError::Damaged {
            field: entry.field.clone(),
            reason: reason.to_owned(),
        };
        let padded = key
            .open(&aad(&entry.subject, event_id, &entry.field), &entry.sealed)
            .ok_or_else(|| damaged("it was changed, or belongs to another event or key"))?;
        let (salt, plaintext) =
            unpad(&padded).ok_or_else(|| damaged("its padding has another form"))?;
        Ok(Opening {
            event_id: event_id.to_owned(),
            field: entry.field.clone(),
            salt,
            plaintext: plaintext.to_vec(),
        })
    }
}

fn unpad(padded: &[u8]) -> Option<(Salt, &[u8])> {
    let mut reader = Reader(padded);
    let salt = Salt(*reader.array()?);
    let length = usize::try_from(reader.u32()?).ok()?;
    let plaintext = reader.take(length)?;
    let padding_holds = reader.0.iter().all(|byte| *byte == 0)
        && padded.len() == padding::class(salt.0.len() + 4 + length);
    padding_holds.then_some((salt, plaintext))
}

/// What a ciphertext is bound to: it opens nowhere else.
fn aad(subject: &Subject, event_id: &str, field: &str) -> Vec<u8> {
    let mut aad = b"hiroba/seal/v1\n".to_vec();
    for part in [event_id, field, subject.as_str()] {
        aad.extend((part.len() as u64).to_be_bytes());
        aad.extend(part.as_bytes());
    }
    aad
}
