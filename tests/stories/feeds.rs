//! News of public comments as feeds, and their days as calendars, read by
//! programs of others as well.

use axum::http::header;
use serde_json::json;

use crate::{
    pages::{Pages, says, says_nothing_of},
    public_comment_files::{published, published_of, published_with},
    support::Story,
};

#[tokio::test]
async fn feeds_and_calendars_tell_of_every_turn_under_names_that_stay() {
    let story = Story::on("2026-05-01").await;
    let pages = Pages::of(&story);
    let case = published(&story).await;
    let feed = format!("/cases/{case}/feed.atom");
    let calendar = format!("/cases/{case}/calendar.ics");
    let first = pages.get(&feed).await;
    assert_eq!(
        first.header(header::CONTENT_TYPE),
        "application/atom+xml; charset=utf-8"
    );
    says(
        &first.text,
        &[
            "<title>意見募集の開始：",
            "2026年6月9日（令和8年）火曜日 24時まで",
        ],
    );
    let id = ids(&first.text)[1].to_owned();
    assert!(id.starts_with("tag:"), "{id}");
    let days = pages.page(&calendar).await;
    says(
        &days,
        &[
            &format!("UID:{case}@hiroba\r\n"),
            "DTSTART;VALUE=DATE:20260511\r\n",
            "DTSTART;VALUE=DATE:20260609\r\nDTEND;VALUE=DATE:20260610\r\n",
            "SEQUENCE:0\r\n",
            "STATUS:CONFIRMED\r\n",
        ],
    );

    story.turn_to("2026-06-01");
    let input = json!({"case": case, "closesOn": "2026-06-19", "reason": "大雨のため"});
    story
        .does("approver", "extendPeriod", input, "position")
        .await;
    let extended = pages.page(&feed).await;
    says(
        &extended,
        &[
            "<title>期間の延長：",
            "2026年6月19日",
            "大雨のため",
            "2026-06-01T00:00:00.000Z",
        ],
    );
    assert_eq!(ids(&extended).len(), 3);
    assert_eq!(ids(&extended)[2], id, "an entry keeps its name");
    assert_eq!(
        ids(&pages.page("/feed.atom").await)[1..],
        ids(&extended)[1..]
    );
    let days = pages.page("/calendar.ics").await;
    says(
        &days,
        &[
            "DTSTART;VALUE=DATE:20260619\r\n",
            "SEQUENCE:1\r\n",
            "DTSTAMP:20260601T000000Z\r\n",
        ],
    );

    let input = json!({
        "case": case, "draftedOn": "2026-05-01",
        "title": {"ja": "自転車通行環境整備計画（案）", "en": "Draft plan for cycling"},
        "reason": "計画を改めるため", "newProcedure": true,
    });
    story.does("mayor", "abandonCase", input, "position").await;
    let ended = pages.page(&feed).await;
    says(
        &ended,
        &[
            "<title>手続の中止：",
            "計画を改めるため 改めて意見を募集する予定です。",
        ],
    );
    let days = pages.page(&calendar).await;
    says(&days, &["STATUS:CANCELLED\r\n", "SEQUENCE:2\r\n"]);
    says_nothing_of(&days, &["BEGIN:VALARM"]);
    says(
        &pages.page(&format!("/cases/{case}")).await,
        &["この手続は中止されました", "計画を改めるため"],
    );
    let english = pages.page(&format!("{feed}?lang=en")).await;
    says(&english, &["Procedure abandoned：", "xml:lang=\"en\""]);
}

