//! A witness over HTTP, its restarts and its files.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    sync::{Arc, Barrier},
    thread,
};

use tempfile::TempDir;
use transparency::{
    Checkpoint, Edge, Hash, Note, SignedCheckpoint, SignerKey, VerifierKey, cosignature,
    note::{KeyKind, Signature},
    proof::{HashReader, consistency},
    witness::AddCheckpoint,
};
use witness::{server, settings::Settings, store::log_id, witness::Witness};

const ORIGIN: &str = "city.example/log/1";
const NOW: u64 = 1_770_000_000;

/// A log whose leaf `i` says `i`, except that a forked one differs from leaf
/// `fork` on.
#[derive(Clone, Copy)]
struct Leaves {
    fork: u64,
}

const HONEST: Leaves = Leaves { fork: u64::MAX };

impl HashReader for Leaves {
    type Error = ();

    fn hash(&self, level: u8, index: u64) -> Result<Hash, ()> {
        let Some(level) = level.checked_sub(1) else {
            return Ok(Hash::leaf(
                format!("{index} {}", index >= self.fork).as_bytes(),
            ));
        };
        let left = self.hash(level, index * 2)?;
        Ok(Hash::node(&left, &self.hash(level, index * 2 + 1)?))
    }
}

impl Leaves {
    fn checkpoint(self, size: u64) -> Checkpoint {
        let edge = Edge::from_hashes(size, |level, index| self.hash(level, index)).unwrap();
        Checkpoint::new(ORIGIN, size, edge.root()).unwrap()
    }

    fn request(self, old: u64, new: u64) -> AddCheckpoint {
        let proof = consistency(&self, old.min(new), new).unwrap();
        let checkpoint = self.checkpoint(new).sign([&log_key(1)]).unwrap();
        AddCheckpoint {
            old,
            proof,
            checkpoint,
        }
    }
}

fn log_key(seed: u8) -> SignerKey {
    SignerKey::from_seed(ORIGIN, KeyKind::Ed25519, &[seed; 32]).unwrap()
}

fn settings(folder: &Path) -> Settings {
    Settings {
        name: "library.example/w".into(),
        listen: "127.0.0.1:0".parse().unwrap(),
        prefix: "/witness".into(),
        key: folder.join("key"),
        data: folder.join("data"),
        logs: vec![log_key(1).verifier().to_string()],
    }
}

fn open(folder: &Path) -> anyhow::Result<Witness> {
    Witness::open(&settings(folder), || NOW)
}

/// A witness on a port of its own; it stops when this is dropped.
struct Running {
    url: String,
    key: VerifierKey,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Running {
    fn start(folder: &Path) -> Self {
        let witness = Arc::new(open(folder).unwrap());
        let key = witness.verifier().clone();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let url = format!("http://{}/witness", listener.local_addr().unwrap());
        let router = server::router(witness, "/witness");
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self {
            url,
            key,
            runtime: Some(runtime),
        }
    }

    fn post(&self, body: &str) -> Answer {
        let agent = agent();
        answer(
            agent
                .post(format!("{}/add-checkpoint", self.url))
                .send(body)
                .unwrap(),
        )
    }

    fn get(&self, path: &str) -> Answer {
        answer(agent().get(format!("{}{path}", self.url)).call().unwrap())
    }

    /// The status of a request, and the cosignature's line if there is one;
    /// whatever is answered with 200 has to be a right cosignature.
    fn add(&self, request: &AddCheckpoint) -> u16 {
        let answer = self.post(&request.to_string());
        if answer.status == 200 {
            let line = Signature::parse(answer.body.strip_suffix('\n').unwrap()).unwrap();
            assert!(self.key.verifies(request.checkpoint.note().text(), &line));
            assert_eq!(cosignature::time(&self.key, &line), Some(NOW));
        }
        answer.status
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(std::time::Duration::from_secs(5));
        }
    }
}

struct Answer {
    status: u16,
    kind: String,
    body: String,
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .into()
}

