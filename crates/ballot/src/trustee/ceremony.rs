//! The ceremony in which a threshold group makes its keys, step by step.
//!
//! 1. Each trustee draws a [`TrusteeSeed`] and publishes a certificate.
//! 2. Everybody collects the certificates into the same [`Certificates`] and compares the
//!    fingerprint aloud.
//! 3. Each trustee makes a [`Deal`]: public commitments to a polynomial, and one sealed share for
//!    each member. The polynomial is derived from the seed and the fingerprint, so that a step
//!    that was interrupted gives the same deal again.
//! 4. Each trustee opens the shares and makes key and verification key; a false share accuses
//!    its dealer.
//! 5. Anybody assembles the public parameters.
//!
//! Shares travel in an envelope of this crate (ElGamal key encapsulation, ChaCha20-Poly1305);
//! they are never part of an archive.

use std::fmt;
use std::str::FromStr;

use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::envelope::SealedShare;
use super::form::{
    Certificate, Commitments, Context, SignedMessage, ThresholdParameters, TrusteePublicKey,
    certificates_text, sign, signature_holds,
};
use super::key::TrusteeKey;
use super::pedersen::{evaluate, read_commitments};
use crate::base58;
use crate::group::{Group, Scalar};
use crate::hash::Hash;
use crate::json;
use crate::proof::Proof;

/// What a trustee keeps from the first step to the last: 22 base58 characters.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct TrusteeSeed(String);

/// Why a step of the ceremony cannot be done. Places are counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CeremonyError {
    /// The text is not a seed.
    #[error("a seed has 22 base58 characters")]
    Seed,
    /// The threshold is zero or above the number of certificates.
    #[error("the threshold {threshold} is not between 1 and {size}, the number of certificates")]
    Threshold {
        /// The threshold.
        threshold: usize,
        /// The number of certificates.
        size: usize,
    },
    /// A certificate cannot be read, is for another ceremony, or its signature does not hold.
    #[error(
        "the certificate of member {member} is malformed, for another ceremony or place, or its signature does not hold"
    )]
    Certificate {
        /// Whose.
        member: usize,
    },
    /// The seed made none of the certificates.
    #[error("this seed made none of the certificates")]
    NotAMember,
    /// There must be one deal for each member, in the order of the certificates.
    #[error("there are {found} deals for {expected} members")]
    Deals {
        /// How many there should be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A deal's commitments cannot be read or its signatures do not hold.
    #[error("the deal of member {dealer} is malformed, or its signatures do not hold")]
    Deal {
        /// Who dealt.
        dealer: usize,
    },
    /// A share cannot be opened or contradicts its dealer's commitments.
    #[error(
        "the share from member {dealer} cannot be opened or contradicts the dealer's commitments"
    )]
    Share {
        /// Who dealt.
        dealer: usize,
    },
    /// A verification key does not follow from the deals, or its proofs do not hold.
    #[error(
        "the verification key of member {member} does not follow from the deals, or its proofs do not hold"
    )]
    VerificationKey {
        /// Whose.
        member: usize,
    },
}

impl TrusteeSeed {
    /// Draws a seed.
    pub fn generate<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        Self(base58::random(22, rng))
    }

    /// The seed's text. It is the secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }

    fn scalar<G: Group>(&self, purpose: &str) -> G::Scalar {
        let text = Zeroizing::new(format!("{purpose}|{}", self.0));
        G::Scalar::from_digest(Hash::of(text.as_bytes()).as_bytes())
    }

    fn signing_key<G: Group>(&self) -> G::Scalar {
        self.scalar::<G>("sk")
    }

    fn decryption_key<G: Group>(&self) -> G::Scalar {
        self.scalar::<G>("dk")
    }

    /// Step 1: the certificate of member `index` (from 1) of `size`.
    pub fn certificate<G: Group>(
        &self,
        size: usize,
        threshold: usize,
        index: usize,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> SignedMessage<G> {
        let key = self.signing_key::<G>();
        let certificate = Certificate {
            context: Some(Context {
                group: G::NAME.to_owned(),
                size,
                threshold,
                index,
            }),
            verification: G::encode(&G::generator_power(&key)),
            encryption: G::encode(&G::generator_power(&self.decryption_key::<G>())),
        };
        SignedMessage::sign(json::write(&certificate), &key, rng)
    }

    /// Coefficients of the polynomial: two digests each, from seed, ceremony and place.
    fn polynomial<G: Group>(&self, certificates: &Certificates<G>) -> Zeroizing<Vec<G::Scalar>> {
        let ceremony = certificates.fingerprint();
        let coefficient = |k: usize| {
            let mut wide = Zeroizing::new([0; 64]);
            for (half, part) in wide.chunks_mut(32).zip(0..) {
                let text = Zeroizing::new(format!(
                    "hiroba-polynomial|{ceremony}|{k}|{part}|{}",
                    self.0
                ));
                half.copy_from_slice(Hash::of(text.as_bytes()).as_bytes());
            }
            G::Scalar::from_wide(&wide)
        };
        Zeroizing::new((0..certificates.threshold).map(coefficient).collect())
    }
}

