//! A city as a process, and clients that submit to it.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use transparency::{VerifierKey, receipt::Receipt};
use ulid::Ulid;

/// How many rounds a test of faults takes: few, or what the environment says.
pub(crate) fn rounds(few: u64) -> u64 {
    match std::env::var("HIROBA_FAULT_ROUNDS") {
        Ok(rounds) => rounds.parse().expect("HIROBA_FAULT_ROUNDS is a number"),
        Err(_) => few,
    }
}

/// The name of the log in these tests.
pub(crate) const ORIGIN: &str = "city.example/log/1";

/// A folder with a configuration, and everything that a city keeps.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        // One client sends everything: its limit is not what is tested.
        let config = format!(
            "profile = \"seed2004\"\n[log]\norigin = \"{ORIGIN}\"\n\
             [http.requests]\nburst = 1000000000\nper_minute = 1000000000\n\
             [intake]\nper_client = \"off\"\nper_case = \"off\"\n"
        );
        std::fs::write(folder.path("hiroba.toml"), config).unwrap();
        folder
    }

    /// Sets a key of the section `[log]` to the path of a file in the folder.
    pub(crate) fn configure_log(&self, key: &str, file: &str) {
        let path = self.path("hiroba.toml");
        let config = std::fs::read_to_string(&path).unwrap();
        let line = format!("[log]\n{key} = \"{}\"\n", self.path(file).display());
        std::fs::write(path, config.replacen("[log]\n", &line, 1)).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// `hiroba` with these words, and the options that name this city.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hiroba"));
        command
            .args(words)
            .arg("--config")
            .arg(self.path("hiroba.toml"))
            .arg("--data")
            .arg(self.path("city"))
            .env("RUST_LOG", "warn")
            .env_remove("HIROBA_KEK")
            .stdin(Stdio::null());
        command
    }

    /// Runs it to its end, with arguments that are paths in the folder.
    pub(crate) fn run(&self, words: &[&str], paths: &[&str]) -> Ended {
        let mut command = self.command(words);
        command.arg("--json");
        for path in paths {
            match path.strip_prefix("--") {
                Some(_) => command.arg(path),
                None => command.arg(self.path(path)),
            };
        }
        Ended(command.output().unwrap())
    }

    /// Starts the demonstration city.
    pub(crate) fn serve(&self) -> Process {
        Process::start(self.command(&["serve", "--demo", "--listen", "127.0.0.1:0"]))
    }
}

/// A command that has ended.
pub(crate) struct Ended(pub(crate) Output);

impl Ended {
    pub(crate) fn code(&self) -> i32 {
        self.0.status.code().unwrap()
    }

    pub(crate) fn errors(&self) -> String {
        String::from_utf8_lossy(&self.0.stderr).into_owned()
    }

    /// What it answered, if it ended well.
    pub(crate) fn answer(&self) -> Value {
        assert_eq!(self.code(), 0, "{:?}", self.0);
        let answer: Value = serde_json::from_slice(&self.0.stdout).unwrap();
        assert_eq!(answer["ok"], true, "{answer}");
        answer
    }

    /// What it found.
    pub(crate) fn findings(&self) -> Vec<String> {
        assert_eq!(self.code(), 1, "{:?}", self.0);
        let answer: Value = serde_json::from_slice(&self.0.stdout).unwrap();
        let findings = answer["findings"].as_array().unwrap();
        findings
            .iter()
            .map(|finding| finding.as_str().unwrap().to_owned())
            .collect()
    }
}

/// A city in a process of its own; killed with this.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: String,
    output: BufReader<std::process::ChildStdout>,
}

