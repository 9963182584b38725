//! One WebSocket: its greeting, its operations, its end.

use std::{collections::HashMap, ops::ControlFlow, sync::Arc, time::Duration};

use async_graphql::Executor;
use axum::extract::ws::{Message, WebSocket};
use futures::{
    FutureExt, StreamExt,
    future::BoxFuture,
    stream::{AbortHandle, Abortable, BoxStream, SelectAll},
};
use serde_json::value::RawValue;
use tokio::time::{Instant, timeout_at};

use super::message::{ACKNOWLEDGED, ClientMessage, Closing, about, pong};
use crate::http::{
    Caller, RequestId,
    answer::{Executed, Refused, error_list, json},
    event_stream::Results,
    operation::Operation,
    parameters::Parameters,
    service::{Endpoint, malformed, span},
};

/// What happens in an operation, already in the words of the protocol.
enum Event {
    Message(String),
    /// The last message of the operation with this id.
    Last {
        id: String,
        message: String,
    },
}

pub(super) struct Connection<E> {
    endpoint: Arc<Endpoint<E>>,
    socket: WebSocket,
    caller: Caller,
    first_party: bool,
    acknowledged: bool,
    operations: HashMap<String, AbortHandle>,
    events: SelectAll<BoxStream<'static, Event>>,
    token_ends: BoxFuture<'static, ()>,
}

/// A client that takes nothing for so long is gone.
const SEND_TIMEOUT: Duration = Duration::from_secs(30);

/// Heartbeats that may stay unanswered.
const MISSED_HEARTBEATS: u32 = 3;

impl<E: Executor> Connection<E> {
    pub(super) fn new(
        endpoint: Arc<Endpoint<E>>,
        socket: WebSocket,
        caller: Caller,
        first_party: bool,
    ) -> Self {
        Self {
            endpoint,
            socket,
            token_ends: caller.until_token_ends().boxed(),
            caller,
            first_party,
            acknowledged: false,
            operations: HashMap::new(),
            events: SelectAll::new(),
        }
    }

    /// Serves the connection to its end.
    pub(super) async fn run(mut self, speaks_ours: bool) {
        let end = if speaks_ours {
            self.talk().await
        } else {
            ControlFlow::Break(Some(Closing::ProtocolNotSpoken))
        };
        // Operations end now, however long the client takes to go.
        self.events.clear();
        if let ControlFlow::Break(Some(closing)) = end {
            // A client that is gone cannot be told why.
            let _ = self.send(Message::Close(Some(closing.frame()))).await;
        }
        // Both sides say that they close (RFC 6455, 7.1.1): reading on sends
        // our part if the client began, and waits for its part if we did.
        let deadline = Instant::now() + Duration::from_secs(2);
        while let Ok(Some(Ok(_))) = timeout_at(deadline, self.socket.recv()).await {}
    }

    async fn talk(&mut self) -> ControlFlow<Option<Closing>> {
        let settings = self.endpoint.engine.settings.subscriptions;
        let heartbeat = Duration::from_millis(settings.heartbeat_ms);
        let init_deadline = Instant::now() + Duration::from_millis(settings.init_timeout_ms);
        let begun = self.endpoint.shutdown.begun();
        tokio::pin!(begun);
        let mut next_beat = Instant::now() + heartbeat;
        let mut unanswered = 0;
        loop {
            tokio::select! {
                received = self.socket.recv() => {
                    unanswered = 0;
                    self.receive(received).await?;
                }
                Some(event) = self.events.next(), if !self.events.is_empty() => {
                    let message = match event {
                        Event::Message(message) => message,
                        Event::Last { id, message } => {
                            self.operations.remove(&id);
                            message
                        }
                    };
                    self.say(message).await?;
                }
                () = tokio::time::sleep_until(init_deadline), if !self.acknowledged => {
                    return ControlFlow::Break(Some(Closing::InitialisedTooLate));
                }
                () = tokio::time::sleep_until(next_beat) => {
                    if unanswered == MISSED_HEARTBEATS {
                        return ControlFlow::Break(None);
                    }
                    unanswered += 1;
                    next_beat = Instant::now() + heartbeat;
                    self.send(Message::Ping(bytes::Bytes::new())).await?;
                }
                () = &mut self.token_ends => return ControlFlow::Break(Some(Closing::Forbidden)),
                () = &mut begun => return ControlFlow::Break(Some(Closing::GoingAway)),
            }
        }
    }

