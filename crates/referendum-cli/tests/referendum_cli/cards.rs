//! Polling cards, and what must not be seen outside them.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use ballot::group::{Ed25519, Group};
use proptest::prelude::*;

use crate::town::{FOR_AGAINST, SINGLE, Town, definition, roll};

fn issued(roll: &str) -> Town {
    let mut town = Town::drafted(&definition("Ed25519", FOR_AGAINST, SINGLE));
    town.desk.write("roll.csv", roll);
    town.credentials().done();
    town
}

#[test]
fn every_voter_gets_one_card_with_all_that_is_needed_to_vote() {
    let town = issued(&roll(7, &[]));
    let cards = town.desk.read("cards/secret/polling-cards-0001.html");
    assert_eq!(cards.matches("<article").count(), 7);
    assert_eq!(cards.matches("<svg").count(), 7);
    for (credential, voter) in town.private_credentials().iter().zip(0..) {
        let card = cards.split("<article").nth(voter + 1).expect("a card");
        for text in [
            credential.as_str(),
            &format!("川崎 {voter}郎"),
            &format!("<rt>かわさき {voter}ろう</rt>"),
            &format!("本町{voter}番地"),
            "幸区",
            &format!("第{}小学校", voter % 3 + 1),
            "投票所入場券",
            "庁舎の住民投票",
            "4月11日",
        ] {
            assert!(card.contains(text), "{voter}: {text}");
        }
    }
    // Nothing is fetched from anywhere.
    for outside in ["http:", "https:", "src=", "url(", "<script", "<link"] {
        assert!(!cards.contains(outside), "{outside}");
    }
}

/// Reads the picture of a QR code, magnified as on a camera's sensor.
fn scanned(card: &str) -> String {
    let path = card.rsplit("d=\"").next().expect("a path");
    let path = path.split('"').next().expect("its end");
    let dark: std::collections::HashSet<(usize, usize)> = path
        .split('M')
        .skip(1)
        .map(|module| {
            let (x, y) = module.split_once(' ').expect("two numbers");
            let y = y.split('h').next().expect("a number");
            (x.parse().expect("a number"), y.parse().expect("a number"))
        })
        .collect();
    let side = card.split("viewBox=\"0 0 ").nth(1).expect("a picture");
    let side: usize = side
        .split(' ')
        .next()
        .expect("a number")
        .parse()
        .expect("a number");
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(4 * side, 4 * side, |x, y| {
        if dark.contains(&(x / 4, y / 4)) {
            0
        } else {
            255
        }
    });
    let grids = picture.detect_grids();
    grids
        .first()
        .expect("a QR code")
        .decode()
        .expect("readable")
        .1
}

#[test]
fn the_qr_code_reads_as_the_credential_or_leads_to_the_voting_page_with_it() {
    let page = "name = \"庁舎の住民投票\"";
    let plain = definition("Ed25519", FOR_AGAINST, SINGLE);
    let linked = plain.replace(
        page,
        &format!("{page}\nvoting_page = \"https://vote.example/v\""),
    );
    assert_ne!(plain, linked);
    for (definition, before) in [(plain, ""), (linked, "https://vote.example/v#")] {
        let mut town = Town::drafted(&definition);
        town.desk.write("roll.csv", roll(3, &[]));
        town.credentials().done();
        let cards = town.desk.read("cards/secret/polling-cards-0001.html");
        for (card, credential) in cards
            .split("<article")
            .skip(1)
            .zip(town.private_credentials())
        {
            assert_eq!(scanned(card), format!("{before}{credential}"));
        }
    }
}

#[test]
fn long_work_says_how_far_it_has_come() {
    let mut town = Town::drafted(&definition("Ed25519", FOR_AGAINST, SINGLE));
    town.desk.write("roll.csv", roll(1000, &[]));
    let ran = town.credentials().done();
    let lines: Vec<_> = ran.errors.lines().collect();
    assert_eq!(
        lines,
        [
            "Public credentials: 500 / 1000",
            "Public credentials: 1000 / 1000"
        ]
    );
}

#[test]
fn a_long_roll_is_spread_over_files_that_a_browser_can_print() {
    let town = issued(&roll(501, &[]));
    assert_eq!(
        town.desk
            .read("cards/secret/polling-cards-0001.html")
            .matches("<article")
            .count(),
        500
    );
    assert_eq!(
        town.desk
            .read("cards/secret/polling-cards-0002.html")
            .matches("<article")
            .count(),
        1
    );
}

