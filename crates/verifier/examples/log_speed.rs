//! How fast a log is verified and folded again, against hashing its bytes with
//! `sha2` alone on the same cores. The last lines are JSON.
//!
//! ```text
//! cargo run --release -p verifier --example log_speed -- 1000000
//! ```
#![expect(clippy::unwrap_used, reason = "a measurement may stop where it stands")]

use std::{fs, thread, time::Instant};

use event_store::Position;
use indicatif::ProgressBar;
use read_models::{City, Digests};
use sha2::{Digest, Sha256};
use transparency::{
    Checkpoint, Edge, Hash, SignerKey, bundle,
    note::KeyKind,
    tile::{self, Kind, created},
};
use verifier::{
    log::{self, Question, Source},
    replay,
    report::Report,
};

const ORIGIN: &str = "city.example/log/1";
const TURNS: u32 = 5;

/// Bytes of an event: no event that a city could record is much shorter.
const LENGTH: usize = 304;

/// An event, in one of a thousand streams.
fn event(position: u64) -> Vec<u8> {
    let id = ulid::Ulid::from_parts(1_775_001_600_000 + position, position.into());
    let (stream, version) = (position % 1000, position / 1000 + 1);
    let with = |vkey: &str| {
        format!(
            r#"{{"actor":{{"id":"system","role":"system"}},"basis":"","cause":{{"command":"{id}"}},"data":{{"vkey":"{vkey}"}},"event":"event_{id}.0","kind":"log_key_rotated","legal_date":"2026-04-01","recorded_at":"2026-04-01T00:00:00.000Z","schema":1,"stream":"log/{stream}","version":{version}}}"#
        )
    };
    let missing = LENGTH - with("").len();
    with(&"x".repeat(missing)).into_bytes()
}

/// CPU seconds of this process: what neighbours on the machine disturb least.
fn cpu() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let fields = stat.rsplit_once(") ").unwrap().1.split(' ');
    let ticks: u64 = fields
        .skip(11)
        .take(2)
        .map(|ticks| ticks.parse::<u64>().unwrap())
        .sum();
    ticks as f64 / 100.0
}

/// What something took.
#[derive(Default)]
struct Cost {
    wall: f64,
    cpu: f64,
}

impl Cost {
    fn add(&mut self, work: impl FnOnce()) {
        let (start, cpu_before) = (Instant::now(), cpu());
        work();
        self.cpu += cpu() - cpu_before;
        self.wall += start.elapsed().as_secs_f64();
    }
}

fn main() {
    let size: u64 = std::env::args()
        .nth(1)
        .map_or(100_000, |size| size.parse().unwrap());
    let folder = std::env::temp_dir().join(format!("log-speed-{}", std::process::id()));
    let (mut edge, mut rows, mut entries) = (Edge::new(), vec![Vec::new(); 8], Vec::new());
    let write = |path: String, bytes: &[u8]| {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    for position in 0..size {
        let event = event(position);
        edge.append_with(Hash::leaf(&event), |level, _, hash| {
            if level % 8 == 0 {
                rows[usize::from(level / 8)].extend(hash.0);
            }
        });
        entries.push(event);
    }
    for tile in created(0, size) {
        let from = tile.index() as usize * usize::from(tile::WIDTH);
        let to = from + usize::from(tile.width());
        match tile.kind() {
            Kind::Entries => {
                let bundle = bundle::encode(entries[from..to].iter().map(Vec::as_slice));
                write(tile.to_string(), &bundle.unwrap());
            }
            Kind::Hashes(row) => {
                write(
                    tile.to_string(),
                    &rows[usize::from(row)][from * 32..to * 32],
                );
            }
        }
    }
    let key = SignerKey::from_seed(ORIGIN, KeyKind::Ed25519, &[1; 32]).unwrap();
    let checkpoint = Checkpoint::new(ORIGIN, size, edge.root())
        .unwrap()
        .sign([&key])
        .unwrap();
    write("checkpoint".into(), checkpoint.to_string().as_bytes());
    let mut city = City::default();
    for (position, event) in (0..).zip(&entries) {
        city.apply_leaf(Position(position), event).unwrap();
    }
    let digests = serde_json::to_vec(&Digests::of(&city)).unwrap();
    write("digests.json".into(), &digests);
    drop(city);

    let cores = thread::available_parallelism().unwrap().get();
    let hash = || {
        thread::scope(|scope| {
            for part in entries.chunks(entries.len().div_ceil(cores).max(1)) {
                scope.spawn(move || {
                    for event in part {
                        std::hint::black_box(Sha256::digest(event));
                    }
                });
            }
        });
    };
    let source = Source::new(folder.to_str().unwrap()).unwrap();
    let (keys, hidden) = ([key.verifier().clone()], ProgressBar::hidden());
    let passes = |report: Report| assert!(report.is_ok(), "{:?}", report.findings());
    let verify = || {
        let question = Question {
            logs: &keys,
            policy: None,
            since: &[],
        };
        let now = "2027-01-01T00:00:00Z".parse().unwrap();
        passes(log::check(&source, &question, now, &hidden).unwrap());
    };
    let fold = || passes(replay::check(&source, &keys, None, &hidden).unwrap());
    // Neighbours on the machine disturb now this and now that: sums over turns
    // are compared.
    let (mut hashing, mut verifying, mut folding) = <(Cost, Cost, Cost)>::default();
    for turn in 1..=TURNS {
        hashing.add(hash);
        verifying.add(verify);
        folding.add(fold);
        println!(
            "turn {turn} of {TURNS}, {size} events, {cores} cores: sha2 {:.2} s, log {:.2} s, \
             replay {:.2} s so far",
            hashing.wall, verifying.wall, folding.wall
        );
    }
    let ratio = |cost: &Cost| (hashing.wall / cost.wall, hashing.cpu / cost.cpu);
    let rate = |cost: &Cost| (size * u64::from(TURNS)) as f64 / cost.wall;
    for (what, cost, goal) in [("log", &verifying, "0.3"), ("replay", &folding, "null")] {
        let (wall, cpu) = ratio(cost);
        println!(
            "{{\"measure\":\"hiroba-verify {what}, {size} events of {LENGTH} bytes\",\
             \"unit\":\"events/s\",\"value\":{:.0},\"peer\":\"sha2 alone\",\
             \"peer_value\":{:.0},\"ratio\":{wall:.3},\"cpu_ratio\":{cpu:.3},\"goal\":{goal}}}",
            rate(cost),
            rate(&hashing),
        );
    }
    fs::remove_dir_all(&folder).unwrap();
}
