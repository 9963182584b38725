//! Hostile bytes in place of a ballot, a line of commitments, or any record after voting.

#![no_main]

#[path = "../../crates/ballot/tests/ballot/hostile.rs"]
#[expect(dead_code, reason = "each target takes one of its parts")]
mod hostile;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hostile::record(bytes));
