//! A step may be killed after any change to the file system; nothing half-written is used, and
//! repeating the step completes it.

use std::cell::Cell;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::rc::Rc;

use ballot::archive::Contents;
use referendum_cli::{Exit, Files};

use crate::archives::verified;
use crate::desk::{Desk, words};
use crate::town::{FOR_AGAINST, TOGETHER, Town, definition, roll};

/// A file system whose power fails after so many changes.
fn failing_after(changes: usize) -> Files {
    let left = Rc::new(Cell::new(changes));
    Files::asking(move |_| match left.get() {
        0 => Err(io::Error::other("the power is gone")),
        some => {
            left.set(some - 1);
            Ok(())
        }
    })
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("readable") {
        let from = entry.expect("readable").path();
        let to = to.join(from.file_name().expect("a name"));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(&from, &to).expect("copied");
        }
    }
}

fn empty(folder: &Path) {
    for entry in fs::read_dir(folder).expect("readable") {
        let path = entry.expect("readable").path();
        let removed = if path.is_dir() {
            fs::remove_dir_all(&path)
        } else {
            fs::remove_file(&path)
        };
        removed.expect("removed");
    }
}

fn is_temporary(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "hiroba-tmp")
}

/// Every file that carries its name is whole; every secret is its owner's alone.
fn nothing_is_half_written(desk: &Desk) {
    for (path, bytes) in desk.files("") {
        let shown = path.display().to_string();
        let secret = shown.contains("/secret/") || shown.contains("trustee-secret");
        if secret {
            let mode = fs::metadata(&path).expect("metadata").permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{shown}");
        }
        match path.extension().and_then(|extension| extension.to_str()) {
            _ if is_temporary(&path) => (),
            Some("json") => {
                serde_json::from_slice::<serde_json::Value>(&bytes).expect(&shown);
            }
            Some("bel") => drop(Contents::read(&bytes).expect(&shown)),
            Some("html") => assert!(bytes.ends_with(b"</html>\n"), "{shown}"),
            _ => (),
        }
    }
}

/// Kills a step after each of its changes and repeats it; the last repetition stands.
fn survives(desk: &mut Desk, line: &str) {
    let before = tempfile::tempdir().expect("a folder");
    copy(&desk.at(""), before.path());
    for changes in 0.. {
        empty(&desk.at(""));
        copy(before.path(), &desk.at(""));
        let killed = desk.run_with(&words(line), failing_after(changes), b"");
        if killed.exit == Exit::Done {
            assert!(changes > 0, "{line} changes nothing");
            return;
        }
        assert!(
            killed.errors.contains("FILE_UNWRITABLE"),
            "{line}: {}",
            killed.errors
        );
        nothing_is_half_written(desk);
        let issued = desk.at("cards/secret/private-credentials.json");
        let issued_before = fs::read(&issued).ok();
        // What makes a ballot writes one file, which is there or not; then it is not made again.
        let again = desk.run(line);
        let made = line.starts_with("vote make") && again.errors.contains("FILE_EXISTS");
        assert!(made || again.exit == Exit::Done, "{line}: {}", again.errors);
        nothing_is_half_written(desk);
        assert!(
            made || !desk.files("").iter().any(|(path, _)| is_temporary(path)),
            "{line}"
        );
        if let Some(issued_before) = issued_before {
            assert!(fs::read(&issued).expect("there") == issued_before, "{line}");
        }
    }
}

#[test]
fn every_step_survives_a_kill_after_every_change() {
    let draft = "--draft @vote/referendum.json";
    let mut desk = Desk::new();
    desk.write(
        "definition.toml",
        definition("Ed25519", FOR_AGAINST, TOGETHER),
    );
    desk.write("roll.csv", roll(3, &[]));
    survives(
        &mut desk,
        "create --dir @vote --definition @definition.toml",
    );
    survives(
        &mut desk,
        &format!("credentials {draft} --roll @roll.csv --dir @cards"),
    );
    survives(
        &mut desk,
        &format!("trustee key {draft} --name 選管 --dir @t-選管"),
    );
    survives(
        &mut desk,
        &format!("trustee certificate {draft} --name 甲野 --dir @t-甲野"),
    );
    for name in ["乙川", "丙山"] {
        desk.run(&format!(
            "trustee certificate {draft} --name {name} --dir @t-{name}"
        ))
        .done();
    }
    let mut town = Town::at(desk, &definition("Ed25519", FOR_AGAINST, TOGETHER));
    let certificates = town.everybodys("certificate");
    survives(
        &mut town.desk,
        &format!("trustee compare --dir @t-甲野 {certificates}"),
    );
    let print = town.compare()[0].replace(' ', "");
    survives(
        &mut town.desk,
        &format!("trustee deal --dir @t-甲野 --fingerprint {print}"),
    );
    for name in ["乙川", "丙山"] {
        town.trustee("deal", name, &format!("--fingerprint {print}"))
            .done();
    }
    let deals = town.everybodys("deal");
    survives(
        &mut town.desk,
        &format!("trustee receive --dir @t-甲野 {deals}"),
    );
    for name in ["乙川", "丙山"] {
        town.trustee("receive", name, &deals).done();
    }
    let messages = ["certificate", "deal", "verification-key"].map(|kind| town.everybodys(kind));
    survives(
        &mut town.desk,
        &format!(
            "trustee assemble {draft} --out @threshold.json {}",
            messages.concat()
        ),
    );
    survives(
        &mut town.desk,
        "open --dir @vote --credentials @cards/public/public-credentials.json --key @t-選管/public-key.json --threshold @threshold.json",
    );
    let credential = town.private_credentials()[0].clone();
    town.desk.write("credential.txt", credential);
    town.desk.write("choices.json", "[[\"賛成\"]]");
    survives(
        &mut town.desk,
        "vote make --election @vote/election.json --credential @credential.txt --choices @choices.json --out @ballot.json",
    );
    survives(&mut town.desk, "vote accept --dir @vote @ballot.json");
    survives(&mut town.desk, "close --dir @vote");
    survives(&mut town.desk, "tally --dir @vote");
    let archive = town
        .archive()
        .file_name()
        .expect("a name")
        .to_str()
        .expect("utf-8")
        .to_owned();
    survives(
        &mut town.desk,
        &format!("trustee decrypt --dir @t-甲野 --archive @vote/{archive}"),
    );
    let parts = ["甲野", "丙山", "選管"].map(|name| town.decryption(name));
    survives(
        &mut town.desk,
        &format!("result --dir @vote {}", parts.join(" ")),
    );
    assert_eq!(town.result_again(), [[1, 0, 0]]);
    verified(&town.archive(), &[vec![1, 0, 0]]);
}

#[test]
fn what_an_interrupted_step_left_is_removed_by_the_next_one() {
    let mut desk = Desk::new();
    desk.write(
        "definition.toml",
        definition("Ed25519", FOR_AGAINST, TOGETHER),
    );
    desk.run("create --dir @vote --definition @definition.toml")
        .done();
    desk.write("vote/.left.bel.hiroba-tmp", "half");
    desk.run("create --dir @vote --definition @definition.toml")
        .done();
    assert!(!desk.at("vote/.left.bel.hiroba-tmp").exists());
    desk.write("roll.csv", roll(1, &[]));
    let credentials = "credentials --draft @vote/referendum.json --roll @roll.csv --dir @cards";
    desk.run(credentials).done();
    desk.write("cards/secret/.cards.html.hiroba-tmp", "half");
    desk.run(credentials).done();
    assert!(!desk.at("cards/secret/.cards.html.hiroba-tmp").exists());
}
