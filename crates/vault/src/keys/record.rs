//! What the key store remembers, one fact a record.

use zeroize::Zeroizing;

use crate::{
    aead::Key,
    bytes::{Reader, push_short_text},
    subject::Subject,
};

/// An account of the identity provider, as the store knows it: see
/// [`super::Account`].
pub(crate) type AccountTag = [u8; 32];

/// One fact.
#[derive(Debug)]
pub(crate) enum Record {
    /// The secret under which accounts become tags. First in every snapshot.
    AccountSecret(Key),
    /// A subject has this key.
    Key { subject: Subject, key: Key },
    /// A subject was erased by this event, and never gets a key again.
    Erased { subject: Subject, event: String },
    /// Behind a subject of a case stands this account.
    Link {
        account: AccountTag,
        case: String,
        subject: Subject,
    },
    /// The store comes from a backup: erasures of the log must be replayed
    /// before any key is given out.
    Restored,
    /// The last of a snapshot.
    End,
}

impl Record {
    /// Appends the record; `None` if a text of it is longer than 255 bytes.
    pub(crate) fn write(&self, bytes: &mut Zeroizing<Vec<u8>>) -> Option<()> {
        // A vector that grows leaves its old content in memory.
        if bytes.capacity() - bytes.len() < 1024 {
            let mut grown = Zeroizing::new(Vec::with_capacity(bytes.capacity() * 2 + 1024));
            grown.extend_from_slice(bytes);
            *bytes = grown;
        }
        match self {
            Self::AccountSecret(key) => {
                bytes.push(1);
                bytes.extend(key.as_bytes());
            }
            Self::Key { subject, key } => {
                bytes.push(2);
                push_short_text(bytes, subject.as_str())?;
                bytes.extend(key.as_bytes());
            }
            Self::Erased { subject, event } => {
                bytes.push(3);
                push_short_text(bytes, subject.as_str())?;
                push_short_text(bytes, event)?;
            }
            Self::Link {
                account,
                case,
                subject,
            } => {
                bytes.push(4);
                bytes.extend(account);
                push_short_text(bytes, case)?;
                push_short_text(bytes, subject.as_str())?;
            }
            Self::Restored => bytes.push(5),
            Self::End => bytes.push(6),
        }
        Some(())
    }

    /// Reads the next record; `None` if the bytes are not one.
    pub(crate) fn read(bytes: &mut Reader<'_>) -> Option<Self> {
        let subject = |bytes: &mut Reader<'_>| bytes.short_text()?.parse().ok();
        Some(match bytes.u8()? {
            1 => Self::AccountSecret(Key::from_bytes(bytes.array()?)),
            2 => Self::Key {
                subject: subject(bytes)?,
                key: Key::from_bytes(bytes.array()?),
            },
            3 => Self::Erased {
                subject: subject(bytes)?,
                event: bytes.short_text()?.to_owned(),
            },
            4 => Self::Link {
                account: *bytes.array()?,
                case: bytes.short_text()?.to_owned(),
                subject: subject(bytes)?,
            },
            5 => Self::Restored,
            6 => Self::End,
            _ => return None,
        })
    }
}
