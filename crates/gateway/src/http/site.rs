//! What every request passes through, in order, whatever answers it in the end.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, Method, Response, header},
    middleware::{Next, from_fn, from_fn_with_state},
};
use serde::Deserialize;
use tower_http::{compression::CompressionLayer, cors::CorsLayer};
use tracing::Instrument;

use crate::files;

use super::{
    ApiError, Caller, ClientKey, MediaType, REQUEST_ID, Rate, RateLimiter, Reception, StatusPolicy,
    answer::Refused, headers, intake::is_operator, metrics, rate_limit::rate_or_off,
    reception::receive,
};

/// Below this lie the files of the web client. They do not count as requests of
/// whoever loads them: a page takes dozens at once, costs next to nothing, and a
/// school or a mobile network has one address for many people.
pub const CLIENT_FILES: &str = "/assets";

/// Below this lie the files of the transparency log. Whoever verifies a city
/// reads all of them, one after another, so they have a limit of their own.
pub const LOG_FILES: &str = "/log";

/// The section `[http]` of the configuration.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HttpSettings {
    /// Origins whose pages may read our answers; `*` for all. No cookies are
    /// used, so there is nothing that they could ride on.
    pub cors_origins: Vec<String>,
    /// Requests that one client may send; `off` for no limit. Operators, whose
    /// imports come from one address, are not limited, and neither is the
    /// loading of [`CLIENT_FILES`].
    #[serde(deserialize_with = "rate_or_off")]
    pub requests: Option<Rate>,
    /// How many of [`LOG_FILES`] one client may load; `off` for no limit.
    #[serde(deserialize_with = "rate_or_off")]
    pub log_files: Option<Rate>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<std::net::IpAddr>,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            cors_origins: Vec::new(),
            requests: Some(Rate {
                burst: 300,
                per_minute: 600,
            }),
            // A hundred thousand published texts in less than four minutes.
            log_files: Some(Rate {
                burst: 3_000,
                per_minute: 30_000,
            }),
            trusted_proxies: Vec::new(),
        }
    }
}

/// A setting that cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("http.cors_origins: {0:?} is not an origin such as https://www.city.example")]
pub struct NotAnOrigin(String);

/// Puts everything around the routes that every request passes through: its
/// span and counters, security headers, CORS, compression, its number and its
/// caller, and the limit of requests.
///
/// # Errors
/// If a setting cannot be used.
pub fn around(
    routes: Router,
    settings: &HttpSettings,
    reception: Reception,
) -> Result<Router, NotAnOrigin> {
    let reception = reception.behind(settings.trusted_proxies.clone());
    let limits = Limits {
        requests: settings.requests.map(RateLimiter::new),
        log_files: settings.log_files.map(RateLimiter::new),
    };
    // The last layer is the outermost.
    Ok(routes
        .layer(from_fn_with_state(Arc::new(limits), limit))
        .layer(from_fn_with_state(reception, receive))
        .layer(CompressionLayer::new())
        .layer(cors(&settings.cors_origins)?)
        .layer(from_fn(headers::secure))
        .layer(from_fn(metrics::count))
        .layer(from_fn(trace)))
}

/// A span for each request with the names of OpenTelemetry. No address, no
/// query, no header is logged: they tell of people.
async fn trace(request: Request, next: Next) -> Response<Body> {
    let route = request
        .extensions()
        .get::<axum::extract::MatchedPath>()
        .map(|path| path.as_str().to_owned());
    let method = metrics::method(request.method());
    let name = format!("{method} {}", route.as_deref().unwrap_or_default());
    let span = tracing::info_span!(
        "http.server.request",
        otel.kind = "server",
        otel.name = name.trim_end(),
        http.request.method = method,
        http.route = route,
        http.response.status_code = tracing::field::Empty,
        hiroba.request_id = tracing::field::Empty,
    );
    async {
        let response = next.run(request).await;
        let span = tracing::Span::current();
        span.record("http.response.status_code", response.status().as_u16());
        if let Some(id) = response
            .headers()
            .get(REQUEST_ID)
            .and_then(|id| id.to_str().ok())
        {
            span.record("hiroba.request_id", id);
        }
        if response.status().is_server_error() {
            tracing::warn!("answered with an error of ours");
        } else {
            tracing::debug!("answered");
        }
        response
    }
    .instrument(span)
    .await
}

/// What one client may send; `None` is no limit.
struct Limits {
    requests: Option<RateLimiter<ClientKey>>,
    log_files: Option<RateLimiter<ClientKey>>,
}

impl Limits {
    /// The limit that a path counts for.
    fn of(&self, path: &str) -> Option<&RateLimiter<ClientKey>> {
        let is_below = |folder| {
            path.strip_prefix(folder)
                .is_some_and(|rest| rest.starts_with('/'))
        };
        if is_below(CLIENT_FILES) {
            None
        } else if is_below(LOG_FILES) {
            self.log_files.as_ref()
        } else {
            self.requests.as_ref()
        }
    }
}

async fn limit(State(limits): State<Arc<Limits>>, request: Request, next: Next) -> Response<Body> {
    let limiter = limits.of(request.uri().path());
    let (Some(limiter), Some(caller)) = (limiter, request.extensions().get::<Caller>()) else {
        return next.run(request).await;
    };
    if is_operator(caller) {
        return next.run(request).await;
    }
    // By address, so that nobody gets a fresh limit with each new account.
    let key = ClientKey::of_address(caller.address);
    match limiter.spend(&key, 1, caller.now) {
        Ok(_) => next.run(request).await,
        Err(retry_after) => Refused::by_code(ApiError::RateLimited { retry_after }).answer(
            MediaType::accepted(request.headers()).unwrap_or(MediaType::Json),
            StatusPolicy::default(),
            caller.language,
            &caller.request_id,
        ),
    }
}

fn cors(origins: &[String]) -> Result<CorsLayer, NotAnOrigin> {
    let layer = CorsLayer::new()
        .allow_methods([Method::GET, Method::HEAD, Method::POST, Method::PUT])
        .allow_headers([
            header::ACCEPT,
            header::ACCEPT_LANGUAGE,
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_NONE_MATCH,
            header::RANGE,
            files::SECRET,
            files::UPLOAD_COMPLETE,
            files::UPLOAD_OFFSET,
            REQUEST_ID,
        ])
        .expose_headers([
            REQUEST_ID,
            header::RETRY_AFTER,
            header::ETAG,
            header::CONTENT_RANGE,
            files::UPLOAD_COMPLETE,
            files::UPLOAD_OFFSET,
        ])
        .max_age(std::time::Duration::from_secs(3600));
    if origins.iter().any(|origin| origin == "*") {
        return Ok(layer.allow_origin(tower_http::cors::Any));
    }
    let origins = origins
        .iter()
        .map(|origin| {
            let rest = origin
                .strip_prefix("https://")
                .or_else(|| origin.strip_prefix("http://"))
                .filter(|rest| !rest.is_empty() && !rest.contains('/'));
            rest.and_then(|_| HeaderValue::from_str(origin).ok())
                .ok_or_else(|| NotAnOrigin(origin.clone()))
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(layer.allow_origin(origins))
}
