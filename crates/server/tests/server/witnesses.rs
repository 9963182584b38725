//! A city whose log two institutions watch, one of which is not always there.

use std::{
    env, fs,
    io::{self, BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use indicatif::ProgressBar;
use transparency::{Policy, SignedCheckpoint, VerifierKey};
use verifier::{
    log::{self, Question, Source},
    receipt,
    report::{Report, Severity},
};

use crate::support::{Acknowledged, Client, Folder};

const SETTINGS: &str = "HIROBA_TEST_WITNESS";

/// In the process that is a witness: watches until it is killed. Without its
/// environment it has nothing to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_witness_that_is_killed_watches_until_then() {
    let Some(settings) = env::var_os(SETTINGS) else {
        return;
    };
    tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(io::stderr)
        .init();
    // It ends with whoever started it, too.
    thread::spawn(|| {
        io::stdin().lines().for_each(drop);
        std::process::exit(1);
    });
    witness::run(Path::new(&settings), io::stderr())
        .await
        .unwrap();
}

/// A witness in a process of its own; killed with this.
struct Witness {
    settings: PathBuf,
    child: Child,
    lines: mpsc::Receiver<String>,
    key: String,
    address: String,
}

impl Witness {
    /// Starts a new one, which knows the log of this key.
    fn new(folder: &Folder, name: &str, log: &VerifierKey) -> Self {
        let settings = folder.path(&format!("{name}.toml"));
        let file = format!(
            "name = \"{name}.example/witness\"\nlisten = \"127.0.0.1:0\"\nprefix = \"/w\"\n\
             key = \"{name}.key\"\ndata = \"{name}\"\nlogs = [\"{log}\"]\n"
        );
        fs::write(&settings, file).unwrap();
        let witness = Self::start(settings);
        // Where it is found it is found again.
        let (listen, _) = witness.address.split_once('/').unwrap();
        let file = fs::read_to_string(&witness.settings).unwrap();
        fs::write(&witness.settings, file.replace("127.0.0.1:0", listen)).unwrap();
        witness
    }

    fn start(settings: PathBuf) -> Self {
        let mut child = Command::new(env::current_exe().unwrap())
            .args([
                "--exact",
                "witnesses::the_witness_that_is_killed_watches_until_then",
            ])
            .arg("--nocapture")
            .env(SETTINGS, &settings)
            .env_remove("RUST_LOG")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stderr.take().unwrap());
        let (send, lines) = mpsc::channel();
        thread::spawn(move || {
            output
                .lines()
                .map_while(Result::ok)
                .try_for_each(|line| send.send(line))
        });
        let mut witness = Self {
            settings,
            child,
            lines,
            key: String::new(),
            address: String::new(),
        };
        witness.key = witness.hear(|line| line.strip_prefix("key ").map(str::to_owned));
        witness.address =
            witness.hear(|line| line.strip_prefix("listening on ").map(str::to_owned));
        witness
    }

    /// Waits until it has said something.
    fn hear<T>(&self, what: impl Fn(&str) -> Option<T>) -> T {
        loop {
            let line = self.lines.recv_timeout(Duration::from_secs(300));
            if let Some(heard) = what(&line.unwrap()) {
                return heard;
            }
        }
    }

    /// Waits until it has cosigned a checkpoint of so many events.
    fn has_cosigned(&self, size: u64) {
        self.hear(|line| {
            let (_, said) = line.split_once(" size=")?;
            let said: u64 = said.split(' ').next()?.parse().unwrap();
            (size <= said).then_some(())
        });
    }

    fn line(&self, name: &str) -> String {
        format!("witness {name} {} http://{}\n", self.key, self.address)
    }

    /// `kill -9`; what is needed to start it again.
    fn kill(mut self) -> PathBuf {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.settings.clone()
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What somebody finds who asks for the quorum of a policy, or for none.
fn codes(place: &str, key: &VerifierKey, policy: Option<&Policy>) -> Vec<&'static str> {
    let question = Question {
        logs: std::slice::from_ref(key),
        policy,
        since: &[],
    };
    let source = Source::new(place).unwrap();
    let hidden = ProgressBar::hidden();
    errors(&log::check(&source, &question, jiff::Timestamp::MAX, &hidden).unwrap())
}

fn errors(report: &Report) -> Vec<&'static str> {
    let errors = report.findings().iter();
    let errors = errors.filter(|finding| finding.severity == Severity::Error);
    errors.map(|finding| finding.code).collect()
}

/// The checkpoint that is shown.
fn shown(city: &Client) -> SignedCheckpoint {
    SignedCheckpoint::parse(city.get("/log/checkpoint").1.as_bytes()).unwrap()
}

