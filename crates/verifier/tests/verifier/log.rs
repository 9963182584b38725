//! `log`: what is right passes, and each tampering is found for its reason.

use std::{
    fs,
    io::Read as _,
    net::TcpListener,
    path::Path,
    process::{Command, Output},
    thread,
};

use indicatif::ProgressBar;
use tempfile::TempDir;
use transparency::{Checkpoint, Hash, Policy, SignedCheckpoint, bundle};
use verifier::{
    log::{Question, Source, check},
    report::{Report, Severity},
};

use crate::{
    city::{City, ORIGIN, event, library, log_key, vkey},
    served::Served,
};

fn city(size: usize) -> City {
    City::of((0..size).map(event))
}

fn verify(place: &str, since: &[SignedCheckpoint]) -> Report {
    let policy = format!("witness library {}\nquorum library\n", library().verifier());
    let policy = Policy::parse(policy.as_bytes()).unwrap();
    let question = Question {
        logs: &[vkey()],
        policy: Some(&policy),
        since,
    };
    let now = "2027-01-01T00:00:00Z".parse().unwrap();
    check(
        &Source::new(place).unwrap(),
        &question,
        now,
        &ProgressBar::hidden(),
    )
    .unwrap()
}

/// The codes of what is found in a folder, errors only.
fn found(folder: &Path, since: &[SignedCheckpoint]) -> Vec<&'static str> {
    let report = verify(folder.to_str().unwrap(), since);
    let errors = report
        .findings()
        .iter()
        .filter(|finding| finding.severity == Severity::Error);
    let mut codes: Vec<_> = errors.map(|finding| finding.code).collect();
    codes.dedup();
    assert_eq!(codes.is_empty(), report.is_ok());
    codes
}

#[test]
fn logs_of_every_awkward_size_pass() {
    for size in [0, 1, 2, 3, 255, 256, 257, 511, 512, 513, 800] {
        let folder = TempDir::new().unwrap();
        city(size).write(folder.path());
        let report = verify(folder.path().to_str().unwrap(), &[]);
        assert!(
            report.is_ok() && report.findings().is_empty(),
            "{size}: {:?}",
            report.findings()
        );
    }
}

#[test]
fn a_log_with_a_second_level_of_tiles_passes_and_a_changed_one_there_is_found() {
    let folder = TempDir::new().unwrap();
    city(65_537).write(folder.path());
    assert_eq!(found(folder.path(), &[]), [""; 0]);
    let path = folder.path().join("tile/2/000.p/1");
    fs::write(&path, [7; 32]).unwrap();
    assert_eq!(found(folder.path(), &[]), ["TILE_DIFFERS"]);
    fs::remove_file(&path).unwrap();
    assert_eq!(found(folder.path(), &[]), ["TILE_MISSING"]);
}

#[test]
fn every_kept_checkpoint_of_an_honest_log_is_extended() {
    let folder = TempDir::new().unwrap();
    city(600).write(folder.path());
    let kept: Vec<_> = [0, 1, 2, 100, 255, 256, 257, 512, 599, 600]
        .map(|n| city(n).checkpoint())
        .into();
    assert_eq!(found(folder.path(), &kept), [""; 0]);
}

#[test]
fn rewritten_history_contradicts_a_kept_checkpoint() {
    let folder = TempDir::new().unwrap();
    // The city has changed event 10 and signed again: all agrees but memory.
    let rewritten = City::of(
        (0..600).map(|n| event(n).replace("citizen", if n == 10 { "auditor" } else { "citizen" })),
    );
    rewritten.write(folder.path());
    assert_eq!(found(folder.path(), &[]), [""; 0]);
    assert_eq!(found(folder.path(), &[city(10).checkpoint()]), [""; 0]);
    for size in [11, 256, 300, 600] {
        assert_eq!(
            found(folder.path(), &[city(size).checkpoint()]),
            ["INCONSISTENT"],
            "{size}"
        );
    }
    assert_eq!(
        found(folder.path(), &[city(601).checkpoint()]),
        ["ROLLED_BACK"]
    );
    let forged = Checkpoint::new(ORIGIN, 5, Hash::leaf(b"x"))
        .unwrap()
        .sign([&log_key(2)])
        .unwrap();
    assert_eq!(found(folder.path(), &[forged]), ["SINCE_SIGNATURE"]);
}

