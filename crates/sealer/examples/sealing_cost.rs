//! What sealing costs: `cargo run --release -p sealer --example sealing_cost`.
//!
//! Events of 300 bytes are put into a log in memory and sealed, with a
//! checkpoint after every 1,000 and after every 20,000 (a busy second); then
//! the tree is made again, and receipts are made.
//! The times are those of this machine, and depend on its disk: every
//! checkpoint waits for it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use disk::Disk;
use event_store::{
    Append, CommandId, EventStore, Expected, MemoryStore, NewEvent, Position, StreamWrite,
};
use sealer::{Sealer, Signer};
use ulid::Ulid;

type Failure = Box<dyn std::error::Error>;

async fn record(store: &MemoryStore, from: u64, count: u64) -> Result<(), Failure> {
    let event = |position: u64| NewEvent {
        payload: format!("{position:0300}").into(),
        envelope: bytes::Bytes::new(),
    };
    let write = StreamWrite {
        stream: "city/log".parse()?,
        expected: Expected::Any,
        events: (from..from + count).map(event).collect(),
    };
    let append = Append {
        command: CommandId(Ulid(from.into())),
        writes: vec![write],
    };
    store.append(append).await?;
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let events = std::env::args().nth(1).map_or(Ok(200_000), |n| n.parse())?;
    let dir = tempfile::tempdir()?;
    let store = Arc::new(MemoryStore::default());
    let signer = Signer::open(
        Disk::new(),
        &dir.path().join("signer"),
        "bench.example/log/1",
    )?;
    let log = Arc::clone(&store);
    let sealer = Sealer::open(log, Disk::new(), &dir.path().join("tree"), signer).await?;
    let a_second = |count: u64, time: Duration| count as f64 / time.as_secs_f64();
    let each = |count: u64, time: Duration| time.as_secs_f64() * 1e6 / count as f64;
    for (from, to, between) in [(0, events / 2, 1_000), (events / 2, events, 20_000)] {
        let mut sealing = Duration::ZERO;
        for position in (from..to).step_by(1_000) {
            record(&store, position, 1_000).await?;
            if (position + 1_000) % between == 0 {
                let start = Instant::now();
                sealer.seal().await?;
                sealing += start.elapsed();
            }
        }
        println!(
            "sealed with a checkpoint per {between}: {:.0} events/s, {:.1} µs an event",
            a_second(to - from, sealing),
            each(to - from, sealing)
        );
    }
    drop(sealer);

    let start = Instant::now();
    std::fs::remove_dir_all(dir.path().join("tree"))?;
    let signer = Signer::open(
        Disk::new(),
        &dir.path().join("signer"),
        "bench.example/log/1",
    )?;
    let log = Arc::clone(&store);
    let sealer = Sealer::open(log, Disk::new(), &dir.path().join("tree"), signer).await?;
    println!(
        "the tree made again from the log: {:.0} events/s",
        a_second(events, start.elapsed())
    );

    for (what, step) in [("newest", 1), ("scattered", 7_919)] {
        let receipts = 2_000;
        let start = Instant::now();
        for number in 1..=receipts {
            let position = events - 1 - (number * step) % events;
            // As it is handed out.
            std::hint::black_box(sealer.receipt(Position(position))?.to_string());
        }
        let micros = each(receipts, start.elapsed());
        println!("receipts, {what} of {events}: {micros:.0} µs each");
        println!(
            "{{\"measure\":\"a receipt, {what}, out of {events} events\",\"unit\":\"µs\",\
             \"value\":{micros:.1}}}"
        );
    }
    Ok(())
}