/// Waits for the checkpoint that a witness's answer leads to: only a few lines
/// of code are between the two.
fn shown_when(city: &Client, holds: impl Fn(&SignedCheckpoint) -> bool) -> SignedCheckpoint {
    for _ in 0..10_000 {
        let checkpoint = shown(city);
        if holds(&checkpoint) {
            return checkpoint;
        }
        thread::yield_now();
    }
    panic!("{}", shown(city));
}

fn size_after(told: &Acknowledged) -> u64 {
    let position: u64 = told.position.trim_matches('"').parse().unwrap();
    position + 1
}

#[test]
fn a_city_with_witnesses_passes_where_their_quorum_is_asked_for() {
    // It begins without: they need its key, and it needs theirs.
    let folder = Folder::new();
    let city = folder.serve();
    let key = city.keys().remove(0);
    let case = Client::new(&city.address).open_case();
    city.stop("-TERM");
    let library = Witness::new(&folder, "library", &key);
    let paper = Witness::new(&folder, "paper", &key);
    let text = format!(
        "# 市立図書館と新聞社\nlog {key}\n{}{}group both all library paper\nquorum both\n",
        library.line("library"),
        paper.line("paper")
    );
    fs::write(folder.path("policy"), &text).unwrap();
    folder.configure_log("policy", "policy");
    let policy = Policy::parse(text.as_bytes()).unwrap();
    let witnessed = |checkpoint: &SignedCheckpoint| policy.check_quorum(checkpoint).is_ok();

    // The paper is not there: what the library cosigns is no quorum.
    let paper = paper.kill();
    let city = folder.serve();
    let client = Client::new(&city.address);
    let place = city.url("/log");
    library.has_cosigned(1);
    shown_when(&client, |checkpoint| {
        checkpoint.note().signatures().len() == 2
    });
    assert_eq!(codes(&place, &key, None), [""; 0]);
    assert_eq!(codes(&place, &key, Some(&policy)), ["QUORUM"]);
    assert_eq!(client.get("/log/policy"), (200, text));

    // It comes, and from then on the quorum is always there to be found.
    let paper = Witness::start(paper);
    paper.has_cosigned(1);
    shown_when(&client, witnessed);
    let mut told = client.submit(&case, 0).unwrap();
    for number in 1..4 {
        assert_eq!(codes(&place, &key, Some(&policy)), [""; 0]);
        told = client.submit(&case, number).unwrap();
        told.assert_proves(std::slice::from_ref(&key));
    }
    let size = size_after(&told);
    paper.has_cosigned(size);
    library.has_cosigned(size);
    let reached = |checkpoint: &SignedCheckpoint| size <= checkpoint.checkpoint().size();
    shown_when(&client, |checkpoint| {
        reached(checkpoint) && witnessed(checkpoint)
    });
    let (_, proof) = client.get(&format!("/log/receipt/{}", size - 1));
    let keys = std::slice::from_ref(&key);
    let report = receipt::check(proof.as_bytes(), &told.leaf, keys, Some(&policy));
    assert_eq!(errors(&report), [""; 0]);
    let (_, page) = client.get("/metrics");
    for line in [
        "hiroba_checkpoint_cosignatures 2\n",
        "hiroba_checkpoint_quorum 1\n",
    ] {
        assert!(page.contains(line), "{page}");
    }

    // A city that was killed does not know what they have seen: it is told.
    city.kill();
    let city = folder.serve();
    let client = Client::new(&city.address);
    let told = client.submit(&case, 4).unwrap();
    let size = size_after(&told);
    paper.has_cosigned(size);
    library.has_cosigned(size);
    let reached = |checkpoint: &SignedCheckpoint| size <= checkpoint.checkpoint().size();
    shown_when(&client, |checkpoint| {
        reached(checkpoint) && witnessed(checkpoint)
    });
    assert_eq!(codes(&city.url("/log"), &key, Some(&policy)), [""; 0]);

    // An export asks for what it exports.
    let paper = paper.kill();
    client.submit(&case, 5).unwrap();
    city.stop("-TERM");
    let out = folder.path("out").to_str().unwrap().to_owned();
    let findings = folder.run(&["export"], &["out"]).findings();
    assert_eq!(findings.len(), 2, "{findings:?}");
    assert!(findings[1].contains("the witness paper"), "{findings:?}");
    assert_eq!(codes(&out, &key, None), [""; 0]);
    assert_eq!(codes(&out, &key, Some(&policy)), ["QUORUM"]);
    let _paper = Witness::start(paper);
    folder.run(&["export"], &["out"]).answer();
    let exported = fs::read(folder.path("out").join("policy")).unwrap();
    let exported = Policy::parse(&exported).unwrap();
    assert_eq!(codes(&out, &key, Some(&exported)), [""; 0]);
}
