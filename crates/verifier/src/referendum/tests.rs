//! The subcommand on archives that belenios-tool made.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use clap::Parser;
use serde_json::Value;

use super::{Arguments, run_to};

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    arguments: Arguments,
}

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../ballot/tests/vectors")
}

fn honest() -> PathBuf {
    vectors().join("ed25519-by-3.3/B6K4wUzpf9ms9V.bel")
}

/// Calls the subcommand and returns its verdict and what it printed.
fn call(arguments: &[&str]) -> (anyhow::Result<bool>, String) {
    let line = Line::parse_from(["referendum"].iter().chain(arguments));
    let mut out = Vec::new();
    let verdict = run_to(&line.arguments, &mut out);
    (verdict, String::from_utf8(out).expect("text"))
}

fn path(path: &Path) -> &str {
    path.to_str().expect("utf-8")
}

#[test]
fn an_honest_archive_is_valid_with_one_line_a_step() {
    let (verdict, out) = call(&[path(&honest())]);
    assert!(verdict.expect("readable"), "{out}");
    assert_eq!(out.lines().count(), 10, "{out}");
    assert!(
        out.contains("6 ballots with signature and proofs, 1 replaced by a later one"),
        "{out}"
    );
    assert!(out.contains("[[1, 4, 0], [3, 2, 0]]"), "{out}");
}

#[test]
fn a_directory_with_one_archive_will_do() {
    let (verdict, out) = call(&["--json", path(&vectors().join("ed25519-by-3.3"))]);
    assert!(verdict.expect("readable"));
    let report: Value = serde_json::from_str(&out).expect("json");
    assert_eq!(report["valid"], true);
    assert_eq!(report["stage"], "FINISHED");
    assert_eq!(report["result"], serde_json::json!([[1, 4, 0], [3, 2, 0]]));
}

#[test]
fn all_findings_are_listed_with_their_culprit() {
    let archive = vectors().join("adversarial/unknown-credential-ed25519");
    let (verdict, out) = call(&["--json", path(&archive)]);
    assert!(!verdict.expect("readable"));
    let report: Value = serde_json::from_str(&out).expect("json");
    let findings = report["findings"].as_array().expect("a list");
    assert_eq!(findings[0]["code"], "UNKNOWN_CREDENTIAL");
    assert!(
        findings[0]["subject"]
            .as_str()
            .is_some_and(|subject| subject.starts_with("ballot "))
    );
    assert_eq!(findings.len(), 4);
}

#[test]
fn a_missing_file_and_an_ambiguous_directory_are_usage_errors() {
    assert!(call(&["/nonexistent/a.bel"]).0.is_err());
    let folder = tempfile::tempdir().expect("a folder");
    assert!(call(&[path(folder.path())]).0.is_err());
    fs::copy(honest(), folder.path().join("a.bel")).expect("copied");
    assert!(call(&[path(folder.path())]).0.is_ok());
    fs::copy(honest(), folder.path().join("b.bel")).expect("copied");
    assert!(call(&[path(folder.path())]).0.is_err());
}

#[test]
fn a_tracker_tells_whether_a_ballot_counts() {
    // Ballot 6 replaced the ballot of the same voter; ballot 1's tracker is in the vectors.
    let tracker = "w3o8MBfpgHAtRtRfnlXOLEByHnl03xLUHrNTjzGw6XU";
    let (verdict, out) = call(&[path(&honest()), "--tracker", tracker]);
    assert!(verdict.expect("readable"));
    assert!(out.contains("ballot 1; it counts"), "{out}");
    let absent = "A".repeat(43);
    let (verdict, out) = call(&[path(&honest()), "--tracker", &absent]);
    assert!(!verdict.expect("readable"));
    assert!(out.contains("not in the archive"), "{out}");
}

#[test]
fn an_archive_extends_its_older_copy_unless_something_was_removed() {
    let folder = tempfile::tempdir().expect("a folder");
    let bytes = fs::read(honest()).expect("readable");
    let old = folder.path().join("old.bel");
    fs::write(&old, &bytes[..bytes.len() - 1536]).expect("written");
    let (verdict, out) = call(&[path(&honest()), "--diff", path(&old)]);
    assert!(verdict.expect("readable"), "{out}");
    assert!(out.contains("1536 bytes were appended"), "{out}");

    let new = folder.path().join("new.bel");
    fs::write(&new, &bytes[..bytes.len() - 3072]).expect("written");
    let (verdict, out) = call(&[path(&new), "--diff", path(&old)]);
    assert!(!verdict.expect("readable"), "{out}");
    assert!(out.contains("SHORTER"), "{out}");

    let mut changed = bytes.clone();
    changed[600] ^= 1;
    fs::write(&old, &changed).expect("written");
    let (verdict, out) = call(&[path(&honest()), "--diff", path(&old)]);
    assert!(!verdict.expect("readable"));
    assert!(out.contains("differ at byte 600"), "{out}");
}

