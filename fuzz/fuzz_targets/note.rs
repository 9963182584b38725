//! Every note that is read is written again as it was, and none is believed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use transparency::{Note, SignerKey, note::KeyKind};

fuzz_target!(|bytes: &[u8]| {
    let Ok(note) = Note::parse(bytes) else { return };
    assert_eq!(note.to_string().as_bytes(), bytes);
    for kind in [KeyKind::Ed25519, KeyKind::Cosignature] {
        let key = SignerKey::from_seed("name", kind, &[1; 32]).expect("a good name");
        assert!(note.verify([key.verifier()]).is_err());
    }
});
