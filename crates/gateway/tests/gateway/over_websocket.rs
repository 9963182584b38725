//! The protocol `graphql-transport-ws`, message by message.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use gateway::http::{GraphQlSettings, Limits, SubscriptionSettings};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{ClientRequestBuilder, Message},
};

use crate::support::{Served, Site, site};

struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    _served: Served,
}

impl Client {
    async fn of(site: &Site, protocol: &str) -> Self {
        let served = site.serve().await;
        let address = format!("ws://{}/graphql", served.address)
            .parse()
            .expect("an address");
        let request = ClientRequestBuilder::new(address).with_sub_protocol(protocol);
        let (socket, _) = connect_async(request).await.expect("the server upgrades");
        Self {
            socket,
            _served: served,
        }
    }

    /// A client that has greeted.
    async fn greeted(site: &Site) -> Self {
        let mut client = Self::of(site, "graphql-transport-ws").await;
        client.say(json!({ "type": "connection_init" })).await;
        assert_eq!(client.hear().await, json!({ "type": "connection_ack" }));
        client
    }

    async fn say(&mut self, message: Value) {
        self.say_text(&message.to_string()).await;
    }

    async fn say_text(&mut self, text: &str) {
        self.socket
            .send(Message::text(text))
            .await
            .expect("the socket is open");
    }

    async fn subscribe(&mut self, id: &str, query: &str) {
        self.say(json!({ "id": id, "type": "subscribe", "payload": { "query": query } }))
            .await;
    }

    /// The next message of the protocol.
    async fn hear(&mut self) -> Value {
        loop {
            match self
                .socket
                .next()
                .await
                .expect("the socket is open")
                .expect("a message")
            {
                Message::Text(text) => return serde_json::from_str(&text).expect("JSON"),
                Message::Close(frame) => panic!("closed: {frame:?}"),
                _ => (),
            }
        }
    }

    /// The code and reason with which the server closes; nothing else may come.
    async fn closed(&mut self) -> (u16, String) {
        loop {
            match self
                .socket
                .next()
                .await
                .expect("a close frame")
                .expect("a message")
            {
                Message::Close(Some(frame)) => {
                    return (frame.code.into(), frame.reason.to_string());
                }
                Message::Ping(_) | Message::Pong(_) => (),
                other => panic!("not closed: {other:?}"),
            }
        }
    }

    /// Nothing but the answer to this ping comes.
    async fn silent(&mut self) {
        self.say(json!({ "type": "ping", "payload": { "after": "silence" } }))
            .await;
        assert_eq!(
            self.hear().await,
            json!({ "type": "pong", "payload": { "after": "silence" } })
        );
    }
}

fn plain() -> GraphQlSettings {
    GraphQlSettings {
        report_cost: false,
        ..GraphQlSettings::default()
    }
}

#[tokio::test]
async fn operations_run_side_by_side_and_end() {
    let site = site(plain());
    let mut client = Client::greeted(&site).await;
    client.subscribe("a", "subscription {count(to: 2)}").await;
    assert_eq!(
        client.hear().await,
        json!({ "id": "a", "type": "next", "payload": { "data": { "count": 1 } } })
    );
    assert_eq!(
        client.hear().await,
        json!({ "id": "a", "type": "next", "payload": { "data": { "count": 2 } } })
    );
    assert_eq!(
        client.hear().await,
        json!({ "id": "a", "type": "complete" })
    );
    // The id is free again; a query is an operation like any other.
    client.subscribe("a", "{hello}").await;
    assert_eq!(
        client.hear().await,
        json!({ "id": "a", "type": "next", "payload": { "data": { "hello": "hello world" } } })
    );
    assert_eq!(
        client.hear().await,
        json!({ "id": "a", "type": "complete" })
    );
    client.subscribe("b", "mutation {change}").await;
    assert_eq!(client.hear().await["payload"]["data"]["change"], true);
    assert_eq!(client.hear().await["type"], "complete");
}

