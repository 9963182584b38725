//! One key per subject, small enough to be rewritten whole when one of them is
//! destroyed.
//!
//! New keys go to a journal, many with one sync. Erasing writes a new snapshot
//! without the erased keys under a fresh epoch key, and then destroys the old
//! snapshot and journal: from then on the erased keys are in no file, not even
//! wrapped.

mod epoch;
mod record;
mod ring;
mod writer;

use std::{
    fmt, io,
    path::Path,
    sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, mpsc},
    thread::JoinHandle,
};

use disk::Disk;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use self::{
    record::AccountTag,
    ring::Ring,
    writer::{Request, Writer},
};
use crate::{
    aead::{CannotEncrypt, KEY_LEN, Key},
    kek::KeyEncryptionKey,
    subject::Subject,
};

/// Why the key store cannot be opened, written or moved.
#[derive(Debug, thiserror::Error)]
pub enum KeyStoreError {
    /// The operating system refused.
    #[error("the key store in {path}: {error}")]
    Io {
        /// The file or directory.
        path: String,
        /// What the operating system said.
        error: io::Error,
    },
    /// Another process has it open.
    #[error("the key store in {0} is open in another process")]
    Locked(String),
    /// The bytes are not those that were written.
    #[error("the key store is damaged ({path}: {reason}): restore it from its backup")]
    Damaged {
        /// The file.
        path: String,
        /// What does not hold.
        reason: String,
    },
    /// The key-encryption key does not open it.
    #[error("{0} was written under another key-encryption key, or its head is damaged")]
    WrongKey(String),
    /// A backup is restored into an empty directory only.
    #[error("{0} holds a key store already: restore into an empty directory")]
    NotEmpty(String),
    /// A text in it is longer than the form allows.
    #[error("a case or event id is longer than 255 bytes")]
    TooLong,
    /// Nothing can be encrypted.
    #[error(transparent)]
    CannotEncrypt(#[from] CannotEncrypt),
}

impl KeyStoreError {
    fn io(path: &Path, error: io::Error) -> Self {
        Self::Io {
            path: path.display().to_string(),
            error,
        }
    }

    /// Whether nothing but room is missing.
    fn is_full(&self) -> bool {
        matches!(self, Self::Io { error, .. } if disk::is_full(error))
    }

    fn damaged(path: &Path, reason: &str) -> Self {
        Self::Damaged {
            path: path.display().to_string(),
            reason: reason.to_owned(),
        }
    }
}

/// Why there is no key for a subject.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The subject was erased; it gets no key again.
    #[error("{subject} was erased by {event}")]
    Erased {
        /// The subject.
        subject: Subject,
        /// The event that erased it.
        event: String,
    },
    /// The subject has no key and was not erased. For a text that was sealed,
    /// this is a loss: the backup of the key store may have it.
    #[error("{0} has no key")]
    Unknown(Subject),
    /// The store comes from a backup, and nobody has told it yet what was
    /// erased since.
    #[error("the key store comes from a backup: replay the erasures of the log first")]
    NotReplayed,
    /// The id of a case or event is longer than any is.
    #[error("an id has at most 255 bytes, not {0}")]
    LongId(usize),
    /// There is no room for another key; goes away by itself.
    #[error("the key store has no room: {0}")]
    Full(String),
    /// The store stopped after a failure; it has to be opened again.
    #[error("the key store has stopped: {0}")]
    Stopped(String),
}

/// Who is erased, and by which event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// The subject.
    pub subject: Subject,
    /// The id of the event that is the legal record of it.
    pub event: String,
}

/// An account of the identity provider. The store keeps only a keyed hash of
/// it, and that only as long as the subject lives.
#[derive(Clone, Copy)]
pub struct Account<'a> {
    /// Who vouches for the person (`iss`).
    pub issuer: &'a str,
    /// The person, as the issuer calls them (`sub`).
    pub subject: &'a str,
}

impl Account<'_> {
    fn tag(&self, secret: &Key) -> AccountTag {
        // HMAC fills a short key up with zeros to one block (RFC 2104).
        let mut block = Zeroizing::new([0; 64]);
        let (key, _) = block.split_at_mut(KEY_LEN);
        key.copy_from_slice(secret.as_bytes());
        let mut mac = Hmac::<Sha256>::new((&*block).into());
        mac.update(b"hiroba/account/v1\n");
        for part in [self.issuer, self.subject] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for Account<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Account(..)")
    }
}

