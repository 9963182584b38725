//! Wrong order, missing files, foreign files, tampered files: each is named, with what to do.

use std::fs;

use ballot::archive::Contents;
use referendum_cli::{Exit, Files};

use crate::desk::{one_digit_off, words};
use crate::town::{FOR_AGAINST, SINGLE, TOGETHER, Town, definition, roll};

fn opened() -> Town {
    Town::opened(&definition("Ed25519", FOR_AGAINST, SINGLE), &roll(3, &[]))
}

#[test]
fn a_step_before_its_time_says_which_step_is_next() {
    let mut town = Town::drafted(&definition("Ed25519", FOR_AGAINST, SINGLE));
    town.desk
        .run("close --dir @nowhere")
        .refused("REFERENDUM_MISSING");
    for step in ["close", "tally", "result"] {
        let ran = town
            .desk
            .run(&format!("{step} --dir @vote"))
            .refused("NOT_OPEN");
        assert!(
            ran.errors.contains("hiroba referendum open"),
            "{}",
            ran.errors
        );
    }
    let mut town = opened();
    for (step, next) in [("tally", "close"), ("result", "close")] {
        let ran = town
            .desk
            .run(&format!("{step} --dir @vote"))
            .refused("WRONG_ORDER");
        assert!(
            ran.errors.contains(&format!("hiroba referendum {next}")),
            "{}",
            ran.errors
        );
    }
    town.decrypt("選管").refused("WRONG_ORDER");
    town.make(0, "[[1]]", "late.json").done();
    town.desk.run("close --dir @vote").done();
    let late = "vote accept --dir @vote @late.json";
    let ran = town.desk.run(late).refused("WRONG_ORDER");
    assert!(
        ran.errors.contains("hiroba referendum tally"),
        "{}",
        ran.errors
    );
    town.desk.run("result --dir @vote").refused("WRONG_ORDER");
    town.desk.run("tally --dir @vote").done();
    town.desk.run(late).refused("WRONG_ORDER");
    town.result(&["選管"]);
    town.desk.run(late).refused("WRONG_ORDER");
}

#[test]
fn the_status_follows_every_step() {
    let mut town = Town::drafted(&definition("Ed25519", FOR_AGAINST, SINGLE));
    let stage = |town: &mut Town, folder: &str| {
        let ran = town
            .desk
            .run(&format!("--json status --dir @{folder}"))
            .done();
        let answer: serde_json::Value = serde_json::from_str(&ran.output).expect("JSON");
        let fact = |name: &str| {
            answer["facts"][name]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        };
        fact("stage") + &fact("state")
    };
    assert_eq!(stage(&mut town, "vote"), "draft");
    town.desk.write("roll.csv", roll(2, &[]));
    town.credentials().done();
    town.keys();
    assert_eq!(stage(&mut town, "t-選管"), "key");
    assert!(
        town.desk
            .run("status --dir @cards")
            .done()
            .output
            .contains("2 voters")
    );
    town.open().done();
    assert_eq!(stage(&mut town, "vote"), "voting");
    town.desk.run("close --dir @vote").done();
    assert_eq!(stage(&mut town, "vote"), "ended");
    town.desk.run("tally --dir @vote").done();
    assert_eq!(stage(&mut town, "vote"), "tallied");
    assert!(
        town.desk
            .run("status --dir @vote")
            .done()
            .output
            .contains("選管")
    );
    town.decryption("選管");
    assert_eq!(stage(&mut town, "t-選管"), "decrypted");
    town.result(&["選管"]);
    assert_eq!(stage(&mut town, "vote"), "finished");
    town.desk.run("status --dir @").refused("FOLDER_UNKNOWN");
}