impl FromStr for TrusteeSeed {
    type Err = CeremonyError;

    fn from_str(text: &str) -> Result<Self, CeremonyError> {
        let fits = text.len() == 22 && base58::is_base58(text);
        fits.then(|| Self(text.to_owned()))
            .ok_or(CeremonyError::Seed)
    }
}

impl fmt::Debug for TrusteeSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TrusteeSeed(…)")
    }
}

/// All certificates of a ceremony, checked, in the order of the members.
#[derive(Clone, Debug)]
pub struct Certificates<G: Group> {
    threshold: usize,
    signed: Vec<SignedMessage<G>>,
    verification: Vec<G::Element>,
    encryption: Vec<G::Element>,
}

impl<G: Group> Certificates<G> {
    /// Step 2: checks the certificates, given in the order of their indices.
    pub fn check(threshold: usize, signed: Vec<SignedMessage<G>>) -> Result<Self, CeremonyError> {
        let size = signed.len();
        if !(1..=size).contains(&threshold) {
            return Err(CeremonyError::Threshold { threshold, size });
        }
        let mut certificates = Self {
            threshold,
            signed: Vec::new(),
            verification: Vec::new(),
            encryption: Vec::new(),
        };
        for (cert, member) in signed.iter().zip(1..) {
            let fault = CeremonyError::Certificate { member };
            let read: Certificate = json::read(cert.message.as_bytes()).map_err(|_| fault)?;
            let context = Context {
                group: G::NAME.to_owned(),
                size,
                threshold,
                index: member,
            };
            let verification = G::element(&read.verification).ok_or(fault)?;
            let encryption = G::element(&read.encryption).ok_or(fault)?;
            if read.context != Some(context) || !cert.holds(&verification) {
                return Err(fault);
            }
            certificates.verification.push(verification);
            certificates.encryption.push(encryption);
        }
        certificates.signed = signed;
        Ok(certificates)
    }

    /// What the trustees read out to one another before they deal.
    pub fn fingerprint(&self) -> Hash {
        Hash::of(json::write(&self.signed).as_bytes())
    }

    /// How many members there are.
    pub fn size(&self) -> usize {
        self.signed.len()
    }

    /// How many members decrypt together.
    pub fn threshold(&self) -> usize {
        self.threshold
    }

    /// The place (from 1) of the member who holds a seed.
    pub fn member(&self, seed: &TrusteeSeed) -> Result<usize, CeremonyError> {
        let own = G::generator_power(&seed.signing_key::<G>());
        let place = self.verification.iter().position(|key| *key == own);
        place
            .map(|place| place + 1)
            .ok_or(CeremonyError::NotAMember)
    }