    async fn receive(
        &mut self,
        received: Option<Result<Message, axum::Error>>,
    ) -> ControlFlow<Option<Closing>> {
        let message = match received {
            Some(Ok(Message::Text(text))) => ClientMessage::read(&text),
            Some(Ok(Message::Binary(_))) => Err(Closing::Malformed("Only text is understood")),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => return ControlFlow::Continue(()),
            Some(Ok(Message::Close(_)) | Err(_)) | None => return ControlFlow::Break(None),
        };
        match message {
            Err(closing) => ControlFlow::Break(Some(closing)),
            Ok(ClientMessage::Init { .. }) if self.acknowledged => {
                ControlFlow::Break(Some(Closing::InitialisedTwice))
            }
            Ok(ClientMessage::Init { authorization }) => self.greet(authorization).await,
            Ok(ClientMessage::Ping { payload }) => self.say(pong(payload.as_deref())).await,
            Ok(ClientMessage::Pong) => ControlFlow::Continue(()),
            Ok(ClientMessage::Subscribe { .. }) if !self.acknowledged => {
                ControlFlow::Break(Some(Closing::Unauthorized))
            }
            Ok(ClientMessage::Subscribe { id, payload }) => self.subscribe(id, &payload).await,
            Ok(ClientMessage::Complete { id }) => {
                // Whatever the operation had still to say is not said any more.
                if let Some(operation) = self.operations.remove(&id) {
                    operation.abort();
                }
                ControlFlow::Continue(())
            }
        }
    }

    async fn greet(&mut self, authorization: Option<String>) -> ControlFlow<Option<Closing>> {
        if let Some(authorization) = authorization {
            let reception = self.endpoint.reception.clone();
            match reception.recognised(&self.caller, &authorization).await {
                Ok(caller) => {
                    self.token_ends = caller.until_token_ends().boxed();
                    self.caller = caller;
                }
                Err(_) => return ControlFlow::Break(Some(Closing::Forbidden)),
            }
        }
        self.acknowledged = true;
        self.say(ACKNOWLEDGED.to_owned()).await
    }

    async fn subscribe(&mut self, id: String, payload: &RawValue) -> ControlFlow<Option<Closing>> {
        if self.operations.contains_key(&id) {
            return ControlFlow::Break(Some(Closing::AlreadyExists(id)));
        }
        let most = self
            .endpoint
            .engine
            .settings
            .subscriptions
            .operations_per_connection;
        if most <= self.operations.len() {
            return ControlFlow::Break(Some(Closing::TooManyOperations));
        }
        let mut caller = self.endpoint.reception.again(&self.caller);
        caller.request_id = RequestId::fresh();
        let prepared = Parameters::from_json(payload)
            .map_err(malformed)
            .and_then(|parameters| {
                self.endpoint
                    .engine
                    .prepare(parameters, caller.clone(), self.first_party, false)
            });
        match prepared {
            Ok(operation) => self.start(id, operation, caller).await,
            Err(refused) => self.refuse(&id, &refused, &caller).await,
        }
    }

    async fn refuse(
        &mut self,
        id: &str,
        refused: &Refused,
        caller: &Caller,
    ) -> ControlFlow<Option<Closing>> {
        let errors = json(&refused.errors(caller.language, &caller.request_id));
        self.say(about(id, "error", &errors)).await
    }

    async fn start(
        &mut self,
        id: String,
        operation: Operation,
        caller: Caller,
    ) -> ControlFlow<Option<Closing>> {
        let span = span(&operation, &caller);
        let Operation { request, cost, .. } = operation;
        let stream = self.endpoint.engine.executor.execute_stream(request, None);
        let results = match span.in_scope(|| Results::begin(stream)) {
            Ok(results) => results,
            Err(result) => {
                let errors = error_list(&result, &caller);
                return self.say(about(&id, "error", &errors)).await;
            }
        };
        let (abort, registration) = AbortHandle::new_pair();
        let next_id = id.clone();
        let last = Event::Last {
            message: about(&id, "complete", b""),
            id: id.clone(),
        };
        let events = results
            .into_stream()
            .map(move |result| {
                let body = Executed::of(&result, &caller, cost).body;
                Event::Message(about(&next_id, "next", &body))
            })
            .chain(futures::stream::once(async { last }));
        self.operations.insert(id, abort);
        self.events
            .push(Abortable::new(events, registration).boxed());
        ControlFlow::Continue(())
    }

    async fn say(&mut self, text: String) -> ControlFlow<Option<Closing>> {
        self.send(Message::Text(text.into())).await
    }

    async fn send(&mut self, message: Message) -> ControlFlow<Option<Closing>> {
        match timeout_at(Instant::now() + SEND_TIMEOUT, self.socket.send(message)).await {
            Ok(Ok(())) => ControlFlow::Continue(()),
            _ => ControlFlow::Break(None),
        }
    }
}
