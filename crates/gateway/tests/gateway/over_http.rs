//! GraphQL over HTTP: what the letter of it asks beyond the audit suite.

use axum::http::{Request, StatusCode, header};
use gateway::http::{DocumentPolicy, GraphQlSettings, Limits, Manifest, StatusPolicy, document_id};
use serde_json::json;

use crate::support::{get, post, site, site_with};

const RESPONSE: &str = "application/graphql-response+json";

#[tokio::test]
async fn a_mutation_over_get_is_refused_with_the_method_that_is_allowed() {
    let site = site(GraphQlSettings::default());
    let answer = site
        .send(get("/graphql?query=mutation%7Bchange%7D").body_of())
        .await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer.header(header::ALLOW), "POST");
    let answer = site
        .send(
            get("/graphql?query=query%20A%7Bhello%7D%20mutation%20B%7Bchange%7D&operationName=A")
                .body_of(),
        )
        .await;
    assert_eq!(answer.json()["data"], json!({ "hello": "hello world" }));
    let answer = site
        .send(
            get("/graphql?query=query%20A%7Bhello%7D%20mutation%20B%7Bchange%7D&operationName=B")
                .body_of(),
        )
        .await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    let answer = site
        .send(
            Request::delete("/graphql")
                .body(Default::default())
                .unwrap(),
        )
        .await;
    assert_eq!(
        (answer.status, answer.header(header::ALLOW)),
        (StatusCode::METHOD_NOT_ALLOWED, "GET, POST")
    );
}

#[tokio::test]
async fn what_a_form_of_another_site_could_send_is_not_read() {
    let site = site(GraphQlSettings::default());
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ] {
        let request = Request::post("/graphql")
            .header(header::CONTENT_TYPE, content_type)
            .body(r#"{"query":"mutation{change}"}"#.into())
            .unwrap();
        let answer = site.send(request).await;
        assert_eq!(
            answer.status,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "{content_type}"
        );
        assert_eq!(answer.error().0, "BAD_USER_INPUT");
    }
}

#[tokio::test]
async fn a_body_that_is_too_long_and_a_media_type_that_we_lack_are_refused() {
    let site = site(GraphQlSettings {
        max_body_bytes: 100,
        ..GraphQlSettings::default()
    });
    let answer = site
        .post(json!({ "query": "{hello}", "x": "x".repeat(100) }))
        .await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let answer = site
        .send(
            post(json!({ "query": "{hello}" }))
                .accept("text/html")
                .body_of(),
        )
        .await;
    assert_eq!(answer.status, StatusCode::NOT_ACCEPTABLE);
}

#[tokio::test]
async fn a_batch_is_not_answered() {
    let site = site(GraphQlSettings::default());
    let answer = site.post(json!([{ "query": "{hello}" }])).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.error().1.contains("batches"));
}

#[tokio::test]
async fn an_error_of_the_request_has_no_data_and_one_of_a_field_has_its_path() {
    let site = site(GraphQlSettings::default());
    let refused = site
        .send(
            post(json!({ "query": "{nothing}" }))
                .accept(RESPONSE)
                .body_of(),
        )
        .await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert_eq!(refused.error().0, "GRAPHQL_VALIDATION_FAILED");
    assert!(refused.json().get("data").is_none());

    let partial = site
        .send(
            post(json!({ "query": "{hello nowhere}" }))
                .accept(RESPONSE)
                .body_of(),
        )
        .await;
    assert_eq!(partial.status, StatusCode::OK);
    assert_eq!(
        partial.json()["data"],
        json!({ "hello": "hello world", "nowhere": null })
    );
    assert_eq!(partial.json()["errors"][0]["path"], json!(["nowhere"]));
    assert_eq!(partial.error().0, "NOT_FOUND");

    let null = site
        .send(
            post(json!({ "query": "{hello required}" }))
                .accept(RESPONSE)
                .body_of(),
        )
        .await;
    assert_eq!(null.status, StatusCode::OK);
    assert_eq!(null.json().get("data"), Some(&json!(null)));
    assert_eq!(
        null.error(),
        ("CONFLICT".into(), "somebody else was faster".into())
    );
}

#[tokio::test]
async fn the_draft_of_2026_tells_more_by_status() {
    let site = site(GraphQlSettings {
        http_status: StatusPolicy::Draft202608,
        ..GraphQlSettings::default()
    });
    for media in [RESPONSE, "application/json"] {
        let status = async |query: &str| {
            site.send(post(json!({ "query": query })).accept(media).body_of())
                .await
                .status
                .as_u16()
        };
        assert_eq!(status("{hello}").await, 200);
        assert_eq!(status("{hello nowhere}").await, 294);
        assert_eq!(status("{nothing}").await, 422);
        assert_eq!(status("{").await, 400);
        assert_eq!(status("query A {hello} query B {hello}").await, 422);
    }
    let answer = site.post(json!({ "query": 1 })).await;
    assert_eq!(answer.status.as_u16(), 422);
}