/// As the help of `credentials` says it; long names and places do not push a card over its page.
#[test]
fn a_browser_prints_each_card_on_one_page_of_a4() {
    let chromium = std::env::var("CHROMIUM").unwrap_or("chromium".to_owned());
    if Command::new(&chromium).arg("--version").output().is_err() {
        println!("{chromium} is not installed: no polling card was printed");
        return;
    }
    let long = "寿限無".repeat(20);
    let town = issued(&format!(
        "氏名,ふりがな,住所,区,投票所\n{long},じゅげむ,{long},幸区,{long}\n川崎 花子,かわさき はなこ,本町,幸区,第一小\n"
    ));
    let printed = Command::new(&chromium)
        .args(["--headless", "--no-sandbox", "--disable-gpu"])
        .args(["--no-pdf-header-footer", "--print-to-pdf=cards.pdf"])
        .arg(format!(
            "--user-data-dir={}",
            town.desk.at("browser").display()
        ))
        .arg("cards/secret/polling-cards-0001.html")
        .current_dir(town.desk.at(""))
        .output()
        .expect("it ran");
    let pdf = std::fs::read(town.desk.at("cards.pdf"));
    let pdf = pdf.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&printed.stderr)));
    let pdf = String::from_utf8_lossy(&pdf);
    assert_eq!(pdf.matches("/Type /Page\n").count(), 2);
    // A4 in points, as the browser rounds it.
    assert_eq!(pdf.matches("/MediaBox [0 0 594.9").count(), 2);
}

#[test]
fn whatever_the_roll_holds_is_text_on_the_card() {
    let nasty = "</title><script>alert(1)</script>&'";
    let town = issued(&format!(
        "氏名,ふりがな,区,投票所\n{nasty},{nasty},{nasty},{nasty}\n"
    ));
    let cards = town.desk.read("cards/secret/polling-cards-0001.html");
    assert!(!cards.contains("<script") && cards.contains("&lt;script&gt;alert(1)"));
}

#[test]
fn credentials_stand_in_secret_files_only() {
    let town = issued(&roll(5, &[]));
    for credential in town.private_credentials() {
        assert!(!town.desk.said().contains(&credential));
        for (path, bytes) in town.desk.files("") {
            let shown = path.display().to_string();
            let holds = String::from_utf8_lossy(&bytes).contains(&credential);
            assert_eq!(holds, shown.contains("/secret/"), "{shown}");
        }
    }
    for (path, _) in town.desk.files("cards/secret") {
        let mode =
            |path: &std::path::Path| std::fs::metadata(path).expect("there").permissions().mode();
        assert_eq!(mode(&path) & 0o777, 0o600, "{}", path.display());
        assert_eq!(mode(path.parent().expect("a folder")) & 0o777, 0o700);
    }
}

/// What leaves the credential authority: the public list, and everything printed.
fn public(town: &Town) -> (Vec<u8>, String) {
    let list = town
        .desk
        .read("cards/public/public-credentials.json")
        .into_bytes();
    let folder = town.desk.at("").display().to_string();
    (list, town.desk.said().replace(&folder, ""))
}

#[test]
fn the_order_of_the_public_list_does_not_follow_the_roll() {
    let town = issued(&roll(40, &[]));
    let list: Vec<String> = serde_json::from_slice(&public(&town).0).expect("a list");
    let in_group_order = |a: &String, b: &String| Ed25519::compare(a, b);
    assert!(list.is_sorted_by(|a, b| in_group_order(a, b).is_lt()));
    let draft: serde_json::Value =
        serde_json::from_str(&town.desk.read("vote/referendum.json")).expect("JSON");
    let uuid = draft["content"]["uuid"].as_str().expect("a uuid");
    let in_roll_order: Vec<String> = town
        .private_credentials()
        .iter()
        .map(|credential| {
            let credential: ballot::credential::SecretCredential = credential.parse().expect("one");
            credential.key::<Ed25519>(uuid).public().as_str().to_owned()
        })
        .collect();
    assert_ne!(list, in_roll_order);
    let mut sorted = in_roll_order;
    sorted.sort_by(in_group_order);
    assert_eq!(list, sorted);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn public_outputs_do_not_depend_on_who_is_on_the_roll(
        names in prop::collection::btree_set("[ぁ-んア-ヶ一-龠a-z]{1,8}", 1..6),
        wards in "[一-龠]{1,4}",
    ) {
        let people: Vec<_> = names.into_iter().collect();
        let row = |name: &String| format!("{name},{name},{name}町,{wards}区,{name}小\n");
        let named = format!(
            "氏名,ふりがな,住所,区,投票所\n{}",
            people.iter().map(row).collect::<String>()
        );
        let others = roll(people.len(), &[]);
        prop_assert!(public(&issued(&named)) == public(&issued(&others)));
    }
}
