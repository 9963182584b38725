//! Results as server-sent events: one connection an operation (the "distinct
//! connections mode" of GraphQL over Server-Sent Events).

use std::{convert::Infallible, sync::Arc, time::Duration};

use async_graphql::{Executor, Response as ExecutionResult};
use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, Response, StatusCode, header},
};
use futures::{FutureExt, Stream, StreamExt, stream::BoxStream};

use super::{
    Caller, MediaType,
    answer::{Cost, Executed, Refused, Stage, is_request_error},
    error_view::meaning,
    operation::Operation,
    service::{Admitted, Endpoint},
};

/// The results of an operation, the first of which may be known already.
pub(super) struct Results {
    pub(super) stream: BoxStream<'static, ExecutionResult>,
    pub(super) first: Option<ExecutionResult>,
}

impl Results {
    /// Starts an operation and looks whether it is refused.
    ///
    /// Validation does not wait for anything, so what it refuses is known after
    /// the first look, while the first event may be years away.
    ///
    /// # Errors
    /// The result that says why it is refused.
    pub(super) fn begin(
        mut stream: BoxStream<'static, ExecutionResult>,
    ) -> Result<Self, Box<ExecutionResult>> {
        match stream.next().now_or_never() {
            Some(Some(result)) if is_request_error(&result) => Err(Box::new(result)),
            Some(first) => Ok(Self { stream, first }),
            None => Ok(Self {
                stream,
                first: None,
            }),
        }
    }

    pub(super) fn into_stream(self) -> BoxStream<'static, ExecutionResult> {
        futures::stream::iter(self.first).chain(self.stream).boxed()
    }
}

impl<E: Executor> Endpoint<E> {
    /// Answers an operation with a stream of events that ends with the
    /// operation, with the server, or when the client goes.
    pub(super) fn event_stream(
        self: Arc<Self>,
        operation: Operation,
        caller: Caller,
    ) -> Result<Response<Body>, Refused> {
        let permit = self.admit()?;
        let Operation { request, cost, .. } = operation;
        let results = Results::begin(self.engine.executor.execute_stream(request, None))
            .map_err(|result| refusal(&result))?;
        let heartbeat = Duration::from_millis(self.engine.settings.subscriptions.heartbeat_ms);
        let token_ends = caller.until_token_ends();
        let events = events(results, caller, cost)
            .take_until(self.shutdown.begun())
            .take_until(token_ends)
            .boxed();
        let mut response = Response::new(Body::from_stream(
            beating(events, heartbeat, permit).map(Ok::<_, Infallible>),
        ));
        *response.status_mut() = StatusCode::OK;
        let headers = response.headers_mut();
        for (name, value) in [
            (header::CONTENT_TYPE, MediaType::EventStream.content_type()),
            (header::CACHE_CONTROL, "no-store"),
            // A proxy that collects a stream before it passes it on would
            // deliver it when it is over.
            (header::HeaderName::from_static("x-accel-buffering"), "no"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        Ok(response)
    }
}

fn refusal(result: &ExecutionResult) -> Refused {
    let mut refused = Refused::new(
        Stage::Validation,
        super::ApiError::ValidationFailed(String::new()),
    );
    if let Some(error) = result.errors.first() {
        refused.error = meaning(error);
        refused.locations.clone_from(&error.locations);
    }
    refused
}

fn events(
    results: Results,
    caller: Caller,
    cost: Option<Cost>,
) -> impl Stream<Item = Bytes> + Send + 'static {
    results
        .into_stream()
        .map(move |result| {
            let mut event = b"event: next\ndata: ".to_vec();
            // JSON holds no raw line break, so one line of data is enough.
            event.extend(Executed::of(&result, &caller, cost).body);
            event.extend(b"\n\n");
            event.into()
        })
        .chain(futures::stream::once(async {
            Bytes::from_static(b"event: complete\ndata:\n\n")
        }))
}

/// The stream with a comment whenever nothing has happened for a while, so that
/// nobody in between takes it for dead, and so that we notice who has gone.
fn beating(
    events: BoxStream<'static, Bytes>,
    every: Duration,
    permit: Admitted,
) -> impl Stream<Item = Bytes> + Send + 'static {
    futures::stream::unfold((events, permit), move |(mut events, permit)| async move {
        let event = tokio::select! {
            event = events.next() => event?,
            () = tokio::time::sleep(every) => Bytes::from_static(b":\n\n"),
        };
        Some((event, (events, permit)))
    })
}
