//! XChaCha20-Poly1305 with nonces from the operating system, and keys that
//! leave memory when they are dropped.

use std::fmt;

use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305,
    aead::{Aead as _, Payload},
};
use zeroize::{Zeroize as _, Zeroizing};

/// Bytes of a nonce: long enough to be drawn at random for ever.
pub(crate) const NONCE_LEN: usize = 24;
/// Bytes that a ciphertext has more than its plaintext.
pub(crate) const TAG_LEN: usize = 16;
pub(crate) const KEY_LEN: usize = 32;

/// Why nothing can be encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotEncrypt {
    /// The operating system gave no random bytes.
    #[error("the operating system gives no random bytes")]
    NoRandomness,
    /// More than the cipher takes in one piece (256 GiB).
    #[error("the text is too long to be encrypted in one piece")]
    TooLong,
}

/// Random bytes of the operating system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], CannotEncrypt> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| CannotEncrypt::NoRandomness)?;
    Ok(bytes)
}

/// A key of 256 bits.
pub(crate) struct Key(Zeroizing<[u8; KEY_LEN]>);

impl Key {
    pub(crate) fn random() -> Result<Self, CannotEncrypt> {
        let mut bytes = random()?;
        let key = Self::from_bytes(&bytes);
        bytes.zeroize();
        Ok(key)
    }

    pub(crate) fn from_bytes(bytes: &[u8; KEY_LEN]) -> Self {
        Self(Zeroizing::new(*bytes))
    }

    pub(crate) fn as_bytes(&self) -> &[u8; KEY_LEN] {
        &self.0
    }

    /// Encrypts under a fresh nonce: nonce, ciphertext, tag.
    pub(crate) fn seal(&self, aad: &[u8], msg: &[u8]) -> Result<Vec<u8>, CannotEncrypt> {
        let nonce: [u8; NONCE_LEN] = random()?;
        let mut sealed = nonce.to_vec();
        let cipher = XChaCha20Poly1305::new(self.as_bytes().into());
        let encrypted = cipher
            .encrypt(&nonce.into(), Payload { msg, aad })
            .map_err(|_| CannotEncrypt::TooLong)?;
        sealed.extend(encrypted);
        Ok(sealed)
    }

    /// Decrypts what [`Key::seal`] made; `None` if it is not by this key, for
    /// this purpose, or was changed.
    pub(crate) fn open(&self, aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, msg) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let cipher = XChaCha20Poly1305::new(self.as_bytes().into());
        let plaintext = cipher.decrypt(nonce.into(), Payload { msg, aad }).ok()?;
        Some(Zeroizing::new(plaintext))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}
