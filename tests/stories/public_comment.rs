//! A public comment, from the draft to the published result.

use axum::{
    body::Body,
    http::{Request, header},
};
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

/// A case with a document beside its draft.
pub(crate) async fn drafted(story: &Story) -> String {
    draft(story, content(), "file_01KQ0000000000000000PRAN00").await
}

/// Publishes the call of a drafted case, until 9 June.
pub(crate) async fn publish(story: &Story, case: &str) {
    let called = call(case, "2026-06-09");
    story
        .does("approver", "publishCase", called, "position")
        .await;
}

/// A case that is called.
pub(crate) async fn called(story: &Story) -> String {
    let case = drafted(story).await;
    publish(story, &case).await;
    case
}

/// A case of this content, with this file beside its draft.
pub(crate) async fn draft(story: &Story, content: Value, file: &str) -> String {
    let content = json!({"content": content});
    let drafted = story
        .does("clerk", "draftCase", content, "case { id }")
        .await;
    let case = drafted["case"]["id"].as_str().unwrap().to_owned();
    let upload = Request::put(format!("/files/{file}?for=material&case={case}"))
        .header(header::AUTHORIZATION, "Bearer clerk")
        .body(Body::from("%PDF-1.7\n"));
    let response = story.send(upload.unwrap()).await;
    assert!(response.status().is_success(), "{response:?}");
    let material =
        json!({"case": case, "title": {"ja": "計画図"}, "file": file, "fileName": "計画図.pdf"});
    story
        .does("clerk", "attachMaterial", material, "position")
        .await;
    case
}

pub(crate) fn opinion(case: &str, name: &str, body: &str) -> Value {
    json!({
        "case": case,
        "opinion": {"passage": "2", "body": body},
        "submitter": {
            "kind": "INDIVIDUAL", "name": name, "address": "中原区小杉町一丁目",
            "contact": "044-111-2222", "wardCode": "141330",
        },
        "secret": "a-secret-that-nobody-can-guess",
    })
}

const SUBMITTED: &str = "submission { id position } receiptNumber leaf repeated";

const OPINIONS: &str = "query($id: ID!) { publicCommentCase(id: $id) {
    phase
    counts { submissionCount itemCount lateCount withdrawnCount byChannel { channel submissionCount } }
    submissions { totalCount nodes { id channel body { state text } passage { state text } } }
    items { nodes { summary { state text } excerpt { state text } response { text { state text } category } } }
    result { outcome noSubmissions changes { passage before after items } }
} }";
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

    let query = "query($id: ID!) { publicCommentCase(id: $id) { draft { writtenByViewer } } }";
    for (who, drafted) in [("clerk", true), ("approver", false)] {
        let seen = story.get(who, query, json!({"id": case})).await;
        let draft = &seen["publicCommentCase"]["draft"];
        assert_eq!(draft["writtenByViewer"], drafted, "{who}");
    }
    let code = story
        .is_refused("clerk", "publishCase", call(case, "2026-06-09"))
        .await;
    assert_eq!(code, "NOT_PERMITTED");
}

