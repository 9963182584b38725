//! Every envelope that is read is written again as it was.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vault::Envelope;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(envelope) = Envelope::parse(bytes) {
        assert_eq!(envelope.to_bytes().as_deref(), Ok(bytes));
    }
});
