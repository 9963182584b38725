//! The crate against published vectors, against other implementations, and
//! against its own past.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

#[path = "transparency/differential.rs"]
mod differential;
#[path = "transparency/golden.rs"]
mod golden;
#[path = "transparency/parsers.rs"]
mod parsers;
#[path = "transparency/vectors.rs"]
mod vectors;
