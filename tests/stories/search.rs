//! What can be searched, by whom, and as of when.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    public_comment::{content, opinion},
    public_comment_files::published,
    public_comment_result::{conclude, opinions},
    support::Story,
};

const HITS: &str = "totalCount complete edges { cursor node {
    __typename kind excerpt { text marks { from to } } case { id }
    ... on PassageHit { passage { key } inFinalText }
    ... on MaterialHit { material { version } }
    ... on OpinionHit { submission { id } }
    ... on ItemHit { item { id } }
    ... on AnswerHit { item { id } }
} } pageInfo { hasNextPage endCursor }";

/// Somebody searches.
async fn search(story: &Story, who: &str, words: &str) -> Value {
    let query =
        format!("query($words: String!) {{ search(query: $words, first: 100) {{ {HITS} }} }}");
    let mut found = story.get(who, &query, json!({"words": words})).await;
    found["search"].take()
}

/// Somebody searches as of a position.
async fn search_at(story: &Story, position: u64, words: &str) -> Value {
    let query = format!(
        "query($words: String!, $at: LogPosition!) {{ cityAsOf(moment: {{position: $at}}) {{
            search(query: $words, first: 100) {{ {HITS} }} }} }}"
    );
    let variables = json!({"words": words, "at": position});
    let mut found = story.get("nobody", &query, variables).await;
    found["cityAsOf"]["search"].take()
}

/// What was found, by kind and with the words in brackets; in order.
fn shown(found: &Value) -> Vec<String> {
    let edges = found["edges"].as_array().unwrap();
    assert_eq!(found["totalCount"], edges.len());
    assert_eq!(found["complete"], true);
    edges.iter().map(|edge| line(&edge["node"])).collect()
}

fn line(node: &Value) -> String {
    let excerpt = &node["excerpt"];
    let mut text = String::new();
    for (place, letter) in (0_u64..).zip(excerpt["text"].as_str().unwrap().chars()) {
        let marks = excerpt["marks"].as_array().unwrap();
        if marks.iter().any(|mark| mark["from"] == place) {
            text.push('[');
        }
        text.push(letter);
        if marks.iter().any(|mark| mark["to"] == place + 1) {
            text.push(']');
        }
    }
    format!("{} {text}", node["kind"].as_str().unwrap())
}

fn last(story: &Story) -> u64 {
    story.city().desk.city().size.0 - 1
}

/// A published result: the case and its submissions.
async fn concluded(story: &Story) -> (String, Vec<String>) {
    let case = published(story).await;
    story.turn_to("2026-05-20");
    let submissions = opinions(story, &case).await;
    conclude(story, &case, &submissions).await;
    (case, submissions)
}

#[tokio::test]
async fn words_are_found_wherever_the_city_and_its_citizens_use_them() {
    let story = Story::on("2026-05-01").await;
    let draft = json!({"content": content()});
    story.does("clerk", "draftCase", draft, "position").await;
    assert!(shown(&search(&story, "clerk", "自転車").await).is_empty());
    let case = published(&story).await;
    // The best comes first: the title, the document, the passage.
    let found = search(&story, "nobody", "自転車").await;
    assert_eq!(
        shown(&found),
        [
            "CASE [自転車]通行環境整備計画（案）",
            "PASSAGE [自転車]の通行の安全を図る。",
        ]
    );
    assert_eq!(found["edges"][0]["node"]["case"]["id"], json!(case));
    assert_eq!(found["edges"][1]["node"]["passage"]["key"], "1");
    assert_eq!(found["edges"][1]["node"]["inFinalText"], false);
    for typed in ["計画図", "ｹｲｶｸ", "図"] {
        let found = shown(&search(&story, "nobody", typed).await);
        let wanted = if typed == "ｹｲｶｸ" { 0 } else { 1 };
        let documents = found.iter().filter(|hit| hit.starts_with("MATERIAL"));
        assert_eq!(documents.count(), wanted, "{typed}: {found:?}");
    }
    for typed in [
        "DRAFT plan",
        "ｃｙｃｌｉｎｇ",
        "８川ま第１２号",
        "まちづくり局",
    ] {
        let found = shown(&search(&story, "nobody", typed).await);
        assert!(found[0].starts_with("CASE "), "{typed}: {found:?}");
    }

    story.turn_to("2026-05-20");
    let submissions = opinions(&story, &case).await;
    for who in ["nobody", "clerk", "hanako"] {
        assert!(shown(&search(&story, who, "夜道").await).is_empty());
    }
    conclude(&story, &case, &submissions).await;
    assert_eq!(
        shown(&search(&story, "nobody", "広げて ほしい").await),
        [
            "OPINION 自転車の通る道が狭いので、[広げてほしい]!",
            "OPINION =2+3 自転車の通る道が狭いので[広げてほしい]。",
        ]
    );
    // As it was published, for the officers too.
    for who in ["nobody", "clerk"] {
        assert!(shown(&search(&story, who, "044-111-2222").await).is_empty());
        assert_eq!(
            shown(&search(&story, who, "夜道").await),
            ["OPINION ■と申します。<script>alert(1)</script>[夜道]が暗い。"]
        );
    }
    // An answer that two items share is one text.
    assert_eq!(
        shown(&search(&story, "nobody", "踏まえ修正").await),
        ["ANSWER ご意見を[踏まえ修正]します。"]
    );
    assert_eq!(
        shown(&search(&story, "nobody", "道について").await).len(),
        3
    );
    let query = "{ search(query: \"道\", kinds: [OPINION, ANSWER]) { edges { node { kind } } } }";
    let found = story.get("nobody", query, json!({})).await;
    let kinds = found["search"]["edges"].as_array().unwrap().iter();
    let kinds: BTreeSet<_> = kinds.map(|edge| edge["node"]["kind"].as_str()).collect();
    assert_eq!(kinds, BTreeSet::from([Some("OPINION")]));
}

