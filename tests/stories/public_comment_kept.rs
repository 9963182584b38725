//! What a citizen keeps of an opinion proves what was handed in, and only the
//! citizen is given it.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use transparency::VerifierKey;
use verifier::{
    receipt::{self, Kept},
    report::Report,
};

use crate::{
    public_comment::{called, opinion},
    support::Story,
};

const KEPT: &str = "submission { id } repeated position receiptNumber leaf proof
    openings { alg event field salt text bytes }";

/// Checks what was kept as `hiroba-verify receipt` does with the file.
fn check(kept: &Value, keys: &[VerifierKey]) -> Report {
    let kept = Kept::parse(kept.to_string().as_bytes()).unwrap();
    let mut report = receipt::check(&kept.proof, &kept.leaf, keys, None);
    for opening in &kept.openings {
        receipt::check_opening(opening, &kept.leaf, &mut report);
    }
    report
}

fn opened<'a>(kept: &'a Value, field: &str) -> Option<&'a str> {
    let openings = kept["openings"].as_array().unwrap();
    let opening = openings.iter().find(|opening| opening["field"] == field)?;
    opening["text"].as_str()
}

#[tokio::test]
async fn the_answer_to_an_opinion_is_a_file_that_proves_what_was_handed_in() {
    let folder = tempfile::tempdir().unwrap();
    let story = Story::in_folder(folder.path(), "2026-05-01", 1).await;
    let keys = story.sealer().verifiers();
    let case = called(&story).await;
    story.turn_to("2026-05-20");
    let mut input = opinion(&case, "川辺花子", "駅前から整備してください。");
    input["commandId"] = json!(story.command());
    let kept = story
        .does("nobody", "submitOpinion", input.clone(), KEPT)
        .await;
    let report = check(&kept, &keys);
    assert!(report.is_ok(), "{:?}", report.findings());
    assert_eq!(opened(&kept, "body"), Some("駅前から整備してください。"));
    assert!(opened(&kept, "submitter").unwrap().contains("川辺花子"));
    let leaf = STANDARD.decode(kept["leaf"].as_str().unwrap()).unwrap();
    assert!(!String::from_utf8(leaf).unwrap().contains("駅前"));

    // The same is given again to whoever knows the secret, and to nobody else.
    let again = story
        .does("nobody", "submitOpinion", input.clone(), KEPT)
        .await;
    assert_eq!(again["repeated"], true);
    assert_eq!(again["openings"], kept["openings"]);
    input["secret"] = json!("another-secret-that-is-long-enough");
    let query = format!(
        "mutation($input: SubmitOpinionInput!) {{ submitOpinion(input: $input) {{
            ... on SubmitOpinionPayload {{ {KEPT} }} ... on Refusal {{ code }} }} }}"
    );
    let stranger = story.ask("nobody", &query, json!({"input": input})).await;
    assert!(!stranger.to_string().contains("駅前"), "{stranger}");

    // A text that was changed on the way home is found.
    let mut forged = kept.clone();
    for opening in forged["openings"].as_array_mut().unwrap() {
        if opening["field"] == "body" {
            opening["text"] = json!("駅前はそのままにしてください。");
        }
    }
    assert!(!check(&forged, &keys).is_ok());
}

#[tokio::test]
async fn another_text_in_its_place_can_be_proven_by_the_submitter_and_is_not_given_to_officers() {
    let folder = tempfile::tempdir().unwrap();
    let story = Story::in_folder(folder.path(), "2026-05-01", 1).await;
    let keys = story.sealer().verifiers();
    let case = called(&story).await;
    story.turn_to("2026-05-20");
    let first = story
        .does(
            "nobody",
            "submitOpinion",
            opinion(&case, "川辺花子", "駅前から整備してください。"),
            KEPT,
        )
        .await;
    let submission = first["submission"]["id"].clone();
    let secret = "a-secret-that-nobody-can-guess";
    let replacement = |which: Value, body: &str| json!({"submission": which, "opinion": {"passage": "2", "body": body}});
    let by_receipt = json!({"receipt": {"submission": submission, "secret": secret}});
    let kept = story
        .does(
            "nobody",
            "replaceOpinion",
            replacement(by_receipt, "学校の前から整備してください。"),
            KEPT,
        )
        .await;
    let report = check(&kept, &keys);
    assert!(report.is_ok(), "{:?}", report.findings());
    assert_eq!(
        opened(&kept, "body"),
        Some("学校の前から整備してください。")
    );
    assert_ne!(kept["position"], first["position"]);

    let by_officer = story
        .does(
            "operator",
            "replaceOpinion",
            replacement(json!({"id": submission}), "病院の前から整備してください。"),
            KEPT,
        )
        .await;
    assert_eq!(by_officer["openings"], json!([]));
}

