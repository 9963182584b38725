//! A policy that is read is the same policy after it is written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use transparency::Policy;

fuzz_target!(|bytes: &[u8]| {
    let Ok(policy) = Policy::parse(bytes) else {
        return;
    };
    let text = policy.to_string();
    let again = Policy::parse(text.as_bytes()).expect("what we write we read");
    assert_eq!(again, policy);
    assert_eq!(again.to_string(), text);
});
