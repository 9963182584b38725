//! A schema with one field for each thing that can happen, and ways to ask it.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_graphql::{Context, Object, Schema, SimpleObject, Subscription};
use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode, header},
    middleware,
};
use futures::{Stream, StreamExt, future::BoxFuture, stream};
use gateway::{
    http::{
        ApiError, Authenticate, Budget, Caller, GraphQlEndpoint, GraphQlSettings, Manifest,
        Reception, Shutdown, Text, receive,
    },
    identity::Identity,
};
use serde_json::Value;
use tower::ServiceExt;

pub(crate) struct Query;

#[derive(SimpleObject)]
struct Page {
    nodes: Vec<Item>,
    total_count: usize,
}

#[derive(SimpleObject)]
struct Item {
    title: String,
    tags: Vec<String>,
}

#[Object]
impl Query {
    async fn hello(&self, name: Option<String>) -> String {
        format!("hello {}", name.unwrap_or_else(|| "world".into()))
    }

    async fn length(&self, value: i32) -> i32 {
        value
    }

    async fn items(&self, first: i32) -> Page {
        Page {
            nodes: (0..first)
                .map(|n| Item {
                    title: n.to_string(),
                    tags: vec![],
                })
                .collect(),
            total_count: 100,
        }
    }

    async fn again(&self) -> Query {
        Query
    }

    async fn nowhere(&self) -> Option<Result<String, ApiError>> {
        Some(Err(ApiError::NotFound))
    }

    async fn broken(&self) -> Result<String, std::io::Error> {
        Err(std::io::Error::other("/var/lib/secret is gone"))
    }

    async fn required(&self) -> Result<String, ApiError> {
        Err(ApiError::Conflict(Text::new(
            "他の人が先に変更しました",
            "somebody else was faster",
        )))
    }

    async fn panics(&self) -> Option<String> {
        assert!(std::hint::black_box(false), "a fault of a resolver");
        None
    }

    async fn never(&self) -> Option<String> {
        std::future::pending().await
    }

    async fn me(&self, ctx: &Context<'_>) -> Option<Result<String, ApiError>> {
        let caller = match ctx.data::<Caller>() {
            Ok(caller) => caller,
            Err(error) => return Some(Err(ApiError::internal(error.message))),
        };
        Some(caller.identity().map(|identity| identity.subject.clone()))
    }
}

pub(crate) struct Mutation;

#[Object]
impl Mutation {
    async fn change(&self) -> bool {
        true
    }
}

pub(crate) struct Events {
    /// How many streams are alive.
    pub(crate) alive: Arc<AtomicUsize>,
}

struct Alive(Arc<AtomicUsize>);

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[Subscription]
impl Events {
    /// 1, 2, … up to a number.
    async fn count(&self, to: i32) -> impl Stream<Item = i32> {
        stream::iter(1..=to)
    }

    /// One number, then silence for ever.
    async fn silence(&self) -> impl Stream<Item = i32> {
        self.alive.fetch_add(1, Ordering::SeqCst);
        let alive = Alive(self.alive.clone());
        stream::iter([1])
            .chain(stream::pending())
            .map(move |number| {
                let _ = &alive;
                number
            })
    }

    /// Only for those who are signed in.
    async fn mine(&self, ctx: &Context<'_>) -> Result<impl Stream<Item = String>, ApiError> {
        let caller = ctx
            .data::<Caller>()
            .map_err(|error| ApiError::internal(error.message))?;
        let subject = caller.identity()?.subject.clone();
        Ok(stream::iter([subject]))
    }

    /// Fails in its second event.
    async fn fails(&self) -> impl Stream<Item = Result<i32, ApiError>> {
        stream::iter([Ok(1), Err(ApiError::internal("the wire is cut"))])
    }
}

/// Knows one token: `hanako`.
struct OneToken;

impl Authenticate for OneToken {
    fn authenticate<'a>(
        &'a self,
        token: &'a str,
    ) -> BoxFuture<'a, Result<Arc<Identity>, ApiError>> {
        Box::pin(async move {
            if token != "hanako" {
                return Err(ApiError::unauthenticated());
            }
            Ok(Arc::new(Identity {
                issuer: "https://issuer.example".into(),
                subject: "hanako".into(),
                roles: vec![domain::Role::Citizen],
                ward: None,
                name: None,
                valid_until: jiff::Timestamp::from_second(3600).expect("an hour is a time"),
            }))
        })
    }
}

