//! Personal data: opened with a reason that stays, and erased for good.

use serde_json::json;

use crate::{
    public_comment::{called, opinion},
    support::Story,
};

#[tokio::test]
async fn a_look_is_recorded_with_its_reason_and_what_is_erased_is_gone() {
    let story = Story::on("2026-05-01").await;
    let case = called(&story).await;
    story.turn_to("2026-05-20");
    let submitted = story
        .does(
            "nobody",
            "submitOpinion",
            opinion(&case, "川辺花子", "駅前から整備してください。川辺 花子"),
            "submission { id }",
        )
        .await;
    let submission = submitted["submission"]["id"].clone();

    // Without a reason nobody looks; with one, only what was asked for is shown.
    let look =
        |reason: &str| json!({"submission": submission, "fields": ["CONTACT"], "reason": reason});
    let code = story
        .is_refused("clerk", "openPersonalData", look(" "))
        .await;
    assert_eq!(code, "REASON_REQUIRED");
    let code = story
        .is_refused("mayor", "openPersonalData", look("見たいので"))
        .await;
    assert_eq!(code, "NOT_PERMITTED");
    let opened = story
        .does(
            "clerk",
            "openPersonalData",
            look("内容の確認のため"),
            "name contact position",
        )
        .await;
    assert_eq!(opened["contact"], "044-111-2222");
    assert_eq!(opened["name"], json!(null));

    // What they said is read without knowing whose it is: where it tells, that
    // is blotted out, until somebody gives a reason.
    let read = "query($id: ID!) { submission(id: $id) { body { text blotted } } }";
    let read = |who| story.get(who, read, json!({"id": submission}));
    for who in ["clerk", "approver", "secretariat", "mayor"] {
        let seen = read(who).await;
        assert_eq!(
            seen["submission"]["body"],
            json!({"text": "駅前から整備してください。■■■■■", "blotted": true}),
            "{who}"
        );
    }
    let whole = json!({"submission": submission, "fields": ["BODY"], "reason": "表現の確認のため"});
    let code = story
        .is_refused("operator", "openPersonalData", whole.clone())
        .await;
    assert_eq!(code, "NOT_PERMITTED");
    let opened = story
        .does("mayor", "openPersonalData", whole, "body name contact")
        .await;
    assert_eq!(
        opened,
        json!({
            "__typename": "OpenPersonalDataPayload",
            "body": "駅前から整備してください。川辺 花子", "name": null, "contact": null,
        })
    );
    assert_eq!(read("mayor").await["submission"]["body"]["blotted"], true);

    // The look stands in the public record.
    let query = "{ personalDataLooks { key count } erasures { key count } }";
    let seen = story.get("nobody", query, json!({})).await;
    assert_eq!(
        seen["personalDataLooks"],
        json!([
            {"key": "bureau_officer", "count": 1},
            {"key": "implementing_body", "count": 1},
        ])
    );

    // Erasure: the text opens for nobody, the number stays, and the log says
    // by which law.
    let erased = story
        .does(
            "records",
            "erasePersonalData",
            json!({
                "submission": submission, "legalBasis": "個人情報の保護に関する法律第98条",
                "decisionNo": "8川総第5号", "requestedByPerson": true,
            }),
            "subject position",
        )
        .await;
    let query = "query($id: ID!, $subject: ID!) {
        submission(id: $id) { body { state text } case { counts { submissionCount } } }
        looksAt(subject: $subject) { role reason fields }
        erasures { key count }
    }";
    let variables = json!({"id": submission, "subject": erased["subject"]});
    let seen = story.get("clerk", query, variables).await;
    assert_eq!(
        seen["submission"]["body"],
        json!({"state": "ERASED", "text": null})
    );
    assert_eq!(seen["submission"]["case"]["counts"]["submissionCount"], 1);
    assert_eq!(
        seen["looksAt"],
        json!([
            {"role": "bureau_officer", "reason": "内容の確認のため", "fields": ["CONTACT"]},
            {"role": "implementing_body", "reason": "表現の確認のため", "fields": ["BODY"]},
        ])
    );
    assert_eq!(
        seen["erasures"],
        json!([{"key": "個人情報の保護に関する法律第98条", "count": 1}])
    );
    let code = story
        .is_refused("clerk", "openPersonalData", look("もう一度"))
        .await;
    assert_eq!(code, "ERASED");
}

#[tokio::test]
async fn the_submitter_asks_for_the_erasure_and_the_records_manager_carries_it_out() {
    let story = Story::on("2026-05-01").await;
    let case = called(&story).await;
    story.turn_to("2026-05-20");
    let submit = |who: &'static str, name: &'static str, body: &'static str| {
        let story = &story;
        let input = opinion(&case, name, body);
        async move {
            let submitted = story
                .does(who, "submitOpinion", input, "submission { id }")
                .await;
            submitted["submission"]["id"].clone()
        }
    };
    let by_receipt = submit("nobody", "川辺花子", "駅前から整備してください。").await;
    let by_account = submit("hanako", "川辺花子", "学校の前から整備してください。").await;

    // By the receipt, by the account, and by nobody else.
    let secret = "a-secret-that-nobody-can-guess";
    let receipt = json!({"submission": {"receipt": {"submission": by_receipt, "secret": secret}}});
    let asked = story
        .does(
            "nobody",
            "requestErasure",
            receipt.clone(),
            "subject position",
        )
        .await;
    assert!(asked["position"].is_number());
    let again = story
        .does("nobody", "requestErasure", receipt, "subject position")
        .await;
    assert_eq!(again["subject"], asked["subject"]);
    assert!(again["position"].is_null(), "{again}");
    let account = json!({"submission": {"id": by_account}});
    story
        .does("hanako", "requestErasure", account.clone(), "subject")
        .await;
    let code = story.is_refused("clerk", "requestErasure", account).await;
    assert_eq!(code, "NOT_PERMITTED");

    // The records manager sees who waits, and nobody else does.
    let query = "{ erasureRequests { subject requestedAt byOperator
        submissions { id receiptNumber body { state } } } }";
    let waiting = story.get("records", query, json!({})).await;
    let waiting = waiting["erasureRequests"].as_array().unwrap().clone();
    assert_eq!(waiting.len(), 2);
    assert_eq!(waiting[0]["subject"], asked["subject"]);
    assert_eq!(waiting[0]["submissions"][0]["id"], by_receipt);
    assert!(waiting[0]["submissions"][0]["receiptNumber"].is_string());
    for other in ["clerk", "approver", "operator", "hanako", "nobody"] {
        let answer = story.ask(other, query, json!({})).await;
        let code = &answer["errors"][0]["extensions"]["code"];
        let expected = match other {
            "nobody" => "UNAUTHENTICATED",
            _ => "FORBIDDEN",
        };
        assert_eq!(code, expected, "{other}: {answer}");
    }

    // It is carried out, and waits no more.
    story
        .does(
            "records",
            "erasePersonalData",
            json!({
                "submission": by_receipt, "legalBasis": "個人情報の保護に関する法律第98条",
                "decisionNo": "8川総第6号", "requestedByPerson": true,
            }),
            "subject",
        )
        .await;
    let waiting = story.get("records", query, json!({})).await;
    assert_eq!(waiting["erasureRequests"].as_array().unwrap().len(), 1);
    let own = story
        .get(
            "hanako",
            "{ ownSubmissions { id erasureRequestedAt body { state } } }",
            json!({}),
        )
        .await;
    assert!(own["ownSubmissions"][0]["erasureRequestedAt"].is_string());
    assert_eq!(own["ownSubmissions"][0]["body"]["state"], "READABLE");
}
