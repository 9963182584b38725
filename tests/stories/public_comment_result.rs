//! The result of a public comment as documents, and what nobody finds in them.

use axum::{
    body::{Body, to_bytes},
    http::{Method, Request, StatusCode},
};
use serde_json::{Value, json};

use crate::{
    public_comment_files::{PHOTO, get, published, send},
    support::Story,
};

const SECRETS: [&str; 3] = [
    "the-first-secret-of-somebody",
    "the-second-secret-of-somebody",
    "the-third-secret-of-somebody",
];
const BODIES: [&str; 3] = [
    "川崎 花子と申します。<script>alert(1)</script>夜道が暗い。電話は044-111-2222です。",
    "=2+3 自転車の通る道が狭いので広げてほしい。",
    "自転車の通る道が狭いので、広げてほしい!",
];
const DOCUMENTS: [&str; 5] = [
    "result",
    "result.json",
    "result.csv",
    "opinions.csv",
    "opinions.csv?encoding=cp932",
];

/// A document as its reader gets it, CP932 read as such.
async fn document(story: &Story, case: &str, name: &str) -> (StatusCode, String) {
    let address = format!("/public-comment/{case}/{name}");
    let response = story
        .send(Request::get(address).body(Body::empty()).unwrap())
        .await;
    let status = response.status();
    let bytes = to_bytes(response.into_body(), 1 << 24).await.unwrap();
    let text = match name.ends_with("cp932") {
        true => encoding_rs::SHIFT_JIS.decode(&bytes).0.into_owned(),
        false => String::from_utf8(bytes.to_vec()).unwrap(),
    };
    (status, text)
}

/// Three opinions: their ids. The first has an attachment.
pub(crate) async fn opinions(story: &Story, case: &str) -> Vec<String> {
    let mut submissions = Vec::new();
    for (index, (body, secret)) in BODIES.iter().zip(SECRETS).enumerate() {
        let command = story.command();
        let mut attachments = vec![];
        if index == 1 {
            let path = format!("{PHOTO}?for=opinion&case={case}&command={command}");
            let secret = [("hiroba-secret", secret)];
            let file = Body::from("図のとおり");
            let taken = send(story, "nobody", Method::PUT, &path, &secret, file).await;
            assert_eq!(taken.status, StatusCode::CREATED);
            attachments.push(PHOTO);
        }
        let input = json!({
            "commandId": command,
            "case": case,
            "opinion": {"body": body, "attachments": attachments},
            "submitter": {
                "kind": "INDIVIDUAL", "name": "川崎　花子", "contact": "044-111-2222",
                "address": "川崎市幸区南加瀬1-2-3", "declaresCitizen": true,
            },
            "secret": secret,
        });
        let done = story
            .does("nobody", "submitOpinion", input, "submission { id }")
            .await;
        submissions.push(done["submission"]["id"].as_str().unwrap().to_owned());
    }
    submissions
}

/// From the end of the period to the published result.
pub(crate) async fn conclude(story: &Story, case: &str, submissions: &[String]) {
    story.turn_to("2026-06-10");
    story
        .does("clerk", "startReview", json!({"case": case}), "position")
        .await;
    let mut items = Vec::new();
    for (submission, body) in submissions.iter().zip(BODIES) {
        let input = json!({"submission": submission, "items": [
            {"summary": "道について", "spans": [{"from": 0, "to": body.chars().count()}]},
        ]});
        let done = story
            .does(
                "clerk",
                "itemizeSubmission",
                input,
                "submission { items { id } }",
            )
            .await;
        items.push(done["submission"]["items"][0]["id"].clone());
    }
    let screen = |screenings: Value| json!({"case": case, "screenings": screenings});
    let as_it_is = screen(json!([{"submission": submissions[0]}]));
    let code = story.is_refused("clerk", "screenOpinions", as_it_is).await;
    assert_eq!(code, "REDACTION_REQUIRED");
    let redacted = screen(json!([{
        "submission": submissions[0],
        "redactedText": "■と申します。<script>alert(1)</script>夜道が暗い。",
        "reasons": ["PERSONAL_DATA"],
    }]));
    story
        .does("clerk", "screenOpinions", redacted, "position")
        .await;
    let rest = submissions[1..].iter().map(|id| json!({"submission": id}));
    let rest = screen(rest.collect());
    story
        .does("clerk", "screenOpinions", rest, "position")
        .await;
    let change = format!("change_{}", story.command());
    let answers = [
        (&items[..1], "D", "ご意見は承りました。", json!([])),
        (
            &items[1..],
            "A",
            "ご意見を踏まえ修正します。",
            json!([change]),
        ),
    ];
    for (items, category, response, changes) in answers {
        let input = json!({
            "case": case, "target": {"items": items}, "category": category,
            "response": response, "changedPolicy": category == "A", "changes": changes,
        });
        story
            .does("clerk", "assignResponse", input, "position")
            .await;
    }
    let decided = json!({
        "case": case,
        "outcome": "ADOPTED_WITH_CHANGES",
        "decidedOn": "2026-06-10",
        "finalPassages": [
            {"key": "1", "heading": "目的", "text": "自転車の通行の安全を図る。"},
            {"key": "2", "heading": "整備", "text": "令和十年度までに三十キロメートルを整備する。"},
        ],
        "changes": [{
            "id": change, "passage": "2",
            "text": "令和十年度までに三十キロメートルを整備する。", "items": &items[1..],
        }],
    });
    story
        .does("mayor", "decidePolicy", decided, "position")
        .await;
    // Whoever publishes it sees before what led to each change.
    let query = "query($id: ID!) { publicCommentCase(id: $id) { decision { changes { id items groups } } } }";
    let seen = story.get("approver", query, json!({"id": case})).await;
    assert_eq!(
        seen["publicCommentCase"]["decision"]["changes"],
        json!([{"id": change, "items": &items[1..], "groups": []}])
    );
    let result = json!({
        "case": case,
        "reasons": "意見を踏まえ、整備の延長を改めた。",
        "fullOpinionsAt": "行政情報コーナー",
        "changeReasons": [{"id": change, "reason": "道が狭いという意見による。"}],
    });
    story
        .does("approver", "publishResults", result, "position")
        .await;
}