#[tokio::test]
async fn a_list_of_hits_is_read_page_by_page() {
    let story = Story::on("2026-05-01").await;
    let (_, _) = concluded(&story).await;
    let whole = search(&story, "nobody", "道").await;
    let whole: Vec<_> = whole["edges"].as_array().unwrap().clone();
    assert!(6 < whole.len(), "{whole:#?}");
    let query = format!(
        "query($after: String) {{ search(query: \"道\", first: 2, after: $after) {{ {HITS} }} }}"
    );
    let (mut paged, mut after) = (Vec::new(), Value::Null);
    loop {
        let found = story.get("nobody", &query, json!({"after": after})).await;
        let found = &found["search"];
        assert_eq!(found["totalCount"], whole.len());
        paged.extend(found["edges"].as_array().unwrap().iter().cloned());
        if found["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = found["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(paged, whole);
}

#[tokio::test]
async fn what_cannot_be_searched_for_is_refused_with_a_reason() {
    let story = Story::on("2026-05-01").await;
    let ask = |words: String, more: &'static str| {
        let story = &story;
        async move {
            let query =
                format!("query($w: String!) {{ search(query: $w{more}) {{ totalCount }} }}");
            story.ask("nobody", &query, json!({"w": words})).await
        }
    };
    for (words, more, reason) in [
        ("　\n".to_owned(), "", "1文字以上"),
        ("道".repeat(101), "", "100文字まで"),
        ("a b c d e f g h i j k".to_owned(), "", "10語まで"),
        ("道".to_owned(), ", first: 101", "0から100件まで"),
        ("道".to_owned(), ", after: \"x\"", "カーソル"),
    ] {
        let answer = ask(words, more).await;
        let error = &answer["errors"][0];
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{answer}");
        assert!(error.to_string().contains(reason), "{answer}");
    }
    assert!(ask("道".repeat(100), "").await.get("errors").is_none());
}

#[tokio::test]
async fn nothing_is_found_that_was_hidden_erased_or_taken_down() {
    let story = Story::on("2026-05-01").await;
    let (_, submissions) = concluded(&story).await;
    let published = last(&story);
    let found = |words: &'static str| {
        let story = &story;
        async move { shown(&search(story, "nobody", words).await) }
    };
    assert_eq!(found("広げて").await.len(), 2);

    // Hidden, and shown again.
    let id = json!(submissions[2]);
    let hide = json!({"submission": id, "reason": "OFF_TOPIC", "note": "案と関わりがない"});
    story
        .does("secretariat", "hideOpinion", hide, "position")
        .await;
    assert_eq!(found("広げて").await.len(), 1);
    let hidden = last(&story);
    assert_eq!(
        shown(&search_at(&story, published, "広げて").await).len(),
        1
    );
    // The point in the city's words stays.
    assert_eq!(found("道について").await.len(), 3);
    let show = json!({"submission": id, "reason": "案に関わる"});
    story
        .does("approver", "reverseHiding", show, "position")
        .await;
    assert_eq!(found("広げて").await.len(), 2);
    assert_eq!(shown(&search_at(&story, hidden, "広げて").await).len(), 1);
    assert_eq!(
        shown(&search_at(&story, published, "広げて").await).len(),
        2
    );

    // Taken down by order of law: the body, then an answer beside one item and
    // beside the other.
    let order = |target: &Value, field: &str, number: u32| {
        let decision = format!("令和8年（ヨ）第{number}号");
        json!({"target": target, "field": field, "legalBasis": "仮処分", "decisionNo": decision})
    };
    let down = order(&id, "BODY", 1);
    story
        .does("records", "withdrawPublication", down, "position")
        .await;
    assert_eq!(found("広げて").await.len(), 1);
    assert_eq!(
        shown(&search_at(&story, published, "広げて").await).len(),
        1
    );
    let answers = search(&story, "nobody", "踏まえ修正").await;
    let first = answers["edges"][0]["node"]["item"]["id"].clone();
    let down = order(&first, "RESPONSE", 2);
    story
        .does("records", "withdrawPublication", down, "position")
        .await;
    let answers = search(&story, "nobody", "踏まえ修正").await;
    let second = answers["edges"][0]["node"]["item"]["id"].clone();
    assert_ne!(first, second);
    let down = order(&second, "RESPONSE", 3);
    story
        .does("records", "withdrawPublication", down, "position")
        .await;
    assert!(found("踏まえ修正").await.is_empty());
    assert!(shown(&search_at(&story, published, "踏まえ修正").await).is_empty());
    let down = order(&first, "SUMMARY", 4);
    story
        .does("records", "withdrawPublication", down, "position")
        .await;
    assert_eq!(found("道について").await.len(), 2);

    // Erased: all that is the person's, and the summaries made of it.
    let erase = json!({
        "submission": submissions[0], "legalBasis": "個人情報の保護に関する法律第98条",
        "decisionNo": "8川総第5号", "requestedByPerson": true,
    });
    assert_eq!(found("夜道").await.len(), 1);
    story
        .does("records", "erasePersonalData", erase, "position")
        .await;
    assert!(found("夜道").await.is_empty());
    assert_eq!(found("道について").await.len(), 1);
    assert!(shown(&search_at(&story, published, "夜道").await).is_empty());
    assert_eq!(found("承りました").await.len(), 1);
}