#[tokio::test]
async fn a_case_walks_from_draft_to_result_and_shows_opinions_only_then() {
    let story = Story::on("2026-05-01").await;
    let case = drafted(&story).await;

    // Twenty-nine days without a reason are too short; thirty are not (rule 1).
    let code = story
        .is_refused("approver", "publishCase", call(&case, "2026-06-08"))
        .await;
    assert_eq!(code, "PERIOD_TOO_SHORT");
    publish(&story, &case).await;

    // An opinion that is sent twice is submitted once.
    story.turn_to("2026-05-20");
    let command = story.command();
    let mut input = opinion(&case, "川辺花子", "駅前から整備してください。川辺花子");
    input["commandId"] = json!(command);
    let first = story
        .does("nobody", "submitOpinion", input.clone(), SUBMITTED)
        .await;
    let again = story
        .does("nobody", "submitOpinion", input, SUBMITTED)
        .await;
    assert_eq!(first["submission"]["id"], again["submission"]["id"]);
    assert_eq!(again["repeated"], true);

    // One that is signed in, replaced before the deadline.
    let second = story
        .does(
            "hanako",
            "submitOpinion",
            opinion(&case, "山手太郎", "予算が足りません。"),
            SUBMITTED,
        )
        .await;
    story
        .does(
            "hanako",
            "replaceOpinion",
            json!({
                "submission": {"id": second["submission"]["id"]},
                "opinion": {"body": "目標を三十キロメートルにしてください。"},
            }),
            "position",
        )
        .await;
    let stranger = story
        .ask(
            "taro",
            "mutation($input: WithdrawOpinionInput!) { withdrawOpinion(input: $input) { __typename } }",
            json!({"input": {"commandId": story.command(), "submission": {"receipt": {
                "submission": second["submission"]["id"],
                "secret": "another-secret-not-the-one",
            }}}}),
        )
        .await;
    assert_eq!(stranger["errors"][0]["extensions"]["code"], "NOT_FOUND");

    // Posted on the last day, entered after it: in time by its postmark
    // (rule 7). Sent on the web one second after the last day: late.
    story.turn_to("2026-06-11");
    story
        .does(
            "operator",
            "enterOpinion",
            json!({
                "case": case, "channel": "POST",
                "receivedOn": "2026-06-11", "postmarkedOn": "2026-06-09",
                "opinion": {"body": "歩道と分けてください。"},
                "submitter": {"kind": "INDIVIDUAL", "name": "多摩一郎"},
            }),
            "submission { late }",
        )
        .await;
    let late = story
        .does(
            "taro",
            "submitOpinion",
            opinion(&case, "遅井次郎", "遅れました。"),
            "submission { late }",
        )
        .await;
    assert_eq!(late["submission"]["late"], "AFTER_DEADLINE");

    // That something was submitted is public; what it says is not, for anybody
    // but its submitter and the officers of the case.
    let seen = story.get("taro", OPINIONS, json!({"id": case})).await;
    let seen = &seen["publicCommentCase"];
    assert_eq!(seen["phase"], "CLOSED");
    assert_eq!(seen["counts"]["submissionCount"], 3);
    assert_eq!(seen["counts"]["lateCount"], 1);
    for node in &seen["submissions"]["nodes"].as_array().unwrap()[..3] {
        assert_eq!(node["body"], json!({"state": "EMBARGOED", "text": null}));
        assert_eq!(node["passage"]["text"], Value::Null);
    }
    let own = story.get("hanako", OPINIONS, json!({"id": case})).await;
    assert_eq!(
        own["publicCommentCase"]["submissions"]["nodes"][1]["body"]["text"],
        "目標を三十キロメートルにしてください。"
    );

    // The clerk splits, screens and answers. A text that names its submitter
    // cannot be published as it came (rule 8).
    story
        .does("clerk", "startReview", json!({"case": case}), "position")
        .await;
    let listed = story.get("clerk", OPINIONS, json!({"id": case})).await;
    let nodes = listed["publicCommentCase"]["submissions"]["nodes"].clone();
    let change = "change_01KQ0000000000000000CHNGE0";
    for (index, node) in nodes.as_array().unwrap()[..3].iter().enumerate() {
        let length = node["body"]["text"].as_str().unwrap().chars().count();
        let half = length / 2;
        let code = story
            .is_refused(
                "clerk",
                "itemizeSubmission",
                json!({"submission": node["id"], "items": [
                    {"summary": "一つ目", "spans": [{"from": 0, "to": half}]},
                ]}),
            )
            .await;
        assert_eq!(code, "TEXT_NOT_COVERED");
        let itemized = story
            .does(
                "clerk",
                "itemizeSubmission",
                json!({"submission": node["id"], "items": [
                    {"summary": format!("要旨{index}"), "spans": [{"from": 0, "to": length}]},
                ]}),
                "submission { items { id } }",
            )
            .await;
        let screening = json!({"submission": node["id"]});
        if index == 0 {
            let screenings = json!({"case": case, "screenings": [screening]});
            let code = story
                .is_refused("clerk", "screenOpinions", screenings)
                .await;
            assert_eq!(code, "REDACTION_REQUIRED");
            let redacted = json!({"case": case, "screenings": [{
                "submission": node["id"],
                "redactedText": "駅前から整備してください。",
                "reasons": ["PERSONAL_DATA"],
            }]});
            story
                .does("clerk", "screenOpinions", redacted, "position")
                .await;
        } else {
            let screenings = json!({"case": case, "screenings": [screening]});
            story
                .does("clerk", "screenOpinions", screenings, "position")
                .await;
        }
        if index == 2 {
            continue;
        }
        let changed = index == 1;
        let answer = json!({
            "case": case,
            "target": {"items": [itemized["submission"]["items"][0]["id"]]},
            "category": if changed { "A" } else { "B" },
            "response": format!("考え方{index}"),
            "changedPolicy": changed,
            "changes": if changed { vec![change] } else { vec![] },
        });
        story
            .does("clerk", "assignResponse", answer, "position")
            .await;
    }

    // Nothing is decided while an item has no answer (rule 3).
    let items = "query($id: ID!) { publicCommentCase(id: $id) { items { nodes { id } } } }";
    let items = story.get("clerk", items, json!({"id": case})).await;
    let items = items["publicCommentCase"]["items"]["nodes"].clone();
    let after = "令和十年度までに三十キロメートルを整備する。";
    let decision = json!({
        "case": case, "outcome": "ADOPTED_WITH_CHANGES", "decidedOn": "2026-07-01",
        "finalPassages": [
            {"key": "1", "heading": "目的", "text": "自転車の通行の安全を図る。"},
            {"key": "2", "heading": "整備", "text": after},
        ],
        "changes": [{"id": change, "passage": "2", "text": after, "items": [items[1]["id"]]}],
    });
    story.turn_to("2026-07-01");
    let code = story
        .is_refused("mayor", "decidePolicy", decision.clone())
        .await;
    assert_eq!(code, "UNANSWERED_ITEMS");
    story
        .does(
            "clerk",
            "assignResponse",
            json!({
                "case": case, "target": {"items": [items[2]["id"]]},
                "category": "D", "response": "考え方2",
            }),
            "position",
        )
        .await;
    story
        .does("mayor", "decidePolicy", decision, "position")
        .await;
    story.turn_to("2026-07-10");
    story
        .does(
            "approver",
            "publishResults",
            json!({
                "case": case, "reasons": "御意見を踏まえました。",
                "changeReasons": [{"id": change, "reason": "延長を求める御意見のため"}],
            }),
            "position",
        )
        .await;

    // Now everybody reads opinions and answers; the redacted one as redacted,
    // and nowhere a name.
    let seen = story.get("nobody", OPINIONS, json!({"id": case})).await;
    let text = seen.to_string();
    let seen = &seen["publicCommentCase"];
    assert_eq!(seen["phase"], "RESULT_PUBLISHED");
    let bodies: Vec<_> = seen["submissions"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["body"]["text"].clone())
        .collect();
    assert_eq!(
        bodies,
        [
            json!("駅前から整備してください。"),
            json!("目標を三十キロメートルにしてください。"),
            json!("歩道と分けてください。"),
            Value::Null,
        ]
    );
    assert_eq!(
        seen["items"]["nodes"][1]["response"]["text"]["text"],
        "考え方1"
    );
    assert_eq!(seen["result"]["changes"][0]["after"], after);
    assert_eq!(
        seen["result"]["changes"][0]["items"],
        json!([items[1]["id"]])
    );
    for name in [
        "川辺花子",
        "山手太郎",
        "多摩一郎",
        "遅井次郎",
        "小杉町",
        "044-111",
    ] {
        assert!(!text.contains(name), "{name} is in {text}");
    }

    // As it was the day before, nothing of it could be read.
    let query = "query($id: ID!, $at: DateTime!) { cityAsOf(moment: {time: $at}) {
        publicCommentCase(id: $id) { phase submissions { nodes { body { state text } } } }
    } }";
    let at = "2026-07-09T00:00:00Z";
    let earlier = story
        .get("nobody", query, json!({"id": case, "at": at}))
        .await;
    let earlier = &earlier["cityAsOf"]["publicCommentCase"];
    assert_eq!(earlier["phase"], "DECIDED");
    assert_eq!(
        earlier["submissions"]["nodes"][0]["body"],
        json!({"state": "EMBARGOED", "text": null})
    );
}

