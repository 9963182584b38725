//! The Belenios protocol, version 1, one module a step: ballots, credentials, trustees, tally, archive and its verifier. Pure.
//!
//! | step | here |
//! | --- | --- |
//! | voters get credentials | [`credential`] |
//! | trustees make keys, alone or in a ceremony | [`trustee`] |
//! | the election is described | [`election`], [`question`] |
//! | ballots are cast and verified | [`ballot`] |
//! | ballots are multiplied | [`tally`] |
//! | trustees decrypt | [`decryption`] |
//! | the counts are read | [`result`] |
//! | all of it is written down | [`archive`] |
//! | anybody checks it | [`verify`] |
//!
//! Everything is generic over the [`group::Group`] that the election names. Randomness is a
//! parameter; there is no clock, no file and no network. What is secret is wiped when dropped
//! and has no printed form. A ballot that was not verified cannot be tallied, and a partial
//! decryption that was not verified cannot be combined: only `verify` makes those types.
//!
//! # What does not compile
//!
//! A private credential does not stand in the public list; only its public part does.
//!
//! ```
//! # use ballot::{credential::{SecretCredential, write_public_list}, group::Ed25519};
//! fn list(secret: SecretCredential) -> String {
//!     write_public_list(&[(secret.key::<Ed25519>("uuid").public(), None)])
//! }
//! ```
//!
//! ```compile_fail,E0308
//! # use ballot::{credential::{SecretCredential, write_public_list}, group::Ed25519};
//! fn list(secret: SecretCredential) -> String {
//!     write_public_list::<Ed25519>(&[(secret, None)])
//! }
//! ```
//!
//! A ballot counts once it is verified, and nobody else can say that it was.
//!
//! ```
//! # use ballot::{ballot::VerifiedBallot, group::Ed25519, tally::Tally};
//! fn count(tally: &mut Tally<Ed25519>, ballot: &VerifiedBallot<Ed25519>) {
//!     tally.add(ballot);
//! }
//! ```
//!
//! ```compile_fail,E0308
//! # use ballot::{ballot::CastBallot, group::Ed25519, tally::Tally};
//! fn count(tally: &mut Tally<Ed25519>, ballot: &CastBallot) {
//!     tally.add(ballot);
//! }
//! ```
//!
//! ```compile_fail,E0451
//! # use ballot::{ballot::{Tracker, VerifiedBallot}, credential::VoterIndex, group::Ed25519};
//! fn pretend(tracker: Tracker, voter: VoterIndex) -> VerifiedBallot<Ed25519> {
//!     VerifiedBallot { tracker, voter, weight: 1, answers: Vec::new() }
//! }
//! ```
//!
//! Trustees decrypt the closed tally, never a running one or a single ballot; and only parts
//! whose proofs were checked are combined.
//!
//! ```
//! # use ballot::{decryption::PartialDecryption, election::Election, group::Ed25519};
//! # use ballot::{tally::EncryptedTally, trustee::TrusteeKey};
//! fn part(
//!     election: &Election<Ed25519>,
//!     tally: &EncryptedTally<Ed25519>,
//!     key: &TrusteeKey<Ed25519>,
//!     rng: &mut dyn rand_core::CryptoRng,
//! ) -> PartialDecryption<Ed25519> {
//!     PartialDecryption::make(election, tally, key, rng)
//! }
//! ```
//!
//! ```compile_fail,E0308
//! # use ballot::{decryption::PartialDecryption, election::Election, group::Ed25519};
//! # use ballot::{tally::Tally, trustee::TrusteeKey};
//! fn part(
//!     election: &Election<Ed25519>,
//!     tally: &Tally<Ed25519>,
//!     key: &TrusteeKey<Ed25519>,
//!     rng: &mut dyn rand_core::CryptoRng,
//! ) -> PartialDecryption<Ed25519> {
//!     PartialDecryption::make(election, tally, key, rng)
//! }
//! ```
//!
//! ```compile_fail,E0308
//! # use ballot::{decryption::{PartialDecryption, combine}, group::Ed25519};
//! # use ballot::{tally::EncryptedTally, trustee::Trustees};
//! fn open(
//!     trustees: &Trustees<Ed25519>,
//!     tally: &EncryptedTally<Ed25519>,
//!     parts: &[PartialDecryption<Ed25519>],
//! ) {
//!     let _ = combine(trustees, tally, parts);
//! }
//! ```
//!
//! What is secret has no text, and keys of one group do not sign in the other.
//!
//! ```compile_fail,E0277
//! # use ballot::credential::SecretCredential;
//! fn print(secret: &SecretCredential) -> String {
//!     format!("{secret}")
//! }
//! ```
//!
//! ```compile_fail,E0277
//! # use ballot::group::Group;
//! fn print<G: Group>(exponent: &G::Scalar) -> String {
//!     format!("{exponent:?}")
//! }
//! ```
//!
//! ```compile_fail,E0308
//! # use ballot::ballot::cast;
//! # use ballot::{credential::CredentialKey, election::Election, group::{Belenios2048, Ed25519}};
//! fn vote(
//!     election: &Election<Ed25519>,
//!     key: &CredentialKey<Belenios2048>,
//!     rng: &mut dyn rand_core::CryptoRng,
//! ) {
//!     let _ = cast(election, key, &[vec![1]], rng);
//! }
//! ```

pub mod archive;
pub mod ballot;
mod base58;
pub mod credential;
pub mod decryption;
pub mod election;
pub mod group;
pub mod hash;
mod json;
mod proof;
pub mod question;
pub mod result;
pub mod tally;
#[cfg(test)]
mod testing;
pub mod trustee;
#[cfg(test)]
mod vector_tests;
pub mod verify;
#[cfg(test)]
mod voter_tests;

pub use json::{Count, JsonError};
pub use proof::Proof;