#[tokio::test]
async fn the_past_is_searched_for_what_could_be_read_then() {
    let story = Story::on("2026-05-01").await;
    let before = last(&story);
    let case = published(&story).await;
    let called = last(&story);
    let query = "query($id: ID!) { publicCommentCase(id: $id) { materials { id } } }";
    let materials = story.get("nobody", query, json!({"id": case})).await;
    let material = &materials["publicCommentCase"]["materials"][0]["id"];
    story.turn_to("2026-05-20");
    let file = format!("file_{}", story.command());
    let path = format!("{file}?for=material&case={case}");
    let body = axum::body::Body::from("%PDF-1.7\n");
    let put = axum::http::Method::PUT;
    let taken = crate::public_comment_files::send(&story, "clerk", put, &path, &[], body).await;
    assert!(taken.status.is_success());
    let correction = json!({
        "case": case, "material": material, "title": {"ja": "計画図（訂正版）"}, "file": file,
        "fileName": "訂正.pdf", "note": "凡例の誤り", "substantive": false,
    });
    story
        .does("clerk", "correctMaterial", correction, "position")
        .await;
    let submissions = opinions(&story, &case).await;
    conclude(&story, &case, &submissions).await;
    let concluded = last(&story);

    for (position, typed, wanted) in [
        (before, "自転車", vec![]),
        (called, "計画図", vec!["MATERIAL [計画図]"]),
        (concluded, "計画図", vec!["MATERIAL [計画図]（訂正版）"]),
        (called, "訂正版", vec![]),
        (called, "夜道", vec![]),
        (concluded - 1, "夜道", vec![]),
        (
            concluded,
            "夜道",
            vec!["OPINION ■と申します。<script>alert(1)</script>[夜道]が暗い。"],
        ),
    ] {
        let found = search_at(&story, position, typed).await;
        assert_eq!(shown(&found), wanted, "{typed} at {position}");
    }
    assert_eq!(
        shown(&search(&story, "nobody", "計画図").await),
        ["MATERIAL [計画図]（訂正版）"]
    );
}

#[tokio::test]
async fn a_city_that_starts_again_finds_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let story = Story::in_folder(folder.path(), "2026-05-01", 1).await;
    let (case, submissions) = concluded(&story).await;
    let hide = json!({"submission": submissions[1], "reason": "OFF_TOPIC", "note": "重複"});
    story
        .does("secretariat", "hideOpinion", hide, "position")
        .await;
    let show = json!({"submission": submissions[1], "reason": "案に関わる"});
    story
        .does("approver", "reverseHiding", show, "position")
        .await;
    let hide = json!({"submission": submissions[2], "reason": "OFF_TOPIC", "note": "重複"});
    story
        .does("secretariat", "hideOpinion", hide, "position")
        .await;
    let never_published = json!({"content": content()});
    story
        .does("clerk", "draftCase", never_published, "position")
        .await;
    story
        .is_refused("taro", "submitOpinion", opinion(&case, "太郎", "道"))
        .await;
    let size = last(&story);
    let mut before = Vec::new();
    for typed in ["道", "自転車", "ご意見", "計画 図", "。"] {
        before.push(search(&story, "nobody", typed).await);
        before.push(search_at(&story, size - 2, typed).await);
    }
    story.stop().await;
    let story = Story::in_folder(folder.path(), "2026-07-20", 1_000).await;
    let city = story.city();
    city.desk.search.complete(city.desk.city().size).await;
    let mut after = Vec::new();
    for typed in ["道", "自転車", "ご意見", "計画 図", "。"] {
        after.push(search(&story, "nobody", typed).await);
        after.push(search_at(&story, size - 2, typed).await);
    }
    assert_eq!(before, after);
}
