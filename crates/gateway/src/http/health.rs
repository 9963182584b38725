//! Whether the server lives, and whether it can answer.

use std::{future::Future, sync::Arc};

use axum::{Json, Router, http::StatusCode, routing::get};
use futures::future::BoxFuture;
use serde_json::json;

/// Says why the server cannot answer yet, if it cannot.
pub type Readiness = Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// A probe from a function.
pub fn readiness<F, Probe>(probe: F) -> Readiness
where
    F: Fn() -> Probe + Send + Sync + 'static,
    Probe: Future<Output = Result<(), String>> + Send + 'static,
{
    Arc::new(move || Box::pin(probe()))
}

/// The routes `/healthz`, which is answered as long as the process lives, and
/// `/readyz`, which is answered with 503 while requests should go elsewhere.
pub fn health(readiness: Readiness) -> Router {
    Router::new()
        .route("/healthz", get(async || Json(json!({ "status": "ok" }))))
        .route(
            "/readyz",
            get(async move || match readiness().await {
                Ok(()) => (StatusCode::OK, Json(json!({ "status": "ok" }))),
                Err(reason) => {
                    let body = json!({ "status": "unavailable", "reason": reason });
                    (StatusCode::SERVICE_UNAVAILABLE, Json(body))
                }
            }),
        )
}
