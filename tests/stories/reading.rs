//! Reading: lists that stay right while rows are added, and one's own writes.

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use event_store::{Append, CommandId, Expected, NewEvent, Position, StreamWrite};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::{public_comment::content, support::Story};

const CASES: &str = "query($after: String) { publicCommentCases(first: 1, after: $after) {
    totalCount edges { cursor node { id } } pageInfo { hasNextPage }
} }";

async fn draft(story: &Story) -> String {
    let input = json!({"content": content()});
    let drafted = story.does("clerk", "draftCase", input, "case { id }").await;
    drafted["case"]["id"].as_str().unwrap().to_owned()
}

/// A case that becomes public without further ado.
async fn exempt(story: &Story, case: &str) -> Value {
    let input = json!({"case": case, "code": "MINOR", "reason": "軽微な変更のため"});
    story
        .does("approver", "declareExemption", input, "position")
        .await;
    let input = json!({
        "case": case, "title": {"ja": "要綱の一部改正"},
        "reason": "軽微な変更のため", "policyFixedOn": "2026-05-01",
    });
    story
        .does("approver", "publishExemption", input, "position")
        .await
}

#[tokio::test]
async fn cursors_of_cases_tell_nothing_of_drafts_and_survive_new_rows() {
    let story = Story::on("2026-05-01").await;
    let (first, second, third) = (
        draft(&story).await,
        draft(&story).await,
        draft(&story).await,
    );
    // Published in another order than drafted.
    exempt(&story, &second).await;
    exempt(&story, &first).await;
    let page = story.get("nobody", CASES, json!({})).await;
    let page = &page["publicCommentCases"];
    assert_eq!(page["totalCount"], 2);
    assert_eq!(page["edges"][0]["node"]["id"], json!(first));
    let cursor = page["edges"][0]["cursor"].clone();
    let next = story.get("nobody", CASES, json!({"after": cursor})).await;
    assert_eq!(
        next["publicCommentCases"]["edges"][0]["node"]["id"],
        json!(second)
    );

    // Drafts change nothing of what outsiders see, and neither do newer cases
    // of what lies behind a cursor.
    draft(&story).await;
    let again = story.get("nobody", CASES, json!({})).await;
    assert_eq!(&again["publicCommentCases"], page);
    exempt(&story, &third).await;
    let after = story.get("nobody", CASES, json!({"after": cursor})).await;
    assert_eq!(
        after["publicCommentCases"]["edges"],
        next["publicCommentCases"]["edges"]
    );

    // Officers see the drafts, in the order of drafting.
    let seen = story.get("clerk", CASES, json!({})).await;
    assert_eq!(seen["publicCommentCases"]["totalCount"], 4);
    let behind = json!({"after": seen["publicCommentCases"]["edges"][0]["cursor"]});
    let seen = story.get("clerk", CASES, behind).await;
    assert_eq!(
        seen["publicCommentCases"]["edges"][0]["node"]["id"],
        json!(third)
    );
    let wrong = story.ask("nobody", CASES, json!({"after": "AAAA"})).await;
    assert_eq!(wrong["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
}

#[tokio::test]
async fn whoever_recorded_something_reads_it_from_its_position_on() {
    let story = Story::on("2026-05-01").await;
    let case = draft(&story).await;
    let recorded = exempt(&story, &case).await;
    let query = "query($at: LogPosition!, $id: ID!) {
        cityAtLeast(position: $at) { publicCommentCase(id: $id) { phase } }
    }";
    let position = recorded["position"].clone();
    let read = story
        .get("nobody", query, json!({"at": position, "id": case}))
        .await;
    assert_eq!(
        read["cityAtLeast"]["publicCommentCase"]["phase"],
        "EXEMPTED"
    );
    let future = json!({"at": 1_000_000, "id": case});
    let refused = story.ask("nobody", query, future).await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    let message = refused["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("位置1000000"), "{message}");
}

#[tokio::test]
async fn an_event_that_cannot_be_folded_makes_the_city_unready_and_hides_nothing_old() {
    let story = Story::on("2026-05-01").await;
    let case = draft(&story).await;
    exempt(&story, &case).await;
    let health = gateway::http::health(story.city().readiness());
    let ready = || {
        let request = Request::get("/readyz").body(Body::empty()).unwrap();
        health.clone().oneshot(request)
    };
    assert_eq!(ready().await.unwrap().status(), StatusCode::OK);

    let desk = &story.city().desk;
    let strange = Append {
        command: CommandId(ulid::Ulid(7)),
        writes: vec![StreamWrite {
            stream: "observatory/1".parse().unwrap(),
            expected: Expected::None,
            events: vec![NewEvent {
                payload: "{}".into(),
                envelope: axum::body::Bytes::new(),
            }],
        }],
    };
    desk.store.append(strange).await.unwrap();
    let position = Position(desk.store.size().0 - 1);
    assert!(story.city().reader().at_least(position).await.is_err());

    let unready = ready().await.unwrap();
    assert_eq!(unready.status(), StatusCode::SERVICE_UNAVAILABLE);
    let reason = to_bytes(unready.into_body(), 1 << 16).await.unwrap();
    let reason = String::from_utf8(reason.to_vec()).unwrap();
    assert!(
        reason.contains(&format!("at {position} events")),
        "{reason}"
    );
    let page = story.get("nobody", CASES, json!({})).await;
    assert_eq!(page["publicCommentCases"]["totalCount"], 1);

    // Whoever waits for what cannot be folded is told so, and so is whoever
    // recorded something: it is recorded.
    let query = "query($at: LogPosition!) { cityAtLeast(position: $at) { __typename } }";
    let at = json!({"at": position.0});
    let answer = story.ask("nobody", query, at).await;
    assert_eq!(
        answer["errors"][0]["extensions"]["code"], "UNAVAILABLE",
        "{answer:#}"
    );
    let draft = "mutation($input: DraftCaseInput!) { draftCase(input: $input) { __typename } }";
    let input = json!({"input": {"commandId": story.command(), "content": content()}});
    let answer = story.ask("clerk", draft, input).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAVAILABLE");
    assert_eq!(desk.store.size(), position.next().size());
}