#[tokio::test]
async fn the_result_is_published_as_documents_that_name_nobody() {
    let story = Story::on("2026-05-01").await;
    let case = published(&story).await;
    story.turn_to("2026-05-20");
    let submissions = opinions(&story, &case).await;
    // The file stays when another text takes the place of its opinion.
    let replaced = json!({
        "submission": {"receipt": {"submission": submissions[1], "secret": SECRETS[1]}},
        "opinion": {"body": BODIES[1], "attachments": [PHOTO]},
    });
    story
        .does("nobody", "replaceOpinion", replaced, "position")
        .await;
    for name in DOCUMENTS {
        let (status, text) = document(&story, &case, name).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{name}");
        assert!(!text.contains("道が"), "{name}");
    }
    assert_eq!(
        get(&story, "nobody", PHOTO).await.status,
        StatusCode::NOT_FOUND
    );

    let query = "query($id: ID!) { publicCommentCase(id: $id) { duplicateGroups(threshold: 60) { submissions { id } } } }";
    let groups = story.get("clerk", query, json!({"id": case})).await;
    assert_eq!(
        groups["publicCommentCase"]["duplicateGroups"],
        json!([{"submissions": [{"id": submissions[1]}, {"id": submissions[2]}]}])
    );
    let groups = story.get("hanako", query, json!({"id": case})).await;
    assert_eq!(groups["publicCommentCase"]["duplicateGroups"], Value::Null);

    conclude(&story, &case, &submissions).await;
    for name in DOCUMENTS {
        let (status, text) = document(&story, &case, name).await;
        assert_eq!(status, StatusCode::OK, "{name}");
        // Rule 8, whatever the body and the answer repeat.
        for told in ["花子", "川崎　", "川崎 ", "044-111", "南加瀬"] {
            assert!(!text.contains(told), "{name} tells {told}: {text}");
        }
        assert!(text.contains("道が"), "{name}");
    }
    let (_, page) = document(&story, &case, "result").await;
    for block in [
        "自転車通行環境整備計画（案）",
        "2026-05-11から2026-06-09まで（30日間）",
        "意見の提出方法",
        "市政だより、市ホームページ",
        "市ホームページで公表",
        "意見提出数</th><td class=\"number\">3通",
        "（内訳）専用フォーム</th><td class=\"number\">3通",
        "意見総数</th><td class=\"number\">3件",
        "ご意見を踏まえ修正します。",
        "<del>二十</del>",
        "<ins>三十</ins>",
        "変更のもとになった意見：2、3",
    ] {
        assert!(page.contains(block), "{block}: {page}");
    }
    assert!(!page.contains("<script"));
    assert!(!page.contains("意見の提出はありませんでした"));
    let (_, table) = document(&story, &case, "opinions.csv").await;
    assert!(table.starts_with('\u{feff}'));
    assert!(table.contains("\"comment-id\",\"comment-body\",\"source\",\"url\",\"attribute_"));
    assert!(table.contains("\"'=2+3"), "{table}");
    let (_, text) = document(&story, &case, "result.json").await;
    let sheet: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(sheet["period"]["days"], 30);
    assert_eq!(
        (&sheet["submissions"]["total"], &sheet["items"]["total"]),
        (&json!(3), &json!(3))
    );
    assert_eq!(sheet["rows"].as_array().unwrap().len(), 3);
    // What came with an opinion is named by where it is, and not by its name.
    let attached = |number: usize| sheet["opinions"][number]["attachments"].clone();
    assert_eq!(attached(0), json!([]));
    let photo = &attached(1)[0];
    assert_eq!(photo["path"], format!("/files/{PHOTO}"));
    assert_eq!(photo["size"], "図のとおり".len());
    assert_eq!(photo["mediaType"], "text/plain; charset=utf-8");
    assert_eq!(photo["sha256"].as_str().unwrap().len(), 64);
    assert!(table.contains(PHOTO), "{table}");

    // The attachment comes out with its opinion, and no earlier.
    let served = get(&story, "nobody", PHOTO).await;
    assert_eq!(
        (served.status, served.bytes.as_slice()),
        (StatusCode::OK, "図のとおり".as_bytes())
    );

    let query = "{ publicCommentStatistics(fiscalYear: 2026) { caseCount resultCount changedResultCount submissionCount itemCount changedPolicyItemCount changedPolicyShare abandonedCount exemptions { count } } }";
    let year = story.get("nobody", query, json!({})).await;
    assert_eq!(
        year["publicCommentStatistics"],
        json!({
            "caseCount": 1, "resultCount": 1, "changedResultCount": 1,
            "submissionCount": 3, "itemCount": 3, "changedPolicyItemCount": 2,
            "changedPolicyShare": "2/3", "abandonedCount": 0, "exemptions": [],
        })
    );
}

