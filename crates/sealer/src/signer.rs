//! The signer: keeps the log's keys, remembers what it signed last, and signs
//! nothing that does not extend it.
//!
//! ```text
//! <dir>/key-<n>       32 secret bytes in hexadecimal; more than one while a
//!                     key is replaced
//! <dir>/state         the last checkpoint's text (origin, size, root),
//!                     written before its signature is given out
//! <dir>/checkpoints   all checkpoints that were given out
//! ```
//!
//! The directory lies apart from the log: whoever puts an old copy of the log
//! in place must not put the signer's memory back with it.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

use disk::Disk;
use transparency::{
    Checkpoint, Hash, SignedCheckpoint, SignerKey, VerifierKey,
    checkpoint::CheckpointError,
    note::{KeyError, KeyKind},
    proof::{self, CheckError},
};
use zeroize::Zeroizing;

use crate::{SealerError, history::History};

/// Signs checkpoints.
pub struct Signer {
    disk: Disk,
    dir: PathBuf,
    origin: String,
    /// By number, oldest first.
    keys: Vec<(u64, SignerKey)>,
    last: Checkpoint,
    history: History,
    // Held as long as the signer is open.
    _lock: File,
}

/// Why the signer cannot be opened, or does not sign.
#[derive(Debug, thiserror::Error)]
pub enum SignerError {
    /// The operating system refused.
    #[error("the signer's {path}: {error}")]
    Io {
        /// The file or directory.
        path: String,
        /// What the operating system said.
        error: io::Error,
    },
    /// Another process signs with these keys.
    #[error("the signer in {0} is open in another process")]
    Locked(String),
    /// A file is not what was written.
    #[error("the signer's {path} is damaged: {reason}")]
    Damaged {
        /// The file.
        path: String,
        /// What does not hold.
        reason: String,
    },
    /// There is a key without a memory of what it signed.
    #[error(
        "{0} is missing although there is a key: without it the signer cannot know what it signed. Put it back; or, if it is lost, write the newest checkpoint that anybody holds into it"
    )]
    NoState(String),
    /// Something was signed, and the key is gone.
    #[error("there is no key in {0}, although it has signed: put the key back")]
    NoKey(String),
    /// The directory belongs to another log.
    #[error("the signer in this directory is of {found}, not of {expected}")]
    OtherOrigin {
        /// The configured origin.
        expected: String,
        /// The origin that it signed for.
        found: String,
    },
    /// The origin cannot be a key's name.
    #[error("the origin: {0}")]
    Origin(#[from] KeyError),
    /// ALARM: the checkpoint does not extend what was signed.
    #[error(
        "ALARM: refused to sign a fork: size {new} does not extend the signed size {signed}: {reason}"
    )]
    Fork {
        /// The size that was signed last.
        signed: u64,
        /// The size that should have been signed.
        new: u64,
        /// What does not hold.
        reason: CheckError,
    },
    /// The checkpoint has no form.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The operating system gave no random bytes.
    #[error("the operating system gives no random bytes for a key")]
    NoRandomness,
    /// A signer is there already, and its memory must not be replaced.
    #[error("there is a signer in {0} already: it stays as it is")]
    Exists(String),
    /// The only key cannot be retired.
    #[error("there is no newer key that could take over: rotate first")]
    LastKey,
}

impl SignerError {
    pub(crate) fn io(path: &Path, error: io::Error) -> Self {
        Self::Io {
            path: path.display().to_string(),
            error,
        }
    }

    pub(crate) fn damaged(path: &Path, reason: &str) -> Self {
        Self::Damaged {
            path: path.display().to_string(),
            reason: reason.to_owned(),
        }
    }
}