/// Changes the leaves, but leaves tiles and checkpoint as they were.
fn tampered(change: impl FnOnce(&mut Vec<String>)) -> Vec<&'static str> {
    let folder = TempDir::new().unwrap();
    let honest = city(300);
    honest.write(folder.path());
    let mut leaves = honest.leaves;
    change(&mut leaves);
    for (index, part) in leaves.chunks(256).enumerate() {
        let partial = if part.len() < 256 {
            format!(".p/{}", part.len())
        } else {
            String::new()
        };
        let path = folder
            .path()
            .join(format!("tile/entries/{index:03}{partial}"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(
            path,
            bundle::encode(part.iter().map(String::as_bytes)).unwrap(),
        )
        .unwrap();
    }
    if leaves.len() < 300 {
        fs::remove_file(folder.path().join("tile/entries/001.p/44")).unwrap();
    }
    found(folder.path(), &[])
}

#[test]
fn tampered_entries_are_found_for_their_reason() {
    let rewrite =
        |leaves: &mut Vec<String>| leaves[270] = leaves[270].replace("citizen", "auditor");
    assert_eq!(tampered(rewrite), ["LEAF_DIFFERS", "ROOT"]);
    assert_eq!(
        tampered(|leaves| leaves.swap(5, 8)),
        ["LEAF_DIFFERS", "STREAM_VERSION", "ROOT", "TILE_DIFFERS"]
    );
    assert_eq!(
        tampered(|leaves| drop(leaves.remove(280))),
        ["ENTRIES_MISSING"]
    );
    assert_eq!(
        tampered(|leaves| leaves.insert(280, leaves[280].clone())),
        // The bundle of 45 is not looked for: 44 were signed.
        [""; 0]
    );
    let insert = |leaves: &mut Vec<String>| {
        leaves.insert(100, leaves[100].clone());
        leaves.pop();
    };
    assert_eq!(
        tampered(insert),
        [
            "LEAF_DIFFERS",
            "STREAM_VERSION",
            "LEAF_DIFFERS",
            "EVENT_ID_TWICE",
            "ROOT",
            "TILE_DIFFERS"
        ]
    );
}

#[test]
fn signed_events_that_break_the_rules_are_found_too() {
    let signed = |leaves: Vec<String>| {
        let folder = TempDir::new().unwrap();
        City::of(leaves).write(folder.path());
        found(folder.path(), &[])
    };
    let honest = || (0..300).map(event).collect::<Vec<_>>();
    let mut dropped = honest();
    dropped.remove(150);
    assert_eq!(signed(dropped), ["STREAM_VERSION"]);
    let mut spaced = honest();
    spaced[150].insert(1, ' ');
    assert_eq!(signed(spaced)[0], "EVENT_NOT_CANONICAL");
    let mut late = honest();
    late[299] = late[299].replace("2026-04-01T", "2026-04-03T");
    assert_eq!(signed(late), ["TIME_AFTER_CHECKPOINT"]);
}

/// Changes one file of an honest log.
fn with_file(path: &str, change: impl FnOnce(Vec<u8>) -> Option<Vec<u8>>) -> Vec<&'static str> {
    let folder = TempDir::new().unwrap();
    city(600).write(folder.path());
    let path = folder.path().join(path);
    match change(fs::read(&path).unwrap()) {
        Some(changed) => fs::write(path, changed).unwrap(),
        None => fs::remove_file(path).unwrap(),
    }
    found(folder.path(), &[])
}

#[test]
fn files_that_are_missing_cut_or_changed_are_found() {
    let flip = |mut bytes: Vec<u8>| {
        bytes[5] ^= 1;
        Some(bytes)
    };
    let cut = |mut bytes: Vec<u8>| {
        bytes.pop();
        Some(bytes)
    };
    assert_eq!(with_file("tile/0/001", flip), ["LEAF_DIFFERS"]);
    assert_eq!(with_file("tile/0/001", cut), ["TILE_FORM"]);
    assert_eq!(with_file("tile/0/002.p/88", |_| None), ["TILE_MISSING"]);
    assert_eq!(with_file("tile/1/000.p/2", flip), ["TILE_DIFFERS"]);
    assert_eq!(with_file("tile/1/000.p/2", |_| None), ["TILE_MISSING"]);
    assert_eq!(with_file("tile/entries/001", |_| None), ["ENTRIES_MISSING"]);
    assert_eq!(with_file("tile/entries/001", cut), ["ENTRIES_FORM"]);
    assert_eq!(
        with_file("tile/entries/001", |_| Some(vec![])),
        ["ENTRIES_MISSING"]
    );
    assert_eq!(with_file("checkpoint", |_| None), ["CHECKPOINT_MISSING"]);
    assert_eq!(with_file("checkpoint", cut), ["CHECKPOINT_FORM"]);
}