fn answer(mut response: ureq::http::Response<ureq::Body>) -> Answer {
    let kind = response
        .headers()
        .get("content-type")
        .map_or("", |kind| kind.to_str().unwrap());
    Answer {
        status: response.status().as_u16(),
        kind: kind.to_owned(),
        body: response.body_mut().read_to_string().unwrap(),
    }
}

#[test]
fn the_update_cases_are_answered_as_the_specification_says() {
    let folder = TempDir::new().unwrap();
    let witness = Running::start(folder.path());
    let fork = Leaves { fork: 2 };

    // 1. A first checkpoint needs no proof. 2. An extension needs one.
    assert_eq!(witness.add(&HONEST.request(3, 5)), 409);
    assert_eq!(witness.add(&HONEST.request(0, 5)), 200);
    assert_eq!(witness.add(&HONEST.request(5, 8)), 200);
    // 3. The same again: the heartbeat of a quiet log.
    assert_eq!(witness.add(&HONEST.request(8, 8)), 200);
    // 4. Another old size than the last one, which the answer tells.
    for stale in [
        HONEST.request(5, 9),
        HONEST.request(0, 9),
        HONEST.request(9, 9),
    ] {
        let answer = witness.post(&stale.to_string());
        assert_eq!(
            (answer.status, answer.kind.as_str()),
            (409, "text/x.tlog.size")
        );
        assert_eq!(answer.body, "8\n");
    }
    // 5. A log that shrinks: an old size above the new one.
    assert_eq!(witness.add(&HONEST.request(8, 7)), 400);
    // 6. The same size with another root.
    assert_eq!(
        witness.add(&AddCheckpoint {
            proof: vec![],
            ..fork.request(8, 8)
        }),
        422
    );
    // 7. An extension of another history. 8. Without a proof, or garbage.
    assert_eq!(witness.add(&fork.request(8, 12)), 422);
    assert_eq!(
        witness.add(&AddCheckpoint {
            proof: vec![],
            ..HONEST.request(8, 12)
        }),
        422
    );
    let garbage = vec![Hash::leaf(b"garbage"); HONEST.request(8, 12).proof.len()];
    assert_eq!(
        witness.add(&AddCheckpoint {
            proof: garbage,
            ..HONEST.request(8, 12)
        }),
        422
    );
    // 9. Not signed by the log; an unknown log; not a request.
    let forged = HONEST.checkpoint(12).sign([&log_key(2)]).unwrap();
    assert_eq!(
        witness.add(&AddCheckpoint {
            checkpoint: forged,
            ..HONEST.request(8, 12)
        }),
        403
    );
    let stranger = SignerKey::from_seed("other.example", KeyKind::Ed25519, &[3; 32]).unwrap();
    let strange = Checkpoint::new("other.example", 1, Hash::leaf(b"")).unwrap();
    let checkpoint = strange.sign([&stranger]).unwrap();
    assert_eq!(
        witness.add(&AddCheckpoint {
            old: 0,
            proof: vec![],
            checkpoint
        }),
        404
    );
    assert_eq!(witness.post("old 8\n").status, 400);
    assert_eq!(witness.post(&"x".repeat(70_000)).status, 413);

    // None of the refused has moved it.
    assert_eq!(witness.add(&HONEST.request(8, 12)), 200);
}

#[test]
fn monitors_read_the_last_cosigned_checkpoint_with_verified_lines_only() {
    let folder = TempDir::new().unwrap();
    let witness = Running::start(folder.path());
    let path = format!("/{}/checkpoint", log_id(ORIGIN));
    assert_eq!(witness.get(&path).status, 404);

    let mut request = HONEST.request(0, 5);
    let text = request.checkpoint.note().text().to_owned();
    let other = SignerKey::from_seed("w2", KeyKind::Cosignature, &[7; 32]).unwrap();
    let line = cosignature::cosign(&other, 1, &text).unwrap();
    request.checkpoint.note_mut().add(line).unwrap();
    assert_eq!(witness.add(&request), 200);

    let answer = witness.get(&path);
    assert_eq!(
        (answer.status, answer.kind.as_str()),
        (200, "text/plain; charset=utf-8")
    );
    let latest = SignedCheckpoint::parse(answer.body.as_bytes()).unwrap();
    assert_eq!(
        latest.verify([log_key(1).verifier()]),
        Ok(&HONEST.checkpoint(5))
    );
    assert!(latest.note().verify([&witness.key]).is_ok());
    assert_eq!(latest.note().signatures().len(), 2);
    assert_eq!(
        witness
            .get(&format!("/{}/checkpoint", log_id("other.example")))
            .status,
        404
    );
}