impl Signer {
    /// Opens the signer of this log, or makes it with a new key.
    pub fn open(disk: Disk, dir: &Path, origin: &str) -> Result<Self, SignerError> {
        let io = |error| SignerError::io(dir, error);
        disk.create_dir(dir).map_err(io)?;
        let lock = disk::lock(dir)
            .map_err(io)?
            .ok_or_else(|| SignerError::Locked(dir.display().to_string()))?;
        let mut keys = Vec::new();
        for entry in std::fs::read_dir(dir).map_err(io)? {
            let name = entry.map_err(io)?.file_name();
            let number = name.to_str().and_then(|name| name.strip_prefix("key-"));
            if let Some(number) = number.and_then(|number| number.parse().ok()) {
                keys.push((number, read_key(&key_path(dir, number), origin)?));
            }
        }
        keys.sort_unstable_by_key(|(number, _)| *number);
        let path = dir.join("state");
        let state = disk::read(&path).map_err(|error| SignerError::io(&path, error))?;
        let last = match state {
            Some(bytes) => str::from_utf8(&bytes)
                .ok()
                .and_then(|text| text.parse::<Checkpoint>().ok())
                .ok_or_else(|| SignerError::damaged(&path, "it is not a checkpoint's text"))?,
            // The state comes before the first key, so a key alone has lost it.
            None if !keys.is_empty() => {
                return Err(SignerError::NoState(path.display().to_string()));
            }
            None => {
                let none = Checkpoint::new(origin, 0, Hash::empty_tree())?;
                disk.replace(&path, none.to_string().as_bytes())
                    .map_err(|error| SignerError::io(&path, error))?;
                none
            }
        };
        if last.origin() != origin {
            return Err(SignerError::OtherOrigin {
                expected: origin.to_owned(),
                found: last.origin().to_owned(),
            });
        }
        if keys.is_empty() {
            if last.size() > 0 {
                return Err(SignerError::NoKey(dir.display().to_string()));
            }
            keys.push((1, make_key(&disk, dir, 1, origin)?));
        }
        Ok(Self {
            history: History::open(&disk, dir)?,
            disk,
            dir: dir.to_owned(),
            origin: origin.to_owned(),
            keys,
            last,
            _lock: lock,
        })
    }

    /// Makes the signer of a machine that was lost, out of a copy of its key and
    /// the newest checkpoint that anybody holds: a witness, a citizen, the
    /// gazette. An older one would let it sign a fork, so take the newest.
    ///
    /// # Errors
    /// If a signer is there already, or the key has not signed that checkpoint.
    pub fn recover(
        disk: &Disk,
        dir: &Path,
        key: &Path,
        newest: &SignedCheckpoint,
    ) -> Result<(), SignerError> {
        let io = |error| SignerError::io(dir, error);
        let origin = newest.checkpoint().origin();
        let seed = read_seed(key)?;
        let key = SignerKey::from_seed(origin, KeyKind::Ed25519, &seed)?;
        let signed = newest.verify([key.verifier()])?;
        disk.create_dir(dir).map_err(io)?;
        let _lock = disk::lock(dir)
            .map_err(io)?
            .ok_or_else(|| SignerError::Locked(dir.display().to_string()))?;
        let state = dir.join("state");
        if state.exists() || key_path(dir, 1).exists() {
            return Err(SignerError::Exists(dir.display().to_string()));
        }
        // As when a signer is made: the state comes before the key.
        disk.replace(&state, signed.to_string().as_bytes())
            .map_err(|error| SignerError::io(&state, error))?;
        write_key(disk, &key_path(dir, 1), &seed)
    }

    /// The log's name.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The public keys that sign now, oldest first.
    pub fn verifiers(&self) -> impl Iterator<Item = &VerifierKey> {
        self.keys.iter().map(|(_, key)| key.verifier())
    }

    /// What was signed last; of size 0 if nothing was.
    pub fn last(&self) -> &Checkpoint {
        &self.last
    }

    /// Signs a checkpoint that extends the last one, which `proof` shows. It
    /// is remembered, durably, before it is given out. Signing the last one
    /// again needs no proof.
    pub fn sign(
        &mut self,
        size: u64,
        root: Hash,
        proof: &[Hash],
    ) -> Result<SignedCheckpoint, SignerError> {
        let fork = |reason| SignerError::Fork {
            signed: self.last.size(),
            new: size,
            reason,
        };
        // Every log extends one without events.
        if self.last.size() > 0 {
            let (old, old_root) = (self.last.size(), self.last.root());
            proof::check_consistency(old, size, proof, &old_root, &root).map_err(fork)?;
        }
        let checkpoint = Checkpoint::new(&self.origin, size, root)?;
        let mut signed = checkpoint
            .clone()
            .sign(self.keys.iter().map(|(_, key)| key))?;
        if checkpoint != self.last {
            let path = self.dir.join("state");
            self.disk
                .replace(&path, checkpoint.to_string().as_bytes())
                .map_err(|error| SignerError::io(&path, error))?;
            self.last = checkpoint;
        }
        // What was given out may bear cosignatures by now: it stays.
        if let Some(note) = self.history.get(size)? {
            let known = SignedCheckpoint::parse(note.as_bytes())?;
            let lines = known.note().signatures();
            if known.note().text() == signed.note().text() {
                let own = signed.note().signatures().to_vec();
                if own.iter().all(|line| lines.contains(line)) {
                    return Ok(known);
                }
                // There is a new key: cosignatures are over the text, and hold.
                for line in lines.iter().filter(|line| !own.contains(line)) {
                    signed
                        .note_mut()
                        .add(line.clone())
                        .map_err(CheckpointError::from)?;
                }
            }
        }
        self.history.push(&self.disk, &signed)?;
        Ok(signed)
    }

