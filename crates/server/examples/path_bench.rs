//! The whole path of an opinion: HTTP, GraphQL, decide, append, project, answer.
//!
//! A demonstration city runs as a process of its own, and 64 clients hand in
//! opinions to one case, each on its own connection, the next as soon as the
//! last is answered. The first 10,000 and the last 10,000 are compared: a case
//! with many opinions must take the next one as fast as the first.
//!
//! ```text
//! cargo build --release -p server --bin hiroba
//! cargo run --release -p server --example path_bench -- [opinions]
//! ```
//!
//! Processor time is the server's own, of all its threads; it disturbs less
//! than the clock what else the machine does. The clients share the machine.

mod running;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use anyhow::{Context, bail};
use serde_json::json;

use running::{Connection, Folder, Process, open_case, opinion};

const CLIENTS: u64 = 64;
/// How many opinions are compared at the beginning and at the end.
const PORTION: u64 = 10_000;
const SUBMIT: &str = "mutation($input: SubmitOpinionInput!) { submitOpinion(input: $input) { \
                      __typename ... on SubmitOpinionPayload { position submission { id } } \
                      ... on Refusal { code messageEn } } }";

fn main() -> anyhow::Result<()> {
    let opinions = std::env::args()
        .nth(1)
        .map_or(Ok(200_000), |n| n.parse())
        .context("how many opinions")?;
    let portion = PORTION.min(opinions / 2).max(1);
    let folder = Folder::new()?;
    let city = Process::city(&folder.0, "")?;
    let runtime = tokio::runtime::Runtime::new()?;
    let case = runtime.block_on(open_case(&city.address))?;
    let measured = runtime.block_on(submit(&city, &case, opinions, portion))?;
    let (first, last) = (
        measured.first().context("nothing was measured")?,
        measured.last().context("nothing was measured")?,
    );
    for (what, portion) in [("first", first), ("last", last)] {
        println!(
            "{what} {} of {opinions}: {:.0} opinions/s, p50 {:.1} ms, p99 {:.1} ms, server {:.0} µs \
             of processor time each",
            portion.count, portion.per_second, portion.p50, portion.p99, portion.processor
        );
    }
    println!("peak memory of the server: {} MB", city.peak_megabytes()?);
    let line = |measure: &str, value: f64, unit: &str, ratio: Option<f64>, goal: Option<f64>| {
        println!(
            "{}",
            json!({"measure": measure, "value": value, "unit": unit, "ratio": ratio, "goal": goal})
        );
    };
    line(
        "whole path, 64 clients, last portion",
        last.per_second,
        "opinions/s",
        Some(last.per_second / first.per_second),
        Some(0.9),
    );
    line(
        "whole path, processor time of the last to the first portion",
        last.processor,
        "µs an opinion",
        Some(first.processor / last.processor),
        Some(0.9),
    );
    line("whole path, p50", last.p50, "ms", None, None);
    line("whole path, p99", last.p99, "ms", None, None);
    Ok(())
}

/// What one portion of the opinions took.
struct Portion {
    count: u64,
    per_second: f64,
    /// Milliseconds.
    p50: f64,
    p99: f64,
    /// Microseconds of the server's processor time for each.
    processor: f64,
}

async fn submit(
    city: &Process,
    case: &str,
    opinions: u64,
    portion: u64,
) -> anyhow::Result<Vec<Portion>> {
    let mut connections = Vec::new();
    for _ in 0..CLIENTS {
        connections.push(Connection::open(&city.address).await?);
    }
    let mut portions = Vec::new();
    let mut from = 0;
    while from < opinions {
        // The middle is one portion; only its ends are compared.
        let to = match from {
            0 => portion,
            _ if from < opinions - portion => opinions - portion,
            _ => opinions,
        };
        let next = Arc::new(AtomicU64::new(from));
        let (start, before) = (Instant::now(), city.processor()?);
        let tasks: Vec<_> = connections
            .drain(..)
            .map(|mut connection| {
                let (next, case) = (Arc::clone(&next), case.to_owned());
                tokio::spawn(async move {
                    let mut latencies = Vec::new();
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if to <= number {
                            return Ok::<_, anyhow::Error>((connection, latencies));
                        }
                        let input = opinion(&case, number);
                        let begin = Instant::now();
                        let answer = connection.ask(SUBMIT, &json!({"input": input})).await?;
                        latencies.push(begin.elapsed());
                        let outcome = &answer["submitOpinion"];
                        if outcome["__typename"] != "SubmitOpinionPayload" {
                            bail!("an opinion was not taken: {outcome}");
                        }
                    }
                })
            })
            .collect();
        let mut latencies = Vec::new();
        for task in tasks {
            let (connection, some) = task.await??;
            connections.push(connection);
            latencies.extend(some);
        }
        let (elapsed, processor) = (start.elapsed(), city.processor()? - before);
        latencies.sort_unstable();
        let at = |part: usize| {
            let place = latencies.len().saturating_sub(1) * part / 100;
            latencies
                .get(place)
                .copied()
                .unwrap_or_default()
                .as_secs_f64()
                * 1e3
        };
        let count = to - from;
        portions.push(Portion {
            count,
            per_second: count as f64 / elapsed.as_secs_f64(),
            p50: at(50),
            p99: at(99),
            processor: processor.as_secs_f64() * 1e6 / count as f64,
        });
        eprintln!("{to} of {opinions}");
        from = to;
    }
    Ok(portions)
}