/// The keys. Reading them takes no I/O; what changes them is durable when it
/// is answered.
pub struct KeyStore {
    ring: Arc<RwLock<Ring>>,
    refusal: Arc<Mutex<Option<KeyError>>>,
    // Taken when the store is dropped, so that its thread ends and the
    // directory is free again.
    requests: Option<mpsc::Sender<Request>>,
    writer: Option<JoinHandle<()>>,
}

impl KeyStore {
    /// Opens the key store in a directory of its own, or makes it.
    ///
    /// The server replays the erasures of the log right afterwards
    /// ([`KeyStore::replay_erasures`]): the directory may be an old copy.
    pub fn open(disk: Disk, dir: &Path, kek: KeyEncryptionKey) -> Result<Self, KeyStoreError> {
        let (writer, ring) = Writer::open(disk, dir, kek)?;
        let ring = Arc::new(RwLock::new(ring));
        let (requests, receiver) = mpsc::channel();
        let shared = Arc::clone(&ring);
        let refusal = Arc::clone(&writer.refusal);
        let thread = std::thread::Builder::new()
            .name("key-store".to_owned())
            .spawn(move || writer.run(&shared, &receiver))
            .map_err(|error| KeyStoreError::io(dir, error))?;
        Ok(Self {
            ring,
            refusal,
            requests: Some(requests),
            writer: Some(thread),
        })
    }

    /// Makes the key store in an empty directory out of a backup. It gives out
    /// no key before the erasures of the log were replayed.
    pub fn restore(
        disk: Disk,
        dir: &Path,
        kek: KeyEncryptionKey,
        backup: &Path,
    ) -> Result<Self, KeyStoreError> {
        Writer::restore(&disk, dir, &kek, backup)?;
        Self::open(disk, dir, kek)
    }

    fn ring(&self) -> RwLockReadGuard<'_, Ring> {
        // The writer replaces whole entries only; nothing is left half done.
        self.ring.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn key(&self, subject: &Subject) -> Result<Arc<Key>, KeyError> {
        let ring = self.ring();
        if ring.restored {
            return Err(KeyError::NotReplayed);
        }
        match (ring.erased.get(subject), ring.keys.get(subject)) {
            (Some(event), _) => Err(KeyError::Erased {
                subject: subject.clone(),
                event: event.clone(),
            }),
            (None, Some(key)) => Ok(Arc::clone(key)),
            (None, None) => Err(KeyError::Unknown(subject.clone())),
        }
    }

    /// Whether there is a key to open a subject's texts with.
    pub fn holds(&self, subject: &Subject) -> bool {
        self.key(subject).is_ok()
    }

    async fn ask<T>(
        &self,
        request: impl FnOnce(oneshot::Sender<Result<T, KeyError>>) -> Request,
    ) -> Result<T, KeyError> {
        let gone = || KeyError::Stopped("its thread has ended".to_owned());
        let (reply, answer) = oneshot::channel();
        let requests = self.requests.as_ref().ok_or_else(gone)?;
        requests.send(request(reply)).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }

    /// Sees to it that a subject has a key, durable on return: call it before
    /// the event is appended whose text is sealed under that key. Many callers
    /// share one sync.
    pub async fn create(&self, subject: &Subject) -> Result<(), KeyError> {
        match self.key(subject) {
            Err(KeyError::Unknown(subject)) => {
                self.ask(|reply| Request::Create { subject, reply }).await
            }
            known => known.map(drop),
        }
    }

    /// The subject that an account is in a case; if it is none yet, it becomes
    /// `proposed`, which gets a key. Durable on return.
    pub async fn link(
        &self,
        account: Account<'_>,
        case: &str,
        proposed: Subject,
    ) -> Result<Subject, KeyError> {
        check_id(case)?;
        if let Some(subject) = self.subject_of(account, case) {
            return Ok(subject);
        }
        let account = account.tag(&self.ring().account_secret);
        let case = case.to_owned();
        self.ask(|reply| Request::Link {
            account,
            case,
            proposed,
            reply,
        })
        .await
    }

    /// The subject that an account is in a case, if it took part there and was
    /// not erased.
    pub fn subject_of(&self, account: Account<'_>, case: &str) -> Option<Subject> {
        let ring = self.ring();
        let tag = account.tag(&ring.account_secret);
        ring.links.get(&tag)?.get(case).cloned()
    }

