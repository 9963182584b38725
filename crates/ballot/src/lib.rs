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

pub use json::{Count, JsonError};
pub use proof::Proof;