#[tokio::test]
async fn an_internal_error_shows_its_number_and_never_its_text() {
    let site = site(GraphQlSettings::default());
    for query in ["{broken}", "{panics}"] {
        let answer = site
            .send(
                post(json!({ "query": query }))
                    .header(gateway::http::REQUEST_ID, "r-1")
                    .body_of(),
            )
            .await;
        assert_eq!(answer.error().0, "INTERNAL", "{query}");
        assert_eq!(answer.json()["errors"][0]["extensions"]["requestId"], "r-1");
        assert_eq!(answer.header(gateway::http::REQUEST_ID), "r-1");
        assert!(
            !answer.text.contains("secret") && !answer.text.contains("fault"),
            "{}",
            answer.text
        );
    }
}

#[tokio::test]
async fn messages_are_in_the_language_of_the_client() {
    let site = site(GraphQlSettings::default());
    let japanese = Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .body(r#"{"query":"{required}"}"#.into())
        .unwrap();
    assert_eq!(
        site.send(japanese).await.error().1,
        "他の人が先に変更しました"
    );
    assert_eq!(
        site.query("{required}").await.error().1,
        "somebody else was faster"
    );
}

#[tokio::test]
async fn a_number_that_does_not_fit_is_the_clients_mistake() {
    let site = site(GraphQlSettings::default());
    let answer = site.query("{length(value: 3000000000)}").await;
    assert_ne!(answer.error().0, "INTERNAL", "{}", answer.text);
    let answer = site
        .post(json!({ "query": "query($v: Int!) {length(value: $v)}", "variables": { "v": "x" } }))
        .await;
    assert_eq!(answer.error().0, "GRAPHQL_VALIDATION_FAILED");
}

#[tokio::test]
async fn the_cost_is_told_and_too_much_is_refused_before_anything_is_resolved() {
    let site = site(GraphQlSettings {
        limits: Limits {
            cost: 500,
            ..Limits::default()
        },
        ..GraphQlSettings::default()
    });
    let answer = site
        .query("{items(first: 50) {totalCount nodes {title}}}")
        .await;
    // items, totalCount, nodes, and fifty titles.
    assert_eq!(
        answer.json()["extensions"]["cost"],
        json!({ "requested": 53, "limit": 500 })
    );
    let paged = json!({ "query": "query($n: Int = 5) {items(first: $n) {nodes {title tags}}}" });
    assert_eq!(
        site.post(paged.clone()).await.json()["extensions"]["cost"]["requested"],
        12
    );
    let mut more = paged;
    more["variables"] = json!({ "n": 250 });
    let answer = site.post(more).await;
    assert_eq!(answer.error().0, "COST_LIMIT");
    assert_eq!(
        answer.json()["errors"][0]["extensions"]["cost"],
        json!({ "requested": 502, "limit": 500 })
    );
    let fragments = "{again {...F}} fragment F on Query {items(first: 10) {...P}} fragment P on Page {nodes {title}}";
    assert_eq!(
        site.query(fragments).await.json()["extensions"]["cost"]["requested"],
        13
    );
    assert_eq!(
        site.query("mutation {change}").await.json()["extensions"]["cost"]["requested"],
        11
    );
}

#[tokio::test]
async fn introspection_can_be_switched_off() {
    let on = site(GraphQlSettings::default());
    let answer = on.query("{__schema {queryType {name}}}").await;
    assert_eq!(
        answer.json()["data"]["__schema"]["queryType"]["name"],
        "Query"
    );
    let off = site(GraphQlSettings {
        introspection: false,
        ..GraphQlSettings::default()
    });
    assert_eq!(
        off.query("{__schema {queryType {name}}}").await.error().0,
        "GRAPHQL_VALIDATION_FAILED"
    );
    assert_eq!(
        off.query("{__typename}").await.json()["data"]["__typename"],
        "Query"
    );
}

#[tokio::test]
async fn documents_of_the_manifest_are_asked_for_by_id() {
    let text = "query Greeting { hello }";
    let id = document_id(text);
    let manifest = || {
        Manifest::read(
            json!({ id.clone(): text }).to_string().as_bytes(),
            &Limits::default(),
        )
        .unwrap()
    };
    let only = site_with(
        GraphQlSettings {
            documents: DocumentPolicy::ManifestOnly,
            ..GraphQlSettings::default()
        },
        manifest(),
    );
    let known = json!({ "documentId": id, "operationName": "Greeting" });
    assert_eq!(
        only.post(known.clone()).await.json()["data"]["hello"],
        "hello world"
    );
    assert_eq!(
        only.query(text).await.json()["data"]["hello"],
        "hello world"
    );
    assert_eq!(
        only.query("{hello}").await.error().0,
        "PERSISTED_DOCUMENT_NOT_FOUND"
    );
    let unknown = json!({ "documentId": document_id("{hello}") });
    assert_eq!(
        only.post(unknown).await.error().0,
        "PERSISTED_DOCUMENT_NOT_FOUND"
    );
    let both = json!({ "documentId": id, "query": text });
    assert_eq!(only.post(both).await.status, StatusCode::BAD_REQUEST);
    let address = format!("/graphql?documentId={id}");
    assert_eq!(
        only.send(get(&address).body_of()).await.json()["data"]["hello"],
        "hello world"
    );

    let first_party = GraphQlSettings {
        documents: DocumentPolicy::ManifestForFirstParty,
        first_party_origins: vec!["https://hiroba.example".into()],
        ..GraphQlSettings::default()
    };
    let mixed = site_with(first_party, manifest());
    let ad_hoc = || post(json!({ "query": "{hello}" }));
    assert_eq!(
        mixed.send(ad_hoc().body_of()).await.json()["data"]["hello"],
        "hello world"
    );
    let ours = ad_hoc().header(header::ORIGIN, "https://hiroba.example");
    assert_eq!(
        mixed.send(ours.body_of()).await.error().0,
        "PERSISTED_DOCUMENT_NOT_FOUND"
    );
}

#[tokio::test]
async fn a_client_may_teach_a_document_where_that_is_switched_on() {
    let text = "{hello}";
    let hash = document_id(text).replace("sha256:", "");
    let extensions = json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } });
    let by_hash = json!({ "extensions": extensions });
    let teaching = json!({ "query": text, "extensions": extensions });
    let site = site(GraphQlSettings {
        automatic_persisted_documents: true,
        ..GraphQlSettings::default()
    });
    assert_eq!(
        site.post(by_hash.clone()).await.error().0,
        "PERSISTED_DOCUMENT_NOT_FOUND"
    );
    assert_eq!(
        site.post(teaching.clone()).await.json()["data"]["hello"],
        "hello world"
    );
    assert_eq!(
        site.post(by_hash.clone()).await.json()["data"]["hello"],
        "hello world"
    );
    let mut wrong = teaching;
    wrong["query"] = json!("{__typename}");
    assert_eq!(site.post(wrong).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_automatic_document_is_unknown_where_that_is_switched_off() {
    let site = site(GraphQlSettings::default());
    let hash = document_id("{hello}").replace("sha256:", "");
    let extensions = json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } });
    assert_eq!(
        site.post(json!({ "query": "{hello}", "extensions": extensions }))
            .await
            .json()["data"]["hello"],
        "hello world"
    );
    assert_eq!(
        site.post(json!({ "extensions": extensions }))
            .await
            .error()
            .0,
        "PERSISTED_DOCUMENT_NOT_FOUND"
    );
}

