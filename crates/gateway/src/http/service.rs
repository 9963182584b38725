//! GraphQL over HTTP to the letter: methods, media types, parameters and
//! statuses.

use std::sync::Arc;

use async_graphql::{Executor, parser::types::OperationType};
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, Method, Response, StatusCode, header, request::Parts},
    routing::any,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tracing::Instrument;

use super::{
    ApiError, Budget, Caller, GraphQlSettings, Manifest, MediaType, Reception, Shutdown, Text,
    Unlimited,
    answer::{Executed, FROM_RESOLVERS, Outcome, Refused, Stage, respond},
    negotiation::is_json,
    operation::{Engine, Operation},
    parameters::{Malformed, Parameters},
    schema_index::SchemaIndex,
    websocket::is_upgrade,
};

/// Everything that the endpoint of GraphQL consists of.
pub struct GraphQlEndpoint<E> {
    executor: E,
    index: SchemaIndex,
    settings: GraphQlSettings,
    manifest: Manifest,
    budget: Arc<dyn Budget>,
    reception: Reception,
    shutdown: Shutdown,
}

impl<E: Executor> GraphQlEndpoint<E> {
    /// An endpoint that answers from `executor`, whose schema is `sdl`.
    ///
    /// # Errors
    /// If `sdl` is no schema.
    pub fn new(
        executor: E,
        sdl: &str,
        settings: GraphQlSettings,
        reception: Reception,
    ) -> Result<Self, async_graphql::parser::Error> {
        Ok(Self {
            executor,
            index: SchemaIndex::read(sdl)?,
            settings,
            manifest: Manifest::default(),
            budget: Arc::new(Unlimited),
            reception,
            shutdown: Shutdown::default(),
        })
    }

    /// With documents that clients may name by their ids.
    #[must_use]
    pub fn manifest(mut self, manifest: Manifest) -> Self {
        self.manifest = manifest;
        self
    }

    /// With a limit on what a caller spends over time.
    #[must_use]
    pub fn budget(mut self, budget: Arc<dyn Budget>) -> Self {
        self.budget = budget;
        self
    }

    /// With a word at which streams end.
    #[must_use]
    pub fn shutdown(mut self, shutdown: Shutdown) -> Self {
        self.shutdown = shutdown;
        self
    }

    /// The route `/graphql`: queries and mutations, and subscriptions over
    /// server-sent events and WebSocket. The middleware
    /// [`receive`](super::receive) must lie around it.
    pub fn router(self) -> Router {
        let endpoint = Arc::new(Endpoint {
            streams: Arc::new(Semaphore::new(self.settings.subscriptions.connections)),
            shutdown: self.shutdown,
            engine: Engine::new(
                self.executor,
                self.index,
                self.settings,
                self.manifest,
                self.budget,
            ),
            reception: self.reception,
        });
        Router::new()
            .route("/graphql", any(answer::<E>))
            .with_state(endpoint)
    }
}

pub(super) struct Endpoint<E> {
    pub(super) engine: Engine<E>,
    pub(super) reception: Reception,
    pub(super) shutdown: Shutdown,
    /// One permit for every stream that may be open at a time.
    streams: Arc<Semaphore>,
}

/// One stream among those that may be open at a time; counted while it is.
pub(super) struct Admitted(
    #[expect(dead_code, reason = "it is held, not read")] OwnedSemaphorePermit,
);

const STREAMS: &str = "hiroba_graphql_streams";

impl Admitted {
    fn new(permit: OwnedSemaphorePermit) -> Self {
        metrics::gauge!(STREAMS).increment(1.0);
        Self(permit)
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        metrics::gauge!(STREAMS).decrement(1.0);
    }
}

async fn answer<E: Executor>(
    State(endpoint): State<Arc<Endpoint<E>>>,
    request: Request,
) -> Response<Body> {
    let (mut parts, body) = request.into_parts();
    let Some(caller) = parts.extensions.remove::<Caller>() else {
        // A fault of wiring: nothing is answered without knowing who calls.
        tracing::error!("the GraphQL endpoint is reached without passing the reception");
        return respond(
            StatusCode::INTERNAL_SERVER_ERROR,
            MediaType::Json,
            Vec::new(),
        );
    };
    let policy = endpoint.engine.settings.http_status;
    let (language, request_id) = (caller.language, caller.request_id.clone());
    if is_upgrade(&parts) {
        return endpoint
            .websocket(parts, caller)
            .await
            .unwrap_or_else(|refused| {
                refused.answer(MediaType::Json, policy, language, &request_id)
            });
    }
    let Some(media) = MediaType::accepted(&parts.headers) else {
        return not_acceptable().answer(MediaType::Json, policy, language, &request_id);
    };
    endpoint
        .answer(parts, body, media, caller)
        .await
        .unwrap_or_else(|refused| refused.answer(media, policy, language, &request_id))
}

impl<E: Executor> Endpoint<E> {
    async fn answer(
        self: Arc<Self>,
        parts: Parts,
        body: Body,
        media: MediaType,
        caller: Caller,
    ) -> Result<Response<Body>, Refused> {
        let parameters = match parts.method {
            Method::GET => Parameters::from_uri(&parts.uri),
            Method::POST => Parameters::from_body(&self.body(&parts.headers, body).await?),
            _ => return Err(method_not_allowed()),
        }
        .map_err(malformed)?;
        let first_party = self.is_first_party(&parts.headers);
        let safe = parts.method == Method::GET;
        let operation = self
            .engine
            .prepare(parameters, caller.clone(), first_party, safe)?;
        let span = span(&operation, &caller);
        if media == MediaType::EventStream {
            return span.in_scope(|| self.event_stream(operation, caller));
        }
        if operation.ty == OperationType::Subscription {
            return Err(subscription_needs_stream());
        }
        let Operation {
            request, ty, cost, ..
        } = operation;
        let mut result = self.engine.execute(request).instrument(span).await?;
        let executed = Executed::of(&result, &caller, cost);
        count_operation(ty, executed.outcome);
        let status = executed.status(media, self.engine.settings.http_status);
        let mut response = respond(status, media, executed.body);
        for name in FROM_RESOLVERS {
            if let Some(value) = result.http_headers.remove(&name) {
                response.headers_mut().insert(name, value);
            }
        }
        Ok(response)
    }

