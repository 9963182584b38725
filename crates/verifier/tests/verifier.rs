//! The commands against logs on disk and over HTTP, good and tampered with.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

#[path = "verifier/city.rs"]
mod city;
#[path = "verifier/log.rs"]
mod log;
#[path = "verifier/receipt.rs"]
mod receipt;
