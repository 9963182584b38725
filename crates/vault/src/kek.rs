//! The key that wraps all others.

use std::{fmt, io, path::Path};

use disk::Disk;
use zeroize::Zeroizing;

use crate::aead::{CannotEncrypt, Key};

/// The key under which the key store lies on disk. It is read from a file or
/// from the environment and is never written beside what it protects.
pub struct KeyEncryptionKey(pub(crate) Key);

/// Why there is no key-encryption key.
#[derive(Debug, thiserror::Error)]
pub enum KeyEncryptionKeyError {
    /// The file cannot be read or made.
    #[error("the key-encryption key in {path}: {error}")]
    File {
        /// The file.
        path: String,
        /// What the operating system said.
        error: io::Error,
    },
    /// There is no such file, and none may be made.
    #[error(
        "there is no key-encryption key in {0}: put it back from its safe place; without it no sealed text can be read"
    )]
    Missing(String),
    /// The environment variable is not set.
    #[error("the environment variable {0} is not set: it holds the key-encryption key")]
    Unset(String),
    /// Not 64 hexadecimal digits.
    #[error("a key-encryption key is written as 64 hexadecimal digits")]
    Form,
    /// No random bytes for a new one.
    #[error(transparent)]
    CannotEncrypt(#[from] CannotEncrypt),
}

impl KeyEncryptionKey {
    /// The key with these bytes.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(Key::from_bytes(bytes))
    }

    /// The key of this text: 64 hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, KeyEncryptionKeyError> {
        let mut bytes = Zeroizing::new([0; 32]);
        hex::decode_to_slice(text.trim_end_matches('\n'), bytes.as_mut())
            .map_err(|_| KeyEncryptionKeyError::Form)?;
        Ok(Self::from_bytes(&bytes))
    }

    /// The key in this file, which nobody else may read. A missing file is made
    /// if `create` allows it: at the first start, and never again, because a
    /// new key opens nothing old.
    pub fn from_file(
        disk: &Disk,
        path: &Path,
        create: bool,
    ) -> Result<Self, KeyEncryptionKeyError> {
        let in_file = |error| KeyEncryptionKeyError::File {
            path: path.display().to_string(),
            error,
        };
        match disk::read_secret(path).map_err(in_file)? {
            Some(bytes) => {
                let bytes = Zeroizing::new(bytes);
                Self::parse(str::from_utf8(&bytes).map_err(|_| KeyEncryptionKeyError::Form)?)
            }
            None if create => {
                let key = Key::random()?;
                let text = Zeroizing::new(format!("{}\n", hex::encode(key.as_bytes())));
                if let Some(parent) = path.parent() {
                    disk.create_dir(parent).map_err(in_file)?;
                }
                disk.replace(path, text.as_bytes()).map_err(in_file)?;
                Ok(Self(key))
            }
            None => Err(KeyEncryptionKeyError::Missing(path.display().to_string())),
        }
    }

    /// The key in this environment variable.
    pub fn from_env(variable: &str) -> Result<Self, KeyEncryptionKeyError> {
        let text = std::env::var(variable)
            .map_err(|_| KeyEncryptionKeyError::Unset(variable.to_owned()))?;
        Self::parse(&Zeroizing::new(text))
    }
}

impl fmt::Debug for KeyEncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyEncryptionKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secrets/kek");
        let disk = Disk::new();
        let missing = KeyEncryptionKey::from_file(&disk, &path, false);
        assert!(matches!(missing, Err(KeyEncryptionKeyError::Missing(_))));
        let made = KeyEncryptionKey::from_file(&disk, &path, true).unwrap();
        let read = KeyEncryptionKey::from_file(&disk, &path, false).unwrap();
        assert_eq!(made.0.as_bytes(), read.0.as_bytes());
        assert_eq!(format!("{made:?}"), "KeyEncryptionKey(..)");
    }

    #[test]
    fn a_key_of_another_form_is_refused() {
        assert!(KeyEncryptionKey::parse(&"0f".repeat(32)).is_ok());
        for wrong in ["", "0f", &"0g".repeat(32), &"0f".repeat(33)] {
            let error = KeyEncryptionKey::parse(wrong).unwrap_err();
            assert!(matches!(error, KeyEncryptionKeyError::Form), "{wrong:?}");
        }
    }
}