#[test]
fn of_histories_that_race_only_one_is_cosigned() {
    let fork = Leaves { fork: 4 };
    let requests = [
        fork.request(4, 7),
        fork.request(4, 6),
        HONEST.request(4, 5),
        HONEST.request(4, 7),
    ];
    for _ in 0..8 {
        let folder = TempDir::new().unwrap();
        let witness = Running::start(folder.path());
        assert_eq!(witness.add(&HONEST.request(0, 4)), 200);
        let start = Barrier::new(requests.len());
        let statuses: Vec<u16> = thread::scope(|scope| {
            let racers = requests.each_ref().map(|request| {
                let (start, witness) = (&start, &witness);
                scope.spawn(move || {
                    start.wait();
                    witness.add(request)
                })
            });
            racers
                .into_iter()
                .map(|racer| racer.join().unwrap())
                .collect()
        });
        assert_eq!(
            statuses.iter().filter(|status| **status == 200).count(),
            1,
            "{statuses:?}"
        );
        assert_eq!(
            statuses.iter().filter(|status| **status == 409).count(),
            3,
            "{statuses:?}"
        );
    }
}

#[test]
fn a_restart_forgets_nothing() {
    let folder = TempDir::new().unwrap();
    let key = {
        let witness = Running::start(folder.path());
        assert_eq!(witness.add(&HONEST.request(0, 5)), 200);
        witness.key.clone()
    };
    let witness = Running::start(folder.path());
    assert_eq!(witness.key, key);
    assert_eq!(witness.add(&HONEST.request(0, 6)), 409);
    assert_eq!(witness.add(&Leaves { fork: 3 }.request(5, 6)), 422);
    assert_eq!(witness.add(&HONEST.request(5, 6)), 200);
}

#[test]
fn a_half_written_record_is_passed_over_and_a_damaged_one_stops_the_witness() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let add = |old, new| {
        let body = HONEST.request(old, new).to_string();
        open(folder.path())
            .unwrap()
            .add_checkpoint(body.as_bytes())
            .map(|_| ())
    };
    add(0, 5).unwrap();
    // A kill while the next record is written, at any byte of it.
    let record = data.join(log_id(ORIGIN));
    let whole = fs::read(&record).unwrap();
    for cut in 0..whole.len() {
        fs::write(record.with_extension("new"), &whole[..cut]).unwrap();
        assert_eq!(
            open(folder.path())
                .unwrap()
                .latest(&log_id(ORIGIN))
                .unwrap()
                .as_bytes(),
            whole
        );
        assert_eq!(
            fs::read_dir(&data).unwrap().count(),
            2,
            "the remainder is gone"
        );
    }
    add(5, 6).unwrap();
    // The record itself is never half there; if it is, somebody has touched it.
    let whole = fs::read(&record).unwrap();
    for damage in [&whole[..whole.len() - 1], b"", &whole[1..]] {
        fs::write(&record, damage).unwrap();
        assert!(open(folder.path()).is_err());
    }
    // Nor is another witness's record taken for one's own.
    let note = Note::parse(&whole).unwrap();
    let foreign = Note::new(note.text().into(), note.signatures()[..1].to_vec()).unwrap();
    fs::write(&record, foreign.to_string()).unwrap();
    assert!(open(folder.path()).is_err());
    fs::write(&record, whole).unwrap();
    assert!(open(folder.path()).is_ok());
}

