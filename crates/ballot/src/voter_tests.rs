//! Ballots from a known stream of randomness: `web/src/ballot` makes the same, byte for byte.
//!
//! The file is made again with `REMAKE_VECTORS=1 cargo test -p ballot voter_tests`.

use std::fs;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::ballot::{Tracker, cast, verify};
use crate::credential::{PublicCredentials, SecretCredential, write_public_list};
use crate::election::{Description, Election};
use crate::group::{Ed25519, Group};
use crate::question::Question;
use crate::testing::Seeded;

type G = Ed25519;

const UUID: &str = "HirobaSeededVote";

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct SeededBallots {
    /// The election record, as text.
    election: String,
    ballots: Vec<SeededBallot>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct SeededBallot {
    /// The stream: digests of seed and counter, each as eight big-endian bytes.
    seed: u64,
    credential: String,
    public: String,
    vote: Vec<Vec<u64>>,
    ballot: String,
    tracker: String,
}

fn question(text: &str, answers: &[&str], blank: Option<bool>, min: u64, max: u64) -> Question {
    Question {
        answers: answers.iter().map(|answer| (*answer).to_owned()).collect(),
        blank,
        min,
        max,
        text: text.to_owned(),
    }
}

/// Every form of question, and texts that JSON has to escape.
fn election() -> String {
    let questions = vec![
        question("賛成ですか", &["賛成", "反対"], Some(true), 1, 1),
        question(
            "\"どれ\"\t/ \\ \u{7f}\u{2028}",
            &["一", "二", "三"],
            None,
            0,
            2,
        ),
        question("いくつでも", &["a", "b", "c"], Some(true), 2, 3),
        question("一つだけ", &["甲", "乙", "丙"], Some(false), 1, 1),
    ];
    Description {
        version: 1,
        description: "改行\n\u{1}と\r".to_owned(),
        name: "庁舎 🏛".to_owned(),
        group: G::NAME.to_owned(),
        public_key: G::encode(&G::generator_power(&4711_u64.into())),
        questions,
        uuid: UUID.to_owned(),
        administrator: Some("選挙管理委員会".to_owned()),
        credential_authority: None,
        language: None,
    }
    .to_record()
}

fn seeded() -> SeededBallots {
    let record = election();
    let election = Election::<G>::parse(record.as_bytes()).expect("an election");
    let votes: [[&[u64]; 4]; 3] = [
        [&[0, 1, 0], &[0, 0, 0], &[0, 1, 1, 1], &[0, 1, 0]],
        [&[1, 0, 0], &[1, 0, 1], &[1, 0, 0, 0], &[1, 0, 0]],
        [&[0, 0, 1], &[0, 1, 0], &[0, 1, 0, 1], &[0, 0, 1]],
    ];
    let ballots = votes.iter().zip(1..).map(|(vote, seed)| {
        let vote: Vec<Vec<u64>> = vote.iter().map(|answer| answer.to_vec()).collect();
        let credential = SecretCredential::generate(&mut Seeded::new(1000 + seed));
        let key = credential.key::<G>(UUID);
        let ballot = cast(&election, &key, &vote, &mut Seeded::new(seed)).expect("allowed");
        SeededBallot {
            seed,
            credential: credential.expose().to_owned(),
            public: key.public().as_str().to_owned(),
            vote,
            ballot: String::from_utf8(ballot.as_bytes().to_vec()).expect("utf-8"),
            tracker: ballot.tracker().to_string(),
        }
    });
    let ballots = ballots.collect();
    SeededBallots {
        election: record,
        ballots,
    }
}

#[test]
fn seeded_ballots_are_those_in_the_vectors_and_valid() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/seeded-ballots.json");
    let made = seeded();
    if std::env::var_os("REMAKE_VECTORS").is_some() {
        let text = serde_json::to_string_pretty(&made).expect("json") + "\n";
        fs::write(&path, text).expect("written");
    }
    let file = fs::read_to_string(&path).expect("the vectors are there");
    let vectors: SeededBallots = serde_json::from_str(&file).expect("json");
    assert_eq!(made, vectors);
    let election = Election::<G>::parse(vectors.election.as_bytes()).expect("an election");
    let list: Vec<_> = vectors
        .ballots
        .iter()
        .map(|ballot| (ballot.credential.parse::<SecretCredential>()).expect("a credential"))
        .map(|credential| (credential.key::<G>(UUID).public(), None))
        .collect();
    let credentials =
        PublicCredentials::<G>::parse(write_public_list(&list).as_bytes()).expect("a list");
    for vector in &vectors.ballots {
        let verified = verify(&election, &credentials, vector.ballot.as_bytes()).expect("valid");
        assert_eq!(Some(verified.tracker()), Tracker::parse(&vector.tracker));
    }
}
