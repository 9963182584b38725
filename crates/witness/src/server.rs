//! The witness over HTTP.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use tower_http::timeout::TimeoutLayer;
use transparency::witness::Refusal;

use crate::witness::{NotCosigned, Witness};

/// 63 hashes and a checkpoint with a hundred signatures fit well.
const LONGEST_BODY: usize = 64 * 1024;
/// A log on the slowest line is done by then.
const LONGEST_REQUEST: Duration = Duration::from_secs(10);

/// The routes of tlog-witness below `prefix`.
pub fn router(witness: Arc<Witness>, prefix: &str) -> Router {
    Router::new()
        .route(&format!("{prefix}/add-checkpoint"), post(add_checkpoint))
        .route(&format!("{prefix}/{{log}}/checkpoint"), get(checkpoint))
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            LONGEST_REQUEST,
        ))
        .with_state(witness)
}

async fn add_checkpoint(State(witness): State<Arc<Witness>>, body: Bytes) -> Response {
    // On its own thread it also comes to its end if the client hangs up.
    let decided = tokio::task::spawn_blocking(move || {
        witness.add_checkpoint(&body).inspect_err(|error| {
            if let NotCosigned::Refused(Refusal::Inconsistent(_)) = error {
                // The log has signed this: it is evidence, keep it.
                let request = String::from_utf8_lossy(&body);
                tracing::warn!(%error, %request, "a log contradicts itself");
            }
        })
    });
    match decided.await {
        Ok(Ok(line)) => line.into_response(),
        Ok(Err(error)) => refused(&error),
        Err(_) => refused(&NotCosigned::Storage),
    }
}

fn refused(error: &NotCosigned) -> Response {
    let status = match error {
        NotCosigned::Refused(Refusal::Stale(size)) => {
            let size = format!("{size}\n");
            return (
                StatusCode::CONFLICT,
                [(CONTENT_TYPE, "text/x.tlog.size")],
                size,
            )
                .into_response();
        }
        NotCosigned::Request(_) | NotCosigned::Refused(Refusal::Backwards { .. }) => {
            StatusCode::BAD_REQUEST
        }
        NotCosigned::Refused(Refusal::UnknownLog(_)) => StatusCode::NOT_FOUND,
        NotCosigned::Refused(Refusal::Signature(_)) => StatusCode::FORBIDDEN,
        NotCosigned::Refused(Refusal::Inconsistent(_)) => StatusCode::UNPROCESSABLE_ENTITY,
        NotCosigned::Storage => StatusCode::INTERNAL_SERVER_ERROR,
    };
    (status, format!("{error}\n")).into_response()
}

async fn checkpoint(State(witness): State<Arc<Witness>>, Path(log): Path<String>) -> Response {
    match witness.latest(&log) {
        Some(note) => note.into_response(),
        None => (StatusCode::NOT_FOUND, "no checkpoint of such a log\n").into_response(),
    }
}
