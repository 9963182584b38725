//! A page of 50 published items with their answers, out of 100,000: processor
//! time of the server for a request, beside Mercurius with JIT that answers the
//! same bytes from memory, and beside axum alone that sends them as they are.
//!
//! ```text
//! cargo build --release -p server --bin hiroba
//! npm ci --prefix xtask/peers
//! cargo run --release -p server --example query_bench -- [items] [requests]
//! ```
//!
//! A demonstration city takes as many opinions, answers them and publishes the
//! result, over HTTP; then all pages are read once, and given to the peers. The
//! three servers answer pages in the same random order, in alternating rounds;
//! ours a second time to somebody who is signed in, for whom nothing is kept
//! ready.

#[path = "../running/mod.rs"]
mod running;

mod peers;
mod published;

use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::json;

use published::Officer;
use running::{Connection, Folder, Process};

/// There is room for all answers, as there is in the peers; nothing is said of
/// the cost, since the peers say nothing of it either.
const CONFIG: &str = "[graphql]\nreport_cost = false\ntext_cache_bytes = 268435456\n";

/// Clients at a time.
const CLIENTS: usize = 8;
const ROUNDS: usize = 5;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let first = arguments.next();
    if first.as_deref() == Some("bytes") {
        let pages = arguments.next().context("which pages")?;
        return tokio::runtime::Runtime::new()?.block_on(peers::send_bytes(&pages));
    }
    let items = first
        .map_or(Ok(100_000), |n| n.parse())
        .context("how many items")?;
    let requests = arguments.next().map_or(Ok(2_000), |n| n.parse());
    let requests = requests.context("how many requests")?;
    tokio::runtime::Runtime::new()?.block_on(measure(items, requests))
}

/// A request and its answer.
#[derive(serde::Serialize, serde::Deserialize)]
pub(crate) struct Page {
    pub(crate) request: String,
    pub(crate) answer: String,
}

async fn measure(items: usize, requests: usize) -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let city = Process::city(&folder.0, CONFIG)?;
    let case = published::case(&city.address, items).await?;
    let pages = published::pages(&city.address, &case).await?;
    let bytes: usize = pages.iter().map(|page| page.answer.len()).sum();
    println!(
        "{} pages of {} bytes",
        pages.len(),
        bytes / pages.len().max(1)
    );
    let mercurius = peers::mercurius(&folder.0, &case, &pages)?;
    let bare = peers::bytes(&folder.0, &pages)?;
    let persona = Some("hanako");
    let servers = [
        (&city, None),
        (&city, persona),
        (&mercurius, None),
        (&bare, None),
    ];
    for (server, persona) in servers {
        same_bytes(server, persona, &pages).await?;
    }
    let mut took = [const { Vec::new() }; 4];
    for round in 0..=ROUNDS {
        for ((server, persona), took) in servers.iter().zip(&mut took) {
            let one = ask(server, *persona, &pages, requests, round).await?;
            // The first is for warming up.
            if 0 < round {
                took.push(one);
            }
        }
    }
    let [ours, anew, mercurius, bare] = took.map(median);
    println!(
        "axum alone: {bare:.0} µs, Mercurius: {mercurius:.0} µs, Hiroba: {ours:.0} µs a request, \
         {anew:.0} µs where it is resolved anew"
    );
    println!("peak memory of the server: {} MB", city.peak_megabytes()?);
    let row = |measure: &str, ours: f64, peer: &str, theirs: f64, goal: Option<f64>| {
        let row = json!({
            "measure": measure, "value": ours, "unit": "µs of processor time",
            "peer": peer, "peer_value": theirs, "ratio": theirs / ours, "goal": goal,
        });
        println!("{row}");
    };
    row(
        "page of 50 items with their answers",
        ours,
        "Mercurius with JIT, from memory",
        mercurius,
        Some(1.0),
    );
    row(
        "the same for somebody signed in, resolved anew",
        anew,
        "Mercurius with JIT, from memory",
        mercurius,
        None,
    );
    row("the same bytes", ours, "axum alone, ready-made", bare, None);
    Ok(())
}

fn median(mut took: Vec<f64>) -> f64 {
    took.sort_by(f64::total_cmp);
    took.get(took.len() / 2).copied().unwrap_or(f64::NAN)
}

async fn connect(server: &Process, persona: Option<&str>) -> anyhow::Result<Connection> {
    match persona {
        Some(persona) => {
            let signed_in = Officer::sign_in(&server.address, persona).await?;
            Ok(signed_in.connection())
        }
        None => Connection::open(&server.address).await,
    }
}

/// What is compared is the work for the same answer.
async fn same_bytes(server: &Process, persona: Option<&str>, pages: &[Page]) -> anyhow::Result<()> {
    let mut connection = connect(server, persona).await?;
    for page in pages.iter().step_by(pages.len().div_ceil(40)) {
        let answer = connection
            .post("/graphql", "application/json", &page.request)
            .await?;
        if answer != page.answer.as_bytes() {
            let answer = String::from_utf8_lossy(answer);
            bail!(
                "another answer: {answer:.600}\ninstead of {:.600}",
                page.answer
            );
        }
    }
    Ok(())
}

/// Microseconds of the server's processor time for a request.
async fn ask(
    server: &Process,
    persona: Option<&str>,
    pages: &[Page],
    requests: usize,
    round: usize,
) -> anyhow::Result<f64> {
    let mut connections = Vec::new();
    for _ in 0..CLIENTS {
        connections.push(connect(server, persona).await?);
    }
    let before = server.processor()?;
    let asking = connections
        .iter_mut()
        .enumerate()
        .map(|(client, connection)| async move {
            for request in (client..requests).step_by(CLIENTS) {
                // Far apart, and the same in every server.
                let page = (round * requests + request) * 7_919 % pages.len();
                let page = pages.get(page).context("no page")?;
                let answer = connection
                    .post("/graphql", "application/json", &page.request)
                    .await?;
                if answer.len() != page.answer.len() {
                    bail!("another answer");
                }
            }
            Ok(())
        });
    futures::future::try_join_all(asking).await?;
    // What is counted in ticks is counted to the end.
    tokio::time::sleep(Duration::from_millis(20)).await;
    let took = server.processor()? - before;
    Ok(took.as_secs_f64() * 1e6 / requests as f64)
}