impl Process {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while output.read_line(&mut line).unwrap() != 0 {
            if let Some((_, address)) = line.split_once("http://") {
                let address = address.trim().trim_end_matches('/').to_owned();
                return Self {
                    child,
                    address,
                    output,
                };
            }
            line.clear();
        }
        panic!("the city did not start: {:?}", child.wait());
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// `kill -9`.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends a signal, and waits for the end; says what was printed.
    pub(crate) fn stop(mut self, signal: &str) -> String {
        let kill = Command::new("kill")
            .args([signal, &self.id().to_string()])
            .status();
        assert!(kill.unwrap().success());
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).unwrap();
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status} after {signal}");
        rest
    }

    /// The verifier keys of the log, as it names them itself.
    pub(crate) fn keys(&self) -> Vec<VerifierKey> {
        let answer = Client::new(&self.address)
            .ask("{ log { keys { vkey } } }", &json!({}))
            .unwrap();
        let keys = answer["log"]["keys"].as_array().unwrap();
        keys.iter()
            .map(|key| key["vkey"].as_str().unwrap().parse().unwrap())
            .collect()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks a city.
pub(crate) struct Client {
    agent: ureq::Agent,
    address: String,
    authorization: Option<String>,
}

const SUBMIT: &str = "mutation($input: SubmitOpinionInput!) { submitOpinion(input: $input) { \
    __typename ... on SubmitOpinionPayload { position receiptNumber repeated leaf proof \
    submission { id } } ... on Refusal { code messageEn } } }";

impl Client {
    pub(crate) fn new(address: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(120)))
            .http_status_as_error(false)
            .build();
        Self {
            agent: config.into(),
            address: address.to_owned(),
            authorization: None,
        }
    }

    /// The token of a persona of the demonstration.
    pub(crate) fn sign_in(&mut self, persona: &str) {
        let form = format!("grant_type=urn:hiroba:persona&client_id=hiroba-demo&persona={persona}");
        let mut answer = self
            .agent
            .post(format!("http://{}/demo/oidc/token", self.address))
            .header("content-type", "application/x-www-form-urlencoded")
            .send(&form)
            .unwrap();
        let answer: Value =
            serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap();
        let token = answer["id_token"]
            .as_str()
            .or(answer["access_token"].as_str());
        self.authorization = Some(format!("Bearer {}", token.expect("a token")));
    }

    /// The data of an answer; nothing if the server has gone meanwhile.
    pub(crate) fn ask(&self, query: &str, variables: &Value) -> Option<Value> {
        let mut answer = self.answer(query, variables)?;
        assert!(answer.get("errors").is_none(), "{answer}");
        Some(answer["data"].take())
    }

    /// A whole answer; nothing if the server has gone meanwhile.
    pub(crate) fn answer(&self, query: &str, variables: &Value) -> Option<Value> {
        let body = json!({"query": query, "variables": variables}).to_string();
        let mut request = self
            .agent
            .post(format!("http://{}/graphql", self.address))
            .header("content-type", "application/json")
            .header("accept", "application/graphql-response+json");
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        let sent = request.send(&body);
        let text = sent.ok()?.body_mut().read_to_string().ok()?;
        Some(serde_json::from_str(&text).unwrap())
    }

    /// Uploads bytes of a file, from an offset to the end; the status and the
    /// answer come back.
    pub(crate) fn upload(&self, path: &str, offset: usize, bytes: &[u8]) -> (u16, String) {
        let mut request = self
            .agent
            .put(format!("http://{}{path}", self.address))
            .header("upload-offset", offset.to_string());
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        let mut response = request.send(bytes).unwrap();
        let text = response.body_mut().read_to_string().unwrap();
        (response.status().as_u16(), text)
    }

    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        let mut response = self
            .agent
            .get(format!("http://{}{path}", self.address))
            .call()
            .unwrap();
        let text = response.body_mut().read_to_string().unwrap();
        (response.status().as_u16(), text)
    }

    pub(crate) fn open_case(&self) -> String {
        let open = "{ publicCommentCases(filter: {phases: [OPEN]}, first: 100) { nodes { id \
            call { opensOn } } } }";
        let answer = self.ask(open, &json!({})).unwrap();
        // Some are announced, and begin later.
        let cases = answer["publicCommentCases"]["nodes"].as_array().unwrap();
        let begun = |case: &&Value| case["call"]["opensOn"].as_str().unwrap().to_owned();
        let case = cases.iter().min_by_key(begun).unwrap();
        case["id"].as_str().unwrap().to_owned()
    }

    /// Hands in the opinion of this number.
    pub(crate) fn submit(&self, case: &str, number: u64) -> Option<Acknowledged> {
        let answer = self.ask(SUBMIT, &json!({"input": opinion(case, number)}))?;
        let answer = &answer["submitOpinion"];
        assert_eq!(answer["__typename"], "SubmitOpinionPayload", "{answer}");
        let text = |name: &str| answer[name].as_str().map(str::to_owned);
        Some(Acknowledged {
            position: answer["position"].to_string(),
            submission: answer["submission"]["id"].clone(),
            receipt_number: text("receiptNumber").unwrap(),
            leaf: STANDARD.decode(text("leaf").unwrap()).unwrap(),
            proof: text("proof"),
            repeated: answer["repeated"].as_bool().unwrap(),
        })
    }
}

