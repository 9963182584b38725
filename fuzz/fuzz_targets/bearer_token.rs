//! Any text at all may stand where a bearer token belongs.

#![no_main]

use gateway::identity::Token;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(token) = Token::read(text) {
        // Whatever is read is signed with one of three algorithms.
        let _ = token.algorithm;
    }
});