#[test]
fn following_checks_what_is_there_and_stops_when_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let growing = folder.path().join("growing.bel");
    let bytes = fs::read(honest()).expect("readable");
    // The end lies inside a record: somebody is writing.
    fs::write(&growing, &bytes[..30_000]).expect("written");
    let (verdict, out) = call(&[
        path(&growing),
        "--follow",
        "--looks",
        "2",
        "--interval",
        "0",
    ]);
    assert!(verdict.expect("readable"), "{out}");
    assert!(out.contains("voting 投票中"), "{out}");
    fs::write(&growing, &bytes).expect("written");
    let (verdict, out) = call(&[path(&growing), "--follow", "--interval", "0"]);
    assert!(verdict.expect("readable"), "{out}");
    assert!(out.contains("finished 結果確定"), "{out}");
    assert!(call(&["-", "--follow"]).0.is_err());
}

#[test]
fn a_record_of_commitments_gives_the_same_answer() {
    let folder = tempfile::tempdir().expect("a folder");
    let record = folder.path().join("commitments");
    let (verdict, plain) = call(&[path(&honest()), "--write-commitments", path(&record)]);
    assert!(verdict.expect("readable"));
    assert_eq!(
        fs::read_to_string(&record)
            .expect("written")
            .lines()
            .count(),
        7
    );
    let (verdict, fast) = call(&[path(&honest()), "--commitments", path(&record)]);
    assert!(verdict.expect("readable"));
    assert_eq!(plain, fast);
    // A record that lies changes nothing either.
    let lies = fs::read_to_string(&record)
        .expect("written")
        .replace('7', "8");
    fs::write(&record, lies).expect("written");
    let (verdict, slow) = call(&[path(&honest()), "--commitments", path(&record)]);
    assert!(verdict.expect("readable"));
    assert_eq!(plain, slow);
}

/// Takes what is printed, and does something to the archive whenever a look was reported.
struct Meanwhile<F> {
    out: Vec<u8>,
    looks: usize,
    act: F,
}

impl<F: FnMut(usize)> Write for Meanwhile<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.looks += 1;
        (self.act)(self.looks);
        Ok(())
    }
}

fn follow(arguments: &[&str], act: impl FnMut(usize)) -> (bool, String) {
    let line = Line::parse_from(
        ["referendum", "--follow", "--interval", "0"]
            .iter()
            .chain(arguments),
    );
    let mut out = Meanwhile {
        out: Vec::new(),
        looks: 0,
        act,
    };
    let verdict = run_to(&line.arguments, &mut out).expect("readable");
    (verdict, String::from_utf8(out.out).expect("text"))
}

#[test]
fn only_what_was_appended_is_checked_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let growing = folder.path().join("growing.bel");
    let record = folder.path().join("commitments");
    let bytes = fs::read(honest()).expect("readable");
    // Two ballots are there at the first look, and a part of the third.
    let cut = bytes.len() / 2;
    fs::write(&growing, &bytes[..cut]).expect("written");
    let arguments = [path(&growing), "--write-commitments", path(&record)];
    let (verdict, out) = follow(&arguments, |look| {
        let mut file = OpenOptions::new()
            .write(true)
            .open(&growing)
            .expect("there");
        if look == 1 {
            file.seek(SeekFrom::End(0)).expect("there");
            file.write_all(&bytes[cut..]).expect("written");
            // What was checked is not read again, so this goes unnoticed here. (Whoever starts
            // anew, or compares with a copy, finds it.)
            file.seek(SeekFrom::Start(600)).expect("there");
            file.write_all(b"x").expect("written");
        }
    });
    assert!(verdict, "{out}");
    assert!(out.contains("[[1, 4, 0], [3, 2, 0]]"), "{out}");
    assert!(!call(&[path(&growing)]).0.expect("readable"));
    // Every ballot was verified once.
    let lines = fs::read_to_string(&record).expect("written");
    assert_eq!(lines.lines().count(), 7);
    let trackers: std::collections::BTreeSet<_> = lines
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(trackers.len(), 7);
}

#[test]
fn an_archive_that_shrinks_under_observation_is_a_finding() {
    let folder = tempfile::tempdir().expect("a folder");
    let growing = folder.path().join("growing.bel");
    let bytes = fs::read(honest()).expect("readable");
    fs::write(&growing, &bytes[..bytes.len() / 2]).expect("written");
    for json in [&[][..], &["--json"]] {
        let arguments = [&[path(&growing)], json].concat();
        let shrink = || {
            let file = OpenOptions::new().write(true).open(&growing)?;
            file.set_len(file.metadata()?.len() - 1024)
        };
        let (verdict, out) = follow(&arguments, |look| {
            if look == 1 {
                shrink().expect("shrunk");
            }
        });
        assert!(!verdict && out.contains("ARCHIVE_SHRUNK"), "{out}");
    }
}

#[test]
fn a_directory_is_followed_too_and_a_bad_event_is_told_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let growing = folder.path().join("growing.bel");
    let bytes = fs::read(honest()).expect("readable");
    let cut = bytes.len() / 2;
    File::create(&growing)
        .expect("made")
        .write_all(&bytes[..cut])
        .expect("written");
    let (verdict, out) = follow(&[path(folder.path()), "--looks", "3"], |look| {
        if look == 1 {
            let mut file = OpenOptions::new()
                .append(true)
                .open(&growing)
                .expect("there");
            let mut rest = bytes[cut..].to_vec();
            rest[5000] ^= 1;
            file.write_all(&rest).expect("written");
        }
    });
    assert!(!verdict && out.contains("RECORD_DIGEST"), "{out}");
}
