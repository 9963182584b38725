//! The roll: encodings, headers, and a table of all that is wrong with it.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use referendum_cli::{Files, count_roll};

use crate::desk::{Ran, words};
use crate::town::{FOR_AGAINST, SINGLE, Town, definition};

const HEADER: &str = "番号,氏名,ふりがな,住所,区,投票所\n";

fn town() -> Town {
    Town::drafted(&definition("Ed25519", FOR_AGAINST, SINGLE))
}

fn with(town: &mut Town, roll: impl AsRef<[u8]>, options: &str) -> Ran {
    let _ = std::fs::remove_dir_all(town.desk.at("cards"));
    town.desk.write("roll.csv", roll);
    let line = format!(
        "credentials --draft @vote/referendum.json --roll @roll.csv --dir @cards {options}"
    );
    town.desk.run_with(&words(&line), Files::default(), b"")
}

#[test]
fn a_roll_is_read_as_spreadsheets_write_it() {
    let mut town = town();
    let plain = format!(
        "{HEADER}1,髙橋 はしご,たかはし はしご,①番地,幸区,第一小\r\n2,\"a,b\",か,,幸区,第一小\r\n"
    );
    let marked = [b"\xef\xbb\xbf".as_slice(), plain.as_bytes()].concat();
    let (cp932, _, lost) = encoding_rs::SHIFT_JIS.encode(&plain);
    assert!(!lost);
    for roll in [plain.as_bytes(), &marked, &cp932] {
        with(&mut town, roll, "").done();
        let cards = town.desk.read("cards/secret/polling-cards-0001.html");
        for text in ["髙橋 はしご", "たかはし はしご", "①番地", "a,b"] {
            assert!(cards.contains(text), "{text}");
        }
    }
    with(&mut town, b"\x81\xff\xfe\x00", "").refused("ROLL_ENCODING");
}

#[test]
fn columns_are_recognised_or_mapped() {
    let mut town = town();
    let row = "川崎太郎,ｶﾜｻｷ ﾀﾛｳ,幸区,第一小\n";
    for header in [
        "氏　名,フリガナ,行政区,投票所名\n",
        "Name,Kana,WARD,Polling Place\n",
        "お名前,氏名（カナ）,区,投票所\n",
    ] {
        with(&mut town, format!("{header}{row}"), "").done();
    }
    let unknown = format!("有権者,よみ,区,投票所\n{row}");
    let ran = with(&mut town, &unknown, "").refused("ROLL_COLUMN_MISSING");
    assert!(
        ran.errors.contains("name, kana") && ran.errors.contains("有権者"),
        "{}",
        ran.errors
    );
    with(
        &mut town,
        &unknown,
        "--column name=有権者 --column kana=よみ",
    )
    .done();
    with(&mut town, &unknown, "--column name=だれ").refused("ROLL_COLUMN_MAPPING");
    with(&mut town, &unknown, "--column nom=有権者").refused("ROLL_COLUMN_MAPPING");
    let twice = format!("氏名,名前,ふりがな,区,投票所\nx,{row}");
    with(&mut town, &twice, "").refused("ROLL_COLUMN_TWICE");
    with(&mut town, &twice, "--column name=氏名").done();
}

#[test]
fn every_bad_row_is_listed_with_its_number_and_nothing_is_written() {
    let mut town = town();
    let roll = format!(
        "{HEADER}1,川崎一郎,かわさきいちろう,本町1,幸区,第一小\n\
         2,川崎二郎,,本町2,幸区,第一小\n\
         3,川崎三郎,かわさきさぶろう,本町3,1,幸区,第一小\n\
         ,,,,,\n\
         1,川崎四郎,かわさきしろう,本町4,幸区,第一小\n\
         7,川崎 一郎,カワサキイチロウ,本町１,幸区,第二小\n\
         8,川\u{fffd}五郎,かわさきごろう,本町5,幸区,第一小\n"
    );
    let ran = with(&mut town, roll, "").refused("ROLL_FIELD_EMPTY");
    let lines: Vec<_> = ran
        .errors
        .lines()
        .map(|line| line.split(": ").take(2).collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        lines,
        [
            "ROLL_FIELD_EMPTY Row 3",
            "ROLL_ROW_MALFORMED Row 4",
            "ROLL_DUPLICATE_NUMBER Row 6",
            "ROLL_DUPLICATE_PERSON Row 7",
            "ROLL_FIELD_UNREADABLE Row 8",
        ]
    );
    assert!(ran.errors.contains("row 2"), "{}", ran.errors);
    assert!(!town.desk.at("cards").exists());
    with(&mut town, HEADER, "").refused("ROLL_EMPTY");
    // Two people of one name at one address are told apart by their birthdays.
    let birthdays = "氏名,ふりがな,住所,区,投票所,生年月日\na,あ,x,幸区,p,1970-01-01\na,あ,x,幸区,p,2001-01-01\n";
    with(&mut town, birthdays, "").done();
}