/// What a citizen was told.
#[derive(Clone, Debug)]
pub(crate) struct Acknowledged {
    pub(crate) position: String,
    pub(crate) submission: Value,
    pub(crate) receipt_number: String,
    pub(crate) leaf: Vec<u8>,
    pub(crate) proof: Option<String>,
    pub(crate) repeated: bool,
}

impl Acknowledged {
    /// Checks that a retry got the first answer.
    pub(crate) fn assert_repeats(&self, first: &Self) {
        assert!(self.repeated);
        assert_eq!(self.position, first.position);
        assert_eq!(self.receipt_number, first.receipt_number);
        assert_eq!(self.leaf, first.leaf);
    }

    /// Checks what proves that it is in the log.
    pub(crate) fn assert_proves(&self, keys: &[VerifierKey]) {
        let proof = self.proof.as_ref().expect("there is a proof");
        let receipt = Receipt::parse(proof.as_bytes()).unwrap();
        receipt.verify(&self.leaf, keys, None).unwrap();
    }
}

pub(crate) fn opinion(case: &str, number: u64) -> Value {
    let command = Ulid::from_parts(1_700_000_000_000 + number, u128::from(number) << 20 | 0x711);
    json!({
        "commandId": command.to_string(),
        "case": case,
        "opinion": {"body": format!("意見その{number}番。駅前の道を広くしてください。")},
        "submitter": {
            "kind": "INDIVIDUAL",
            "name": format!("試験 花子{number}"),
            "address": format!("幸区試験町{number}番地"),
            "contact": format!("hanako{number}@mail.example"),
            "wardCode": "141330",
        },
        "secret": format!("a-secret-of-a-citizen-{number:010}"),
    })
}

/// Clients that submit one opinion after the other until the server is gone or
/// they are told to stop.
pub(crate) struct Load {
    heard: Arc<Heard>,
    next: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
    clients: Vec<thread::JoinHandle<()>>,
}

/// Each waits for the next checkpoint, which comes once in a second: many are
/// needed to keep the server busy.
pub(crate) const CLIENTS: u64 = 32;

/// What the clients were told, and word that there is more.
#[derive(Default)]
struct Heard {
    acknowledged: Mutex<BTreeMap<u64, Acknowledged>>,
    more: Condvar,
}

impl Load {
    /// Begins with the opinion of this number.
    pub(crate) fn start(city: &Process, case: &str, first: u64) -> Self {
        let mut load = Self {
            heard: Arc::default(),
            next: Arc::new(AtomicU64::new(first)),
            stop: Arc::default(),
            clients: Vec::new(),
        };
        for _ in 0..CLIENTS {
            let (client, case) = (Client::new(&city.address), case.to_owned());
            let heard = Arc::clone(&load.heard);
            let (next, stop) = (Arc::clone(&load.next), Arc::clone(&load.stop));
            load.clients.push(thread::spawn(move || {
                while !stop.load(Ordering::SeqCst) {
                    let number = next.fetch_add(1, Ordering::SeqCst);
                    let answer = client.submit(&case, number);
                    let gone = answer.is_none();
                    let mut acknowledged = heard.acknowledged.lock().unwrap();
                    acknowledged.extend(answer.map(|answer| (number, answer)));
                    heard.more.notify_all();
                    if gone {
                        return;
                    }
                }
            }));
        }
        load
    }

    /// Waits until so many are acknowledged; says which.
    pub(crate) fn wait_for(&self, count: usize) -> BTreeMap<u64, Acknowledged> {
        let mut acknowledged = self.heard.acknowledged.lock().unwrap();
        while acknowledged.len() < count {
            let all_gone = self.clients.iter().all(thread::JoinHandle::is_finished);
            assert!(!all_gone, "the city is gone after {}", acknowledged.len());
            acknowledged = self.heard.more.wait(acknowledged).unwrap();
        }
        acknowledged.clone()
    }

    /// Waits for the clients; says what they were told, and the first number
    /// that nobody has asked with.
    pub(crate) fn end(self) -> (BTreeMap<u64, Acknowledged>, u64) {
        self.stop.store(true, Ordering::SeqCst);
        for client in self.clients {
            client.join().unwrap();
        }
        let acknowledged = self.heard.acknowledged.lock().unwrap().clone();
        (acknowledged, self.next.load(Ordering::SeqCst))
    }
}

/// Numbers that look random and are the same in every run.
pub(crate) fn roll(seed: u64, sides: u64) -> u64 {
    let mut word = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (word ^ (word >> 27)) % sides
}

/// Copies a folder.
pub(crate) fn copy(from: &Path, to: &Path) {
    let status = Command::new("cp").arg("-a").arg(from).arg(to).status();
    assert!(status.unwrap().success());
}
