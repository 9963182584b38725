//! Opinions from files, through the program that imports them.

use std::path::Path;

use serde_json::{Value, json};
use server::import::{Args, Channel, Defaults, Outcome, run};

use crate::{
    public_comment_files::published,
    support::{Served, Story},
};

fn args(server: &Served, case: &str, file: &Path) -> Args {
    Args {
        server: server.address(),
        case: case.to_owned(),
        file: file.to_owned(),
        map: vec![],
        defaults: Defaults {
            channel: Some(Channel::Post),
            received_on: Some("2026-05-19".parse().unwrap()),
        },
        token: Some("operator".to_owned()),
        dry_run: false,
        json: true,
        at_once: 8,
        progress: false,
    }
}

async fn import(args: Args) -> (Outcome, Value) {
    let (mut out, mut errors) = (Vec::new(), Vec::new());
    let outcome = run(args, &mut out, &mut errors).await;
    let report = serde_json::from_slice(&out).unwrap_or(Value::Null);
    assert_eq!(report.is_null(), !errors.is_empty());
    (outcome, report)
}

/// 通 by how many there are.
async fn submissions(story: &Story, case: &str) -> Value {
    let query = "query($id: ID!) { publicCommentCase(id: $id) { counts { submissionCount } } }";
    let mut counted = story.get("nobody", query, json!({"id": case})).await;
    counted["publicCommentCase"]["counts"]["submissionCount"].take()
}

#[tokio::test]
async fn a_file_is_checked_imported_and_imported_again_without_a_second_entry() {
    let story = Story::on("2026-05-01").await;
    let case = published(&story).await;
    story.turn_to("2026-05-20");
    let server = story.serve().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("意見.csv");
    let text = "意見,氏名,提出方法\r\n\"道が狭い。\r\n広げてほしい。\",川崎　花子,郵送\r\n,川崎 太郎,郵送\r\n駐輪場がほしい。,高津 次郎,持参\r\n=1+1,,\r\n短い\r\n";
    std::fs::write(&file, text).unwrap();

    let dry = Args {
        dry_run: true,
        token: None,
        ..args(&server, &case, &file)
    };
    let (outcome, report) = import(dry).await;
    assert_eq!(outcome, Outcome::Incomplete);
    assert_eq!(report["goodRows"], 3);
    let bad = report["badRows"].as_array().unwrap();
    let bad: Vec<_> = bad.iter().map(|bad| (&bad["row"], &bad["code"])).collect();
    assert_eq!(
        bad,
        [
            (&json!(3), &json!("OPINION_EMPTY")),
            (&json!(6), &json!("COLUMN_COUNT"))
        ]
    );
    assert_eq!(submissions(&story, &case).await, 0);

    let (outcome, report) = import(args(&server, &case, &file)).await;
    assert_eq!(
        (outcome, &report["encoding"]),
        (Outcome::Incomplete, &json!("UTF-8"))
    );
    // The ordinance wants names; the row without one is refused by the rules.
    let (entered, refused) = (&report["entered"], report["refused"].as_array().unwrap());
    assert_eq!(
        (entered, &report["repeated"]),
        (&json!(2), &json!(0)),
        "{report:#}"
    );
    assert_eq!(refused[0]["row"], 5);
    assert!(
        refused[0]["reason"]
            .as_str()
            .unwrap()
            .starts_with("NAME_REQUIRED")
    );
    assert_eq!(submissions(&story, &case).await, 2);

    // Cut off or not, and in whichever encoding it is saved.
    let (cp932, _, _) = encoding_rs::SHIFT_JIS.encode(text);
    for (bytes, encoding) in [(text.as_bytes(), "UTF-8"), (&cp932, "CP932")] {
        std::fs::write(&file, bytes).unwrap();
        let (_, report) = import(args(&server, &case, &file)).await;
        assert_eq!(report["encoding"], encoding);
        assert_eq!(
            (&report["entered"], &report["repeated"]),
            (&json!(2), &json!(2))
        );
    }
    assert_eq!(submissions(&story, &case).await, 2);
}

#[tokio::test]
async fn an_import_that_cannot_be_done_says_why() {
    let story = Story::on("2026-05-01").await;
    let case = published(&story).await;
    story.turn_to("2026-05-20");
    let server = story.serve().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("opinions.csv");
    std::fs::write(&file, "意見,氏名\nよい,花子\n").unwrap();
    let good = args(&server, &case, &file);
    for broken in [
        Args {
            case: "case_1".to_owned(),
            ..good.clone()
        },
        Args {
            token: None,
            ..good.clone()
        },
        Args {
            file: folder.path().join("none.csv"),
            ..good.clone()
        },
        Args {
            map: vec!["body=要望".to_owned()],
            ..good.clone()
        },
    ] {
        assert_eq!(import(broken).await, (Outcome::Failed, Value::Null));
    }
    // Not an operator: nothing is tried any further.
    let stranger = Args {
        token: Some("hanako".to_owned()),
        ..good.clone()
    };
    let (outcome, report) = import(stranger).await;
    assert_eq!(outcome, Outcome::Failed);
    assert!(
        report["stopped"].as_str().unwrap().starts_with("FORBIDDEN"),
        "{report}"
    );
    assert_eq!(import(good).await.0, Outcome::Complete);
}

#[tokio::test]
async fn what_people_really_wrote_is_imported_in_both_encodings() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/ja_opinions");
    if !data.exists() {
        println!("skipped: no texts in {}", data.display());
        return;
    }
    let story = Story::on("2026-05-01").await;
    let case = published(&story).await;
    story.turn_to("2026-05-20");
    let server = story.serve().await;
    let mut expected = 0;
    for (name, encoding) in [
        ("fukui_kanko_survey_202305_freetext.cp932.csv", "CP932"),
        ("fukui_kanko_survey_freetext.csv", "UTF-8"),
    ] {
        let all = Args {
            // The survey has no names: an answer's number stands for one.
            map: vec![
                "body=福井県に求めるもの".to_owned(),
                "name=row_id".to_owned(),
            ],
            ..args(&server, &case, &data.join(name))
        };
        let dry = Args {
            dry_run: true,
            ..all.clone()
        };
        let (_, checked) = import(dry).await;
        assert_eq!(checked["encoding"], encoding);
        let (_, report) = import(all.clone()).await;
        assert_eq!(report["entered"], checked["goodRows"], "{report:#}");
        assert!(
            report["badRows"]
                .as_array()
                .unwrap()
                .iter()
                .all(|bad| bad["code"] == "OPINION_EMPTY")
        );
        expected += checked["goodRows"].as_u64().unwrap();
        assert_eq!(submissions(&story, &case).await, expected);
    }
}
