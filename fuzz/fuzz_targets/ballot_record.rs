//! Hostile bytes in place of a ballot, a partial decryption, a tally or a line of commitments.

#![no_main]

use std::sync::LazyLock;

use ballot::archive::Contents;
use ballot::ballot::{Commitments, verify_all, verify_all_with};
use ballot::credential::{PublicCredentials, SecretCredential};
use ballot::decryption::PartialDecryption;
use ballot::election::Election;
use ballot::group::Ed25519;
use ballot::result::ElectionResult;
use ballot::tally::{EncryptedTally, SizedTally};
use libfuzzer_sys::fuzz_target;

type Setup = (Election<Ed25519>, PublicCredentials<Ed25519>, SizedTally);

static SETUP: LazyLock<Setup> = LazyLock::new(|| {
    let archive = include_bytes!("../../crates/ballot/tests/vectors/ed25519-by-3.3/B6K4wUzpf9ms9V.bel");
    let contents = Contents::read(archive).expect("an archive");
    let setup = contents.setup.expect("set up");
    let election = Election::parse(setup.election).expect("an election");
    let credentials = PublicCredentials::parse(setup.credentials).expect("a list");
    (election, credentials, contents.tally.expect("tallied").1)
});

fuzz_target!(|bytes: &[u8]| {
    let (election, credentials, sized) = &*SETUP;
    let alone: Vec<_> = verify_all(election, credentials, &[bytes])
        .into_iter()
        .map(|verdict| verdict.map(|(ballot, _)| ballot))
        .collect();
    let line = str::from_utf8(bytes).ok().and_then(Commitments::from_line);
    assert_eq!(verify_all_with(election, credentials, &[bytes], &[line]), alone);
    let _ = PartialDecryption::<Ed25519>::parse(bytes);
    let _ = EncryptedTally::parse(election, bytes, sized);
    let _ = ElectionResult::parse(bytes);
    let _ = SizedTally::parse(bytes);
    if let Ok(text) = str::from_utf8(bytes) {
        let _ = text.parse::<SecretCredential>();
    }
});
