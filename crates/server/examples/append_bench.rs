//! How near the store comes to the disk's limit, and what sealing takes of it.
//!
//! In one run, on one disk, in alternating rounds: a plain file that grows, a
//! plain file filled with zeros ahead, the store, and the store while its log is
//! sealed beside it with a checkpoint a second; 64 clients at once with the same
//! group commit, and a single writer. Prints the median ratios of the store to
//! the better plain file, and of the sealed store to the store, in the same
//! round.
//!
//! ```text
//! cargo run --release -p server --example append_bench -- --seconds 30 [--directory DIR]
//! ```

use std::{
    env, fs,
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use bytes::Bytes;
use disk::Disk;
use event_store::{
    Append, CommandId, EventStore, Expected, NewEvent, StreamName, StreamWrite, Version,
};
use event_store_sled::{Options, SledStore};
use sealer::{Sealer, Signer};
use serde_json::json;
use tokio::{
    runtime::Runtime,
    sync::{mpsc, oneshot},
};
use ulid::Ulid;

/// As in the server, for all subjects alike.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failure = Box<dyn std::error::Error + Send + Sync>;

const EVENT: usize = 300;
const CLIENTS: u64 = 64;
/// Streams of each client.
const STREAMS: u64 = 16;
/// A plain file that was filled ahead is written from its beginning again when
/// it is full.
const FILLED: u64 = 64 << 20;
const FRAME: usize = 1 << 20;
/// As long as one measurement takes, after a beginning that is not counted.
const SLICE: Duration = Duration::from_millis(800);
const BEGINNING: Duration = Duration::from_millis(150);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Subject {
    Growing,
    Filled,
    Store,
    Sealed,
}

const SUBJECTS: [Subject; 4] = [
    Subject::Growing,
    Subject::Filled,
    Subject::Store,
    Subject::Sealed,
];
/// For many clients, then for one.
const CELLS: usize = 2 * SUBJECTS.len();

/// What one measurement gave.
#[derive(Clone, Copy, Debug, Default)]
struct Measured {
    per_second: f64,
    /// Microseconds.
    p50: f64,
    p99: f64,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("append_bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Failure> {
    let (seconds, directory) = arguments()?;
    fs::create_dir_all(&directory)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().build()?;
    let cells: Vec<(u64, Subject)> = [CLIENTS, 1]
        .into_iter()
        .flat_map(|clients| SUBJECTS.map(|subject| (clients, subject)))
        .collect();
    let one_round = (SLICE + BEGINNING).as_secs_f64() * cells.len() as f64;
    let rounds = ((seconds / one_round).ceil() as usize).max(1);
    let mut table: Vec<[Measured; CELLS]> = Vec::new();
    for round in 0..rounds {
        let mut row = [Measured::default(); CELLS];
        for turn in 0..cells.len() {
            // Every round begins with another subject, so that none always
            // comes after what another has left the disk to do.
            let cell = (turn + round) % cells.len();
            let (clients, subject) = cells[cell];
            let place = directory.join(format!("{round}.{cell}"));
            rustix::fs::sync();
            row[cell] = measure(&runtime, subject, clients, &place)?;
        }
        for cell in 0..cells.len() {
            let place = directory.join(format!("{round}.{cell}"));
            if place.is_dir() {
                fs::remove_dir_all(&place)?;
            } else {
                fs::remove_file(&place)?;
            }
        }
        eprintln!("round {} of {rounds}", round + 1);
        table.push(row);
    }
    println!("clients  subject   events/s   p50 us   p99 us");
    let whats = [
        (0, CLIENTS, "64 clients"),
        (SUBJECTS.len(), 1, "single writer"),
    ];
    for (offset, clients, _) in whats {
        for (number, subject) in SUBJECTS.iter().enumerate() {
            let column = |value: fn(&Measured) -> f64| {
                median(
                    table
                        .iter()
                        .map(|row| value(&row[offset + number]))
                        .collect(),
                )
            };
            let name = format!("{subject:?}").to_lowercase();
            println!(
                "{clients:>7}  {name:<8} {:>9.0} {:>8.0} {:>8.0}",
                column(|cell| cell.per_second),
                column(|cell| cell.p50),
                column(|cell| cell.p99)
            );
        }
    }
    for (offset, _, what) in whats {
        let rows = || {
            table
                .iter()
                .map(|row| &row[offset..offset + SUBJECTS.len()])
        };
        let store = |row: &[Measured]| row[2].per_second;
        let plain = |row: &[Measured]| row[0].per_second.max(row[1].per_second);
        let sealed = |row: &[Measured]| row[3].per_second;
        let middle = |of: &dyn Fn(&[Measured]) -> f64| median(rows().map(of).collect());
        let line =
            |measure: String, peer: &str, value: f64, peer_value: f64, ratio: f64, goal: f64| {
                println!(
                    "{}",
                    json!({
                        "measure": measure, "value": value, "unit": "events/s",
                        "peer": peer, "peer_value": peer_value, "ratio": ratio, "goal": goal,
                    })
                );
            };
        line(
            format!("durable append, {what}"),
            "the better plain file",
            middle(&store),
            middle(&plain),
            middle(&|row| store(row) / plain(row)),
            0.75,
        );
        line(
            format!("durable append while the log is sealed, {what}"),
            "the store without sealing",
            middle(&sealed),
            middle(&store),
            middle(&|row| sealed(row) / store(row)),
            0.7,
        );
        let p50 = |row: &[Measured], at: usize| row[at].p50;
        println!(
            "{}",
            json!({
                "measure": format!("latency p50 while the log is sealed, {what}"),
                "value": middle(&|row| p50(row, 3)), "unit": "µs",
                "peer": "the store without sealing", "peer_value": middle(&|row| p50(row, 2)),
                "ratio": middle(&|row| p50(row, 2) / p50(row, 3)),
            })
        );
    }
    Ok(())
}

fn arguments() -> Result<(f64, PathBuf), Failure> {
    let mut seconds = 30.0;
    let mut directory = env::temp_dir().join(format!("append_bench.{}", std::process::id()));
    let mut words = env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a value"));
        match word.as_str() {
            "--seconds" => seconds = value()?.parse()?,
            "--directory" => directory = value()?.into(),
            _ => {
                return Err(format!(
                    "usage: append_bench [--seconds N] [--directory DIR], not {word}"
                )
                .into());
            }
        }
    }
    Ok((seconds, directory))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn measure(
    runtime: &Runtime,
    subject: Subject,
    clients: u64,
    path: &Path,
) -> Result<Measured, Failure> {
    match subject {
        Subject::Store => return store(runtime, clients, path, false),
        Subject::Sealed => return store(runtime, clients, path, true),
        Subject::Growing | Subject::Filled => (),
    }
    let plain = Plain::open(path, subject == Subject::Filled)?;
    if clients == 1 {
        let writer = thread::spawn(move || single_plain(plain));
        writer.join().map_err(|_| "the writer panicked")?
    } else {
        grouped_plain(runtime, plain, clients)
    }
}

/// A file to which records are written one after the other.
struct Plain {
    file: fs::File,
    at: u64,
    filled: bool,
}

impl Plain {
    fn open(path: &Path, filled: bool) -> Result<Self, Failure> {
        let file = fs::File::create(path)?;
        if filled {
            let zeros = vec![0; FRAME];
            for at in (0..FILLED).step_by(FRAME) {
                file.write_all_at(&zeros, at)?;
            }
        }
        file.sync_all()?;
        Ok(Self {
            file,
            at: 0,
            filled,
        })
    }

    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        if self.filled && FILLED < self.at + bytes.len() as u64 {
            self.at = 0;
        }
        self.file.write_all_at(bytes, self.at)?;
        self.at += bytes.len() as u64;
        self.file.sync_data()
    }
}

/// Without a queue: who asks writes and syncs.
fn single_plain(mut plain: Plain) -> Result<Measured, Failure> {
    let payload = vec![b'x'; EVENT];
    let mut latencies = Vec::new();
    let begin = Instant::now() + BEGINNING;
    while begin.elapsed() < SLICE {
        let start = Instant::now();
        plain.write(&payload)?;
        if begin < start {
            latencies.push(start.elapsed());
        }
    }
    Ok(summary(latencies, begin.elapsed()))
}

type Item = (Bytes, oneshot::Sender<()>);

/// The same queue, thread and gathering as the store has, and nothing else.
fn grouped_plain(runtime: &Runtime, mut plain: Plain, clients: u64) -> Result<Measured, Failure> {
    let (sender, mut receiver) = mpsc::channel::<Item>(1_024);
    let writer = thread::spawn(move || -> std::io::Result<()> {
        let mut bytes = Vec::new();
        let mut replies = Vec::new();
        while let Some((payload, reply)) = receiver.blocking_recv() {
            bytes.extend_from_slice(&payload);
            replies.push(reply);
            while bytes.len() < FRAME
                && let Ok((payload, reply)) = receiver.try_recv()
            {
                bytes.extend_from_slice(&payload);
                replies.push(reply);
            }
            plain.write(&bytes)?;
            bytes.clear();
            for reply in replies.drain(..) {
                let _ = reply.send(());
            }
        }
        Ok(())
    });
    let measured = drive(runtime, clients, |_| {
        let sender = sender.clone();
        move |_| {
            let sender = sender.clone();
            async move {
                let (reply, answer) = oneshot::channel();
                let payload = Bytes::from(vec![b'x'; EVENT]);
                sender.send((payload, reply)).await?;
                answer.await?;
                Ok(())
            }
        }
    });
    drop(sender);
    writer.join().map_err(|_| "the writer panicked")??;
    measured
}

fn store(runtime: &Runtime, clients: u64, path: &Path, sealed: bool) -> Result<Measured, Failure> {
    let store = Arc::new(SledStore::open(&path.join("log"), Options::default())?);
    let sealing = sealed.then(|| Sealing::start(&store, path)).transpose()?;
    let mut names = Vec::new();
    for stream in 0..clients * STREAMS {
        names.push(format!("public_comment/submission_{stream:010}").parse::<StreamName>()?);
    }
    let names = Arc::new(names);
    let measured = drive(runtime, clients, |client| {
        let store = store.clone();
        let names = names.clone();
        move |number| {
            let store = store.clone();
            let stream = names[(client * STREAMS + number % STREAMS) as usize].clone();
            async move {
                let expected = match number / STREAMS {
                    0 => Expected::None,
                    version => Expected::Exact(Version(version)),
                };
                let append = Append {
                    command: CommandId(Ulid::from_parts(number, u128::from(client))),
                    writes: vec![StreamWrite {
                        stream,
                        expected,
                        events: vec![NewEvent {
                            payload: Bytes::from(vec![b'x'; EVENT]),
                            envelope: Bytes::new(),
                        }],
                    }],
                };
                store.append(append).await?;
                Ok(())
            }
        }
    });
    drop(sealing);
    measured
}

/// A sealer at work on a thread of its own, as in a running city.
struct Sealing {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Sealing {
    fn start(store: &Arc<SledStore>, path: &Path) -> Result<Self, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()?;
        let signer = Signer::open(Disk::new(), &path.join("signer"), "bench.example/log/1")?;
        let log = Arc::clone(store) as _;
        let tree = path.join("tree");
        let sealer = runtime.block_on(Sealer::open(log, Disk::new(), &tree, signer))?;
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = thread::spawn(move || {
            runtime.block_on(async {
                let clock = Monotonic(Instant::now());
                tokio::select! {
                    error = sealer.run(&clock, (Duration::from_secs(1), Duration::from_secs(600))) => {
                        eprintln!("append_bench: the sealer has stopped: {error}");
                    }
                    _ = stopped => (),
                }
            });
        });
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Sealing {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It has said why, if it did not end well.
            let _ = thread.join();
        }
    }
}

/// Time since it was made.
struct Monotonic(Instant);

#[async_trait::async_trait]
impl sealer::Clock for Monotonic {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// Runs the clients for a while; each asks again when it has its answer.
fn drive<Client, Ask>(
    runtime: &Runtime,
    clients: u64,
    client: impl Fn(u64) -> Client,
) -> Result<Measured, Failure>
where
    Client: Fn(u64) -> Ask + Send + 'static,
    Ask: Future<Output = Result<(), Failure>> + Send,
{
    let begin = Instant::now() + BEGINNING;
    let tasks: Vec<_> = (0..clients)
        .map(|number| {
            let ask = client(number);
            runtime.spawn(async move {
                let mut latencies = Vec::new();
                let mut number = 0;
                while begin.elapsed() < SLICE {
                    let start = Instant::now();
                    ask(number).await?;
                    if begin < start {
                        latencies.push(start.elapsed());
                    }
                    number += 1;
                }
                Ok::<_, Failure>(latencies)
            })
        })
        .collect();
    let mut latencies = Vec::new();
    for task in tasks {
        latencies.extend(runtime.block_on(task)??);
    }
    Ok(summary(latencies, begin.elapsed()))
}

fn summary(mut latencies: Vec<Duration>, elapsed: Duration) -> Measured {
    latencies.sort_unstable();
    let at = |part: usize| {
        let place = latencies.len().saturating_sub(1) * part / 100;
        let latency = latencies.get(place).copied().unwrap_or_default();
        latency.as_secs_f64() * 1e6
    };
    Measured {
        per_second: latencies.len() as f64 / elapsed.as_secs_f64(),
        p50: at(50),
        p99: at(99),
    }
}
