//! A city in a process of its own, for measurements.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, bail};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use ulid::Ulid;

/// A folder that goes when the measurement is over.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("hiroba-bench.{}", std::process::id()));
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Nothing depends on it.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A server in a process of its own.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: String,
}

impl Process {
    /// A demonstration city, with more lines in its configuration.
    pub(crate) fn city(folder: &Path, more: &str) -> anyhow::Result<Self> {
        let config = folder.join("hiroba.toml");
        // One client sends everything: its limit must not be what is measured.
        fs::write(
            &config,
            format!(
                "profile = \"seed2004\"\n[http.requests]\nburst = 1000000000\nper_minute = \
                 1000000000\n[intake]\nper_client = \"off\"\nper_case = \"off\"\n{more}"
            ),
        )?;
        let beside = std::env::current_exe()?;
        let target = beside
            .parent()
            .and_then(Path::parent)
            .context("no target")?;
        let mut hiroba = Command::new(target.join("hiroba"));
        hiroba
            .arg("serve")
            .arg("--demo")
            .arg("--config")
            .arg(&config)
            .arg("--data")
            .arg(folder.join("log"))
            .args(["--listen", "127.0.0.1:0"])
            .env("RUST_LOG", "warn");
        Self::start(&mut hiroba)
            .context("is hiroba built? cargo build --release -p server --bin hiroba")
    }

    /// A program that says at which address it listens.
    pub(crate) fn start(program: &mut Command) -> anyhow::Result<Self> {
        let child = program
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut this = Self {
            child,
            address: String::new(),
        };
        let output = this.child.stdout.take().context("no output")?;
        let mut lines = BufReader::new(output).lines();
        for line in lines.by_ref() {
            if let Some((_, address)) = line?.split_once("http://") {
                address.trim_end_matches('/').clone_into(&mut this.address);
                // Whatever it says later must go somewhere.
                std::thread::spawn(move || lines.for_each(drop));
                return Ok(this);
            }
        }
        bail!("the server did not start")
    }

    fn stat(&self, file: &str) -> anyhow::Result<String> {
        Ok(fs::read_to_string(format!(
            "/proc/{}/{file}",
            self.child.id()
        ))?)
    }

    /// Processor time of all threads; a tick is a hundredth of a second.
    pub(crate) fn processor(&self) -> anyhow::Result<Duration> {
        let stat = self.stat("stat")?;
        let (_, fields) = stat.rsplit_once(") ").context("no stat")?;
        let ticks: u64 = fields
            .split(' ')
            .skip(11)
            .take(2)
            .filter_map(|ticks| ticks.parse::<u64>().ok())
            .sum();
        Ok(Duration::from_millis(ticks * 10))
    }

    pub(crate) fn peak_megabytes(&self) -> anyhow::Result<u64> {
        let status = self.stat("status")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next());
        Ok(kilobytes.context("no peak")?.parse::<u64>()? / 1024)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A connection that is kept open.
pub(crate) struct Connection {
    stream: TcpStream,
    /// Lines that every request has; whoever is signed in adds one.
    pub(crate) headers: String,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(address: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            headers: format!(
                "host: {address}\r\naccept: application/graphql-response+json, application/json\r\n"
            ),
            buffer: Vec::new(),
        })
    }

    /// Asks, and reads the data of the answer.
    pub(crate) async fn ask(&mut self, query: &str, variables: &Value) -> anyhow::Result<Value> {
        let body = json!({"query": query, "variables": variables}).to_string();
        let answer = self.post("/graphql", "application/json", &body).await?;
        let mut answer: Value = serde_json::from_slice(answer)?;
        if answer.get("errors").is_some() {
            bail!("{answer}");
        }
        Ok(answer["data"].take())
    }

    /// Sends a body; the body of the answer comes back.
    pub(crate) async fn post(
        &mut self,
        path: &str,
        media: &str,
        body: &str,
    ) -> anyhow::Result<&[u8]> {
        let head = format!(
            "POST {path} HTTP/1.1\r\n{}content-type: {media}\r\ncontent-length: {}\r\n\r\n",
            self.headers,
            body.len()
        );
        self.stream.write_all((head + body).as_bytes()).await?;
        self.buffer.clear();
        let (head, length) = loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                bail!("the server closed the connection");
            }
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                let head = String::from_utf8_lossy(self.buffer.get(..end).unwrap_or_default());
                let length = head
                    .lines()
                    .filter_map(|line| line.split_once(':'))
                    .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                    .and_then(|(_, value)| value.trim().parse::<usize>().ok())
                    .context("an answer without its length")?;
                break (end + 4, length);
            }
        };
        while self.buffer.len() < head + length {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                bail!("the server closed the connection");
            }
        }
        Ok(self.buffer.get(head..head + length).unwrap_or_default())
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

pub(crate) async fn open_case(address: &str) -> anyhow::Result<String> {
    let mut connection = Connection::open(address).await?;
    let open = "{ publicCommentCases(filter: {phases: [OPEN]}, first: 100) { nodes { id call { \
                opensOn } } } }";
    let answer = connection.ask(open, &json!({})).await?;
    let cases = answer["publicCommentCases"]["nodes"].as_array();
    // Some are announced, and begin later.
    let begun = |case: &&Value| case["call"]["opensOn"].as_str().map(str::to_owned);
    let case = cases.into_iter().flatten().min_by_key(begun);
    let id = case.and_then(|case| case["id"].as_str());
    Ok(id.context("no case is open")?.to_owned())
}

pub(crate) fn opinion(case: &str, number: u64) -> Value {
    let command = Ulid::from_parts(
        1_700_000_000_000 + number,
        u128::from(number) << 20 | 0xbe2c,
    );
    json!({
        "commandId": command.to_string(),
        "case": case,
        "opinion": {
            "body": format!("意見その{number}番。駅前の自転車の通り道を広くし、夜も明るくしてください。"),
        },
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
