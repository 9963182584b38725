//! Step by step against what belenios-tool computed: the text of every hash, derived keys and
//! credentials, and every record that follows from secrets.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::archive::{Contents, Writer};
use crate::ballot::{Tracker, verify_recording};
use crate::credential::{CredentialKey, PublicCredentials, SecretCredential, write_public_list};
use crate::decryption::PartialDecryption;
use crate::election::Election;
use crate::group::{Belenios2048, Ed25519, Group, Scalar};
use crate::hash::preimages;
use crate::tally::EncryptedTally;
use crate::testing::Seeded;
use crate::trustee::{Owner, TrusteeKey, TrusteeSeed, Trustees};

struct Vectors {
    archive: Vec<u8>,
    values: Value,
    folder: PathBuf,
}

fn load(folder: &str) -> Vectors {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/vectors")
        .join(folder);
    let values: Value =
        serde_json::from_str(&fs::read_to_string(folder.join("vectors.json")).expect("vectors"))
            .expect("json");
    let uuid = values["uuid"].as_str().expect("a uuid");
    let archive = fs::read(folder.join(format!("{uuid}.bel"))).expect("an archive");
    Vectors {
        archive,
        values,
        folder,
    }
}

fn texts(hashes: &Value) -> Vec<String> {
    let hashes = hashes.as_array().expect("a list");
    hashes
        .iter()
        .map(|hash| hash["preimage"].as_str().expect("a text").to_owned())
        .collect()
}

fn every_hash_is_reproduced<G: Group>(folder: &str) {
    let Vectors {
        archive, values, ..
    } = load(folder);
    let contents = Contents::read(&archive).expect("an archive");
    let setup = contents.setup.as_ref().expect("set up");
    let election = Election::<G>::parse(setup.election).expect("an election");
    assert_eq!(election.fingerprint(), values["fingerprint_b64"]);
    assert_eq!(
        election.hash().to_hex(),
        values["election_sha256_hex"].as_str().expect("a hash")
    );
    assert_eq!(
        G::encode(&G::generator()),
        values["generator"].as_str().expect("an element")
    );
    assert_eq!(
        G::encode(&G::identity()),
        values["identity"].as_str().expect("an element")
    );

    let mut trustees = None;
    let hashed = preimages::during(|| {
        trustees = Some(Trustees::<G>::parse(setup.trustees).expect("trustees"));
    });
    assert_eq!(hashed, texts(&values["trustee_hashes"]));
    let trustees = trustees.expect("parsed");
    assert_eq!(trustees.election_key(), election.key());

    let credentials = PublicCredentials::<G>::parse(setup.credentials).expect("a list");
    let mut ballots = 0;
    for name in ["ballot1", "ballot4", "ballot6"] {
        let vector = &values[name];
        let Some(tracker) = vector["tracker_b64"].as_str() else {
            continue;
        };
        let tracker = Tracker::parse(tracker).expect("a tracker");
        let record = contents
            .ballots
            .iter()
            .find(|record| Tracker::of(record) == tracker)
            .expect("in the archive");
        let mut hashed = preimages::during(|| {
            verify_recording(&election, &credentials, record).expect("valid");
        });
        let mut expected = texts(&vector["hashes_in_verification_order"]);
        // The tool checks the two proofs of a blank vote in the other order.
        hashed.sort();
        expected.sort();
        assert_eq!(hashed, expected, "{name}");
        ballots += 1;
    }
    assert!(ballots > 0);

    let first = &values["partial_decryption_first"];
    let owner = Owner(first["owner"].as_u64().expect("a number") as u32);
    let (record, sized) = contents.tally.as_ref().expect("tallied");
    let tally = EncryptedTally::<G>::parse(&election, record, sized).expect("a tally");
    let (_, part) = contents
        .decryptions
        .iter()
        .find(|(of, _)| *of == owner)
        .expect("there");
    let hashed = preimages::during(|| {
        let part = PartialDecryption::<G>::parse(part).expect("readable");
        part.verify(&election, &trustees, owner, &tally)
            .expect("valid");
    });
    assert_eq!(
        hashed.first().map(String::as_str),
        first["hash"]["preimage"].as_str()
    );
}

#[test]
fn every_hash_of_an_ed25519_election_is_reproduced() {
    every_hash_is_reproduced::<Ed25519>("ed25519-by-3.3");
}

