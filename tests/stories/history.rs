//! The history of objects: who did what, when and under which rule, with its
//! place in the log and its receipt.

use serde_json::{Value, json};
use tempfile::TempDir;
use transparency::receipt::Receipt;

use crate::{
    public_comment::{call, content, opinion},
    support::Story,
};

/// A case that takes opinions, on 12 May.
pub(crate) async fn open_case(story: &Story) -> String {
    let input = json!({"content": content()});
    let drafted = story.does("clerk", "draftCase", input, "case { id }").await;
    let case = drafted["case"]["id"].as_str().unwrap().to_owned();
    story
        .does(
            "approver",
            "publishCase",
            call(&case, "2026-06-30"),
            "position",
        )
        .await;
    story.turn_to("2026-05-12");
    case
}

const HISTORY: &str = "query($of: ObjectInput!, $skip: Int = 0, $first: Int = 100) {
    history(of: $of, skip: $skip, first: $first) {
        position kind stream version actor role recordedAt legalDate basis
        ordinance { version institution parameters } leaf receipt
    }
}";

async fn history(story: &Story, of: Value) -> Vec<Value> {
    let mut answer = story.get("nobody", HISTORY, json!({"of": of})).await;
    let mut entries = answer["history"].take();
    entries.as_array_mut().unwrap().drain(..).collect()
}

