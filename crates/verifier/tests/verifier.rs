//! The commands against logs on disk and over HTTP, good and tampered with.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

#[path = "verifier/cache.rs"]
mod cache;
#[path = "verifier/city.rs"]
mod city;
#[path = "verifier/diff.rs"]
mod diff;
#[path = "verifier/log.rs"]
mod log;
#[path = "verifier/receipt.rs"]
mod receipt;
#[path = "verifier/referendum.rs"]
mod referendum;
#[path = "verifier/served.rs"]
mod served;
