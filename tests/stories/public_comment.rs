//! A public comment, from the draft to the published result.

use serde_json::{Value, json};

use crate::support::Story;

pub(crate) fn content() -> Value {
    json!({
        "number": "8川ま第12号",
        "title": {"ja": "自転車通行環境整備計画（案）", "en": "Draft plan for cycling"},
        "objectKind": "PLAN",
        "legalBasis": "自転車活用推進法第11条",
        "bureau": "まちづくり局",
        "contact": "044-000-0000",
        "summary": {"ja": "市内の自転車の通り道を整える計画です。"},
        "passages": [
            {"key": "1", "heading": "目的", "text": "自転車の通行の安全を図る。"},
            {"key": "2", "heading": "整備", "text": "令和十年度までに二十キロメートルを整備する。"},
        ],
        "draftedOn": "2026-05-01",
    })
}

pub(crate) fn call(case: &str, closes_on: &str) -> Value {
    json!({
        "case": case,
        "revision": 1,
        "opensOn": "2026-05-11",
        "closesOn": closes_on,
        "channels": ["WEB", "POST", "IN_PERSON"],
        "publicity": ["市政だより", "市ホームページ"],
        "readingPlaces": ["各区役所"],
        "resultMethod": "市ホームページで公表",
    })
}

#[tokio::test]
async fn a_case_begins_unseen_and_is_published_by_somebody_else() {
    let story = Story::on("2026-05-01").await;
    let drafted = story
        .does(
            "clerk",
            "draftCase",
            json!({"content": content()}),
            "case { id phase }",
        )
        .await;
    let case = drafted["case"]["id"].as_str().unwrap();
    assert_eq!(drafted["case"]["phase"], "DRAFTING");

    let query =
        "query($id: ID!) { publicCommentCase(id: $id) { title { ja } draft { title { ja } } } }";
    let seen = story.get("hanako", query, json!({"id": case})).await;
    assert_eq!(seen["publicCommentCase"], Value::Null);
    let seen = story.get("approver", query, json!({"id": case})).await;
    assert_eq!(seen["publicCommentCase"]["title"], Value::Null);
    assert_eq!(
        seen["publicCommentCase"]["draft"]["title"]["ja"],
        "自転車通行環境整備計画（案）"
    );

    let code = story
        .is_refused("clerk", "publishCase", call(case, "2026-06-09"))
        .await;
    assert_eq!(code, "NOT_PERMITTED");
}