/// A server under test.
pub(crate) struct Site {
    pub(crate) router: Router,
    pub(crate) alive: Arc<AtomicUsize>,
    pub(crate) shutdown: Shutdown,
}

pub(crate) fn reception() -> Reception {
    Reception::new(Arc::new(|| jiff::Timestamp::UNIX_EPOCH), Arc::new(OneToken))
}

type Endpoint = GraphQlEndpoint<Schema<Query, Mutation, Events>>;

fn endpoint(settings: GraphQlSettings) -> (Endpoint, Arc<AtomicUsize>) {
    let alive = Arc::new(AtomicUsize::new(0));
    let events = Events {
        alive: alive.clone(),
    };
    let schema = Schema::build(Query, Mutation, events).finish();
    let sdl = schema.sdl();
    let endpoint = GraphQlEndpoint::new(schema, &sdl, settings, reception());
    (endpoint.expect("the schema can be read"), alive)
}

/// The routes without what is around them.
pub(crate) fn routes(settings: GraphQlSettings) -> Router {
    endpoint(settings).0.router()
}

pub(crate) fn routes_with(settings: GraphQlSettings, budget: impl Budget) -> Router {
    endpoint(settings).0.budget(Arc::new(budget)).router()
}

pub(crate) fn site(settings: GraphQlSettings) -> Site {
    site_with(settings, Manifest::default())
}

pub(crate) fn site_with(settings: GraphQlSettings, manifest: Manifest) -> Site {
    let shutdown = Shutdown::default();
    let (endpoint, alive) = endpoint(settings);
    let router = endpoint
        .manifest(manifest)
        .shutdown(shutdown.clone())
        .router()
        .layer(middleware::from_fn_with_state(reception(), receive));
    Site {
        router,
        alive,
        shutdown,
    }
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).expect("the answer is JSON")
    }

    pub(crate) fn header(&self, name: header::HeaderName) -> &str {
        self.headers
            .get(&name)
            .map_or("", |value| value.to_str().expect("a header is text"))
    }

    #[track_caller]
    pub(crate) fn error(&self) -> (String, String) {
        let json = self.json();
        let text = |pointer| {
            json.pointer(pointer)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        (text("/errors/0/extensions/code"), text("/errors/0/message"))
    }
}

impl Site {
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        ask(self.router.clone(), request).await
    }

    pub(crate) async fn post(&self, body: Value) -> Answer {
        self.send(post(body).body_of()).await
    }

    pub(crate) async fn query(&self, query: &str) -> Answer {
        self.post(serde_json::json!({ "query": query })).await
    }

    /// Waits until no stream is alive any more.
    pub(crate) async fn all_streams_end(&self) {
        for _ in 0..10_000 {
            if self.alive.load(Ordering::SeqCst) == 0 {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        panic!("a stream is alive after its client has gone");
    }

    /// Serves on a free port of this machine until the handle is dropped.
    pub(crate) async fn serve(&self) -> Served {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port is free");
        let address = listener.local_addr().expect("the listener has an address");
        let service = self
            .router
            .clone()
            .into_make_service_with_connect_info::<SocketAddr>();
        let task = tokio::spawn(async move {
            let _ = axum::serve(listener, service).await;
        });
        Served { address, task }
    }
}

pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Asks a router, and reads the answer to its end.
pub(crate) async fn ask(router: Router, request: Request<Body>) -> Answer {
    let response = router.oneshot(request).await.expect("a router answers");
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX)
        .await
        .expect("the body can be read");
    Answer {
        status: parts.status,
        headers: parts.headers,
        text: String::from_utf8(bytes.to_vec()).expect("answers are UTF-8"),
    }
}

/// A request that is being put together; English, so that tests can be read.
pub(crate) struct Asking(axum::http::request::Builder, String);

pub(crate) fn post(body: Value) -> Asking {
    Asking(
        Request::post("/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT_LANGUAGE, "en"),
        body.to_string(),
    )
}

pub(crate) fn get(address: &str) -> Asking {
    Asking(
        Request::get(address).header(header::ACCEPT_LANGUAGE, "en"),
        String::new(),
    )
}

impl Asking {
    pub(crate) fn header(self, name: header::HeaderName, value: &str) -> Self {
        Self(self.0.header(name, value), self.1)
    }

    pub(crate) fn accept(self, media: &str) -> Self {
        self.header(header::ACCEPT, media)
    }

    pub(crate) fn body_of(self) -> Request<Body> {
        self.0
            .body(Body::from(self.1))
            .expect("the request is well formed")
    }
}