#[test]
fn voting_does_not_open_without_every_key() {
    let mut town = Town::prepared(&definition("Ed25519", FOR_AGAINST, TOGETHER), &roll(2, &[]));
    let open = "open --dir @vote --credentials @cards/public/public-credentials.json";
    let ran = town.desk.run(open).refused("TRUSTEE_KEY_MISSING");
    for name in ["選管", "甲野", "乙川", "丙山"] {
        assert!(ran.errors.contains(name), "{}", ran.errors);
    }
    let key = "--key @t-選管/public-key.json";
    town.desk
        .run(&format!("{open} {key}"))
        .refused("TRUSTEE_KEY_MISSING");
    town.desk
        .run(&format!("{open} {key} {key} --threshold @threshold.json"))
        .refused("TRUSTEE_KEY_UNPLANNED");
    town.desk.write("empty.json", "[]");
    town.desk
        .run(&format!(
            "open --dir @vote --credentials @empty.json {key} --threshold @threshold.json"
        ))
        .refused("CREDENTIALS_EMPTY");
    assert!(
        !town
            .desk
            .files("vote")
            .iter()
            .any(|(path, _)| path.extension().is_some_and(|e| e == "bel"))
    );
    // The key with another one's proof.
    let forged = one_digit_off(&town.desk.read("t-選管/public-key.json"), "challenge");
    town.desk.write("forged.json", forged);
    let ran = town.desk.run(&format!(
        "{open} --key @forged.json --threshold @threshold.json"
    ));
    assert_eq!(ran.exit, Exit::Refused);
    town.open().done();
    // A second opening with other credentials is not the first one repeated.
    let list = town.desk.read("cards/public/public-credentials.json");
    let other = list.replacen(&list[1..68], "", 1);
    town.desk.write("other.json", other);
    town.desk
        .run(&format!(
            "open --dir @vote --credentials @other.json {key} --threshold @threshold.json"
        ))
        .refused("OPENED_OTHERWISE");
}

#[test]
fn a_result_without_enough_trustees_names_those_who_are_missing() {
    let mut town = Town::opened(&definition("Ed25519", FOR_AGAINST, TOGETHER), &roll(2, &[]));
    town.vote(0, "[[1]]");
    town.close_and_tally();
    let part = town.decryption("甲野");
    let ran = town
        .desk
        .run(&format!("result --dir @vote {part}"))
        .refused("DECRYPTION_MISSING");
    for name in ["選管", "乙川", "丙山"] {
        assert!(ran.errors.contains(name), "{}", ran.errors);
    }
    assert!(!ran.errors.contains("甲野"), "{}", ran.errors);
    let status = town.desk.run("status --dir @vote").done();
    assert!(
        status.output.contains("選管") && !status.output.contains("甲野"),
        "{}",
        status.output
    );
    // What was handed in is kept; the same part again is no second one.
    let part = town.decryption("甲野");
    town.desk
        .run(&format!("result --dir @vote {part}"))
        .refused("DECRYPTION_MISSING");
    assert_eq!(town.result(&["選管", "丙山"]), [[1, 0, 0]]);
    let report = ballot::verify::verify(&fs::read(town.archive()).expect("readable"));
    assert_eq!(report.findings, []);
}

#[test]
fn a_file_of_another_version_kind_or_referendum_is_refused_by_name() {
    let mut town = opened();
    let draft = town.desk.read("vote/referendum.json");
    let credentials = "credentials --draft @changed.json --roll @roll.csv --dir @other";
    town.desk.write(
        "changed.json",
        draft.replace("\"version\":1", "\"version\":2"),
    );
    let ran = town.desk.run(credentials).refused("FILE_VERSION_UNKNOWN");
    assert!(ran.errors.contains("changed.json") && ran.errors.contains("version 2"));
    town.desk.write(
        "changed.json",
        draft.replace("hiroba-referendum", "hiroba-else"),
    );
    town.desk.run(credentials).refused("FILE_OF_ANOTHER_KIND");
    town.desk.write("changed.json", &draft[..draft.len() / 2]);
    town.desk.run(credentials).refused("FILE_MALFORMED");
    town.desk
        .write("changed.json", draft.replace("\"name\":", "\"nom\":"));
    town.desk.run(credentials).refused("FILE_MALFORMED");
    let ran = town
        .desk
        .run("credentials --draft @absent.json --roll @roll.csv --dir @other");
    assert_eq!(
        (ran.exit, ran.errors.starts_with("FILE_UNREADABLE: ")),
        (Exit::Usage, true)
    );

    let mut elsewhere = opened();
    elsewhere.desk.run("close --dir @vote").done();
    elsewhere.desk.run("tally --dir @vote").done();
    town.desk.write(
        "foreign.bel",
        fs::read(elsewhere.archive()).expect("readable"),
    );
    // Both towns draw the same numbers; so that the drafts differ, one is renamed.
    let uuid = town
        .archive()
        .file_stem()
        .expect("a name")
        .to_str()
        .expect("utf-8")
        .to_owned();
    let secret = town
        .desk
        .read("t-選管/trustee-secret.json")
        .replace(&uuid, "AnotherReferendum");
    town.desk.write("t-選管/trustee-secret.json", secret);
    town.trustee("decrypt", "選管", "--archive @foreign.bel")
        .refused("FILE_OF_ANOTHER_REFERENDUM");
}