#[tokio::test]
async fn a_case_without_opinions_says_so_in_its_result() {
    let story = Story::on("2026-05-01").await;
    let case = called(&story).await;
    story.turn_to("2026-06-10");
    story
        .does("clerk", "startReview", json!({"case": case}), "position")
        .await;
    let passages = content()["passages"].clone();
    story
        .does(
            "mayor",
            "decidePolicy",
            json!({
                "case": case, "outcome": "ADOPTED_AS_DRAFTED", "decidedOn": "2026-06-10",
                "finalPassages": passages,
            }),
            "position",
        )
        .await;
    story
        .does(
            "approver",
            "publishResults",
            json!({"case": case, "reasons": "御意見はありませんでした。"}),
            "position",
        )
        .await;
    let seen = story.get("nobody", OPINIONS, json!({"id": case})).await;
    assert_eq!(seen["publicCommentCase"]["result"]["noSubmissions"], true);
    assert_eq!(seen["publicCommentCase"]["counts"]["submissionCount"], 0);
}

#[tokio::test]
async fn an_abandoned_case_says_so_to_everybody() {
    let story = Story::on("2026-05-01").await;
    let case = drafted(&story).await;
    story
        .does(
            "mayor",
            "abandonCase",
            json!({
                "case": case, "title": {"ja": "自転車通行環境整備計画（案）"},
                "draftedOn": "2026-05-01", "reason": "国の計画を待つため",
                "newProcedure": true,
            }),
            "position",
        )
        .await;
    let query = "query($id: ID!) { publicCommentCase(id: $id) {
        phase abandonment { reason newProcedure title { ja } } passages { text } } }";
    let seen = story.get("nobody", query, json!({"id": case})).await;
    let seen = &seen["publicCommentCase"];
    assert_eq!(seen["phase"], "ABANDONED");
    assert_eq!(seen["abandonment"]["reason"], "国の計画を待つため");
    assert_eq!(seen["passages"], json!([]));
}

