//! An inquisitive reader: asks everything, as everybody.

use std::{
    collections::{BTreeMap, BTreeSet},
    pin::Pin,
    sync::OnceLock,
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    http::{Request, header},
};
use futures::{Stream, StreamExt};
use gateway::http::{HttpSettings, Metrics, around};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{
    known::Known,
    ledger::{Ledger, VIEWERS},
    selection::Questions,
};
use crate::{logs, pages::Pages, support::Story};

type Frames = Pin<Box<dyn Stream<Item = Result<Bytes, axum::Error>> + Send>>;

/// What each viewer saw.
pub(super) type Sightings = BTreeMap<&'static str, BTreeSet<usize>>;

/// Somebody who looks everywhere.
pub(super) struct Reader {
    questions: Questions,
    /// What the viewers follow.
    streams: Vec<(&'static str, Frames)>,
}

impl Reader {
    pub(super) fn new() -> Self {
        Self {
            questions: Questions::of_the_schema(),
            streams: Vec::new(),
        }
    }

    /// Everything that a mutation can answer.
    pub(super) fn payload(&self, mutation: &str, known: &Known) -> String {
        let mut letters = mutation.chars();
        let name: String = letters
            .next()
            .unwrap()
            .to_uppercase()
            .chain(letters)
            .collect();
        self.questions.everything(&format!("{name}Payload"), known)
    }

    /// Everybody follows a case from now on.
    pub(super) async fn follow(&mut self, story: &Story, case: &str, known: &Known) {
        let fields = self.questions.everything("PublicCommentCase", known);
        let document = format!("subscription {{ caseChanged(id: \"{case}\") {{ {fields} }} }}");
        for who in VIEWERS {
            let request = request(who, &document, "text/event-stream");
            let response = story.send(request).await;
            assert!(response.status().is_success(), "{who}: {response:?}");
            let frames = response.into_body().into_data_stream();
            self.streams.push((who, Box::pin(frames)));
        }
    }

    /// What those who follow were told since they were asked last. Something
    /// must have happened.
    pub(super) async fn told(&mut self, ledger: &Ledger) {
        for (who, frames) in &mut self.streams {
            let mut text = Vec::new();
            while !contains(&text, b"event: next") || !text.ends_with(b"\n\n") {
                let frame = tokio::time::timeout(Duration::from_secs(120), frames.next());
                let frame = frame.await.expect("nothing is told").expect("it has ended");
                text.extend_from_slice(&frame.unwrap());
            }
            judge(ledger, who, "caseChanged", &text, &mut BTreeSet::new());
        }
    }

    /// Everybody asks everything.
    pub(super) async fn look_everywhere(
        &self,
        story: &Story,
        known: &Known,
        ledger: &Ledger,
    ) -> Sightings {
        let mut sightings = Sightings::new();
        let operations = self.questions.operations("Query", known);
        let paths = known.paths();
        let (router, _folder) = everything(story);
        for who in VIEWERS {
            let seen = sightings.entry(*who).or_default();
            for operation in &operations {
                let request = request(who, operation, "application/json");
                let answer = answer(&router, request).await;
                judge(ledger, who, operation, &answer, seen);
                assert!(
                    !contains(&answer, b"GRAPHQL_") && !contains(&answer, b"COST_LIMIT"),
                    "{who} asks in vain: {operation}: {}",
                    String::from_utf8_lossy(&answer)
                );
            }
            for path in &paths {
                let request = fetch(who, path);
                judge(ledger, who, path, &answer(&router, request).await, seen);
            }
        }
        let seen = sightings.entry("nobody").or_default();
        for path in known.openings() {
            let request = fetch("nobody", &path);
            let answer = answer(&router, request).await;
            judge(ledger, "nobody", &path, &answer, seen);
        }
        let log = logs::written();
        assert!(contains(&log, b"http.server.request"), "nothing is logged");
        let logged = ledger.seen_in(&log);
        assert!(logged.is_empty(), "the program's log holds {logged:?}");
        sightings
    }

    /// What is given to the public as files.
    pub(super) async fn take_the_export(&self, story: &Story, ledger: &Ledger) -> BTreeSet<usize> {
        let folder = tempfile::tempdir().unwrap();
        let disk = disk::Disk::new();
        server::export(
            &story.city().desk,
            story.sealer(),
            &disk,
            folder.path(),
            &|_, _| (),
        )
        .await
        .unwrap();
        let mut seen = BTreeSet::new();
        let mut folders = vec![folder.path().to_owned()];
        let mut files = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                files += 1;
                let bytes = std::fs::read(&path).unwrap();
                judge(ledger, "nobody", &path.to_string_lossy(), &bytes, &mut seen);
            }
        }
        assert!(0 < files, "nothing is exported");
        seen
    }
}

/// Nobody sees what they may not see.
pub(super) fn judge(
    ledger: &Ledger,
    who: &str,
    place: &str,
    answer: &[u8],
    seen: &mut BTreeSet<usize>,
) {
    for mark in ledger.seen_in(answer) {
        let what = ledger.marks[mark].what;
        assert!(
            ledger.may(who, what),
            "{who} must not see {what:?} ({mark}), and finds it in {place}"
        );
        seen.insert(mark);
    }
}

/// The city with everything that stands around it.
fn everything(story: &Story) -> (Router, tempfile::TempDir) {
    static METRICS: OnceLock<Metrics> = OnceLock::new();
    let metrics = METRICS.get_or_init(|| Metrics::install().unwrap());
    let (routes, folder) = Pages::routes(story);
    let routes = routes.merge(metrics.clone().router());
    let settings = HttpSettings {
        requests: None,
        ..HttpSettings::default()
    };
    let reception = story.city().reception.clone();
    (around(routes, &settings, reception).unwrap(), folder)
}

fn request(who: &str, document: &str, media: &str) -> Request<Body> {
    let body = json!({"query": document}).to_string();
    signed(who, Request::post("/graphql"))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, media)
        .body(Body::from(body))
        .unwrap()
}

fn fetch(who: &str, path: &str) -> Request<Body> {
    signed(who, Request::get(path)).body(Body::empty()).unwrap()
}

fn signed(who: &str, request: axum::http::request::Builder) -> axum::http::request::Builder {
    if who == "nobody" {
        return request;
    }
    request.header(header::AUTHORIZATION, format!("Bearer {who}"))
}

async fn answer(router: &Router, request: Request<Body>) -> Vec<u8> {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let mut bytes = format!("{:?}\n", parts.headers).into_bytes();
    bytes.extend_from_slice(&to_bytes(body, 1 << 26).await.unwrap());
    bytes
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// The ids of a kind anywhere in an answer.
pub(super) fn ids(answer: &Value, prefix: &str, found: &mut Vec<String>) {
    match answer {
        Value::String(text) if text.starts_with(prefix) && !found.contains(text) => {
            found.push(text.clone());
        }
        Value::Array(values) => values.iter().for_each(|value| ids(value, prefix, found)),
        Value::Object(fields) => fields.values().for_each(|value| ids(value, prefix, found)),
        _ => (),
    }
}
