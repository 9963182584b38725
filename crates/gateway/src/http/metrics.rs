//! What is counted, in the text format of Prometheus.
//!
//! Other parts of the server count with the `metrics` crate as well; whatever
//! they count stands on the same page.

use std::time::{Duration, Instant};

use axum::{
    Router,
    body::Body,
    extract::{MatchedPath, Request},
    http::{HeaderValue, Method, Response, header},
    middleware::Next,
    routing::get,
};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

const REQUESTS: &str = "hiroba_http_requests_total";
const DURATION: &str = "hiroba_http_request_duration_seconds";

/// The page of counters.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Starts to count in this process.
    ///
    /// # Errors
    /// If something counts already.
    pub fn install() -> Result<Self, BuildError> {
        let recorder = builder()?.build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).map_err(BuildError::FailedToSetGlobalRecorder)?;
        Ok(Self(handle))
    }

    /// The route `/metrics`. It tells of load, not of people, but is not meant
    /// for the public either: let the proxy keep it inside.
    pub fn router(self) -> Router {
        let page = move || {
            let text = self.0.render();
            async move {
                let mut response = Response::new(Body::from(text));
                response.headers_mut().insert(
                    header::CONTENT_TYPE,
                    HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8"),
                );
                response
            }
        };
        Router::new().route("/metrics", get(page))
    }

    /// Takes memory back from histograms; to be called every few seconds.
    pub fn upkeep(&self) {
        self.0.run_upkeep();
    }

    /// How often [`Self::upkeep`] is due.
    pub const UPKEEP: Duration = Duration::from_secs(5);
}

fn builder() -> Result<PrometheusBuilder, BuildError> {
    PrometheusBuilder::new().set_buckets_for_metric(
        Matcher::Suffix("duration_seconds".to_owned()),
        &[
            0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
        ],
    )
}

/// Middleware that counts requests and how long they take, by route; a path
/// that is no route counts as one.
pub(super) async fn count(request: Request, next: Next) -> Response<Body> {
    let started = Instant::now();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "other".to_owned(), |path| path.as_str().to_owned());
    let method = method(request.method());
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    metrics::counter!(REQUESTS, "method" => method, "route" => route.clone(), "status" => status)
        .increment(1);
    metrics::histogram!(DURATION, "route" => route).record(started.elapsed().as_secs_f64());
    response
}

/// The method by its name, if it is one that anybody has heard of.
pub(super) fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        Method::DELETE => "DELETE",
        Method::PATCH => "PATCH",
        _ => "other",
    }
}
