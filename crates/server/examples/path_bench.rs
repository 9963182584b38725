//! The whole path of an opinion: HTTP, GraphQL, decide, append, project, answer.
//!
//! A demonstration city runs as a process of its own, and 64 clients hand in
//! opinions to one case, each on its own connection, the next as soon as the
//! last is answered. Each 10,000 are measured, and the first quarter of them is
//! compared with the last: a case with many opinions must take the next one as
//! fast as the first.
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
    fmt,
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
/// How many opinions are measured together.
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
    let quarter = measured.len().div_ceil(4);
    let (first, last) = (
        measured.get(..quarter).unwrap_or_default(),
        measured.get(measured.len() - quarter..).unwrap_or_default(),
    );
    println!("peak memory of the server: {} MB", city.peak_megabytes()?);
    let line = |measure: &str, value: f64, unit: &str, ratio: Option<f64>, goal: Option<f64>| {
        println!(
            "{}",
            json!({"measure": measure, "value": value, "unit": unit, "ratio": ratio, "goal": goal})
        );
    };
    let compared = |of: fn(&Portion) -> f64| (median(first, of), median(last, of));
    let (before, after) = compared(|portion| portion.per_second);
    line(
        "whole path, 64 clients, the last quarter beside the first",
        after,
        "opinions/s",
        Some(after / before),
        Some(0.9),
    );
    let (before, after) = compared(|portion| portion.processor);
    line(
        "whole path, processor time, the last quarter beside the first",
        after,
        "µs an opinion",
        Some(before / after),
        Some(0.9),
    );
    line(
        "whole path, p50",
        median(last, |portion| portion.p50),
        "ms",
        None,
        None,
    );
    line(
        "whole path, p99",
        median(last, |portion| portion.p99),
        "ms",
        None,
        None,
    );
    Ok(())
}

/// The figure of the portion in the middle: neighbours on the machine disturb now
/// this one and now that, and a snapshot is written during every sixth.
fn median(portions: &[Portion], of: fn(&Portion) -> f64) -> f64 {
    let mut figures: Vec<f64> = portions.iter().map(of).collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

/// What one portion of the opinions took.
struct Portion {
    per_second: f64,
    /// Milliseconds.
    p50: f64,
    p99: f64,
    /// Microseconds of the server's processor time for each.
    processor: f64,
}

impl fmt::Display for Portion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:.0} opinions/s, p50 {:.1} ms, p99 {:.1} ms, server {:.0} µs of processor time each",
            self.per_second, self.p50, self.p99, self.processor
        )
    }
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
        let to = opinions.min(from + portion);
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
            per_second: count as f64 / elapsed.as_secs_f64(),
            p50: at(50),
            p99: at(99),
            processor: processor.as_secs_f64() * 1e6 / count as f64,
        });
        if let Some(portion) = portions.last() {
            eprintln!("{to} of {opinions}: {portion}");
        }
        from = to;
    }
    Ok(portions)
}
