//! Hostile bytes in place of an archive: findings, never a panic; the same in one piece or many;
//! and what is read without fault is written again byte for byte.

#![no_main]

use ballot::archive::{Contents, Stage};
use ballot::verify::{Options, Verifier, verify};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let whole = verify(bytes);
    let mut verifier = Verifier::new(bytes, Options::default());
    for piece in bytes.chunks(333) {
        verifier.feed(piece);
    }
    assert_eq!(verifier.finish(), whole);

    let Ok(contents) = Contents::read(bytes) else {
        assert!(!whole.is_valid());
        return;
    };
    let Some(setup) = &contents.setup else { return };
    let (mut writer, mut written) = ballot::archive::Writer::create(contents.links().timestamp);
    let mut append = |appended: Result<Vec<u8>, _>| written.extend(appended.expect("was in order"));
    append(writer.setup(setup.election, setup.trustees, setup.credentials));
    contents.ballots.iter().for_each(|ballot| append(writer.ballot(ballot)));
    if contents.links().stage >= Stage::Ended {
        append(writer.end_ballots());
    }
    if let Some((tally, sized)) = &contents.tally {
        append(writer.encrypted_tally(tally, sized));
    }
    for (owner, part) in &contents.decryptions {
        append(writer.partial_decryption(*owner, part));
    }
    if let Some(result) = contents.result {
        append(writer.result(result));
    }
    // A certificate of the credentials is read, but never written.
    let certified = bytes.windows(24).any(|window| window == b"credentials_certificate\"");
    assert!(certified || written == bytes);
});
