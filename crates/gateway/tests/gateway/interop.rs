//! Clients and audits that others wrote, run by Node.js against a real port.
//!
//! Where Node.js or the packages of `tests/interop` are missing, each of these
//! tests says so and passes.

use std::path::{Path, PathBuf};

use gateway::http::{GraphQlSettings, StatusPolicy};
use tokio::process::Command;

use crate::support::site;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/interop")
}

/// Runs a script of `tests/interop`; its output must end well.
pub(crate) async fn run(script: &str, arguments: &[&str]) {
    let folder = folder();
    if !folder.join("node_modules").is_dir() {
        println!("{script} not run: `npm ci` in tests/interop installs what it needs");
        return;
    }
    let child = Command::new("node")
        .arg(script)
        .args(arguments)
        .current_dir(folder)
        .kill_on_drop(true)
        .output();
    let output = match child.await {
        Ok(output) => output,
        Err(error) => {
            println!("{script} not run: node: {error}");
            return;
        }
    };
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}\n{text}\n{errors}");
    println!("{text}");
}

#[tokio::test]
async fn the_audit_suite_of_graphql_http_passes_completely() {
    let served = site(GraphQlSettings::default()).serve().await;
    run(
        "audit.mjs",
        &[&format!("http://{}/graphql", served.address)],
    )
    .await;
}

#[tokio::test]
async fn the_draft_fails_the_audits_that_it_contradicts_and_no_other() {
    let settings = GraphQlSettings {
        http_status: StatusPolicy::Draft202608,
        ..GraphQlSettings::default()
    };
    let served = site(settings).serve().await;
    run("audit.mjs", &[&format!("http://{}/graphql", served.address), "423L,LKJ0,LKJ1,LKJ2,LKJ3,6C00,6C01,6C02,6C03,4760,4761,4762,4763,58B0,58B1,58B2,58B3,3E3A,572B,FDE2,7B9B,86EE"]).await;
}

#[tokio::test]
async fn the_client_graphql_sse_is_served() {
    let site = site(GraphQlSettings::default());
    let served = site.serve().await;
    run("sse.mjs", &[&format!("http://{}/graphql", served.address)]).await;
    site.all_streams_end().await;
}

#[tokio::test]
async fn the_client_graphql_ws_is_served() {
    let site = site(GraphQlSettings::default());
    let served = site.serve().await;
    run(
        "websocket.mjs",
        &[&format!("ws://{}/graphql", served.address)],
    )
    .await;
    site.all_streams_end().await;
}
