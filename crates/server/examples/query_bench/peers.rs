//! What our server is measured beside.

use std::{collections::HashMap, fs, path::Path, process::Command, sync::Arc};

use anyhow::Context;
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use serde_json::{Value, json};

use crate::{Page, running::Process};

/// Mercurius with JIT; the items of all pages lie in its memory.
pub(crate) fn mercurius(folder: &Path, case: &str, pages: &[Page]) -> anyhow::Result<Process> {
    let mut items = Vec::new();
    for page in pages {
        let mut answer: Value = serde_json::from_str(&page.answer)?;
        let nodes = answer["data"]["publicCommentCase"]["items"]["nodes"].take();
        items.extend(nodes.as_array().cloned().unwrap_or_default());
    }
    let data = folder.join("items.json");
    fs::write(&data, json!({"id": case, "items": items}).to_string())?;
    let mut node = Command::new("node");
    node.arg("xtask/peers/mercurius.mjs")
        .arg("schema.graphql")
        .arg(&data);
    Process::start(&mut node)
        .context("is Mercurius there? npm ci --prefix xtask/peers, and start at the root")
}

/// axum alone, in a process of its own.
pub(crate) fn bytes(folder: &Path, pages: &[Page]) -> anyhow::Result<Process> {
    let path = folder.join("pages.json");
    fs::write(&path, serde_json::to_string(pages)?)?;
    let mut this = Command::new(std::env::current_exe()?);
    Process::start(this.arg("bytes").arg(&path))
}

type Answers = Arc<HashMap<Bytes, Bytes>>;

/// Answers requests that are known with bytes that are ready.
pub(crate) async fn send_bytes(pages: &str) -> anyhow::Result<()> {
    let pages: Vec<Page> = serde_json::from_str(&fs::read_to_string(pages)?)?;
    let pages = pages.into_iter();
    let answers: Answers = Arc::new(
        pages
            .map(|page| (page.request.into(), page.answer.into()))
            .collect(),
    );
    let router = Router::new()
        .route("/graphql", post(answer))
        .with_state(answers);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}/", listener.local_addr()?);
    axum::serve(listener, router).await?;
    Ok(())
}

async fn answer(State(answers): State<Answers>, request: Bytes) -> Response {
    match answers.get(&request) {
        Some(answer) => {
            let media = [(header::CONTENT_TYPE, "application/json")];
            (media, answer.clone()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