    /// Room for one more stream.
    pub(super) fn admit(&self) -> Result<Admitted, Refused> {
        let permit = self.streams.clone().try_acquire_owned();
        permit.map(Admitted::new).map_err(|_| {
            Refused::by_code(ApiError::Unavailable(Text::new(
                "接続が混み合っています。しばらくしてからもう一度お試しください",
                "too many streams are open; try again later",
            )))
        })
    }

    async fn body(&self, headers: &HeaderMap, body: Body) -> Result<bytes::Bytes, Refused> {
        if !is_json(headers) {
            return Err(unsupported_media_type());
        }
        let limit = self.engine.settings.max_body_bytes;
        let reading = axum::body::to_bytes(body, limit);
        match tokio::time::timeout(self.engine.settings.timeout(), reading).await {
            Ok(Ok(bytes)) => Ok(bytes),
            Ok(Err(error)) => {
                let too_large = std::error::Error::source(&error)
                    .is_some_and(|source| source.to_string().contains("length limit"));
                Err(if too_large {
                    body_too_large(limit)
                } else {
                    interrupted()
                })
            }
            Err(_) => Err(body_too_slow()),
        }
    }

    /// Whether the request comes from a page of ours. Browsers say where a
    /// request comes from and do not let pages say otherwise.
    pub(super) fn is_first_party(&self, headers: &HeaderMap) -> bool {
        let text = |name| {
            headers
                .get(name)
                .and_then(|value: &axum::http::HeaderValue| value.to_str().ok())
        };
        text(header::ORIGIN).is_some_and(|origin| {
            self.engine
                .settings
                .first_party_origins
                .iter()
                .any(|ours| ours == origin)
        }) || text(header::HeaderName::from_static("sec-fetch-site")) == Some("same-origin")
    }
}

pub(super) fn malformed(malformed: Malformed) -> Refused {
    let stage = match malformed {
        Malformed::NotJson(_) => Stage::Transport(StatusCode::BAD_REQUEST),
        _ => Stage::Parameters,
    };
    Refused::new(stage, malformed.into())
}

/// A span with the names of OpenTelemetry. What is asked for stays out of it:
/// variables are personal data.
pub(super) fn span(operation: &Operation, caller: &Caller) -> tracing::Span {
    tracing::info_span!(
        "graphql.operation",
        graphql.operation.r#type = word(operation.ty),
        graphql.operation.name = operation.name.as_deref(),
        hiroba.request_id = %caller.request_id,
    )
}

fn word(ty: OperationType) -> &'static str {
    match ty {
        OperationType::Query => "query",
        OperationType::Mutation => "mutation",
        OperationType::Subscription => "subscription",
    }
}

fn count_operation(ty: OperationType, outcome: Outcome) {
    let outcome = match outcome {
        Outcome::Complete => "complete",
        Outcome::Partial => "partial",
        Outcome::Refused => "refused",
    };
    metrics::counter!("hiroba_graphql_operations_total", "type" => word(ty), "outcome" => outcome)
        .increment(1);
}

fn not_acceptable() -> Refused {
    Refused::new(
        Stage::Transport(StatusCode::NOT_ACCEPTABLE),
        ApiError::bad_input(
            "Acceptにはapplication/graphql-response+json、application/jsonまたはtext/event-streamを指定してください",
            "accept application/graphql-response+json, application/json or text/event-stream",
        ),
    )
}

fn unsupported_media_type() -> Refused {
    Refused::new(
        Stage::Transport(StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ApiError::bad_input(
            "本文はUTF-8のJSONとし、Content-Type: application/jsonを付けてください",
            "send JSON in UTF-8 with Content-Type: application/json",
        ),
    )
}

fn body_too_large(limit: usize) -> Refused {
    Refused::new(
        Stage::Transport(StatusCode::PAYLOAD_TOO_LARGE),
        ApiError::bad_input(
            format!("本文が長すぎます（上限{limit}バイト）"),
            format!("the body is too long; at most {limit} bytes"),
        ),
    )
}

fn body_too_slow() -> Refused {
    Refused::new(
        Stage::Transport(StatusCode::REQUEST_TIMEOUT),
        ApiError::bad_input(
            "本文が時間内に届きませんでした",
            "the body did not arrive in time",
        ),
    )
}

fn interrupted() -> Refused {
    Refused::new(
        Stage::Transport(StatusCode::BAD_REQUEST),
        ApiError::bad_input(
            "本文が最後まで届きませんでした",
            "the body did not arrive completely",
        ),
    )
}

fn method_not_allowed() -> Refused {
    Refused::new(
        Stage::Method("GET, POST"),
        ApiError::bad_input("GETまたはPOSTを使ってください", "use GET or POST"),
    )
}

fn subscription_needs_stream() -> Refused {
    Refused::new(
        Stage::Transport(StatusCode::NOT_ACCEPTABLE),
        ApiError::bad_input(
            "購読にはAccept: text/event-streamかWebSocketを使ってください",
            "subscribe with Accept: text/event-stream or over WebSocket",
        ),
    )
}
