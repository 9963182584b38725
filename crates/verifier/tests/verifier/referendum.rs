//! `referendum` as a program: standard input, exit codes, what a wrong call says.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../ballot/tests/vectors")
}

fn honest() -> PathBuf {
    vectors().join("ed25519-by-3.3/B6K4wUzpf9ms9V.bel")
}

fn hiroba_verify(arguments: &[&str], input: Option<&Path>) -> Output {
    let input = input.map_or(Stdio::null(), |path| {
        File::open(path).expect("there").into()
    });
    Command::new(env!("CARGO_BIN_EXE_hiroba-verify"))
        .arg("referendum")
        .args(arguments)
        .stdin(input)
        .output()
        .expect("it ran")
}

#[test]
fn standard_input_is_checked_like_a_file() {
    let file = hiroba_verify(&[honest().to_str().expect("utf-8")], None);
    let input = hiroba_verify(&["-"], Some(&honest()));
    assert_eq!(file.status.code(), Some(0));
    assert_eq!(input.status.code(), Some(0));
    assert_eq!(input.stdout, file.stdout);
    // The vote that was replaced is read again, which standard input alone could not do.
    let text = String::from_utf8(input.stdout).expect("utf-8");
    assert!(text.contains("1 replaced by a later one"), "{text}");
}

#[test]
fn the_exit_code_is_1_with_all_findings_and_2_for_a_wrong_call() {
    let bad = vectors().join("adversarial/unknown-credential-ed25519/B6K4wUzpf9ms9V.bel");
    let ended = hiroba_verify(&["--json", "-"], Some(&bad));
    assert_eq!(ended.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&ended.stdout).expect("json");
    let findings = report["findings"].as_array().expect("a list");
    let codes: Vec<_> = findings.iter().map(|finding| &finding["code"]).collect();
    assert_eq!(
        codes,
        ["UNKNOWN_CREDENTIAL", "TALLY", "NUM_TALLIED", "TOTAL_WEIGHT"]
    );
    for arguments in [
        &["/nonexistent.bel"][..],
        &[],
        &["--no-such-option", "-"],
        &["--follow", "-"],
        &["--tracker", "not a tracker", "-"],
        &["--until", "ended", "-"],
    ] {
        let ended = hiroba_verify(arguments, None);
        assert_eq!(ended.status.code(), Some(2), "{arguments:?}");
        assert!(ended.stdout.is_empty() && !ended.stderr.is_empty());
    }
}

#[test]
fn an_archive_is_the_same_on_any_number_of_threads() {
    let folder = tempfile::tempdir().expect("a folder");
    let bytes = fs::read(honest()).expect("readable");
    let torn = folder.path().join("torn.bel");
    fs::write(&torn, &bytes[..bytes.len() - 700]).expect("written");
    for path in [honest(), torn] {
        let path = path.to_str().expect("utf-8");
        let one = hiroba_verify(&["--threads", "1", path], None);
        let many = hiroba_verify(&["--threads", "7", path], None);
        assert_eq!(one, many);
    }
}