    /// Remembers a checkpoint with cosignatures.
    pub(crate) fn remember(&mut self, checkpoint: &SignedCheckpoint) -> Result<(), SignerError> {
        self.history.push(&self.disk, checkpoint)
    }

    /// The checkpoint of this size, if one was given out.
    pub fn given_out(&self, size: u64) -> Result<Option<String>, SignerError> {
        self.history.get(size)
    }

    /// The same, read.
    pub(crate) fn checkpoint_at(&self, size: u64) -> Result<SignedCheckpoint, SealerError> {
        let note = self.given_out(size)?;
        let note = note.ok_or(SealerError::NoCheckpoint(size))?;
        let checkpoint = SignedCheckpoint::parse(note.as_bytes());
        Ok(checkpoint.map_err(SignerError::from)?)
    }

    /// The first checkpoint that was given out after this size.
    pub(crate) fn checkpoint_after(
        &self,
        size: u64,
    ) -> Result<Option<SignedCheckpoint>, SealerError> {
        let next = self.history.after(size);
        next.map(|next| self.checkpoint_at(next)).transpose()
    }

    /// The sizes of all checkpoints that were given out.
    pub fn sizes_given_out(&self) -> impl DoubleEndedIterator<Item = u64> {
        self.history.sizes()
    }

    /// Makes a new key and signs with both from now on, so that verifiers that
    /// know only the old one go on. The log records its vkey.
    pub fn rotate(&mut self) -> Result<&VerifierKey, SignerError> {
        let number = self.keys.last().map_or(1, |(number, _)| number + 1);
        let key = make_key(&self.disk, &self.dir, number, &self.origin)?;
        self.keys.push((number, key));
        self.keys
            .last()
            .map(|(_, key)| key.verifier())
            .ok_or(SignerError::LastKey)
    }

    /// Ends the rotation: the oldest key signs no more and is destroyed.
    pub fn retire_oldest(&mut self) -> Result<(), SignerError> {
        let number = match self.keys.as_slice() {
            [(number, _), _, ..] => *number,
            _ => return Err(SignerError::LastKey),
        };
        let path = key_path(&self.dir, number);
        self.disk
            .shred(&path)
            .and_then(|()| self.disk.sync_dir(&self.dir))
            .map_err(|error| SignerError::io(&path, error))?;
        self.keys.remove(0);
        Ok(())
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer")
            .field("keys", &self.keys)
            .field("last", &self.last)
            .finish_non_exhaustive()
    }
}

fn key_path(dir: &Path, number: u64) -> PathBuf {
    dir.join(format!("key-{number}"))
}

fn make_key(disk: &Disk, dir: &Path, number: u64, origin: &str) -> Result<SignerKey, SignerError> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *seed).map_err(|_| SignerError::NoRandomness)?;
    write_key(disk, &key_path(dir, number), &seed)?;
    Ok(SignerKey::from_seed(origin, KeyKind::Ed25519, &seed)?)
}

fn write_key(disk: &Disk, path: &Path, seed: &[u8; 32]) -> Result<(), SignerError> {
    let text = Zeroizing::new(format!("{}\n", hex::encode(seed)));
    disk.replace(path, text.as_bytes())
        .map_err(|error| SignerError::io(path, error))
}

fn read_key(path: &Path, origin: &str) -> Result<SignerKey, SignerError> {
    let seed = read_seed(path)?;
    Ok(SignerKey::from_seed(origin, KeyKind::Ed25519, &seed)?)
}

fn read_seed(path: &Path) -> Result<Zeroizing<[u8; 32]>, SignerError> {
    let text = disk::read_secret(path).map_err(|error| SignerError::io(path, error))?;
    let text = Zeroizing::new(text.unwrap_or_default());
    let mut seed = Zeroizing::new([0; 32]);
    let digits = text.strip_suffix(b"\n").unwrap_or(&text);
    hex::decode_to_slice(digits, &mut *seed)
        .map_err(|_| SignerError::damaged(path, "it is not 64 hexadecimal digits"))?;
    Ok(seed)
}
