//! Subscriptions (and everything else) over WebSocket, in the protocol
//! `graphql-transport-ws`.

mod connection;
mod message;

use std::sync::Arc;

use async_graphql::Executor;
use axum::{
    body::Body,
    extract::{FromRequestParts, WebSocketUpgrade},
    http::{Response, StatusCode, request::Parts},
    response::IntoResponse,
};

use super::{
    ApiError, Caller,
    answer::{Refused, Stage},
    service::Endpoint,
};
use connection::Connection;

const PROTOCOL: &str = "graphql-transport-ws";

impl<E: Executor> Endpoint<E> {
    /// Turns a request into a WebSocket.
    pub(super) async fn websocket(
        self: Arc<Self>,
        mut parts: Parts,
        caller: Caller,
    ) -> Result<Response<Body>, Refused> {
        let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &())
            .await
            .map_err(|_| {
                Refused::new(
                    Stage::Transport(StatusCode::BAD_REQUEST),
                    ApiError::bad_input(
                        "WebSocketの開始要求が正しくありません",
                        "the request to start a WebSocket is not well formed",
                    ),
                )
            })?;
        let permit = self.admit()?;
        let first_party = self.is_first_party(&parts.headers);
        let longest = self.engine.settings.max_body_bytes;
        let response = upgrade
            .protocols([PROTOCOL])
            .max_message_size(longest)
            .max_frame_size(longest)
            .on_upgrade(move |socket| async move {
                let speaks_ours = socket
                    .protocol()
                    .is_some_and(|protocol| protocol.as_bytes() == PROTOCOL.as_bytes());
                Connection::new(self, socket, caller, first_party)
                    .run(speaks_ours)
                    .await;
                drop(permit);
            });
        Ok(response.into_response())
    }
}

/// Whether the request wants to become a WebSocket.
pub(super) fn is_upgrade(parts: &Parts) -> bool {
    parts
        .headers
        .get(axum::http::header::UPGRADE)
        .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"))
}