#[tokio::test]
async fn an_exemption_needs_a_reason_that_is_published_with_the_policy() {
    let story = Story::on("2026-05-01").await;
    let case = drafted(&story).await;
    let code = story
        .is_refused(
            "approver",
            "declareExemption",
            json!({"case": case, "reason": "軽微な変更のため"}),
        )
        .await;
    assert_eq!(code, "EXEMPTION_REASON_REQUIRED");
    story
        .does(
            "approver",
            "declareExemption",
            json!({"case": case, "code": "MINOR", "reason": "軽微な変更のため"}),
            "position",
        )
        .await;
    let query =
        "query($id: ID!) { publicCommentCase(id: $id) { phase exemption { code reason } } }";
    let seen = story.get("nobody", query, json!({"id": case})).await;
    assert_eq!(seen["publicCommentCase"], Value::Null);
    story.turn_to("2026-05-20");
    story
        .does(
            "approver",
            "publishExemption",
            json!({
                "case": case, "title": {"ja": "要綱の一部改正"},
                "reason": "軽微な変更のため", "policyFixedOn": "2026-05-20",
            }),
            "position",
        )
        .await;
    let seen = story.get("nobody", query, json!({"id": case})).await;
    assert_eq!(
        seen["publicCommentCase"]["exemption"],
        json!({"code": "MINOR", "reason": "軽微な変更のため"})
    );
}
