//! Personal data: opened with a reason that stays, and erased for good.

use serde_json::json;

use crate::{
    public_comment::{call, drafted, opinion},
    support::Story,
};

#[tokio::test]
async fn a_look_is_recorded_with_its_reason_and_what_is_erased_is_gone() {
    let story = Story::on("2026-05-01").await;
    let case = drafted(&story).await;
    story
        .does(
            "approver",
            "publishCase",
            call(&case, "2026-06-09"),
            "position",
        )
        .await;
    story.turn_to("2026-05-20");
    let submitted = story
        .does(
            "nobody",
            "submitOpinion",
            opinion(&case, "川辺花子", "駅前から整備してください。"),
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

    // The look stands in the public record.
    let query = "{ personalDataLooks { key count } erasures { key count } }";
    let seen = story.get("nobody", query, json!({})).await;
    assert_eq!(
        seen["personalDataLooks"],
        json!([{"key": "bureau_officer", "count": 1}])
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
        looksAt(subject: $subject) { role reason }
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
        json!([{"role": "bureau_officer", "reason": "内容の確認のため"}])
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