#[tokio::test]
async fn whoever_shows_a_token_is_recognised_or_told_that_it_is_wrong() {
    let site = site(GraphQlSettings::default());
    let me = |token: &str| {
        post(json!({ "query": "{me}" }))
            .header(header::AUTHORIZATION, token)
            .body_of()
    };
    assert_eq!(
        site.send(me("Bearer hanako")).await.json()["data"]["me"],
        "hanako"
    );
    for wrong in ["Bearer taro", "Basic aGFuYWtv", "Bearer"] {
        let answer = site.send(me(wrong)).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.error().0, "UNAUTHENTICATED");
        assert!(
            answer
                .header(header::WWW_AUTHENTICATE)
                .starts_with("Bearer")
        );
    }
    let answer = site.query("{me}").await;
    assert_eq!(
        (answer.status, answer.error().0.as_str()),
        (StatusCode::OK, "UNAUTHENTICATED")
    );
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_takes_too_long_is_given_up() {
    let site = site(GraphQlSettings {
        timeout_ms: 1_000,
        ..GraphQlSettings::default()
    });
    let answer = site.query("{never}").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.error().0, "UNAVAILABLE");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_never_ends_is_given_up() {
    let site = site(GraphQlSettings::default());
    let silence = futures::stream::pending::<Result<axum::body::Bytes, std::io::Error>>();
    let request = Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .body(axum::body::Body::from_stream(silence))
        .unwrap();
    assert_eq!(site.send(request).await.status, StatusCode::REQUEST_TIMEOUT);
}