#[tokio::test]
async fn whoever_speaks_another_protocol_is_told_4406() {
    let site = site(plain());
    let served = site.serve().await;
    let address: String = format!("ws://{}/graphql", served.address);
    // Without a protocol of ours the handshake succeeds only for a client that
    // asks for none.
    let (socket, _) = connect_async(address).await.expect("the server upgrades");
    let mut client = Client {
        socket,
        _served: served,
    };
    assert_eq!(
        client.closed().await,
        (4406, "Subprotocol not acceptable".into())
    );
}

#[tokio::test]
async fn a_message_that_is_none_closes_with_4400() {
    for wrong in [
        "nonsense",
        "{}",
        r#"{"type":"start"}"#,
        r#"{"type":"subscribe","id":"1"}"#,
    ] {
        let site = site(plain());
        let mut client = Client::greeted(&site).await;
        client.say_text(wrong).await;
        let (code, reason) = client.closed().await;
        assert_eq!(code, 4400, "{wrong}");
        assert!(reason.len() <= 123);
    }
    let site = site(plain());
    let mut client = Client::greeted(&site).await;
    client.socket.send(Message::binary(vec![1])).await.unwrap();
    assert_eq!(client.closed().await.0, 4400);
}

#[tokio::test]
async fn whoever_subscribes_before_greeting_is_told_4401() {
    let site = site(plain());
    let mut client = Client::of(&site, "graphql-transport-ws").await;
    client.subscribe("a", "{hello}").await;
    assert_eq!(client.closed().await, (4401, "Unauthorized".into()));
}

#[tokio::test]
async fn a_wrong_token_closes_with_4403() {
    let site = site(plain());
    let mut client = Client::of(&site, "graphql-transport-ws").await;
    client
        .say(json!({ "type": "connection_init", "payload": { "authorization": "Bearer taro" } }))
        .await;
    assert_eq!(client.closed().await, (4403, "Forbidden".into()));
}

#[tokio::test]
async fn a_token_in_the_greeting_is_good_for_the_whole_connection() {
    let site = site(plain());
    let mut client = Client::of(&site, "graphql-transport-ws").await;
    client
        .say(json!({ "type": "connection_init", "payload": { "authorization": "Bearer hanako" } }))
        .await;
    client.hear().await;
    client.subscribe("a", "subscription {mine}").await;
    assert_eq!(client.hear().await["payload"]["data"]["mine"], "hanako");
}

#[tokio::test]
async fn whoever_does_not_greet_in_time_is_told_4408() {
    let site = site(GraphQlSettings {
        subscriptions: SubscriptionSettings {
            init_timeout_ms: 1,
            ..SubscriptionSettings::default()
        },
        ..plain()
    });
    let mut client = Client::of(&site, "graphql-transport-ws").await;
    assert_eq!(
        client.closed().await,
        (4408, "Connection initialisation timeout".into())
    );
}

#[tokio::test]
async fn an_id_that_is_taken_closes_with_4409() {
    let site = site(plain());
    let mut client = Client::greeted(&site).await;
    client.subscribe("a", "subscription {silence}").await;
    client.hear().await;
    client.subscribe("a", "{hello}").await;
    assert_eq!(
        client.closed().await,
        (4409, "Subscriber for a already exists".into())
    );
    site.all_streams_end().await;
}

#[tokio::test]
async fn greeting_twice_closes_with_4429() {
    let site = site(plain());
    let mut client = Client::greeted(&site).await;
    client.say(json!({ "type": "connection_init" })).await;
    assert_eq!(
        client.closed().await,
        (4429, "Too many initialisation requests".into())
    );
}

