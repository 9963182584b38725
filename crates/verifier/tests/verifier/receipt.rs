//! `receipt`: a citizen's proof, and what breaks it.

use std::{fs, process::Command};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;
use tempfile::TempDir;
use transparency::{Opening, Salt, opening};
use verifier::receipt::check;

use crate::{
    city::{City, event, library, log_key, vkey},
    log::run,
};

fn city() -> City {
    City::of((0..300).map(event))
}

fn codes(receipt: &[u8], leaf: &[u8]) -> Vec<&'static str> {
    let report = check(receipt, leaf, &[vkey()], None);
    report
        .findings()
        .iter()
        .map(|finding| finding.code)
        .collect()
}

#[test]
fn every_receipt_proves_its_own_leaf() {
    let city = city();
    for index in [0, 1, 255, 256, 299] {
        let receipt = city.receipt(index).to_string();
        let leaf = &city.leaves[index as usize];
        assert_eq!(codes(receipt.as_bytes(), leaf.as_bytes()), [""; 0]);
        assert_eq!(
            codes(receipt.as_bytes(), city.leaves[7].as_bytes()),
            ["NOT_INCLUDED"]
        );
    }
}

#[test]
fn any_changed_byte_of_receipt_or_leaf_is_refused() {
    let city = city();
    let (receipt, leaf) = (
        city.receipt(42).to_string().into_bytes(),
        city.leaves[42].as_bytes(),
    );
    // The cosignature's line may be wrong without a policy: it is nobody's we know.
    let cosignature = String::from_utf8_lossy(&receipt).rfind("— ").unwrap();
    for at in 0..cosignature {
        let mut changed = receipt.clone();
        changed[at] ^= 1;
        assert_ne!(codes(&changed, leaf), [""; 0], "byte {at}");
    }
    for at in 0..leaf.len() {
        let mut changed = leaf.to_vec();
        changed[at] ^= 1;
        assert_eq!(codes(&receipt, &changed), ["NOT_INCLUDED"], "byte {at}");
    }
}

#[test]
fn the_program_tells_a_good_receipt_from_a_bad_one() {
    let folder = TempDir::new().unwrap();
    let city = city();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("r.tlog-proof"), city.receipt(42).to_string()).unwrap();
    fs::write(path("leaf.json"), &city.leaves[42]).unwrap();
    fs::write(path("edited.json"), format!("{}\n", city.leaves[42])).unwrap();
    let policy =
        |key: &transparency::SignerKey| format!("witness w {}\nquorum w\n", key.verifier());
    fs::write(path("policy"), policy(&library())).unwrap();
    let stranger =
        transparency::SignerKey::from_seed("w", transparency::note::KeyKind::Cosignature, &[9; 32]);
    fs::write(path("strict"), policy(&stranger.unwrap())).unwrap();
    fs::write(path("wrong"), "quorum x\n").unwrap();

    let run = |leaf: &str, key: u8, policy: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_hiroba-verify"))
            .args([
                "receipt",
                &path("r.tlog-proof"),
                "--leaf",
                &path(leaf),
                "--vkey",
            ])
            .args([
                &log_key(key).verifier().to_string(),
                "--policy",
                &path(policy),
            ])
            .output()
            .unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
        )
    };
    let (code, out) = run("leaf.json", 1, "policy");
    assert_eq!(code, Some(0));
    assert!(
        out.contains("position: 42\n") && out.contains("w at 2026-04-02T00:00:00Z"),
        "{out}"
    );
    let (code, out) = run("edited.json", 1, "policy");
    assert_eq!(code, Some(1));
    assert!(
        out.contains("NOT_INCLUDED") && out.contains("without the line's end"),
        "{out}"
    );
    assert_eq!(run("leaf.json", 2, "policy").0, Some(1));
    assert_eq!(run("leaf.json", 1, "strict").0, Some(1));
    assert_eq!(run("leaf.json", 1, "wrong").0, Some(2));
    assert_eq!(run("missing.json", 1, "policy").0, Some(2));
}

/// A city in whose event 42 a statement is sealed, with what opens it.
fn sealed(text: &str) -> (City, Opening) {
    let mut leaves: Vec<_> = (0..300).map(event).collect();
    let id = leaves[42].split("\"event\":\"").nth(1).unwrap();
    let opening = Opening {
        event_id: id.split('"').next().unwrap().to_owned(),
        field: "statement".into(),
        salt: Salt([3; 32]),
        plaintext: text.into(),
    };
    let absent = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    leaves[42] = leaves[42].replace(absent, &opening.commitment().to_string());
    (City::of(leaves), opening)
}

