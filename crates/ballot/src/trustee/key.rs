//! A trustee's secret key.

use std::fmt;

use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::form::TrusteePublicKey;
use super::knowledge_prefix;
use crate::group::{Group, Scalar};
use crate::proof::prove_knowledge;

/// The secret key x of a trustee: a single one's, or the share of a member of a group.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
#[zeroize(bound = "")]
pub struct TrusteeKey<G: Group> {
    secret: G::Scalar,
}

impl<G: Group> TrusteeKey<G> {
    /// Draws a key.
    pub fn generate<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        Self {
            secret: G::Scalar::random(rng),
        }
    }

    pub(super) fn from_scalar(secret: G::Scalar) -> Self {
        Self { secret }
    }

    pub(crate) fn secret(&self) -> &G::Scalar {
        &self.secret
    }

    /// Reads the file form: a decimal number in quotes, as belenios-tool writes it.
    pub fn from_file(text: &str) -> Option<Self> {
        let digits = text.trim_end().strip_prefix('"')?.strip_suffix('"')?;
        G::Scalar::from_decimal(digits).map(|secret| Self { secret })
    }

    /// The file form. It is the secret itself.
    pub fn expose(&self) -> Zeroizing<String> {
        let digits = Zeroizing::new(self.secret.to_decimal());
        Zeroizing::new(format!("\"{}\"", *digits))
    }

    /// X = g^x.
    pub fn public(&self) -> G::Element {
        G::generator_power(&self.secret)
    }

    /// X with the proof that x is known, as it stands in the trustees record.
    pub fn public_key<R: CryptoRng + ?Sized>(
        &self,
        name: Option<&str>,
        rng: &mut R,
    ) -> TrusteePublicKey<G> {
        let public_key = G::encode(&self.public());
        TrusteePublicKey {
            pok: prove_knowledge(&knowledge_prefix::<G>(&public_key), &self.secret, rng),
            public_key,
            signature: None,
            name: name.map(str::to_owned),
        }
    }
}

impl<G: Group> fmt::Debug for TrusteeKey<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TrusteeKey(…)")
    }
}