#[test]
fn a_tampered_archive_stops_every_step() {
    let mut town = opened();
    town.vote(0, "[[1]]");
    town.vote(1, "[[2]]");
    let path = town.archive();
    let whole = fs::read(&path).expect("readable");
    let place = whole
        .windows(9)
        .rposition(|window| window == b"signature")
        .expect("a ballot");
    let mut changed = whole.clone();
    changed[place + 20] ^= 1;
    for tampered in [
        changed,
        whole[..whole.len() - 512].to_vec(),
        whole[..2048].to_vec(),
    ] {
        fs::write(&path, tampered).expect("written");
        for step in ["close", "status", "vote accept --dir @vote @ballot.json #"] {
            let line = step
                .strip_suffix('#')
                .map_or(format!("{step} --dir @vote"), str::to_owned);
            town.desk.run(&line).refused("ARCHIVE_INVALID");
        }
    }
    // A ballot whose chain is right and whose proofs are not.
    let ballot = town.desk.read("ballot.json");
    let forged = one_digit_off(&ballot, "response");
    let mut archive = whole.clone();
    let event = Contents::read(&whole)
        .expect("an archive")
        .writer()
        .ballot(forged.as_bytes());
    archive.extend(event.expect("in order"));
    fs::write(&path, &archive).expect("written");
    town.desk.run("close --dir @vote").done();
    let ran = town
        .desk
        .run("tally --dir @vote")
        .refused("ARCHIVE_INVALID");
    let tracker = ballot::ballot::Tracker::of(forged.as_bytes()).to_string();
    assert!(ran.errors.contains(&tracker), "{}", ran.errors);
}

/// How many bytes the last event of a tallied archive and its data take.
fn sized_event_length(archive: &[u8]) -> usize {
    let names: Vec<_> = ballot::archive::tar::records(archive)
        .map(|record| record.expect("a record"))
        .collect();
    let tally = &names[names.len() - 3];
    archive.len() - usize::try_from(tally.offset).expect("small") + 512
}

#[test]
fn a_trustee_decrypts_only_one_tally_and_only_a_true_one() {
    let mut town = opened();
    town.vote(0, "[[1]]");
    let before = fs::read(town.archive()).expect("readable");
    town.vote(1, "[[2]]");
    town.close_and_tally();
    let path = town.archive();
    let part = town.decryption("選管").trim_start_matches('@').to_owned();
    town.decryption("選管");
    let tallied = fs::read(&path).expect("readable");
    // The same count without the second ballot would show what it says.
    fs::write(&path, before).expect("written");
    town.close_and_tally();
    town.decrypt("選管").refused("SECOND_TALLY");
    fs::write(&path, &tallied).expect("written");
    // The turnout is false and the chain is right: neither trustee nor result accept it.
    let contents = Contents::read(&tallied).expect("an archive");
    let (tally, sized) = contents.tally.clone().expect("tallied");
    let end = tallied.len() - sized_event_length(&tallied);
    let ended = Contents::read(&tallied[..end]).expect("an archive");
    let sized = ballot::tally::SizedTally {
        num_tallied: 1,
        ..sized
    };
    let mut forged = tallied[..end].to_vec();
    let event = ended.writer().encrypted_tally(tally, &sized);
    forged.extend(event.expect("in order"));
    fs::write(&path, &forged).expect("written");
    town.decrypt("選管").refused("ARCHIVE_INVALID");
    town.desk
        .run(&format!("result --dir @vote @{part}"))
        .refused("ARCHIVE_INVALID");
    fs::write(&path, &tallied).expect("written");
    let forged = one_digit_off(&town.desk.read(&part), "response");
    town.desk.write("forged.json", forged);
    town.desk
        .run("result --dir @vote @forged.json")
        .refused("DECRYPTION_INVALID");
    assert_eq!(fs::read(&path).expect("readable"), tallied);
    assert_eq!(town.result(&["選管"]), [[1, 1, 0]]);
}

