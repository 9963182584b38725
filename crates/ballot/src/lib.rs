//! The Belenios protocol, version 1, one module a step: ballots, credentials, trustees, tally, archive and its verifier. Pure.

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
