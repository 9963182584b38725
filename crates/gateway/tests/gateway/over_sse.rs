//! Subscriptions as server-sent events.

use axum::http::{StatusCode, header};
use futures::StreamExt;
use gateway::http::{GraphQlSettings, SubscriptionSettings};
use serde_json::json;
use tower::ServiceExt;

use crate::support::{get, post, site};

const STREAM: &str = "text/event-stream";

#[tokio::test]
async fn a_subscription_is_a_stream_of_events_that_ends() {
    let site = site(GraphQlSettings {
        report_cost: false,
        ..GraphQlSettings::default()
    });
    let answer = site
        .send(
            post(json!({ "query": "subscription {count(to: 2)}" }))
                .accept(STREAM)
                .body_of(),
        )
        .await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.header(header::CONTENT_TYPE).starts_with(STREAM));
    assert_eq!(
        answer.text,
        "event: next\ndata: {\"data\":{\"count\":1}}\n\nevent: next\ndata: {\"data\":{\"count\":2}}\n\nevent: complete\ndata:\n\n"
    );
    let over_get = site
        .send(
            get("/graphql?query=subscription%7Bcount(to:1)%7D")
                .accept(STREAM)
                .body_of(),
        )
        .await;
    assert!(over_get.text.ends_with("event: complete\ndata:\n\n"));
}

#[tokio::test]
async fn what_is_refused_is_refused_before_the_stream_begins() {
    let site = site(GraphQlSettings::default());
    for (query, code) in [
        ("subscription {nothing}", "GRAPHQL_VALIDATION_FAILED"),
        (
            "subscription {count(to: 1) again: count(to: 1)}",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        ("subscription {", "GRAPHQL_PARSE_FAILED"),
    ] {
        let answer = site
            .send(post(json!({ "query": query })).accept(STREAM).body_of())
            .await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(
            answer
                .header(header::CONTENT_TYPE)
                .starts_with("application/json")
        );
        assert_eq!(answer.error().0, code);
    }
    let plain = site.query("subscription {count(to: 1)}").await;
    assert_eq!(plain.status, StatusCode::NOT_ACCEPTABLE);
    let mutation = site
        .send(
            get("/graphql?query=mutation%7Bchange%7D")
                .accept(STREAM)
                .body_of(),
        )
        .await;
    assert_eq!(mutation.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test(start_paused = true)]
async fn a_silent_stream_shows_that_it_lives() {
    let site = site(GraphQlSettings::default());
    let request = post(json!({ "query": "subscription {silence}" }))
        .accept(STREAM)
        .body_of();
    let response = site.router.clone().oneshot(request).await.unwrap();
    let mut body = response.into_body().into_data_stream();
    let first = body.next().await.unwrap().unwrap();
    assert!(first.starts_with(b"event: next"));
    for _ in 0..3 {
        assert_eq!(body.next().await.unwrap().unwrap(), ":\n\n");
    }
    drop(body);
    site.all_streams_end().await;
}

#[tokio::test]
async fn there_is_room_for_so_many_streams_and_no_more() {
    let site = site(GraphQlSettings {
        subscriptions: SubscriptionSettings {
            connections: 1,
            ..SubscriptionSettings::default()
        },
        ..GraphQlSettings::default()
    });
    let asking = || {
        post(json!({ "query": "subscription {silence}" }))
            .accept(STREAM)
            .body_of()
    };
    let first = site.router.clone().oneshot(asking()).await.unwrap();
    let second = site.send(asking()).await;
    assert_eq!(second.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(second.error().0, "UNAVAILABLE");
    drop(first);
    let third = site.router.clone().oneshot(asking()).await.unwrap();
    assert_eq!(third.status(), StatusCode::OK);
}

#[tokio::test]
async fn streams_end_with_the_server() {
    let site = site(GraphQlSettings::default());
    let request = post(json!({ "query": "subscription {silence}" }))
        .accept(STREAM)
        .body_of();
    let response = site.router.clone().oneshot(request).await.unwrap();
    let mut body = response.into_body().into_data_stream();
    assert!(body.next().await.is_some());
    site.shutdown.begin();
    assert!(body.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_stream_ends_with_the_token_that_opened_it() {
    let site = site(GraphQlSettings::default());
    let request = post(json!({ "query": "subscription {silence}" }))
        .accept(STREAM)
        .header(header::AUTHORIZATION, "Bearer hanako")
        .body_of();
    let started = tokio::time::Instant::now();
    let two_hours = std::time::Duration::from_secs(7200);
    let answer = tokio::time::timeout(two_hours, site.send(request))
        .await
        .expect("the stream ends");
    assert_eq!(started.elapsed().as_secs(), 3600);
    assert!(answer.text.ends_with(":\n\n"), "{}", answer.text);
}