/// How `hiroba-verify receipt` ends with these words, and what it answers in
/// JSON.
fn answer(words: &[&str]) -> (i32, Value) {
    let key = vkey().to_string();
    let ended = run(&[&["receipt", "--vkey", &key, "--json"], words].concat());
    let told = serde_json::from_slice(&ended.stdout).unwrap_or_default();
    (ended.status.code().unwrap(), told)
}

#[test]
fn what_a_citizen_keeps_shows_what_was_submitted() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("kept.json");
    let path = path.to_str().unwrap();
    let (city, good) = sealed("緑を増やして");
    let json = |opening: &Opening| -> Value {
        serde_json::from_str(&opening::to_json(opening).unwrap()).unwrap()
    };
    let kept = |openings: &[&Opening]| {
        serde_json::json!({
            "proof": city.receipt(42).to_string(),
            "leaf": STANDARD.encode(&city.leaves[42]),
            "receiptNumber": "AAAA-AAAA",
            "openings": openings.iter().map(|opening| json(opening)).collect::<Vec<_>>(),
        })
    };
    let check = |kept: Value, words: &[&str]| {
        fs::write(path, kept.to_string()).unwrap();
        answer(&[&[path], words].concat())
    };
    let (code, told) = check(kept(&[&good]), &[]);
    assert_eq!(code, 0, "{told}");
    assert_eq!(told["statement"], "緑を増やして");
    assert_eq!((&told["position"], &told["ok"]), (&42.into(), &true.into()));
    let other = Opening {
        plaintext: "緑を減らして".into(),
        ..good.clone()
    };
    let (code, told) = check(kept(&[&good, &other]), &[]);
    assert_eq!(
        (code, &told["findings"][0]["code"]),
        (1, &"OPENING_FALSE".into())
    );
    // The leaf is in it already, and the proof may not be there yet.
    let (code, _) = check(kept(&[&good]), &["--leaf", path]);
    assert_eq!(code, 2);
    let mut late = kept(&[&good]);
    late["proof"] = Value::Null;
    assert_eq!(check(late, &[]).0, 2);
    let mut damaged = kept(&[]);
    damaged["leaf"] = "?".into();
    assert_eq!(check(damaged, &[]).0, 2);
}

#[test]
fn openings_are_checked_beside_a_receipt_file_by_file() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (city, good) = sealed("緑を増やして");
    let write = |name: &str, opening: &Opening| {
        fs::write(path(name), opening::to_json(opening).unwrap()).unwrap();
    };
    fs::write(path("42.tlog-proof"), city.receipt(42).to_string()).unwrap();
    fs::write(path("leaf.json"), &city.leaves[42]).unwrap();
    fs::write(path("none.json"), "{}").unwrap();
    write("good.json", &good);
    let changed = |change: &dyn Fn(&mut Opening)| {
        let mut opening = good.clone();
        change(&mut opening);
        opening
    };
    write(
        "text.json",
        &changed(&|opening| opening.plaintext = "緑を減らして".into()),
    );
    write(
        "salt.json",
        &changed(&|opening| opening.salt = Salt([4; 32])),
    );
    write(
        "field.json",
        &changed(&|opening| opening.field = "submission".into()),
    );
    write(
        "event.json",
        &changed(&|opening| opening.event_id.replace_range(30.., "0.0")),
    );
    let check = |openings: &[&str]| {
        let (receipt, leaf) = (path("42.tlog-proof"), path("leaf.json"));
        let files: Vec<_> = openings.iter().map(|name| path(name)).collect();
        let words = files.iter().flat_map(|file| ["--opening", file]);
        let mut all = vec![receipt.as_str(), "--leaf", &leaf];
        all.extend(words);
        let (code, told) = answer(&all);
        let findings = told["findings"].as_array().cloned().unwrap_or_default();
        let codes: Vec<_> = findings
            .iter()
            .map(|finding| finding["code"].clone())
            .collect();
        (code, codes, told["statement"].clone())
    };
    assert_eq!(check(&[]), (0, vec![], Value::Null));
    assert_eq!(check(&["good.json"]), (0, vec![], "緑を増やして".into()));
    for wrong in ["text.json", "salt.json", "field.json", "event.json"] {
        assert_eq!(
            check(&[wrong]),
            (1, vec!["OPENING_FALSE".into()], Value::Null),
            "{wrong}"
        );
    }
    let (code, codes, _) = check(&["good.json", "none.json", "text.json"]);
    assert_eq!(
        (code, codes),
        (1, vec!["OPENING_FORM".into(), "OPENING_FALSE".into()])
    );
    assert_eq!(check(&["missing.json"]).0, 2);
}
