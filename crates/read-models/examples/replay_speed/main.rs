//! How fast a log is folded, and how fast a city starts from a snapshot.
//!
//! ```text
//! cargo run --release -p read-models --example replay_speed [EVENTS]
//! ```
//!
//! One log in a store on disk, three ways through it in alternating rounds:
//! reading the bytes and parsing them with `serde_json` alone; reading,
//! checking, decoding and folding; starting from a snapshot. The goals are
//! those of the issue on public comment: at least 0.3 of parsing alone, and a
//! start in under a twentieth of a fold.

mod events;

use std::{sync::Arc, time::Instant};

use disk::Disk;
use event_store::{Append, CommandId, EventStore, Expected, NewEvent, Position, StreamWrite};
use event_store_sled::{Options, SledStore};
use events::{Events, SUBMISSIONS};
use read_models::{City, Projector, snapshot::Shelf};
use serde_json::{Value, json};

type Failure = Box<dyn std::error::Error>;

const ROUNDS: usize = 3;
const PAGE: usize = 1_000;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let count: u64 = match std::env::args().nth(1) {
        Some(count) => count.parse()?,
        None => 1_000_000,
    };
    let folder = tempfile::tempdir()?;
    let store: Arc<dyn EventStore> = Arc::new(SledStore::open(
        &folder.path().join("data"),
        Options::default(),
    )?);
    fill(store.as_ref(), count).await?;
    let shelf = Shelf::new(Disk::new(), &folder.path().join("views"));

    let mut parse = Vec::new();
    let mut fold = Vec::new();
    let mut start = Vec::new();
    let mut bytes = 0;
    let mut resident = 0;
    for round in 0..ROUNDS {
        let begun = Instant::now();
        bytes = parse_alone(store.as_ref()).await?;
        parse.push(begun.elapsed().as_secs_f64());

        let before = status("VmRSS");
        let begun = Instant::now();
        let (mut projector, reader) = Projector::new(Arc::clone(&store), City::default());
        projector.catch_up().await?;
        fold.push(begun.elapsed().as_secs_f64());
        resident = resident.max(status("VmRSS").saturating_sub(before));
        if round == 0 {
            shelf.put(store.as_ref(), reader.current()).await?;
        }
        drop((projector, reader));

        let begun = Instant::now();
        let (mut projector, _) = Projector::resume(Arc::clone(&store), Some(shelf.clone())).await?;
        projector.catch_up().await?;
        start.push(begun.elapsed().as_secs_f64());
        println!(
            "round {}: parse {:.3} s, fold {:.3} s, start {:.3} s",
            round + 1,
            parse.last().unwrap_or(&0.0),
            fold.last().unwrap_or(&0.0),
            start.last().unwrap_or(&0.0)
        );
    }
    let (parse, fold, start) = (median(parse), median(fold), median(start));
    let snapshot: u64 = std::fs::read_dir(folder.path().join("views"))?
        .filter_map(|entry| Some(entry.ok()?.metadata().ok()?.len()))
        .sum();
    let (events, views) = (count as f64, resident as f64 * 1024.0);
    println!(
        "{count} events, {bytes} bytes of leaves, a snapshot of {snapshot} bytes; \
         the views take {:.0} bytes per event, at most {} kB were resident",
        views / events,
        status("VmHWM")
    );
    print(
        &json!({"measure": "memory of the views per event", "value": (views / events).round(), "unit": "bytes"}),
    );
    print(
        &json!({"measure": "start from a snapshot", "value": round(start), "unit": "s",
        "peer": "a whole fold", "peer_value": round(fold), "ratio": round(fold / start), "goal": 20}),
    );
    print(
        &json!({"measure": "read, check, decode and fold", "value": (events / fold).round(), "unit": "events/s",
        "peer": "read and parse with serde_json alone", "peer_value": (events / parse).round(),
        "ratio": round(parse / fold), "goal": 0.3}),
    );
    Ok(())
}

fn print(row: &Value) {
    println!("{row}");
}

fn round(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Kilobytes, as the kernel counts them.
fn status(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name));
    let number = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    number.unwrap_or(0)
}

async fn fill(store: &dyn EventStore, count: u64) -> Result<(), Failure> {
    let mut events = Events::new(SUBMISSIONS.min(count / 8 + 1));
    let mut left = count;
    while left > 0 {
        let batch = left.min(512);
        left -= batch;
        let appends = events.by_ref().take(usize::try_from(batch)?).map(|made| {
            Ok(Append {
                command: CommandId(made.command),
                writes: vec![StreamWrite {
                    stream: made.stream.parse()?,
                    expected: Expected::Any,
                    events: vec![NewEvent {
                        payload: made.leaf.into(),
                        envelope: Default::default(),
                    }],
                }],
            })
        });
        let appends = appends.collect::<Result<Vec<_>, Failure>>()?;
        for outcome in store.append_all(appends).await {
            outcome?;
        }
    }
    Ok(())
}

async fn parse_alone(store: &dyn EventStore) -> Result<u64, Failure> {
    let mut next = Position::START;
    let mut bytes = 0;
    loop {
        let page = store.read_all(next, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(bytes);
        };
        next = last.position.next();
        for recorded in &page {
            let value: Value = serde_json::from_slice(&recorded.payload)?;
            std::hint::black_box(value);
            bytes += recorded.payload.len() as u64;
        }
    }
}
