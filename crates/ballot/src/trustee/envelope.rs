//! The envelope in which a share travels from its dealer to its receiver.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use crate::group::{Group, Scalar};
use crate::hash::Hash;

/// A share that only its receiver can open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedShare {
    ephemeral: String,
    sealed: String,
}

impl SealedShare {
    pub(super) fn seal<G: Group>(
        share: &G::Scalar,
        to: &G::Element,
        context: &str,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Self {
        let mut nonce = G::Scalar::random(rng);
        let ephemeral = G::encode(&G::generator_power(&nonce));
        let cipher = cipher::<G>(&G::power(to, &nonce), &ephemeral, context);
        nonce.zeroize();
        let plain = Zeroizing::new(share.to_decimal());
        // Sealing fails only for texts of many gigabytes.
        let sealed = cipher
            .encrypt(
                &Nonce::default(),
                Payload {
                    msg: plain.as_bytes(),
                    aad: context.as_bytes(),
                },
            )
            .unwrap_or_default();
        Self {
            ephemeral,
            sealed: STANDARD_NO_PAD.encode(sealed),
        }
    }

    pub(super) fn open<G: Group>(&self, key: &G::Scalar, context: &str) -> Option<G::Scalar> {
        let ephemeral = G::element(&self.ephemeral)?;
        let cipher = cipher::<G>(&G::power(&ephemeral, key), &self.ephemeral, context);
        let sealed = STANDARD_NO_PAD.decode(&self.sealed).ok()?;
        let payload = Payload {
            msg: &sealed,
            aad: context.as_bytes(),
        };
        let plain = Zeroizing::new(cipher.decrypt(&Nonce::default(), payload).ok()?);
        G::Scalar::from_decimal(str::from_utf8(&plain).ok()?)
    }
}

/// The cipher of one envelope; its key is used for this message only, so its nonce may stand.
fn cipher<G: Group>(shared: &G::Element, ephemeral: &str, context: &str) -> ChaCha20Poly1305 {
    let text = Zeroizing::new(format!("{context}|{ephemeral}|{}", G::encode(shared)));
    ChaCha20Poly1305::new(&Key::from(*Hash::of(text.as_bytes()).as_bytes()))
}