#[tokio::test]
async fn too_many_operations_close_the_connection() {
    let site = site(GraphQlSettings {
        subscriptions: SubscriptionSettings {
            operations_per_connection: 1,
            ..SubscriptionSettings::default()
        },
        ..plain()
    });
    let mut client = Client::greeted(&site).await;
    client.subscribe("a", "subscription {silence}").await;
    client.hear().await;
    client.subscribe("b", "{hello}").await;
    assert_eq!(client.closed().await.0, 4429);
}

#[tokio::test]
async fn what_cannot_be_executed_is_an_error_and_the_connection_lives_on() {
    let site = site(GraphQlSettings {
        limits: Limits {
            cost: 10,
            ..Limits::default()
        },
        ..plain()
    });
    let mut client = Client::greeted(&site).await;
    for (query, code) in [
        ("subscription {nothing}", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription {", "GRAPHQL_PARSE_FAILED"),
        ("{items(first: 50) {nodes {title}}}", "COST_LIMIT"),
    ] {
        client.subscribe("a", query).await;
        let message = client.hear().await;
        assert_eq!(message["type"], "error", "{message}");
        assert_eq!(message["payload"][0]["extensions"]["code"], code);
    }
    client
        .say(json!({ "id": "a", "type": "subscribe", "payload": { "query": 1 } }))
        .await;
    assert_eq!(
        client.hear().await["payload"][0]["extensions"]["code"],
        "BAD_USER_INPUT"
    );
    // No complete follows an error.
    client.silent().await;
}

#[tokio::test]
async fn an_error_of_an_event_comes_with_the_event() {
    let site = site(plain());
    let mut client = Client::greeted(&site).await;
    client.subscribe("a", "subscription {fails}").await;
    assert_eq!(client.hear().await["payload"]["data"]["fails"], 1);
    let failed = client.hear().await;
    assert_eq!(
        (
            &failed["type"],
            &failed["payload"]["errors"][0]["extensions"]["code"]
        ),
        (&json!("next"), &json!("INTERNAL"))
    );
    assert!(!failed.to_string().contains("wire"));
    assert_eq!(client.hear().await["type"], "complete");
}

#[tokio::test]
async fn an_operation_that_the_client_ends_says_nothing_more() {
    let site = site(plain());
    let mut client = Client::greeted(&site).await;
    client.subscribe("a", "subscription {silence}").await;
    client.hear().await;
    client.say(json!({ "id": "a", "type": "complete" })).await;
    client.silent().await;
    site.all_streams_end().await;
    client
        .say(json!({ "id": "unknown", "type": "complete" }))
        .await;
    client.silent().await;
}

#[tokio::test]
async fn pings_are_answered_before_and_after_the_greeting() {
    let site = site(plain());
    let mut client = Client::of(&site, "graphql-transport-ws").await;
    client.say(json!({ "type": "ping" })).await;
    assert_eq!(client.hear().await, json!({ "type": "pong" }));
    client.say(json!({ "type": "pong" })).await;
    client.silent().await;
}

#[tokio::test]
async fn streams_end_when_the_client_goes() {
    let site = site(plain());
    let mut client = Client::greeted(&site).await;
    client.subscribe("a", "subscription {silence}").await;
    client.hear().await;
    drop(client);
    site.all_streams_end().await;
}

#[tokio::test]
async fn a_connection_ends_with_the_server() {
    let site = site(plain());
    let mut client = Client::greeted(&site).await;
    site.shutdown.begin();
    assert_eq!(client.closed().await, (1001, "Going away".into()));
}

#[tokio::test]
async fn a_client_that_answers_no_heartbeat_is_given_up() {
    let site = site(GraphQlSettings {
        subscriptions: SubscriptionSettings {
            heartbeat_ms: 1,
            ..SubscriptionSettings::default()
        },
        ..plain()
    });
    let mut client = Client::greeted(&site).await;
    client.subscribe("a", "subscription {silence}").await;
    client.hear().await;
    // The client answers pings only while it reads; it does not read now.
    tokio::time::timeout(Duration::from_secs(10), site.all_streams_end())
        .await
        .expect("the server gives up");
}
