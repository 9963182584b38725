//! Every checkpoint that is read is written again as it was.
#![no_main]

use libfuzzer_sys::fuzz_target;
use transparency::{Checkpoint, SignedCheckpoint};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(body) = str::from_utf8(bytes)
        && let Ok(checkpoint) = body.parse::<Checkpoint>()
    {
        assert_eq!(checkpoint.to_string(), body);
    }
    if let Ok(signed) = SignedCheckpoint::parse(bytes) {
        assert_eq!(signed.to_string().as_bytes(), bytes);
        // Nobody is known, so nobody has signed.
        assert!(signed.verify([]).is_err());
    }
});
