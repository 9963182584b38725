//! A text that repeats what tells who a submitter is: the submitter may write
//! it, and nobody publishes it or writes it into the log.

use serde_json::{Value, json};

use crate::{
    public_comment::{called, content, opinion},
    support::Story,
};

const CHANGE: &str = "change_01KQ0000000000000000CHNGE0";
const REPEATED: &str = "PERSONAL_DATA_REPEATED";

async fn submitted(story: &Story, who: &str, mutation: &str, input: Value) -> String {
    let done = story.does(who, mutation, input, "submission { id }").await;
    done["submission"]["id"].as_str().unwrap().to_owned()
}

fn split(submission: &str, body: &str, summary: &str) -> Value {
    let spans = [json!({"from": 0, "to": body.chars().count()})];
    json!({"submission": submission, "items": [{"summary": summary, "spans": spans}]})
}

#[tokio::test]
async fn whoever_writes_about_submissions_writes_who_submitted_them_nowhere() {
    let story = Story::on("2026-05-01").await;
    let case = called(&story).await;
    story.turn_to("2026-05-20");

    // Nobody is turned down for what they say of themselves: on the web, on
    // paper, or in a text that stands in the place of another.
    let bodies = [
        "駅前から整備してください。川辺 花子",
        "歩道と分けてください。多摩一郎",
        "返事は０４４－１１１－２２２２まで。",
    ];
    let hanako = opinion(&case, "川辺花子", bodies[0]);
    let hanako = submitted(&story, "nobody", "submitOpinion", hanako).await;
    let on_paper = json!({
        "case": case, "channel": "POST", "receivedOn": "2026-05-20", "postmarkedOn": "2026-05-19",
        "opinion": {"body": bodies[1]},
        "submitter": {"kind": "INDIVIDUAL", "name": "多摩一郎"},
    });
    let ichiro = submitted(&story, "operator", "enterOpinion", on_paper).await;
    let taro = opinion(&case, "山手太郎", "予算が足りません。");
    let taro = submitted(&story, "taro", "submitOpinion", taro).await;
    let replaced = json!({"submission": {"id": taro}, "opinion": {"body": bodies[2]}});
    let replaced = submitted(&story, "taro", "replaceOpinion", replaced).await;
    assert_eq!(replaced, taro);

    // None of it is published as it came, and not half left out either.
    story.turn_to("2026-06-12");
    story
        .does("clerk", "startReview", json!({"case": case}), "position")
        .await;
    let screening = |submission: &str, text: Option<&str>| {
        json!({"case": case, "screenings": [{
            "submission": submission, "redactedText": text, "reasons": ["PERSONAL_DATA"],
        }]})
    };
    let half = "■ 電話は044-111-2222です。花子の川辺花子";
    for (submission, telling) in [
        (&hanako, None),
        (&ichiro, None),
        (&taro, None),
        (&hanako, Some(half)),
    ] {
        let input = screening(submission, telling);
        let code = story.is_refused("clerk", "screenOpinions", input).await;
        assert_eq!(code, "REDACTION_REQUIRED", "{submission}");
    }
    for submission in [&hanako, &ichiro, &taro] {
        let input = screening(submission, Some("一部を除いた意見。"));
        story
            .does("clerk", "screenOpinions", input, "position")
            .await;
    }

    // What the city writes about it is turned down: points, groups, answers.
    let mut items = Vec::new();
    for ((submission, body), telling) in [&hanako, &ichiro, &taro].into_iter().zip(bodies).zip([
        "川辺花子さんの要望",
        "多摩　一郎氏の要望",
        "山手太郎の要望",
    ]) {
        let input = split(submission, body, telling);
        let code = story.is_refused("clerk", "itemizeSubmission", input).await;
        assert_eq!(code, REPEATED, "{telling}");
        let done = story
            .does(
                "clerk",
                "itemizeSubmission",
                split(submission, body, "整備の順番"),
                "submission { items { id } }",
            )
            .await;
        items.push(done["submission"]["items"][0]["id"].clone());
    }
    let group = |group: Option<&str>, members: &[&Value], title: &str| {
        let mut input = json!({"case": case, "items": members, "title": title});
        if let Some(group) = group {
            input["group"] = json!(group);
        }
        input
    };
    let both = [&items[0], &items[1]];
    let telling = group(None, &both, "多摩一郎さんほかの意見");
    let code = story.is_refused("clerk", "groupItems", telling).await;
    assert_eq!(code, REPEATED);
    let named = format!("group_{}", story.command());
    let first = group(Some(&named), &both[..1], "整備の順番");
    story.does("clerk", "groupItems", first, "position").await;
    // The title is that of those who are in the group already, too.
    let telling = group(Some(&named), &both[1..], "川辺花子さんほかの意見");
    let code = story.is_refused("clerk", "groupItems", telling).await;
    assert_eq!(code, REPEATED);
    let second = group(Some(&named), &both[1..], "整備の順番");
    story.does("clerk", "groupItems", second, "position").await;

    let answer = |target: Value, response: &str| {
        json!({
            "case": case, "target": target, "category": "A", "response": response,
            "changedPolicy": true, "changes": [CHANGE],
        })
    };
    let targets = [json!({"group": named}), json!({"items": [items[2]]})];
    for (target, telling) in targets
        .iter()
        .zip(["多摩一郎様の御意見", "ヤマテ様・山手太郎様"])
    {
        let input = answer(target.clone(), telling);
        let code = story.is_refused("clerk", "assignResponse", input).await;
        assert_eq!(code, REPEATED, "{telling}");
        // Another's name is a word like any other.
        let input = answer(target.clone(), "海野三郎の著書のとおりです。");
        story
            .does("clerk", "assignResponse", input, "position")
            .await;
    }

    // The reasons of a change, published with it.
    story.turn_to("2026-07-01");
    let mut passages = content()["passages"].clone();
    passages[1]["text"] = json!("令和十年度までに三十キロメートルを整備する。");
    let decision = json!({
        "case": case, "outcome": "ADOPTED_WITH_CHANGES", "decidedOn": "2026-07-01",
        "finalPassages": passages,
        "changes": [{
            "id": CHANGE, "passage": "2", "text": passages[1]["text"], "items": [items[2]],
            "groups": [named],
        }],
    });
    story
        .does("mayor", "decidePolicy", decision, "position")
        .await;
    story.turn_to("2026-07-10");
    let publish = |reason: &str| {
        json!({
            "case": case, "reasons": "御意見を踏まえました。",
            "changeReasons": [{"id": CHANGE, "reason": reason}],
        })
    };
    for telling in ["多摩一郎氏の指摘による", "山手太郎氏の指摘による"] {
        let code = story
            .is_refused("approver", "publishResults", publish(telling))
            .await;
        assert_eq!(code, REPEATED, "{telling}");
    }
    story
        .does(
            "approver",
            "publishResults",
            publish("指摘による"),
            "position",
        )
        .await;

    // Words that stand in clear in the log, from which nothing is erased.
    let telling = "川辺花子さんからの申出";
    let hide = |note: &str| json!({"submission": hanako, "reason": "OFF_TOPIC", "note": note});
    let reason = |reason: &str| json!({"submission": hanako, "reason": reason});
    let take_down = |legal_basis: &str, decision_no: &str| {
        json!({
            "target": hanako, "field": "BODY", "legalBasis": legal_basis,
            "decisionNo": decision_no,
        })
    };
    let of_item = json!({
        "target": items[0], "field": "SUMMARY", "legalBasis": telling, "decisionNo": "1",
    });
    let look =
        |reason: &str| json!({"submission": hanako, "fields": ["CONTACT"], "reason": reason});
    let erase = |legal_basis: &str, decision_no: &str| {
        json!({
            "submission": hanako, "legalBasis": legal_basis, "decisionNo": decision_no,
            "requestedByPerson": true,
        })
    };
    let refused = |who, mutation, input| {
        let story = &story;
        async move {
            let code = story.is_refused(who, mutation, input).await;
            assert_eq!(code, REPEATED, "{mutation}");
        }
    };
    refused("clerk", "openPersonalData", look(telling)).await;
    refused("secretariat", "hideOpinion", hide(telling)).await;
    story
        .does("secretariat", "hideOpinion", hide("無関係"), "position")
        .await;
    refused("secretariat", "reverseHiding", reason(telling)).await;
    let appeal = json!({
        "submission": {"receipt": {
            "submission": hanako, "secret": "a-secret-that-nobody-can-guess",
        }},
        "statement": "川辺花子です。関係があります。",
    });
    story
        .does("nobody", "appealHiding", appeal, "position")
        .await;
    refused("approver", "upholdHiding", reason(telling)).await;
    refused("records", "withdrawPublication", take_down(telling, "1")).await;
    refused("records", "withdrawPublication", take_down("法", telling)).await;
    refused("records", "withdrawPublication", of_item).await;
    refused("records", "erasePersonalData", erase(telling, "1")).await;
    refused("records", "erasePersonalData", erase("法", telling)).await;
    let size = story.city().desk.city().size;
    let log = story
        .city()
        .desk
        .store
        .read_all(event_store::Position(0), 1_000);
    let log = log.await.unwrap();
    assert_eq!(log.len() as u64, size.0);
    for event in log {
        let leaf = String::from_utf8(event.payload.to_vec()).unwrap();
        for name in ["川辺", "花子", "多摩一郎", "山手太郎", "111-2222"] {
            assert!(!leaf.contains(name), "{name} stands in {leaf}");
        }
    }
}
