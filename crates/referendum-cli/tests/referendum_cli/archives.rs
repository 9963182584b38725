//! Whole referendums; every archive is given to the verifier and, where it is installed, to
//! belenios-tool.

use std::fs;
use std::path::Path;
use std::process::Command;

use ballot::verify::verify;
use proptest::prelude::*;

use crate::town::{FOR_AGAINST, SINGLE, TOGETHER, Town, definition, roll};

const ED25519: &str = "Ed25519";
const BELENIOS: &str = "BELENIOS-2048";

/// Verifies an archive twice: with the library, and with the tool that we did not write.
#[track_caller]
pub(crate) fn verified(archive: &Path, expected: &[Vec<u64>]) {
    let report = verify(&fs::read(archive).expect("readable"));
    assert_eq!(report.findings, []);
    assert_eq!(report.result.as_deref(), Some(expected));
    assert!(report.uuid.is_some());
    let folder = archive.parent().expect("a folder");
    let tool = Command::new("belenios-tool")
        .args(["election", "verify", "--dir"])
        .arg(folder)
        .env("LWT_ASYNC_METHOD", "none")
        .output();
    let Ok(tool) = tool else {
        println!("belenios-tool is not installed: the archive was not given to it");
        return;
    };
    let said = String::from_utf8_lossy(&tool.stderr);
    // Version 2.0 does not know the group Ed25519.
    assert!(
        tool.status.success() || said.contains("unknown group: Ed25519"),
        "{said}"
    );
}

#[test]
fn a_single_trustee_counts_for_against_and_blank() {
    for group in [ED25519, BELENIOS] {
        let mut town = Town::opened(&definition(group, FOR_AGAINST, SINGLE), &roll(5, &[]));
        town.vote(0, "[[\"賛成\"]]");
        town.vote(1, "[[\"賛成\"]]");
        town.vote(2, "[[2]]");
        town.vote(3, "[[\"白票\"]]");
        town.close_and_tally();
        let counts = town.result(&["選管"]);
        assert_eq!(counts, [[2, 1, 1]]);
        verified(&town.archive(), &counts);
    }
}

#[test]
fn a_server_key_and_two_of_three_members_count_without_the_absent_one() {
    for group in [ED25519, BELENIOS] {
        let questions = format!(
            "{FOR_AGAINST}blank = \"separate\"\n\
             [[question]]\ntext = \"跡地は\"\nform = \"one-of\"\nanswers = [\"公園\", \"図書館\", \"駐車場\"]\n\
             [[question]]\ntext = \"残すもの\"\nform = \"up-to\"\nanswers = [\"講堂\", \"中庭\", \"塔\"]\nmost = 2\n"
        );
        let definition = definition(group, &questions, TOGETHER);
        let mut town = Town::opened(&definition, &roll(4, &[2, 1, 3, 7]));
        let replaced = town.vote(0, "[[\"反対\"], [\"公園\"], []]");
        town.vote(1, "[\"blank\", [\"図書館\"], [\"講堂\", \"塔\"]]");
        town.vote(2, "[[\"反対\"], [3], [2]]");
        let last = town.vote(0, "[[\"賛成\"], [\"図書館\"], [\"塔\"]]");
        assert_ne!(replaced, last);
        town.close_and_tally();
        let counts = town.result(&["丙山", "選管", "甲野"]);
        assert_eq!(counts, [vec![1, 2, 3], vec![0, 3, 3], vec![1, 3, 3]]);
        verified(&town.archive(), &counts);
    }
}

#[test]
fn a_referendum_in_which_nobody_votes_has_a_result() {
    let mut town = Town::opened(&definition(BELENIOS, FOR_AGAINST, SINGLE), &roll(2, &[]));
    town.close_and_tally();
    let counts = town.result(&["選管"]);
    assert_eq!(counts, [[0, 0, 0]]);
    verified(&town.archive(), &counts);
}

#[test]
fn several_ballots_in_a_file_are_taken_in_together_and_a_bad_one_is_left_out() {
    let mut town = Town::opened(&definition(ED25519, FOR_AGAINST, SINGLE), &roll(3, &[]));
    town.make(0, "[[1]]", "a.json").done();
    town.make(1, "[[2]]", "b.json").done();
    let (a, b) = (town.desk.read("a.json"), town.desk.read("b.json"));
    // The second voter's proofs under the first voter's answers.
    let forged = a.replacen("\"alpha\":\"", "\"alpha\":\"0", 1);
    town.desk
        .write("all.jsonl", format!("{a}\n{forged}\n\n{b}\n{a}\n"));
    let ran = town
        .desk
        .run("vote accept --dir @vote @all.jsonl")
        .refused("BALLOT_REFUSED");
    assert!(ran.errors.contains("line 2"), "{}", ran.errors);
    assert!(
        ran.output
            .contains("2 ballots were added (1 were there already, 1 were refused; 2 in all)")
    );
    // Once more changes nothing.
    let before = fs::read(town.archive()).expect("readable");
    town.desk
        .run("vote accept --dir @vote @a.json @b.json")
        .done();
    assert_eq!(fs::read(town.archive()).expect("readable"), before);
    town.close_and_tally();
    assert_eq!(town.result(&["選管"]), [[1, 1, 0]]);
}

#[test]
fn a_finished_step_is_found_done_and_changes_nothing() {
    let mut town = Town::opened(&definition(ED25519, FOR_AGAINST, TOGETHER), &roll(3, &[]));
    let everything = |town: &Town| {
        ["vote", "cards", "t-選管", "t-甲野", "t-乙川"].map(|folder| town.desk.files(folder))
    };
    let before = everything(&town);
    town.desk
        .run("create --dir @vote --definition @definition.toml")
        .done();
    town.credentials().done();
    town.keys();
    town.open().done();
    assert!(everything(&town) == before);
    town.vote(1, "[[1]]");
    town.close_and_tally();
    let counts = town.result(&["選管", "甲野", "乙川"]);
    let before = everything(&town);
    town.close_and_tally();
    assert_eq!(town.result_again(), counts);
    assert!(everything(&town) == before);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn the_result_is_the_plain_count_of_everybodys_last_vote(
        weights in prop::collection::vec(1..20_u64, 3),
        votes in prop::collection::vec((0..3_usize, 0..3_usize, any::<[bool; 3]>()), 0..7),
    ) {
        let questions = format!(
            "{FOR_AGAINST}[[question]]\ntext = \"残すもの\"\nform = \"up-to\"\n\
             answers = [\"a\", \"b\", \"c\"]\nmost = 3\n"
        );
        let mut town = Town::opened(&definition(ED25519, &questions, SINGLE), &roll(3, &weights));
        let mut last = std::collections::BTreeMap::new();
        for (voter, answer, kept) in votes {
            let kept: Vec<usize> = (1..=3).filter(|place| kept[place - 1]).collect();
            town.vote(voter, &format!("[[{}], {kept:?}]", answer + 1));
            last.insert(voter, (answer, kept));
        }
        let mut expected = vec![vec![0; 3]; 2];
        for (voter, (answer, kept)) in last {
            expected[0][answer] += weights[voter];
            kept.iter().for_each(|place| expected[1][place - 1] += weights[voter]);
        }
        town.close_and_tally();
        prop_assert_eq!(town.result(&["選管"]), expected);
    }
}
