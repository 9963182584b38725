//! What must hold whatever bytes a stranger sends. The tests call it with mutations of valid
//! records, the targets in `fuzz/` with whatever the fuzzer finds.

use std::sync::LazyLock;

use ballot::archive::{Contents, Stage, Writer};
use ballot::ballot::{Commitments, verify_all, verify_all_with};
use ballot::credential::{PublicCredentials, SecretCredential};
use ballot::decryption::{Owned, PartialDecryption};
use ballot::election::Election;
use ballot::group::{Belenios2048, Ed25519, Group};
use ballot::result::ElectionResult;
use ballot::tally::{EncryptedTally, SizedTally};
use ballot::trustee::{TrusteeKey, TrusteeSeed, Trustees};
use ballot::verify::{Options, Verifier, verify};

/// A whole honest election.
pub(crate) const ARCHIVE: &[u8] = include_bytes!("../vectors/ed25519-by-3.3/B6K4wUzpf9ms9V.bel");

type Setup = (Election<Ed25519>, PublicCredentials<Ed25519>, SizedTally);

static SETUP: LazyLock<Setup> = LazyLock::new(|| {
    let contents = Contents::read(ARCHIVE).expect("an archive");
    let setup = contents.setup.expect("set up");
    let election = Election::parse(setup.election).expect("an election");
    let credentials = PublicCredentials::parse(setup.credentials).expect("a list");
    (election, credentials, contents.tally.expect("tallied").1)
});

/// In place of an archive: findings, never a panic; the same in one piece or many; and what is
/// read without fault is written again byte for byte.
pub(crate) fn archive(bytes: &[u8]) {
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
    let (mut writer, mut written) = Writer::create(contents.links().timestamp);
    let mut append = |appended: Result<Vec<u8>, _>| written.extend(appended.expect("in order"));
    append(writer.setup(setup.election, setup.trustees, setup.credentials));
    contents
        .ballots
        .iter()
        .for_each(|ballot| append(writer.ballot(ballot)));
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
    let certified = bytes
        .windows(24)
        .any(|window| window == b"credentials_certificate\"");
    assert!(certified || written == bytes);
}

/// In place of a ballot, a line of commitments, or any record after voting.
pub(crate) fn record(bytes: &[u8]) {
    let (election, credentials, sized) = &*SETUP;
    let alone: Vec<_> = verify_all(election, credentials, &[bytes])
        .into_iter()
        .map(|verdict| verdict.map(|(ballot, _)| ballot))
        .collect();
    let line = str::from_utf8(bytes).ok().and_then(Commitments::from_line);
    let with_line = verify_all_with(election, credentials, &[bytes], &[line]);
    assert_eq!(with_line, alone);
    if let Ok(part) = PartialDecryption::<Ed25519>::parse(bytes) {
        assert_eq!(part.to_record().as_bytes(), bytes);
    }
    if let Ok(tally) = EncryptedTally::parse(election, bytes, sized) {
        assert_eq!(tally.to_record().as_bytes(), bytes);
    }
    if let Ok(result) = ElectionResult::parse(bytes) {
        assert_eq!(result.to_record().as_bytes(), bytes);
    }
    if let Ok(sized) = SizedTally::parse(bytes) {
        assert_eq!(sized.to_record().as_bytes(), bytes);
    }
    if let Ok(owned) = Owned::parse(bytes) {
        assert_eq!(owned.to_record().as_bytes(), bytes);
    }
}

/// In place of an election or a trustees record, in either group.
pub(crate) fn setup(bytes: &[u8]) {
    fn read<G: Group>(bytes: &[u8]) {
        if let Ok(election) = Election::<G>::parse(bytes) {
            assert_eq!(election.description().to_record().as_bytes(), bytes);
        }
        let _ = Trustees::<G>::parse(bytes);
    }
    read::<Ed25519>(bytes);
    read::<Belenios2048>(bytes);
}

/// In place of a private credential, a seed, a trustee's key, or the public list.
pub(crate) fn credential(bytes: &[u8]) {
    fn list<G: Group>(bytes: &[u8]) {
        if let Ok(credentials) = PublicCredentials::<G>::parse(bytes) {
            assert!(credentials.len() <= bytes.len());
        }
    }
    list::<Ed25519>(bytes);
    list::<Belenios2048>(bytes);
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    if let Ok(secret) = text.parse::<SecretCredential>() {
        assert_eq!(secret.expose(), text);
    }
    if let Ok(seed) = text.parse::<TrusteeSeed>() {
        assert_eq!(seed.expose(), text);
    }
    if let Some(key) = TrusteeKey::<Ed25519>::from_file(text) {
        assert_eq!(key.expose().as_str(), text.trim_end());
    }
}
