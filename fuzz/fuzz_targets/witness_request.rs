//! Every request that is read is written again as it was, and a witness that
//! knows no log cosigns nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use transparency::witness::AddCheckpoint;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(request) = AddCheckpoint::parse(bytes) {
        assert_eq!(request.to_string().as_bytes(), bytes);
        assert!(request.decide(None, None).is_err());
        assert!(request.decide(Some(&[]), None).is_err());
    }
});
