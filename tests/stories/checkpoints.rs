//! Checkpoints are followed as they are signed, from whichever the client has,
//! over both transports.

use std::pin::Pin;

use axum::{
    body::{Body, Bytes},
    http::{Request, header},
};
use futures::{SinkExt as _, Stream, StreamExt as _};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{ClientRequestBuilder, Message},
};
use transparency::{Hash, SignedCheckpoint, VerifierKey, proof};

use crate::{
    history::open_case,
    public_comment::opinion,
    support::{Served, Story},
};

const FOLLOW: &str = "subscription($after: String) { checkpointSigned(after: $after) {
    size root note consistency
} }";

fn question(after: Option<u64>) -> Value {
    let after = after.map(|size| size.to_string());
    json!({"query": FOLLOW, "variables": {"after": after}})
}

/// Somebody who follows checkpoints, and believes what is proved.
struct Follower {
    answers: Answers,
    key: VerifierKey,
    last: Option<(u64, Hash)>,
}

enum Answers {
    EventStream(
        Pin<Box<dyn Stream<Item = Result<Bytes, axum::Error>> + Send>>,
        String,
    ),
    WebSocket(Box<WebSocketStream<MaybeTlsStream<TcpStream>>>),
}

impl Answers {
    /// What is told next.
    async fn next(&mut self) -> Value {
        match self {
            Self::EventStream(frames, text) => loop {
                if let Some((event, rest)) = text.split_once("\n\n") {
                    let data = event.lines().find_map(|line| line.strip_prefix("data: "));
                    let data = data.filter(|_| event.contains("event: next"));
                    let told = data.map(|data| serde_json::from_str(data).unwrap());
                    *text = rest.to_owned();
                    if let Some(told) = told {
                        return told;
                    }
                    continue;
                }
                let frame = frames.next().await.expect("it has not ended").unwrap();
                text.push_str(str::from_utf8(&frame).unwrap());
            },
            Self::WebSocket(socket) => loop {
                if let Message::Text(text) = socket.next().await.unwrap().unwrap() {
                    let mut message: Value = serde_json::from_str(&text).unwrap();
                    match message["type"].as_str().unwrap() {
                        "next" => return message["payload"].take(),
                        "error" => return json!({"errors": message["payload"].take()}),
                        _ => (),
                    }
                }
            },
        }
    }
}

