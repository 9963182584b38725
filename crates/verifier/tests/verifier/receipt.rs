//! `receipt`: a citizen's proof, and what breaks it.

use std::{fs, process::Command};

use tempfile::TempDir;
use verifier::receipt::check;

use crate::city::{City, event, library, log_key, vkey};

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

#[test]
fn what_a_citizen_keeps_shows_what_was_submitted() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use transparency::{Opening, Salt, opening};

    let folder = TempDir::new().unwrap();
    let mut leaves: Vec<_> = (0..300).map(event).collect();
    let id = leaves[42].split("\"event\":\"").nth(1).unwrap();
    let shown = |text: &str| Opening {
        event_id: id.split('"').next().unwrap().to_owned(),
        field: "text".into(),
        salt: Salt([3; 32]),
        plaintext: text.into(),
    };
    let (good, other) = (shown("緑を増やして"), shown("緑を減らして"));
    let absent = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    leaves[42] = leaves[42].replace(absent, &good.commitment().to_string());
    let city = City::of(leaves);
    let run = |opening: &Opening| {
        let kept = serde_json::json!({
            "proof": city.receipt(42).to_string(),
            "leaf": STANDARD.encode(&city.leaves[42]),
            "receiptNumber": "AAAA-AAAA",
            "openings": [serde_json::from_str::<serde_json::Value>(&opening::to_json(opening).unwrap()).unwrap()],
        });
        let path = folder.path().join("kept.json");
        fs::write(&path, kept.to_string()).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_hiroba-verify"))
            .args(["receipt", path.to_str().unwrap(), "--vkey"])
            .arg(vkey().to_string())
            .output()
            .unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
        )
    };
    let (code, out) = run(&good);
    assert!(
        code == Some(0) && out.contains("text: 緑を増やして"),
        "{out}"
    );
    let (code, out) = run(&other);
    assert!(code == Some(1) && out.contains("OPENING_FALSE"), "{out}");
}