    /// Every case in which an account took part, with its subject there.
    pub fn subjects_of(&self, account: Account<'_>) -> Vec<(String, Subject)> {
        let ring = self.ring();
        let tag = account.tag(&ring.account_secret);
        let cases = ring.links.get(&tag).into_iter().flatten();
        cases
            .map(|(case, subject)| (case.clone(), subject.clone()))
            .collect()
    }

    /// Destroys the keys of these subjects, and who stands behind them. On
    /// return they are in no file, nor are any that were to be destroyed before
    /// and could not be; says how many had a key. Asking again does nothing.
    pub async fn erase(&self, erasures: Vec<Erasure>) -> Result<usize, KeyError> {
        erasures
            .iter()
            .try_for_each(|erasure| check_id(&erasure.event))?;
        self.ask(|reply| Request::Erase {
            erasures,
            all: false,
            reply,
        })
        .await
    }

    /// Destroys whatever the log says was erased; `erasures` are all of them.
    /// After a restore this is what makes the store give out keys.
    pub async fn replay_erasures(
        &self,
        erasures: impl IntoIterator<Item = Erasure>,
    ) -> Result<usize, KeyError> {
        let erasures: Vec<_> = erasures.into_iter().collect();
        erasures
            .iter()
            .try_for_each(|erasure| check_id(&erasure.event))?;
        self.ask(|reply| Request::Erase {
            erasures,
            all: true,
            reply,
        })
        .await
    }

    /// Why no key is made at the moment, if so.
    pub fn read_only(&self) -> Option<KeyError> {
        let refusal = self.refusal.lock();
        let refusal = refusal.unwrap_or_else(PoisonError::into_inner).clone()?;
        if let (KeyError::Full(_), Some(requests)) = (&refusal, &self.requests) {
            // Has the writer look whether there is room again.
            let _ = requests.send(Request::Look);
        }
        Some(refusal)
    }

    /// By which event a subject was erased, if it was.
    pub fn erased_by(&self, subject: &Subject) -> Option<String> {
        self.ring().erased.get(subject).cloned()
    }

    /// How many subjects have a key.
    pub fn len(&self) -> usize {
        self.ring().keys.len()
    }

    /// Whether no subject has a key.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Writes everything under another key-encryption key from now on.
    pub async fn rewrap(&self, kek: KeyEncryptionKey) -> Result<(), KeyError> {
        self.ask(|reply| Request::Rewrap { kek, reply }).await
    }

    /// Writes a backup, wrapped under the key-encryption key. It holds the keys
    /// that will be erased after it: an erasure is complete when the last
    /// backup from before it is gone, so keep few, and not for long.
    pub async fn backup(&self, path: &Path) -> Result<(), KeyError> {
        let path = path.to_owned();
        self.ask(|reply| Request::Backup { path, reply }).await
    }
}

fn check_id(id: &str) -> Result<(), KeyError> {
    u8::try_from(id.len())
        .map(drop)
        .map_err(|_| KeyError::LongId(id.len()))
}

impl Drop for KeyStore {
    fn drop(&mut self) {
        drop(self.requests.take());
        if let Some(writer) = self.writer.take() {
            // If it panicked, it has said so.
            let _ = writer.join();
        }
    }
}

impl fmt::Debug for KeyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ring = self.ring();
        f.debug_struct("KeyStore")
            .field("keys", &ring.keys.len())
            .field("erased", &ring.erased.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_key_is_in_no_file_in_clear_and_gone_after_erasure() {
        let dir = tempfile::tempdir().unwrap();
        let kek = KeyEncryptionKey::from_bytes(&[1; 32]);
        let keys = KeyStore::open(Disk::new(), dir.path(), kek).unwrap();
        let subject: Subject = "subject_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap();
        keys.create(&subject).await.unwrap();
        let key = keys.key(&subject).unwrap();
        let found = || {
            let mut files = std::fs::read_dir(dir.path()).unwrap();
            files.any(|file| {
                let bytes = std::fs::read(file.unwrap().path()).unwrap();
                bytes
                    .windows(8)
                    .any(|part| key.as_bytes().starts_with(part))
            })
        };
        assert!(!found());
        // Folded into a snapshot, it is there wrapped only.
        keys.rewrap(KeyEncryptionKey::from_bytes(&[2; 32]))
            .await
            .unwrap();
        assert!(!found());
        let erasure = Erasure {
            subject: subject.clone(),
            event: "event_x.0".to_owned(),
        };
        keys.erase(vec![erasure]).await.unwrap();
        assert!(!found());
        assert!(matches!(keys.key(&subject), Err(KeyError::Erased { .. })));
    }
}