#[test]
fn every_hash_of_elections_in_the_2048_bit_group_is_reproduced() {
    every_hash_is_reproduced::<Belenios2048>("belenios2048-by-3.0-verifies-everywhere");
    every_hash_is_reproduced::<Belenios2048>("belenios2048-by-2.0");
}

fn what_follows_from_secrets_is_reproduced<G: Group>(folder: &str) {
    let Vectors {
        archive,
        values,
        folder,
    } = load(folder);
    let uuid = values["uuid"].as_str().expect("a uuid");
    let contents = Contents::read(&archive).expect("an archive");
    let setup = contents.setup.as_ref().expect("set up");

    let mut list = Vec::new();
    for vector in values["credentials"].as_array().expect("a list") {
        let secret: SecretCredential = vector["private"]
            .as_str()
            .expect("a text")
            .parse()
            .expect("a credential");
        let key: CredentialKey<G> = secret.key(uuid);
        assert_eq!(key.secret().to_decimal(), vector["secret_exponent"]);
        assert_eq!(
            key.public().as_str(),
            vector["public"].as_str().expect("a text")
        );
        list.push((key.public(), None));
    }
    assert_eq!(write_public_list(&list).as_bytes(), setup.credentials);

    let mut rng = Seeded::new(1);
    for vector in values["threshold_trustees"].as_array().expect("a list") {
        let seed: TrusteeSeed = vector["seed"]
            .as_str()
            .expect("a text")
            .parse()
            .expect("a seed");
        let certificate = seed.certificate::<G>(3, 2, 1, &mut rng);
        for name in ["verification", "encryption"] {
            let key = format!("\"{name}\":\"{}\"", vector[name].as_str().expect("a text"));
            assert!(certificate.message.contains(&key), "{name}");
        }
    }

    let file = fs::read_to_string(folder.join("server.privkey")).expect("a key");
    let key = TrusteeKey::<G>::from_file(&file).expect("a key");
    assert_eq!(*key.expose(), file.trim_end());
    let election = Election::<G>::parse(setup.election).expect("an election");
    let trustees = Trustees::<G>::parse(setup.trustees).expect("trustees");
    assert_eq!(trustees.owner_of(&key), Some(Owner(1)));
    let (record, sized) = contents.tally.as_ref().expect("tallied");
    let tally = EncryptedTally::<G>::parse(&election, record, sized).expect("a tally");
    assert_eq!(tally.to_record().as_bytes(), *record);
    let (_, part) = contents
        .decryptions
        .iter()
        .find(|(owner, _)| *owner == Owner(1))
        .expect("there");
    let theirs = PartialDecryption::<G>::parse(part).expect("readable");
    let ours = PartialDecryption::make(&election, &tally, &key, &mut rng);
    assert_eq!(ours.decryption_factors, theirs.decryption_factors);
}

#[test]
fn credentials_keys_and_factors_follow_from_their_secrets() {
    what_follows_from_secrets_is_reproduced::<Ed25519>("ed25519-by-3.3");
    what_follows_from_secrets_is_reproduced::<Belenios2048>(
        "belenios2048-by-3.0-verifies-everywhere",
    );
}

#[test]
fn archives_are_written_as_the_tool_writes_them_byte_for_byte() {
    for folder in [
        "ed25519-by-3.3",
        "belenios2048-by-3.0-verifies-everywhere",
        "belenios2048-by-2.0",
    ] {
        let archive = load(folder).archive;
        let contents = Contents::read(&archive).expect("an archive");
        let setup = contents.setup.as_ref().expect("set up");
        let (mut writer, mut written) = Writer::create(contents.links().timestamp);
        let mut append = |bytes: Result<Vec<u8>, _>| written.extend(bytes.expect("in order"));
        append(writer.setup(setup.election, setup.trustees, setup.credentials));
        contents
            .ballots
            .iter()
            .for_each(|ballot| append(writer.ballot(ballot)));
        append(writer.end_ballots());
        let (tally, sized) = contents.tally.as_ref().expect("tallied");
        append(writer.encrypted_tally(tally, sized));
        for (owner, part) in &contents.decryptions {
            append(writer.partial_decryption(*owner, part));
        }
        append(writer.result(contents.result.expect("a result")));
        assert_eq!(written, archive);
        assert_eq!(writer, contents.writer());
    }
}