#[tokio::test]
async fn documents_that_were_read_forget_who_was_erased_and_what_was_taken_down() {
    let story = Story::on("2026-05-01").await;
    let case = published(&story).await;
    story.turn_to("2026-05-20");
    let submissions = opinions(&story, &case).await;
    conclude(&story, &case, &submissions).await;
    let holding = async |word: &str| {
        let mut found = Vec::new();
        for name in DOCUMENTS {
            let (status, text) = document(&story, &case, name).await;
            assert_eq!(status, StatusCode::OK, "{name}");
            found.extend(text.contains(word).then_some(name));
        }
        found
    };
    let [_, first, second] = BODIES;
    assert_eq!(holding(first).await, DOCUMENTS);
    assert_eq!(holding(second).await, DOCUMENTS);
    let with_files = ["result.json", "opinions.csv", "opinions.csv?encoding=cp932"];
    assert_eq!(holding(PHOTO).await, with_files);

    let erase = json!({
        "submission": submissions[1], "legalBasis": "個人情報の保護に関する法律第98条",
        "decisionNo": "8川総第5号", "requestedByPerson": true,
    });
    story
        .does("records", "erasePersonalData", erase, "position")
        .await;
    assert_eq!(holding(first).await, [""; 0]);
    assert_eq!(holding(PHOTO).await, [""; 0]);
    assert_eq!(holding(second).await, DOCUMENTS);
    let withdraw = json!({
        "target": submissions[2], "field": "BODY", "legalBasis": "仮処分",
        "decisionNo": "令和8年（ヨ）第1号",
    });
    story
        .does("records", "withdrawPublication", withdraw, "position")
        .await;
    let left = holding(second).await;
    assert!(!left.contains(&"opinions.csv"), "{left:?}");
}

#[tokio::test]
async fn that_nobody_submitted_anything_is_said() {
    let story = Story::on("2026-05-01").await;
    let case = published(&story).await;
    story.turn_to("2026-06-10");
    story
        .does("clerk", "startReview", json!({"case": case}), "position")
        .await;
    let decided = json!({
        "case": case, "outcome": "ADOPTED_AS_DRAFTED", "decidedOn": "2026-06-10",
        "finalPassages": [
            {"key": "1", "heading": "目的", "text": "自転車の通行の安全を図る。"},
            {"key": "2", "heading": "整備", "text": "令和十年度までに二十キロメートルを整備する。"},
        ],
    });
    story
        .does("mayor", "decidePolicy", decided, "position")
        .await;
    let result = json!({"case": case, "reasons": "意見がなかったため、案のとおりとした。"});
    story
        .does("approver", "publishResults", result, "position")
        .await;
    let (_, page) = document(&story, &case, "result").await;
    assert!(page.contains("意見の提出はありませんでした。"), "{page}");
    assert!(page.contains("案からの変更はありません。"));
    let (_, json) = document(&story, &case, "result.json").await;
    let sheet: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(sheet["noSubmissions"], true);
}
