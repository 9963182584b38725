//! `diff`: what happened between two sizes, for people and for programs.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    city::{City, event, log_key, vkey},
    log::run,
};

const HIDDEN: &str =
    include_str!("../../../domain/tests/golden/public_comment/opinion_hidden.v1.json");
const ROTATED: &str = include_str!("../../../domain/tests/golden/log/log_key_rotated.v1.json");
const ERASED: &str =
    include_str!("../../../domain/tests/golden/personal_data/personal_data_erased.v1.json");

/// Four appeals, then a correction, an erasure, an appeal and a correction.
fn city() -> City {
    let telling = [HIDDEN, ERASED].map(|leaf| leaf.trim_end().to_owned());
    let leaves = (0..4).map(event).chain(telling).chain([event(4)]);
    City::of(leaves.chain([ROTATED.trim_end().to_owned()]))
}

/// What is told in JSON of the events from one size to another.
fn told(from: u64, to: u64) -> Value {
    let folder = TempDir::new().unwrap();
    city().write(folder.path());
    let (from, to) = (from.to_string(), to.to_string());
    let key = vkey().to_string();
    let log = folder.path().to_str().unwrap();
    let ended = run(&[
        "diff", log, "--vkey", &key, "--from", &from, "--to", &to, "--json",
    ]);
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    serde_json::from_slice(&ended.stdout).unwrap()
}

/// An event as it is told by itself.
fn by_itself(position: u64, leaf: &str) -> Value {
    let leaf: Value = serde_json::from_str(leaf).unwrap();
    let mut told = json!({
        "position": position, "recorded_at": leaf["recorded_at"], "stream": leaf["stream"],
        "kind": leaf["kind"], "role": leaf["actor"]["role"],
    });
    if leaf["kind"] == "personal_data_erased" {
        let basis = ["legal_basis", "decision_no"].map(|name| leaf["data"][name].as_str().unwrap());
        let ground = "kept until 2032-03-31 under kawasaki2009/1";
        told["basis"] = json!(format!("{}, {ground}", basis.join(", ")));
    }
    told
}

#[test]
fn the_json_has_the_shape_that_the_manual_describes() {
    let role = |leaf: &str| {
        let leaf: Value = serde_json::from_str(leaf).unwrap();
        leaf["actor"]["role"].clone()
    };
    assert_eq!(
        told(3, 8),
        json!({
            "ok": true,
            "size": 8,
            "from": 3,
            "to": 8,
            "events": [
                {"institution": "log", "kind": "log_key_rotated", "role": role(ROTATED), "count": 1},
                {"institution": "personal_data", "kind": "personal_data_erased", "role": role(ERASED), "count": 1},
                {"institution": "public_comment", "kind": "hiding_appealed", "role": "citizen", "count": 2},
                {"institution": "public_comment", "kind": "opinion_hidden", "role": role(HIDDEN), "count": 1},
            ],
            "corrections": [by_itself(4, HIDDEN), by_itself(7, ROTATED)],
            "erasures": [by_itself(5, ERASED)],
            "findings": [],
            "counts": {},
        })
    );
    // The first belongs to it, and the last does not.
    let few = told(5, 7);
    assert_eq!(
        (
            &few["corrections"],
            few["erasures"].as_array().unwrap().len()
        ),
        (&json!([]), 1)
    );
    assert_eq!(told(6, 6)["events"], json!([]));
}

#[test]
fn the_table_says_the_same_to_people() {
    let folder = TempDir::new().unwrap();
    city().write(folder.path());
    let (log, key) = (folder.path().to_str().unwrap(), vkey().to_string());
    let ended = run(&["diff", log, "--vkey", &key, "--from", "0", "--to", "8"]);
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    let table = String::from_utf8(ended.stdout).unwrap();
    for line in [
        "From 0 to 8 events:",
        "       5  public_comment   hiding_appealed            citizen",
        "Corrections: 2",
        "Erasures: 1",
        "8川総第1号",
    ] {
        assert!(table.contains(line), "{line} is not in\n{table}");
    }
}

#[test]
fn it_ends_with_0_1_or_2() {
    let folder = TempDir::new().unwrap();
    city().write(folder.path());
    let (log, key) = (folder.path().to_str().unwrap(), vkey().to_string());
    let codes = |words: &[&str]| {
        let ended = run(&[&["diff", log, "--json"], words].concat());
        let told: Option<Value> = serde_json::from_slice(&ended.stdout).ok();
        let found = told.map(|told| {
            let findings = told["findings"].as_array().unwrap().iter();
            let codes = findings.map(|finding| finding["code"].as_str().unwrap().to_owned());
            codes.collect::<Vec<_>>()
        });
        (ended.status.code().unwrap(), found.unwrap_or_default())
    };
    let range = ["--from", "0", "--to", "8"];
    let with = |words: &[&str]| codes(&[words, &range].concat());
    assert_eq!(with(&["--vkey", &key]), (0, vec![]));
    // Somebody who has no key is told, and shown what there is.
    assert_eq!(with(&[]), (0, vec!["NO_KEY".to_owned()]));
    let other = log_key(2).verifier().to_string();
    assert_eq!(
        with(&["--vkey", &other]),
        (1, vec!["CHECKPOINT_SIGNATURE".to_owned()])
    );
    let early = codes(&["--vkey", &key, "--from", "0", "--to", "9"]);
    assert_eq!(early, (1, vec!["TOO_EARLY".to_owned()]));
    assert_eq!(codes(&["--vkey", &key, "--from", "5", "--to", "4"]).0, 2);
    assert_eq!(codes(&["--vkey", &key, "--from", "x", "--to", "4"]).0, 2);
    assert_eq!(codes(&["--vkey", &key, "--from", "5"]).0, 2);
    // What does not lead to the signed root is not told as if it had happened.
    let path = folder.path().join("tile/entries/000.p/8");
    let bytes = String::from_utf8(fs::read(&path).unwrap()).unwrap();
    fs::write(&path, bytes.replacen("citizen", "auditor", 1)).unwrap();
    let (code, found) = with(&["--vkey", &key]);
    assert_eq!(
        (code, found.contains(&"ROOT".to_owned())),
        (1, true),
        "{found:?}"
    );
}