#[test]
fn a_vote_that_cannot_be_cast_says_why_and_never_repeats_the_credential() {
    let questions = format!(
        "{FOR_AGAINST}[[question]]\ntext = \"どれ\"\nform = \"up-to\"\nanswers = [\"a\", \"b\", \"c\"]\nmost = 2\n"
    );
    let mut town = Town::opened(&definition("Ed25519", &questions, SINGLE), &roll(2, &[]));
    for (choices, code) in [
        ("[[1]]", "CHOICES_NUMBER"),
        ("{}", "CHOICES_MALFORMED"),
        ("[[1], [\"d\"]]", "CHOICES_ANSWER_UNKNOWN"),
        ("[[0], []]", "CHOICES_ANSWER_UNKNOWN"),
        ("[[4], []]", "CHOICES_ANSWER_UNKNOWN"),
        ("[\"blank\", []]", "CHOICES_NO_BLANK"),
        ("[\"none\", []]", "CHOICES_ANSWER_UNKNOWN"),
        ("[[1, 2], []]", "CHOICES_NOT_ALLOWED"),
        ("[[1], [1, 2, 3]]", "CHOICES_NOT_ALLOWED"),
    ] {
        town.make(0, choices, "none.json").refused(code);
    }
    let credential = town.private_credentials()[0].clone();
    let archive = town.archive();
    let line = format!(
        "vote make --election {} --credential - --choices @choices.json --out @none.json",
        archive.display()
    );
    town.desk.write("choices.json", "[[1], []]");
    for (typed, code) in [
        (credential.replace('-', ""), "CREDENTIAL_MALFORMED"),
        (credential[..24].to_owned(), "CREDENTIAL_MALFORMED"),
        ("11111-111111-11111-111111".to_owned(), "CREDENTIAL_UNKNOWN"),
    ] {
        let ran = town
            .desk
            .run_with(&words(&line), Files::default(), typed.as_bytes())
            .refused(code);
        assert!(!ran.errors.contains(&typed) && !ran.output.contains(&typed));
    }
    assert!(!town.desk.at("none.json").exists());
    town.desk
        .run_with(&words(&line), Files::default(), credential.as_bytes())
        .done();
    town.desk
        .run_with(&words(&line), Files::default(), credential.as_bytes())
        .refused("FILE_EXISTS");
    // A voter who is not on the list of this referendum.
    let ballot = town.desk.read("none.json");
    let uuid = archive
        .file_stem()
        .expect("a name")
        .to_str()
        .expect("utf-8")
        .to_owned();
    town.desk
        .write("foreign.json", ballot.replace(&uuid, "AnotherReferendum"));
    town.desk
        .run("vote accept --dir @vote @foreign.json")
        .refused("BALLOT_REFUSED");
}

#[test]
fn problems_are_printed_for_programs_too() {
    let mut town = opened();
    let ran = town.desk.run("--json tally --dir @vote");
    assert_eq!((ran.exit, ran.errors.as_str()), (Exit::Refused, ""));
    let answer: serde_json::Value = serde_json::from_str(&ran.output).expect("JSON");
    assert_eq!(answer["step"], "tally");
    assert_eq!(answer["done"], false);
    assert_eq!(answer["problems"][0]["code"], "WRONG_ORDER");
}

#[test]
fn people_are_spoken_to_in_japanese_unless_they_ask_for_english() {
    let mut town = opened();
    let plain = |line: &str| {
        line.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let ran = town
        .desk
        .run_with(&plain("tally --dir @vote"), Files::default(), b"");
    assert!(
        ran.errors
            .starts_with("WRONG_ORDER: 投票がまだ続いています"),
        "{}",
        ran.errors
    );
    let ran = town
        .desk
        .run_with(&plain("tally --dir @vote --lang en"), Files::default(), b"");
    assert!(
        ran.errors
            .starts_with("WRONG_ORDER: Voting is still going on"),
        "{}",
        ran.errors
    );
    use referendum_cli::Language;
    for (locale, language) in [
        (None, Language::Ja),
        (Some(""), Language::Ja),
        (Some("ja_JP.UTF-8"), Language::Ja),
        (Some("en_US.UTF-8"), Language::En),
        (Some("C.UTF-8"), Language::Ja),
        (Some("de"), Language::En),
    ] {
        assert_eq!(Language::of_locale(locale), language);
    }
}

#[test]
fn two_steps_at_once_in_a_folder_do_not_mix() {
    let mut town = opened();
    let folder = fs::File::open(town.desk.at("vote")).expect("there");
    folder.lock().expect("free");
    town.desk.run("close --dir @vote").refused("FOLDER_BUSY");
    folder.unlock().expect("held");
    town.desk.run("close --dir @vote").done();
}