/// What happened, and in which role.
fn told<'a>(entries: &'a [Value]) -> Vec<(&'a str, &'a str)> {
    let text = |entry: &'a Value, name: &str| entry[name].as_str().unwrap();
    entries
        .iter()
        .map(|entry| (text(entry, "kind"), text(entry, "role")))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_object_tells_who_did_what_under_which_rule_and_proves_it() {
    let folder = TempDir::new().unwrap();
    let story = Story::in_folder(folder.path(), "2026-05-01", 1).await;
    let case = open_case(&story).await;
    let mut submissions = Vec::new();
    for (name, body) in [("花子", "一点目。二点目。"), ("太郎", "三点目。")] {
        let input = opinion(&case, name, body);
        let told = story
            .does("nobody", "submitOpinion", input, "submission { id }")
            .await;
        submissions.push(told["submission"]["id"].clone());
    }
    story.turn_to("2026-07-01");
    story
        .does("clerk", "startReview", json!({"case": case}), "position")
        .await;
    let mut items = Vec::new();
    for (submission, parts) in submissions.iter().zip([vec![(0, 4), (4, 8)], vec![(0, 4)]]) {
        let parts: Vec<_> = parts
            .iter()
            .map(|(from, to)| json!({"summary": format!("要旨{from}"), "spans": [{"from": from, "to": to}]}))
            .collect();
        let input = json!({"submission": submission, "items": parts});
        let done = story
            .does(
                "clerk",
                "itemizeSubmission",
                input,
                "submission { items { id } }",
            )
            .await;
        let made = done["submission"]["items"].as_array().unwrap();
        items.extend(made.iter().map(|item| item["id"].clone()));
    }
    let input = json!({"case": case, "items": [items[0], items[2]], "title": "道のこと"});
    let grouped = story
        .does("clerk", "groupItems", input, "case { groups { id } }")
        .await;
    let group = &grouped["case"]["groups"][0]["id"];
    let respond = async |target: Value| {
        let input = json!({"case": case, "target": target, "category": "D", "response": "考え方"});
        story
            .does("clerk", "assignResponse", input, "position")
            .await;
    };
    respond(json!({"group": group})).await;
    respond(json!({"items": [items[1]]})).await;
    let input = json!({"case": case, "group": group});
    story.does("clerk", "ungroupItems", input, "position").await;
    let input = json!({"case": case, "target": {"items": [items[0]]}});
    story
        .does("clerk", "revokeResponse", input, "position")
        .await;
    story.sealer().seal().await.unwrap();

    let of_case = history(&story, json!({"id": case})).await;
    let (submitted, itemized) = (
        ("opinion_submitted", "citizen"),
        ("submission_itemized", "bureau_officer"),
    );
    let (assigned, revoked) = (
        ("response_assigned", "bureau_officer"),
        ("response_revoked", "bureau_officer"),
    );
    let (grouped, ungrouped) = (
        ("items_grouped", "bureau_officer"),
        ("items_ungrouped", "bureau_officer"),
    );
    assert_eq!(
        told(&of_case),
        [
            ("case_drafted", "bureau_officer"),
            ("case_published", "approver"),
            submitted,
            submitted,
            ("case_closed", "bureau_officer"),
            ("review_started", "bureau_officer"),
            itemized,
            itemized,
            grouped,
            assigned,
            assigned,
            ungrouped,
            revoked,
        ]
    );
    let by_stream = json!({"stream": format!("public_comment/{case}")});
    assert_eq!(history(&story, by_stream).await, of_case);
    let of_submission = history(&story, json!({"id": submissions[0]})).await;
    assert_eq!(told(&of_submission), [submitted, itemized]);
    // An item is answered with its group, until that is taken apart.
    let of_item = history(&story, json!({"id": items[0]})).await;
    assert_eq!(
        told(&of_item),
        [itemized, grouped, assigned, ungrouped, revoked]
    );
    let of_other = history(&story, json!({"id": items[1]})).await;
    assert_eq!(told(&of_other), [itemized, assigned]);

    let keys = story.sealer().verifiers();
    for entry in &of_case {
        let leaf = entry["leaf"].as_str().unwrap();
        let proof = entry["receipt"].as_str().unwrap();
        let receipt = Receipt::parse(proof.as_bytes()).unwrap();
        receipt.verify(leaf.as_bytes(), &keys, None).unwrap();
        assert_eq!(entry["position"], json!(receipt.index));
        // The rule, as it was when it was decided.
        assert_ne!(entry["basis"], "", "{entry}");
        assert!(entry["actor"].as_str().unwrap().contains('_'), "{entry}");
        assert_eq!(entry["ordinance"]["version"], entry["basis"]);
        assert_eq!(entry["ordinance"]["institution"], "public_comment");
        assert!(entry["ordinance"]["parameters"].is_object());
    }
    // The ordinance has a history too, under no rule above it.
    let of_rules = history(&story, json!({"stream": "ordinance/public_comment"})).await;
    assert_eq!(told(&of_rules)[0].0, "ordinance_enacted");
    assert_eq!(of_rules[0]["ordinance"], Value::Null);

    // Page by page, and as of an earlier moment.
    for (of, whole) in [
        (json!({"id": case}), &of_case),
        (json!({"id": items[0]}), &of_item),
    ] {
        let mut read = Vec::new();
        for skip in (0..whole.len() + 2).step_by(2) {
            let variables = json!({"of": of, "skip": skip, "first": 2});
            let answer = story.get("nobody", HISTORY, variables).await;
            read.extend(answer["history"].as_array().unwrap().iter().cloned());
        }
        assert_eq!(&read, whole);
    }
    let earlier = "query($at: LogPosition!, $of: ObjectInput!) {
        cityAsOf(moment: {position: $at}) { history(of: $of) { position } }
    }";
    let at = &of_item[2]["position"];
    let answer = story
        .get("nobody", earlier, json!({"at": at, "of": {"id": items[0]}}))
        .await;
    let seen = answer["cityAsOf"]["history"].as_array().unwrap();
    assert_eq!((seen.len(), &seen[2]["position"]), (3, at));

    // What has no history says so.
    for (id, code) in [
        ("file_01KQ0000000000000000PRAN00", "BAD_USER_INPUT"),
        ("case_x", "BAD_USER_INPUT"),
    ] {
        let answer = story
            .ask("nobody", HISTORY, json!({"of": {"id": id}}))
            .await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{answer}");
    }
    let unknown = json!({"id": "item_01KQ0000000000000000000000"});
    assert_eq!(history(&story, unknown).await, Vec::<Value>::new());
    story.stop().await;
}
