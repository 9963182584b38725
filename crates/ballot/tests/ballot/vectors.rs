//! Archives made by belenios-tool: the honest ones are accepted, the others for their reason not.

use std::fs;
use std::path::PathBuf;

use ballot::verify::{Report, verify};

fn archive(folder: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/vectors")
        .join(folder);
    let file = fs::read_dir(&folder)
        .expect("the vectors are there")
        .map(|entry| entry.expect("readable").path())
        .find(|path| path.extension().is_some_and(|extension| extension == "bel"))
        .expect("an archive");
    fs::read(file).expect("readable")
}

fn report(folder: &str) -> Report {
    verify(&archive(folder))
}

#[track_caller]
fn accepted(folder: &str, result: &[&[u64]]) {
    let report = report(folder);
    assert_eq!(report.findings, [], "{folder}");
    assert_eq!(report.result.expect("a result"), result);
}

#[track_caller]
fn rejected(folder: &str, codes: &[&str]) {
    let found: Vec<_> = report(folder)
        .findings
        .iter()
        .map(|finding| finding.code)
        .collect();
    assert_eq!(found, codes, "{folder}: {:#?}", report(folder).findings);
}

#[test]
fn honest_archives_are_accepted() {
    let result: &[&[u64]] = &[&[1, 4, 0], &[3, 2, 0]];
    accepted("ed25519-by-3.3", result);
    accepted("belenios2048-by-3.0-verifies-everywhere", result);
    accepted("belenios2048-by-2.0", result);
    accepted("weights-belenios2048-by-2.0", &[&[0, 6, 0]]);
}

#[test]
fn adversarial_archives_are_rejected_for_their_reason() {
    let not_tallied = |code| [code, "TALLY", "NUM_TALLIED", "TOTAL_WEIGHT"];
    rejected(
        "adversarial/bad-response-ed25519",
        &not_tallied("BALLOT_SIGNATURE_HASH"),
    );
    rejected(
        "adversarial/unknown-credential-ed25519",
        &not_tallied("UNKNOWN_CREDENTIAL"),
    );
    rejected(
        "adversarial/ballot-after-EndBallots-2048",
        &["EVENT_ORDER"; 3],
    );
    rejected("adversarial/no-EndBallots-2048", &["EVENT_ORDER"]);
    rejected(
        "adversarial/replayed-same-ballot-2048",
        &["DUPLICATE_BALLOT"],
    );
    rejected(
        "adversarial/result-without-EncryptedTally-2048",
        &["EVENT_ORDER"],
    );
    rejected("adversarial/wrong-result-2048", &["RESULT_COUNT"; 2]);
}
