//! What every request passes through.

use axum::{
    Router,
    body::Body,
    http::{HeaderName, Request, StatusCode, header},
    middleware::from_fn,
};
use gateway::http::{
    CostPerClient, GraphQlSettings, HttpSettings, Metrics, REQUEST_ID, Rate, around, graphiql,
    health, readiness,
};
use serde_json::json;

use crate::support::{Answer, ask, get, post, reception, routes, routes_with};

fn whole(settings: &HttpSettings) -> Router {
    let ready = readiness(async || Err("the log is being read".to_owned()));
    let routes = routes(GraphQlSettings::default())
        .merge(graphiql())
        .merge(health(ready));
    around(routes, settings, reception()).expect("the settings are right")
}

async fn answered(request: Request<Body>) -> Answer {
    ask(whole(&HttpSettings::default()), request).await
}

#[tokio::test]
async fn every_answer_tells_the_browser_what_not_to_do_with_it() {
    let page = answered(get("/graphiql").body_of()).await;
    assert_eq!(page.status, StatusCode::OK);
    let policy = page.header(header::CONTENT_SECURITY_POLICY);
    assert!(
        policy.contains("script-src 'self'") && !policy.contains("unsafe"),
        "{policy}"
    );
    let data = answered(post(json!({ "query": "{hello}" })).body_of()).await;
    assert!(
        data.header(header::CONTENT_SECURITY_POLICY)
            .contains("sandbox")
    );
    let nowhere = answered(get("/nowhere").body_of()).await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
    for answer in [page, data, nowhere] {
        assert_eq!(answer.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
        assert!(
            answer
                .header(header::CONTENT_SECURITY_POLICY)
                .contains("frame-ancestors 'none'")
        );
        assert_eq!(answer.header(header::REFERRER_POLICY), "no-referrer");
        assert!(
            !answer
                .header(HeaderName::from_static("permissions-policy"))
                .is_empty()
        );
        assert!(!answer.header(REQUEST_ID).is_empty());
    }
}

#[tokio::test]
async fn the_page_of_graphiql_has_nothing_inline_and_nothing_from_elsewhere() {
    let page = answered(get("/graphiql").body_of()).await.text;
    assert!(
        !page.contains("http://")
            && !page.contains("https://")
            && !page.contains(" style=")
            && !page.contains("<style")
    );
    for script in page.split("<script").skip(1) {
        assert!(script.starts_with(" src=\"/graphiql/"), "{script}");
    }
    for part in ["/graphiql/style.css", "/graphiql/script.js"] {
        assert!(page.contains(part));
        assert_eq!(answered(get(part).body_of()).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn the_page_of_graphiql_asks_for_the_schema_within_the_limits() {
    let script = answered(get("/graphiql/script.js").body_of()).await.text;
    let (_, rest) = script
        .split_once("const INTROSPECTION = `")
        .expect("the query is there");
    let (query, _) = rest.split_once('`').expect("the query ends");
    let answer = answered(post(json!({ "query": query })).body_of()).await;
    assert!(answer.json().get("errors").is_none(), "{}", answer.text);
    assert!(answer.text.contains("\"name\":\"Query\""));
}

#[tokio::test]
async fn a_server_that_lives_may_not_be_ready() {
    assert_eq!(
        answered(get("/healthz").body_of()).await.status,
        StatusCode::OK
    );
    let answer = answered(get("/readyz").body_of()).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.json()["reason"], "the log is being read");
}

#[tokio::test]
async fn whoever_asks_too_often_is_told_when_to_come_back() {
    let settings = HttpSettings {
        requests: Some(Rate {
            burst: 2,
            per_minute: 60,
        }),
        ..HttpSettings::default()
    };
    let site = whole(&settings);
    let asking = || post(json!({ "query": "{hello}" })).body_of();
    assert_eq!(ask(site.clone(), asking()).await.status, StatusCode::OK);
    assert_eq!(ask(site.clone(), asking()).await.status, StatusCode::OK);
    let refused = ask(site.clone(), asking()).await;
    // A page that was opened still finds its parts; there are none here.
    let file = ask(site.clone(), get("/assets/page.js").body_of()).await;
    assert_eq!(file.status, StatusCode::NOT_FOUND);
    let no_file = ask(site, get("/assetses").body_of()).await;
    assert_eq!(no_file.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.header(header::RETRY_AFTER), "1");
    assert_eq!(refused.error().0, "RATE_LIMITED");
}

#[tokio::test]
async fn whoever_reads_the_whole_log_does_not_run_into_the_limit_of_requests() {
    let rate = |burst| {
        Some(Rate {
            burst,
            per_minute: 60,
        })
    };
    let settings = HttpSettings {
        requests: rate(1),
        log_files: rate(3),
        ..HttpSettings::default()
    };
    let site = whole(&settings);
    let look = async |path: &str| ask(site.clone(), get(path).body_of()).await.status;
    assert_eq!(look("/healthz").await, StatusCode::OK);
    assert_eq!(look("/healthz").await, StatusCode::TOO_MANY_REQUESTS);
    // There is no log here.
    for tile in 0..3 {
        let found = look(&format!("/log/tile/0/00{tile}")).await;
        assert_eq!(found, StatusCode::NOT_FOUND);
    }
    let more = ask(site.clone(), get("/log/tile/0/003").body_of()).await;
    assert_eq!(more.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(more.header(header::RETRY_AFTER), "1");
    assert_eq!(look("/logs").await, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn whoever_asks_for_much_runs_out_of_points() {
    let budget = CostPerClient::new(Rate {
        burst: 100,
        per_minute: 60,
    });
    let site = around(
        routes_with(GraphQlSettings::default(), budget),
        &HttpSettings::default(),
        reception(),
    )
    .unwrap();
    let asking = || post(json!({ "query": "{items(first: 50) {nodes {title}}}" })).body_of();
    let first = ask(site.clone(), asking()).await;
    assert_eq!(
        first.json()["extensions"]["cost"],
        json!({ "requested": 52, "limit": 20000, "remaining": 48 })
    );
    let second = ask(site, asking()).await;
    assert_eq!(second.error().0, "RATE_LIMITED");
    assert_eq!(
        second.json()["errors"][0]["extensions"]["retryAfterSeconds"],
        4
    );
}

#[tokio::test]
async fn only_pages_of_named_origins_may_read_our_answers() {
    let settings = HttpSettings {
        cors_origins: vec!["https://www.city.example".into()],
        ..HttpSettings::default()
    };
    let site = whole(&settings);
    let from = |origin: &str| {
        post(json!({ "query": "{hello}" }))
            .header(header::ORIGIN, origin)
            .body_of()
    };
    let allowed = |answer: &Answer| {
        answer
            .header(header::ACCESS_CONTROL_ALLOW_ORIGIN)
            .to_owned()
    };
    assert_eq!(
        allowed(&ask(site.clone(), from("https://www.city.example")).await),
        "https://www.city.example"
    );
    assert_eq!(
        allowed(&ask(site.clone(), from("https://other.example")).await),
        ""
    );
    let preflight = Request::options("/graphql")
        .header(header::ORIGIN, "https://www.city.example")
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
        .header(
            header::ACCESS_CONTROL_REQUEST_HEADERS,
            "content-type,authorization",
        )
        .body(Body::empty())
        .unwrap();
    let answer = ask(site, preflight).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(
        answer
            .header(header::ACCESS_CONTROL_ALLOW_HEADERS)
            .contains("authorization")
    );

    for wrong in ["www.city.example", "https://", "https://a.example/path", ""] {
        let settings = HttpSettings {
            cors_origins: vec![wrong.into()],
            ..HttpSettings::default()
        };
        let error = around(Router::new(), &settings, reception()).unwrap_err();
        assert!(
            error.to_string().starts_with("http.cors_origins: "),
            "{error}"
        );
    }
}

#[tokio::test]
async fn answers_are_compressed_and_streams_are_not() {
    let compressed = |accept: &str, query: &str| {
        post(json!({ "query": query }))
            .accept(accept)
            .header(header::ACCEPT_ENCODING, "gzip")
            .body_of()
    };
    let site = || whole(&HttpSettings::default());
    use tower::ServiceExt;
    let long = site()
        .oneshot(compressed(
            "application/json",
            "{__schema {types {name description}}}",
        ))
        .await
        .unwrap();
    assert_eq!(
        long.headers().get(header::CONTENT_ENCODING).unwrap(),
        "gzip"
    );
    let stream = site()
        .oneshot(compressed(
            "text/event-stream",
            "subscription {count(to: 50)}",
        ))
        .await
        .unwrap();
    assert!(stream.headers().get(header::CONTENT_ENCODING).is_none());
}

#[tokio::test]
async fn requests_are_counted_by_route() {
    let metrics = Metrics::install().expect("nothing else counts in this process");
    let routes = routes(GraphQlSettings::default()).merge(metrics.router());
    let site = around(routes, &HttpSettings::default(), reception()).unwrap();
    ask(site.clone(), post(json!({ "query": "{hello}" })).body_of()).await;
    ask(site.clone(), get("/nowhere/1").body_of()).await;
    ask(site.clone(), get("/nowhere/2").body_of()).await;
    let page = ask(site, get("/metrics").body_of()).await.text;
    assert!(
        page.contains(r#"hiroba_http_requests_total{method="POST",route="/graphql",status="200"}"#),
        "{page}"
    );
    assert!(page.contains(r#"route="other",status="404"} "#), "{page}");
    assert!(
        page.contains("hiroba_http_request_duration_seconds_bucket"),
        "{page}"
    );
    assert!(
        page.contains(r#"hiroba_graphql_operations_total{type="query",outcome="complete"}"#),
        "{page}"
    );
    assert!(!page.contains("nowhere"), "{page}");
}

#[tokio::test]
async fn a_server_that_is_told_to_stop_finishes_what_it_is_answering() {
    let shutdown = gateway::http::Shutdown::default();
    let (arrived, has_arrived) = tokio::sync::oneshot::channel();
    let arrived = std::sync::Arc::new(std::sync::Mutex::new(Some(arrived)));
    let word = shutdown.clone();
    let slow = from_fn(move |request, next: axum::middleware::Next| {
        let (arrived, word) = (arrived.clone(), word.clone());
        async move {
            if let Some(arrived) = arrived.lock().unwrap().take() {
                arrived.send(()).unwrap();
            }
            word.begun().await;
            next.run(request).await
        }
    });
    let router = health(readiness(async || Ok(()))).layer(slow);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn({
        let shutdown = shutdown.clone();
        async move {
            gateway::http::serve(
                listener,
                router,
                &shutdown,
                std::time::Duration::from_secs(60),
            )
            .await
        }
    });
    let client = tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
        socket
            .write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
            .await
            .unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        answer
    });
    has_arrived.await.unwrap();
    shutdown.begin();
    assert!(client.await.unwrap().starts_with("HTTP/1.1 200"));
    server.await.unwrap().unwrap();
}
