//! Mutations of valid input, the same in every run; `fuzz/` goes on where these end.

use ballot::archive::tar::{Name, records};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::hostile;

/// A change to some bytes; places are counted modulo their number.
#[derive(Clone, Debug)]
enum Mutation {
    Flip(usize, u8),
    Set(usize, u8),
    Remove(usize, usize),
    Insert(usize, Vec<u8>),
    Copy(usize, usize, usize),
    CutOff(usize),
}

/// What parsers have stumbled over: limits of numbers, ends of texts, parts of the format.
const STUMBLING: [&[u8]; 16] = [
    b"0",
    b"-1",
    b"18446744073709551616",
    b"1e999",
    b"\"",
    b"\\u0000",
    b"\\ud800",
    b"null",
    b"[]",
    b"{}",
    b",",
    b"\xff\xfe",
    b"\0",
    b"77777777777",
    b".data.json",
    b"\"payload\":",
];

fn mutation() -> impl Strategy<Value = Mutation> {
    let place = any::<usize>();
    prop_oneof![
        (place, 0..8_u8).prop_map(|(place, bit)| Mutation::Flip(place, bit)),
        (place, any::<u8>()).prop_map(|(place, byte)| Mutation::Set(place, byte)),
        (place, 1..700_usize).prop_map(|(place, length)| Mutation::Remove(place, length)),
        (place, prop::sample::select(&STUMBLING[..]))
            .prop_map(|(place, bytes)| Mutation::Insert(place, bytes.to_vec())),
        (place, place, 1..700_usize)
            .prop_map(|(from, to, length)| Mutation::Copy(from, to, length)),
        place.prop_map(Mutation::CutOff),
    ]
}

fn apply(bytes: &mut Vec<u8>, mutation: &Mutation) {
    let size = bytes.len().max(1);
    match mutation {
        Mutation::Flip(place, bit) => {
            if let Some(byte) = bytes.get_mut(place % size) {
                *byte ^= 1 << bit;
            }
        }
        Mutation::Set(place, new) => {
            if let Some(byte) = bytes.get_mut(place % size) {
                *byte = *new;
            }
        }
        Mutation::Remove(place, length) => {
            let start = (place % size).min(bytes.len());
            bytes.drain(start..(start + length).min(bytes.len()));
        }
        Mutation::Insert(place, new) => {
            let at = (place % size).min(bytes.len());
            bytes.splice(at..at, new.iter().copied());
        }
        Mutation::Copy(from, to, length) => {
            let start = (from % size).min(bytes.len());
            let part = bytes[start..(start + length).min(bytes.len())].to_vec();
            let at = (to % size).min(bytes.len());
            bytes.splice(at..at, part);
        }
        Mutation::CutOff(place) => bytes.truncate(place % size),
    }
}

/// Runs a parser on mutations of each valid input.
fn endure(valid: &[Vec<u8>], cases: u32, parse: fn(&[u8])) {
    valid.iter().for_each(|bytes| parse(bytes));
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let mutations = (0..valid.len(), prop::collection::vec(mutation(), 1..4));
    let outcome = runner.run(&mutations, |(which, mutations)| {
        let mut bytes = valid[which].clone();
        mutations
            .iter()
            .for_each(|mutation| apply(&mut bytes, mutation));
        parse(&bytes);
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

/// The data records of an honest archive.
fn data() -> Vec<Vec<u8>> {
    records(hostile::ARCHIVE)
        .map(|record| record.expect("an archive"))
        .filter(|record| matches!(record.name, Name::Data(_)))
        .map(|record| record.body.to_vec())
        .collect()
}

#[test]
fn archives() {
    endure(&[hostile::ARCHIVE.to_vec()], 300, hostile::archive);
}

#[test]
fn ballots_and_what_follows_them() {
    endure(&data()[4..], 600, hostile::record);
}

#[test]
fn elections_and_trustees() {
    endure(&data()[..2], 400, hostile::setup);
}

#[test]
fn credentials() {
    let texts = [
        "11111-222222-33333-444444",
        "1111122222233333444444",
        "\"4711\"\n",
    ];
    let texts = texts.map(|text| text.as_bytes().to_vec());
    let valid = [&texts[..], &data()[2..3]].concat();
    endure(&valid, 1000, hostile::credential);
}