impl Follower {
    async fn over_sse(story: &Story, last: Option<(u64, Hash)>) -> Self {
        let request = Request::post("/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "text/event-stream")
            .body(Body::from(question(last.map(|last| last.0)).to_string()));
        let response = story.send(request.unwrap()).await;
        let frames = response.into_body().into_data_stream();
        Self::of(
            story,
            Answers::EventStream(Box::pin(frames), String::new()),
            last,
        )
    }

    async fn over_websocket(story: &Story, served: &Served, last: Option<(u64, Hash)>) -> Self {
        let address = served.address().replacen("http", "ws", 1) + "/graphql";
        let request = ClientRequestBuilder::new(address.parse().unwrap())
            .with_sub_protocol("graphql-transport-ws");
        let (mut socket, _) = connect_async(request).await.unwrap();
        let subscribe = json!({
            "id": "a", "type": "subscribe", "payload": question(last.map(|last| last.0)),
        });
        for message in [json!({"type": "connection_init"}), subscribe] {
            socket
                .send(Message::text(message.to_string()))
                .await
                .unwrap();
        }
        Self::of(story, Answers::WebSocket(Box::new(socket)), last)
    }

    fn of(story: &Story, answers: Answers, last: Option<(u64, Hash)>) -> Self {
        let key = story.sealer().verifiers().remove(0);
        Self { answers, key, last }
    }

    /// Waits for the next checkpoint; it is signed, and proved to extend what
    /// the follower had.
    async fn hear(&mut self) -> u64 {
        let told = self.answers.next().await;
        let told = &told["data"]["checkpointSigned"];
        let note = told["note"].as_str().unwrap();
        let signed = SignedCheckpoint::parse(note.as_bytes()).unwrap();
        let checkpoint = signed.verify([&self.key]).unwrap();
        assert_eq!(told["size"], checkpoint.size().to_string());
        assert_eq!(told["root"], checkpoint.root().to_string());
        let proof = told["consistency"].as_array().unwrap().iter();
        let proof: Vec<Hash> = proof
            .map(|hash| hash.as_str().unwrap().parse().unwrap())
            .collect();
        let new = (checkpoint.size(), checkpoint.root());
        match self.last.replace(new) {
            // Everything extends the empty log.
            Some((0, _)) => assert_eq!(proof, []),
            Some(old) => {
                proof::check_consistency(old.0, new.0, &proof, &old.1, &new.1).unwrap();
            }
            None => assert_eq!(proof, []),
        }
        new.0
    }

    /// Waits for all up to a size.
    async fn hear_until(&mut self, size: u64) -> Vec<u64> {
        let mut sizes = Vec::new();
        while sizes.last().is_none_or(|last| *last < size) {
            sizes.push(self.hear().await);
        }
        sizes
    }
}

fn newest(story: &Story) -> (u64, Hash) {
    let checkpoint = story.sealer().checkpoint();
    (
        checkpoint.checkpoint().size(),
        checkpoint.checkpoint().root(),
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_checkpoint_is_told_once_from_the_one_that_the_client_has() {
    let folder = TempDir::new().unwrap();
    let story = Story::in_folder(folder.path(), "2026-05-01", 1).await;
    let served = story.serve().await;
    let case = open_case(&story).await;
    story.sealer().seal().await.unwrap();
    let start = newest(&story);
    let mut stays = Follower::over_sse(&story, Some(start)).await;
    let mut comes_back = Follower::over_websocket(&story, &served, Some(start)).await;
    let mut newcomer = Follower::over_websocket(&story, &served, None).await;
    assert_eq!(newcomer.hear().await, start.0);
    // Each answer waits for its checkpoint, so that there are several.
    let (mut heard, mut last) = (Vec::new(), start);
    for number in 0..4 {
        let submit = async {
            let input = opinion(&case, "花子", "駅前の道を広くしてください。");
            story
                .does("nobody", "submitOpinion", input, "position")
                .await;
        };
        // Somebody goes, and comes back while the log grows.
        let follow = async {
            heard.push(comes_back.hear().await);
            last = comes_back.last.unwrap();
            comes_back = match number % 2 {
                0 => Follower::over_sse(&story, Some(last)).await,
                _ => Follower::over_websocket(&story, &served, Some(last)).await,
            };
        };
        tokio::join!(submit, follow);
    }
    story.sealer().seal().await.unwrap();
    let (size, _) = newest(&story);
    let mut signed = story.sealer().checkpoint_sizes();
    signed.retain(|signed| start.0 < *signed);
    assert!(4 <= signed.len(), "{signed:?}");
    assert_eq!(stays.hear_until(size).await, signed);
    if last.0 < size {
        heard.extend(comes_back.hear_until(size).await);
    }
    assert_eq!(heard, signed);
    assert_eq!(newcomer.hear_until(size).await, signed);
    // From the very beginning, too.
    let mut late = Follower::over_sse(&story, Some((0, Hash::empty_tree()))).await;
    let mut all = story.sealer().checkpoint_sizes();
    all.retain(|size| 0 < *size);
    assert_eq!(late.hear_until(size).await, all);

    // A client that has more than there is holds evidence, and is told so.
    for (after, said) in [("1000000", "cut back"), ("many", "a whole number")] {
        let body = json!({"query": FOLLOW, "variables": {"after": after}});
        let request = Request::post("/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "text/event-stream")
            .header(header::ACCEPT_LANGUAGE, "en")
            .body(Body::from(body.to_string()));
        let response = story.send(request.unwrap()).await;
        let frames = response.into_body().into_data_stream();
        let mut answers = Answers::EventStream(Box::pin(frames), String::new());
        let told = answers.next().await;
        let told = told["errors"].to_string();
        assert!(
            told.contains("BAD_USER_INPUT") && told.contains(said),
            "{told}"
        );
    }
    story.stop().await;
}
