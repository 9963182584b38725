//! A key has one text, and a text one key.
#![no_main]

use libfuzzer_sys::fuzz_target;
use transparency::VerifierKey;

fuzz_target!(|text: &str| {
    if let Ok(key) = text.parse::<VerifierKey>() {
        assert_eq!(key.to_string(), text);
    }
});