#[test]
fn a_record_that_cannot_be_written_gives_no_cosignature() {
    let folder = TempDir::new().unwrap();
    let witness = open(folder.path()).unwrap();
    // A directory where the new record would be written.
    let unfinished = folder
        .path()
        .join("data")
        .join(log_id(ORIGIN))
        .with_extension("new");
    fs::create_dir(&unfinished).unwrap();
    let body = HONEST.request(0, 5).to_string();
    assert!(witness.add_checkpoint(body.as_bytes()).is_err());
    // And none afterwards, before somebody has looked at it.
    fs::remove_dir(&unfinished).unwrap();
    assert!(witness.add_checkpoint(body.as_bytes()).is_err());
    assert_eq!(witness.latest(&log_id(ORIGIN)), None);
    drop(witness);
    assert!(
        open(folder.path())
            .unwrap()
            .add_checkpoint(body.as_bytes())
            .is_ok()
    );
}

#[test]
fn the_key_is_secret_and_does_not_sign_without_its_memory() {
    let folder = TempDir::new().unwrap();
    let key = folder.path().join("key");
    drop(open(folder.path()).unwrap());
    assert_eq!(
        fs::metadata(&key).unwrap().permissions().mode() & 0o777,
        0o600
    );

    let refusal = || open(folder.path()).err().unwrap().to_string();
    let second = open(folder.path()).unwrap();
    assert!(refusal().contains("another witness"));
    second
        .add_checkpoint(HONEST.request(0, 5).to_string().as_bytes())
        .unwrap();
    drop(second);

    fs::set_permissions(&key, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(refusal().contains("others can read"));
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();

    // The key without the directory, and the directory without the key.
    let (data, aside) = (folder.path().join("data"), folder.path().join("aside"));
    fs::rename(&data, &aside).unwrap();
    assert!(refusal().contains("no record"));
    fs::rename(&aside, &data).unwrap();
    fs::remove_file(&key).unwrap();
    assert!(refusal().contains("its key is missing"));
}

#[test]
fn a_kill_during_the_first_start_leaves_nothing_that_stops_the_second() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("data")).unwrap();
    fs::write(folder.path().join("data/lock"), "").unwrap();
    fs::write(folder.path().join("key.new"), "0123").unwrap();
    let key = open(folder.path()).unwrap().verifier().clone();
    assert_eq!(open(folder.path()).unwrap().verifier(), &key);
    assert!(!folder.path().join("key.new").exists());
}

#[test]
fn while_a_log_replaces_its_key_both_keys_count() {
    let folder = TempDir::new().unwrap();
    let mut settings = settings(folder.path());
    settings.logs.push(log_key(2).verifier().to_string());
    let witness = Witness::open(&settings, || NOW).unwrap();
    for (old, new, keys) in [(0, 5, vec![1]), (5, 6, vec![1, 2]), (6, 7, vec![2])] {
        let keys: Vec<_> = keys.into_iter().map(log_key).collect();
        let checkpoint = HONEST.checkpoint(new).sign(&keys).unwrap();
        let request = AddCheckpoint {
            checkpoint,
            ..HONEST.request(old, new)
        };
        assert!(
            witness
                .add_checkpoint(request.to_string().as_bytes())
                .is_ok()
        );
    }
}

#[test]
fn the_example_in_the_help_is_a_settings_file() {
    let folder = TempDir::new().unwrap();
    let program = env!("CARGO_BIN_EXE_hiroba-witness");
    let help = std::process::Command::new(program)
        .arg("--help")
        .output()
        .unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let lines = help.lines().skip_while(|line| !line.contains("name = "));
    let example: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
    let path = folder.path().join("settings.toml");
    fs::write(&path, example.join("\n")).unwrap();
    let settings = Settings::read(&path).unwrap();
    assert_eq!(settings.key, folder.path().join("witness.key"));
    fs::write(&path, format!("{}\nkeys = 1", example.join("\n"))).unwrap();
    assert!(Settings::read(&path).is_err());
}