#[test]
fn weights_are_whole_numbers_for_everybody_or_nobody() {
    let mut town = town();
    let roll = |weights: [&str; 2]| {
        let [a, b] = weights;
        format!("氏名,ふりがな,区,投票所,重み\na,あ,幸区,p,{a}\nb,い,幸区,p,{b}\n")
    };
    for wrong in ["0", "-1", "1.5", "x", "1000001"] {
        let ran = with(&mut town, roll(["2", wrong]), "").refused("ROLL_WEIGHT");
        assert!(
            ran.errors.contains("Row 3") && ran.errors.contains(wrong),
            "{}",
            ran.errors
        );
    }
    with(&mut town, roll(["2", ""]), "").refused("ROLL_WEIGHTS_MIXED");
    let ran = with(&mut town, roll(["２", "3"]), "").done();
    assert!(ran.output.contains("total weight 5"), "{}", ran.output);
    assert!(
        ran.output
            .contains("fewer than 10 people have the weights 2, 3"),
        "{}",
        ran.output
    );
    let list = town.desk.read("cards/public/public-credentials.json");
    assert!(list.contains(",2\"") && list.contains(",3\""));
}

#[test]
fn a_changed_roll_does_not_change_credentials_that_were_made() {
    let mut town = town();
    let roll = format!("{HEADER}1,a,あ,x,幸区,p\n2,b,い,y,幸区,p\n");
    with(&mut town, &roll, "").done();
    town.desk.write("roll.csv", roll.replace("b,い", "c,う"));
    town.credentials().refused("ROLL_CHANGED");
    town.desk.write("roll.csv", &roll);
    town.credentials().done();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_bytes_are_a_roll_or_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut town = town();
        let headed = [HEADER.as_bytes(), &bytes].concat();
        for roll in [&bytes, &headed] {
            let ran = with(&mut town, roll, "");
            if ran.exit != referendum_cli::Exit::Done {
                prop_assert!(ran.errors.starts_with("ROLL_"), "{}", ran.errors);
            }
        }
    }
}

/// A roll that was damaged on its way is refused or read, never more: the same damages in every
/// run; `fuzz/` goes on where these end.
#[test]
fn a_damaged_roll_is_refused_or_read() {
    let plain = format!(
        "{HEADER}1,川崎 太郎,かわさき,本町1,幸区,第一小\n2,\"a,\"\"b\",か,,中原区,第二小\n"
    );
    let (cp932, _, _) = encoding_rs::SHIFT_JIS.encode(&plain);
    let valid = [plain.as_bytes().to_vec(), cp932.to_vec()];
    for roll in &valid {
        assert_eq!(count_roll(roll, &[]), Ok(2));
    }
    let pieces = [
        &b"\""[..],
        b",",
        b"\n",
        b"\r\n",
        b"\0",
        b"\xff",
        b"\x81",
        b"\xef\xbb\xbf",
        b"\xe3\x80",
        "\u{200e}".as_bytes(),
        "重み".as_bytes(),
        "区,区".as_bytes(),
        b"99999999999999999999",
    ];
    let damage = (
        any::<usize>(),
        0..9_usize,
        prop::sample::select(pieces.to_vec()),
    );
    let damages = (0..valid.len(), prop::collection::vec(damage, 1..4));
    let config = Config {
        cases: 2000,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    TestRunner::new_with_rng(config, rng)
        .run(&damages, |(which, damages)| {
            let mut roll = valid[which].clone();
            for (place, length, piece) in damages {
                let start = place % (roll.len() + 1);
                let end = (start + length).min(roll.len());
                roll.splice(start..end, piece.iter().copied());
            }
            match count_roll(&roll, &[]) {
                Ok(voters) => prop_assert!(0 < voters && voters < roll.len()),
                Err(problems) => prop_assert!(0 < problems),
            }
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
}
