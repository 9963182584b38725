//! How fast a log is verified, against hashing its bytes with `sha2` alone on
//! the same cores:
//!
//! ```text
//! cargo run --release -p verifier --example log_speed -- 1000000
//! ```
#![expect(clippy::unwrap_used, reason = "a measurement may stop where it stands")]

use std::{fs, thread, time::Instant};

use indicatif::ProgressBar;
use sha2::{Digest, Sha256};
use transparency::{
    Checkpoint, Edge, Hash, SignerKey, bundle,
    note::KeyKind,
    tile::{self, Kind, created},
};
use verifier::log::{Question, Source, check};

const ORIGIN: &str = "city.example/log/1";

/// An event of 300 bytes, in one of a thousand streams.
fn event(position: u64) -> Vec<u8> {
    let id = ulid::Ulid::from_parts(1_775_001_600_000 + position, position.into());
    let (stream, version) = (position % 1000, position / 1000 + 1);
    let without = |basis: &str| {
        format!(
            r#"{{"actor":{{"role":"citizen"}},"basis":"{basis}","cause":{{}},"data":{{}},"event":"event_{id}.0","kind":"opinion_submitted","legal_date":"2026-04-01","recorded_at":"2026-04-01T00:00:00.000Z","schema":1,"stream":"public_comment/case_{stream}","version":{version}}}"#
        )
    };
    let missing = 300 - without("").len();
    without(&"x".repeat(missing)).into_bytes()
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

    let source = Source::new(folder.to_str().unwrap()).unwrap();
    let question = Question {
        logs: &[key.verifier().clone()],
        policy: None,
        since: &[],
        openings: false,
    };
    let cores = thread::available_parallelism().unwrap().get();
    for _ in 0..5 {
        let (start, cpu_before) = (Instant::now(), cpu());
        thread::scope(|scope| {
            for part in entries.chunks(entries.len().div_ceil(cores).max(1)) {
                scope.spawn(move || {
                    for event in part {
                        std::hint::black_box(Sha256::digest(event));
                    }
                });
            }
        });
        let (hashing, hashing_cpu) = (start.elapsed(), cpu() - cpu_before);
        let (start, cpu_before) = (Instant::now(), cpu());
        let now = "2027-01-01T00:00:00Z".parse().unwrap();
        let report = check(&source, &question, now, &ProgressBar::hidden()).unwrap();
        let (verifying, verifying_cpu) = (start.elapsed(), cpu() - cpu_before);
        assert!(report.is_ok(), "{:?}", report.findings());
        let ratio = hashing.as_secs_f64() / verifying.as_secs_f64();
        let cpu_ratio = hashing_cpu / verifying_cpu;
        println!(
            "{size} events, {cores} cores: sha2 {hashing:.3?}, log {verifying:.3?}, ratio \
             {ratio:.2}; by CPU time {hashing_cpu:.2} s, {verifying_cpu:.2} s, {cpu_ratio:.2}"
        );
    }
    fs::remove_dir_all(&folder).unwrap();
}