#[test]
fn forged_checkpoints_are_found() {
    let replaced = |from: &'static str, to: &'static str| {
        with_file("checkpoint", move |bytes| {
            let text = String::from_utf8(bytes).unwrap();
            assert!(text.contains(from));
            Some(text.replacen(from, to, 1).into_bytes())
        })
    };
    // A smaller size: the signatures are of another text.
    assert_eq!(
        replaced("\n600\n", "\n599\n")[..2],
        ["CHECKPOINT_SIGNATURE", "QUORUM"]
    );
    let key = |seed: u8| log_key(seed);
    let by_other = with_file("checkpoint", |_| {
        let checkpoint = city(600).checkpoint().checkpoint().clone();
        Some(checkpoint.sign([&key(2)]).unwrap().to_string().into_bytes())
    });
    assert_eq!(by_other, ["CHECKPOINT_SIGNATURE", "QUORUM"]);
    let without_witness = with_file("checkpoint", |_| {
        let checkpoint = city(600).checkpoint().checkpoint().clone();
        Some(checkpoint.sign([&key(1)]).unwrap().to_string().into_bytes())
    });
    assert_eq!(without_witness, ["QUORUM"]);
    // Another root, well signed by a city that lies about it.
    let fork = with_file("checkpoint", |_| {
        let checkpoint = Checkpoint::new(ORIGIN, 600, Hash::leaf(b"fork")).unwrap();
        let mut signed = checkpoint.sign([&key(1)]).unwrap();
        let time = crate::city::COSIGNED_AT;
        let line = transparency::cosignature::cosign(&library(), time, signed.note().text());
        signed.note_mut().add(line.unwrap()).unwrap();
        Some(signed.to_string().into_bytes())
    });
    assert_eq!(fork, ["ROOT"]);
}

#[test]
fn a_log_that_has_grown_since_its_checkpoint_was_read_still_passes() {
    let folder = TempDir::new().unwrap();
    let (old, new) = (city(300), city(600));
    new.write(folder.path());
    fs::write(
        folder.path().join("checkpoint"),
        old.checkpoint().to_string(),
    )
    .unwrap();
    // The partial of the second level is kept for every published size.
    fs::write(
        folder.path().join("tile/1/000.p/1"),
        &fs::read(folder.path().join("tile/1/000.p/2")).unwrap()[..32],
    )
    .unwrap();
    assert_eq!(found(folder.path(), &[]), [""; 0]);
}

#[test]
fn a_log_is_verified_over_http() {
    let folder = TempDir::new().unwrap();
    city(600).write(folder.path());
    let served = Served::new(folder.path());
    let url = served.url();
    assert!(verify(&url, &[]).is_ok());
    fs::remove_file(folder.path().join("tile/0/000")).unwrap();
    assert_eq!(verify(&url, &[]).findings()[0].code, "TILE_MISSING");
}

#[test]
fn a_server_that_asks_to_come_back_is_asked_again_but_not_for_ever() {
    let folder = TempDir::new().unwrap();
    city(600).write(folder.path());
    let served = Served::new(folder.path());
    served.put_off(50);
    let report = verify(&served.url(), &[]);
    assert!(report.is_ok(), "{:?}", report.findings());
    served.put_off(usize::MAX);
    let (url, key) = (served.url(), vkey().to_string());
    let refused = run(&["log", &url, "--vkey", &key]);
    let told = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(told.contains("checkpoint: status 429"), "{told}");
}

pub(crate) fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hiroba-verify"))
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn the_program_ends_with_0_1_or_2_and_speaks_json() {
    let folder = TempDir::new().unwrap();
    city(300).write(folder.path());
    let (log, key) = (folder.path().to_str().unwrap(), vkey().to_string());
    let good = run(&["log", log, "--vkey", &key, "--json"]);
    assert_eq!(good.status.code(), Some(0), "{good:?}");
    let json: serde_json::Value = serde_json::from_slice(&good.stdout).unwrap();
    assert_eq!((&json["ok"], &json["size"]), (&true.into(), &300.into()));

    fs::remove_file(folder.path().join("tile/0/000")).unwrap();
    let bad = run(&["log", log, "--vkey", &key, "--json"]);
    assert_eq!(bad.status.code(), Some(1));
    let json: serde_json::Value = serde_json::from_slice(&bad.stdout).unwrap();
    assert_eq!(json["findings"][0]["code"], "TILE_MISSING");
    let bad = String::from_utf8(run(&["log", log, "--vkey", &key]).stdout).unwrap();
    assert!(
        bad.contains("FINDING TILE_MISSING: tile/0/000 is missing.\nNOT OK"),
        "{bad}"
    );

    assert_eq!(run(&["log", log]).status.code(), Some(2));
    assert_eq!(run(&["log", log, "--vkey", "x"]).status.code(), Some(2));
    assert_eq!(
        run(&["log", "/nowhere", "--vkey", &key]).status.code(),
        Some(2)
    );
    assert_eq!(
        run(&["log", "http://127.0.0.1:1/", "--vkey", &key])
            .status
            .code(),
        Some(2)
    );
}

#[test]
fn an_address_with_https_is_spoken_to_in_tls() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let greeted = thread::spawn(move || {
        let mut greeting = [0; 6];
        listener.accept().unwrap().0.read_exact(&mut greeting)?;
        Ok::<_, std::io::Error>(greeting)
    });
    let url = format!("https://{address}/log");
    let refused = run(&["log", &url, "--vkey", &vkey().to_string()]);
    // A handshake record that holds a ClientHello (RFC 8446, sections 4 and 5.1).
    let [22, 3, _, _, _, 1] = greeted.join().unwrap().unwrap() else {
        panic!("this is no ClientHello");
    };
    let told = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        told.contains(&format!("cannot fetch {url}/checkpoint")),
        "{told}"
    );
}