#[tokio::test]
async fn what_is_kept_can_be_fetched_again_by_the_submitter_alone() {
    let folder = tempfile::tempdir().unwrap();
    let story = Story::in_folder(folder.path(), "2026-05-01", 1).await;
    let keys = story.sealer().verifiers();
    let case = called(&story).await;
    story.turn_to("2026-05-20");
    let first = story
        .does(
            "nobody",
            "submitOpinion",
            opinion(&case, "川辺花子", "駅前から整備してください。"),
            KEPT,
        )
        .await;
    let submission = first["submission"]["id"].clone();
    let receipt = json!({"submission": submission, "secret": "a-secret-that-nobody-can-guess"});
    let second = story
        .does(
            "nobody",
            "replaceOpinion",
            json!({
                "submission": {"receipt": receipt},
                "opinion": {"passage": "2", "body": "学校の前から整備してください。"},
            }),
            KEPT,
        )
        .await;

    let members = "receiptNumber position leaf proof openings { alg event field salt text bytes }";
    let by_receipt = format!(
        "query($receipt: ReceiptInput!) {{ submissionByReceipt(receipt: $receipt) {{
            kept {{ {members} }} }} }}"
    );
    let asked = story
        .get("nobody", &by_receipt, json!({"receipt": receipt}))
        .await;
    let kept = asked["submissionByReceipt"]["kept"].as_array().unwrap();
    assert_eq!(kept.len(), 2);
    for (again, at_first) in kept.iter().zip([&first, &second]) {
        assert_eq!(again["leaf"], at_first["leaf"]);
        assert_eq!(again["openings"], at_first["openings"]);
        let report = check(again, &keys);
        assert!(report.is_ok(), "{:?}", report.findings());
    }

    let by_id = format!("query($id: ID!) {{ submission(id: $id) {{ kept {{ {members} }} }} }}");
    for other in ["nobody", "hanako", "clerk", "operator", "records"] {
        let seen = story.get(other, &by_id, json!({"id": submission})).await;
        assert_eq!(seen["submission"]["kept"], json!([]), "{other}");
    }
}

#[tokio::test]
async fn whoever_brings_a_receipt_to_the_counter_is_found_by_its_number() {
    let story = Story::on("2026-05-01").await;
    let case = called(&story).await;
    story.turn_to("2026-05-20");
    let mut numbers = Vec::new();
    for name in ["川辺花子", "山手太郎", "多摩一郎"] {
        let input = opinion(&case, name, &format!("{name}の意見です。"));
        let kept = story.does("nobody", "submitOpinion", input, KEPT).await;
        let number = kept["receiptNumber"].as_str().unwrap().to_owned();
        numbers.push((number, kept["submission"]["id"].clone()));
    }
    let query = "query($id: ID!, $number: String!) { publicCommentCase(id: $id) {
        submissionsByReceiptNumber(receiptNumber: $number) { id receiptNumber } } }";
    let asked = async |who: &str, number: &str| {
        let variables = json!({"id": case, "number": number});
        story.ask(who, query, variables).await
    };
    let found =
        |answer: &Value| answer["data"]["publicCommentCase"]["submissionsByReceiptNumber"].clone();
    for (number, id) in &numbers {
        let typed = number.to_lowercase().replace('-', "");
        for (who, number) in [("operator", &typed), ("clerk", number), ("records", number)] {
            let found = found(&asked(who, number).await);
            assert_eq!(found.as_array().map(Vec::len), Some(1), "{who}");
            assert_eq!(found[0]["id"], *id, "{who}");
        }
        assert_eq!(found(&asked("hanako", number).await), Value::Null);
    }
    assert_eq!(found(&asked("operator", "0000-0000").await), json!([]));
    let wrong = asked("operator", "0000-000U").await;
    let error = &wrong["errors"][0];
    assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT");
    assert!(error["message"].as_str().unwrap().contains("7K3M-0QXZ"));
}