    /// Step 3: the deal of the member who holds the seed.
    pub fn deal(
        &self,
        seed: &TrusteeSeed,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Deal<G>, CeremonyError> {
        let dealer = self.member(seed)?;
        let key = seed.signing_key::<G>();
        let polynomial = seed.polynomial(self);
        let commitments: Vec<_> = polynomial.iter().map(G::generator_power).collect();
        let texts = G::encode_all(&commitments);
        let signature = sign(&certificates_text(&self.signed, &texts), &key, rng);
        let coefexps =
            SignedMessage::sign(json::write(&Commitments { coefexps: texts }), &key, rng);
        let shares = self
            .encryption
            .iter()
            .zip(1_u64..)
            .map(|(encryption, member)| {
                let point = G::Scalar::from_u64(member);
                let zero = G::Scalar::zero();
                let share = polynomial
                    .iter()
                    .rev()
                    .fold(zero, |sum, coefficient| sum * point + *coefficient);
                SealedShare::seal::<G>(
                    &share,
                    encryption,
                    &self.context(dealer, member as usize),
                    rng,
                )
            })
            .collect();
        Ok(Deal {
            coefexps,
            signature,
            shares,
        })
    }

    /// What a share's envelope is bound to.
    fn context(&self, dealer: usize, receiver: usize) -> String {
        format!("hiroba-share|{}|{dealer}|{receiver}", self.fingerprint())
    }

    /// The commitments of all deals, checked.
    fn polynomials(&self, deals: &[Deal<G>]) -> Result<Vec<Vec<G::Element>>, CeremonyError> {
        if deals.len() != self.size() {
            return Err(CeremonyError::Deals {
                expected: self.size(),
                found: deals.len(),
            });
        }
        deals
            .iter()
            .zip(&self.verification)
            .zip(1..)
            .map(|((deal, key), dealer)| {
                let fault = CeremonyError::Deal { dealer };
                let (texts, polynomial) =
                    read_commitments::<G>(&deal.coefexps.message, self.threshold).ok_or(fault)?;
                let text = certificates_text(&self.signed, &texts);
                let holds = deal.coefexps.holds(key)
                    && signature_holds(&text, key, &deal.signature)
                    && deal.shares.len() == self.size();
                holds.then_some(polynomial).ok_or(fault)
            })
            .collect()
    }

    /// Step 4: opens the shares dealt to the member who holds the seed, checks each against its
    /// dealer's commitments, and makes the key with which the member will decrypt.
    pub fn receive(
        &self,
        deals: &[Deal<G>],
        seed: &TrusteeSeed,
        name: Option<&str>,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<(TrusteeKey<G>, TrusteePublicKey<G>), CeremonyError> {
        let member = self.member(seed)?;
        let polynomials = self.polynomials(deals)?;
        let mut secret = G::Scalar::zero();
        for ((deal, polynomial), dealer) in deals.iter().zip(polynomials).zip(1..) {
            let fault = CeremonyError::Share { dealer };
            let share = deal
                .shares
                .get(member - 1)
                .and_then(|sealed| {
                    sealed.open::<G>(&seed.decryption_key::<G>(), &self.context(dealer, member))
                })
                .ok_or(fault)?;
            if G::generator_power(&share) != evaluate::<G>(&[polynomial], member as u64) {
                return Err(fault);
            }
            secret = secret + share;
        }
        let key = TrusteeKey::from_scalar(secret);
        secret.zeroize();
        let mut public = key.public_key(name, rng);
        public.signature = Some(sign(&public.public_key, &seed.signing_key::<G>(), rng));
        Ok((key, public))
    }

    /// Step 5: the parameters for the trustees record, in the 3.x form.
    pub fn assemble(
        &self,
        deals: &[Deal<G>],
        keys: Vec<TrusteePublicKey<G>>,
    ) -> Result<ThresholdParameters<G>, CeremonyError> {
        let polynomials = self.polynomials(deals)?;
        if keys.len() != self.size() {
            return Err(CeremonyError::VerificationKey {
                member: keys.len().min(self.size()) + 1,
            });
        }
        for ((public, signing_key), member) in keys.iter().zip(&self.verification).zip(1..) {
            let expected = G::encode(&evaluate::<G>(&polynomials, member as u64));
            let signed = public.signature.as_ref().is_some_and(|signature| {
                signature_holds(&public.public_key, signing_key, signature)
            });
            if public.public_key != expected || !signed || super::check_public_key(public).is_err()
            {
                return Err(CeremonyError::VerificationKey { member });
            }
        }
        Ok(ThresholdParameters {
            threshold: self.threshold,
            certs: self.signed.clone(),
            coefexps: deals.iter().map(|deal| deal.coefexps.clone()).collect(),
            signatures: Some(deals.iter().map(|deal| deal.signature).collect()),
            verification_keys: keys,
        })
    }
}

/// What a member gives to all others in step 3. The sealed shares may be seen by anybody.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub struct Deal<G: Group> {
    /// The commitments to the polynomial, signed.
    pub coefexps: SignedMessage<G>,
    /// The signature under all certificates and the own commitments.
    pub signature: Proof<G>,
    /// One share for each member.
    pub shares: Vec<SealedShare>,
}