#[tokio::test]
async fn feeds_and_calendars_tell_of_every_case_however_many_came_since() {
    let story = Story::on("2026-05-01").await;
    let pages = Pages::of(&story);
    let first = published(&story).await;
    // More than one question about cases answers at once.
    for number in 0..100 {
        let content = json!({
            "number": number.to_string(), "title": {"ja": format!("案{number}")},
            "objectKind": "PLAN", "legalBasis": "法", "bureau": "局", "contact": "課",
            "summary": {"ja": "要旨"},
            "passages": [{"key": "1", "text": "本文"}],
            "draftedOn": "2026-05-01",
        });
        published_with(&story, content, &format!("file_01KQ{number:022}")).await;
    }
    let days = pages.page("/calendar.ics").await;
    assert_eq!(days.matches("SUMMARY:意見募集の締め切り").count(), 101);
    says(&days, &[&format!("UID:{first}@hiroba\r\n")]);

    // The oldest case has the newest news.
    story.turn_to("2026-06-01");
    let input = json!({"case": first, "closesOn": "2026-06-19", "reason": "大雨のため"});
    story
        .does("approver", "extendPeriod", input, "position")
        .await;
    let feed = pages.page("/feed.atom").await;
    let newest = feed.split("<entry>").nth(1).unwrap();
    says(newest, &["<title>期間の延長：", &first, "大雨のため"]);
    says(&pages.page("/sitemap.xml").await, &[&first]);
}

/// Programs of others read what the feeds and calendars of a story say; where
/// they are missing, that is said. `None` then, else their output.
async fn read_by_others(pages: &Pages, files: &[(&str, &str)]) -> Option<String> {
    let interop = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("interop");
    if !interop.join("node_modules/ical.js").is_dir() {
        println!("feeds.mjs not run: `npm ci` in tests/interop installs what it needs");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, address) in files {
        std::fs::write(folder.path().join(name), pages.page(address).await).unwrap();
    }
    let mut node = std::process::Command::new("node");
    let run = node
        .arg("feeds.mjs")
        .arg(folder.path())
        .current_dir(interop);
    let output = match run.output() {
        Ok(output) => output,
        Err(error) => {
            println!("feeds.mjs not run: node: {error}");
            return None;
        }
    };
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    Some(String::from_utf8(output.stdout).unwrap())
}

#[tokio::test]
async fn programs_of_others_read_the_feeds_and_calendars() {
    let story = Story::on("2026-05-01").await;
    let pages = Pages::of(&story);
    let hostile = "題; 名, \\ <b>&\u{202e}\n改行 ".repeat(20);
    let content = json!({
        "number": "1", "title": {"ja": hostile, "en": hostile},
        "objectKind": "PLAN", "legalBasis": "法", "bureau": "局", "contact": "課",
        "summary": {"ja": "要旨"},
        "passages": [{"key": "1", "text": "本文"}],
        "draftedOn": "2026-05-01",
    });
    let case = published_of(&story, content).await;
    story.turn_to("2026-06-01");
    let input = json!({"case": case, "closesOn": "2026-06-19", "reason": "大雨<&>"});
    story
        .does("approver", "extendPeriod", input, "position")
        .await;
    let (feed, days) = (
        format!("/cases/{case}/feed.atom?lang=en"),
        format!("/cases/{case}/calendar.ics"),
    );
    let files = [
        ("all.atom", "/feed.atom"),
        ("one.atom", feed.as_str()),
        ("all.ics", "/calendar.ics?lang=en"),
        ("one.ics", days.as_str()),
        ("sitemap.xml", "/sitemap.xml"),
    ];
    let Some(said) = read_by_others(&pages, &files).await else {
        return;
    };
    says(
        &said,
        &[
            "all.atom: 2 entries",
            "one.ics: 2026-05-11 CONFIRMED 意見募集の開始：題; 名, \\ <b>&",
            "one.ics: 2026-06-19 CONFIRMED 意見募集の締め切り：題; 名, \\ <b>&",
            "all.ics: 2026-06-19 CONFIRMED Comment period closes：題; 名, \\ <b>&",
        ],
    );
    let empty = Story::on("2026-05-01").await;
    let nothing = [
        ("all.ics", "/calendar.ics"),
        ("sitemap.xml", "/sitemap.xml"),
    ];
    read_by_others(&Pages::of(&empty), &nothing).await;
}

fn ids(feed: &str) -> Vec<&str> {
    let rest = feed.split("<id>").skip(1);
    rest.filter_map(|rest| rest.split("</id>").next()).collect()
}
