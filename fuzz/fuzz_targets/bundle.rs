//! Every bundle that is read is written again as it was.
#![no_main]

use libfuzzer_sys::fuzz_target;
use transparency::bundle;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(entries) = bundle::parse(bytes) {
        assert_eq!(bundle::encode(entries).as_deref(), Ok(bytes));
    }
});
