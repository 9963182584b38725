//! What an operator reads while the city is served: lines and traces. Both say
//! what happened, and neither says a word of anybody.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::Command,
    sync::{Arc, Mutex},
    thread,
};

use serde_json::{Value, json};

use crate::support::{Client, Folder, Process};

/// A collector that takes whatever is sent to it, and keeps the bytes.
#[derive(Clone)]
struct Collector {
    address: String,
    taken: Arc<Mutex<Vec<u8>>>,
}

impl Collector {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let taken: Arc<Mutex<Vec<u8>>> = Arc::default();
        let all = Arc::clone(&taken);
        // Ends with the test's process.
        thread::spawn(move || {
            for connection in listener.incoming() {
                let all = Arc::clone(&all);
                thread::spawn(move || take(connection.unwrap(), &all));
            }
        });
        Self { address, taken }
    }
}

/// Takes requests of one connection until it ends.
fn take(connection: TcpStream, all: &Mutex<Vec<u8>>) {
    let mut answers = connection.try_clone().unwrap();
    let mut requests = BufReader::new(connection);
    loop {
        let (mut length, mut line) = (0, String::new());
        loop {
            line.clear();
            if requests.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            all.lock().unwrap().extend_from_slice(line.as_bytes());
            let header = line.to_ascii_lowercase();
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        requests.read_exact(&mut body).unwrap();
        all.lock().unwrap().extend_from_slice(&body);
        answers
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
            .unwrap();
    }
}

/// A demonstration city that sends its traces to an address, and writes its
/// lines into a file.
fn serve(folder: &Folder, collector: &str, level: &str) -> Process {
    let path = folder.path("hiroba.toml");
    let config = fs::read_to_string(&path).unwrap()
        + "[journal]\nformat = \"json\"\n[traces]\nendpoint = \""
        + &format!("http://{collector}/v1/traces\"\n");
    fs::write(path, config).unwrap();
    let mut command = folder.command(&["serve", "--demo", "--listen", "127.0.0.1:0"]);
    command
        .env("RUST_LOG", level)
        .stderr(File::create(folder.path("lines")).unwrap());
    Process::start(command)
}

fn lines(folder: &Folder) -> String {
    fs::read_to_string(folder.path("lines")).unwrap()
}

/// Any request, with any header: what `curl` would send.
fn send(city: &Process, request: &str, body: &str) -> String {
    let mut connection = TcpStream::connect(&city.address).unwrap();
    write!(
        connection,
        "{request}\r\nhost: {}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        city.address,
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    answer
}

/// Words that are nowhere but in what somebody sends.
const NAME: &str = "蒼穹寺朔太郎";
const ADDRESS: &str = "鳴海町九百九十番地";
const CONTACT: &str = "souky-uji@personal.example";
const BODY: &str = "この一文は公表まで誰にも見せません";
const SECRET: &str = "zq-secret-that-keeps-the-receipt-77";
const REASON: &str = "電話番号を確かめるため山彦さんに";
const OTHERS: [&str; 12] = [
    "kokoroNoUchi",
    "himitsuNoBetsumei",
    "naishobanashi",
    "sagashimono",
    "kakushimichi",
    "yoridokoro-agent",
    "203.0.113.77",
    "okashi-cookie",
    "nazono-token",
    "machigatta-json",
    "shiranai-bunsho",
    "TAGUI-NAKI",
];

#[test]
fn lines_and_traces_tell_of_requests_and_say_no_word_of_anybody() {
    let folder = Folder::new();
    let collector = Collector::start();
    let city = serve(&folder, &collector.address, "debug");
    let client = Client::new(&city.address);
    let case = client.open_case();
    let submit = "mutation kokoroNoUchi($input: SubmitOpinionInput!) { himitsuNoBetsumei: \
        submitOpinion(input: $input) { ... on SubmitOpinionPayload { submission { id } } } }";
    let input = json!({
        "commandId": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "case": case,
        "opinion": {"body": BODY},
        "submitter": {
            "kind": "INDIVIDUAL", "name": NAME, "address": ADDRESS, "contact": CONTACT,
        },
        "secret": SECRET,
    });
    let told = client.ask(submit, &json!({"input": input})).unwrap();
    let submission = &told["himitsuNoBetsumei"]["submission"]["id"];
    let mine = "query($receipt: ReceiptInput!) { submissionByReceipt(receipt: $receipt) \
        { body { text } } }";
    let receipt = json!({"receipt": {"submission": submission, "secret": SECRET}});
    let mine = client.ask(mine, &receipt).unwrap();
    assert_eq!(mine["submissionByReceipt"]["body"]["text"], BODY);
    // An officer looks at who it was.
    let mut clerk = Client::new(&city.address);
    clerk.sign_in("clerk");
    let look = "mutation($input: OpenPersonalDataInput!) { openPersonalData(input: $input) { \
        ... on OpenPersonalDataPayload { name address contact } ... on Refusal { code } } }";
    let input = json!({
        "commandId": "01ARZ3NDEKTSV4RRFFQ69G5FAW", "submission": submission,
        "fields": ["NAME", "ADDRESS", "CONTACT"], "reason": REASON,
    });
    let seen = clerk.ask(look, &json!({"input": input})).unwrap();
    assert_eq!(seen["openPersonalData"]["name"], NAME, "{seen}");

    let json = "content-type: application/json\r\naccept: application/json";
    let mut answers = String::new();
    for (request, body) in [
        (
            "GET /graphql?query=%7Bnaishobanashi%7D HTTP/1.1\r\nx-request-id: told-by-a-test",
            "",
        ),
        ("GET /cases?q=sagashimono HTTP/1.1", ""),
        ("GET /kakushimichi/sagashimono HTTP/1.1", ""),
        (
            "GET /readyz HTTP/1.1\r\nuser-agent: yoridokoro-agent\r\nx-forwarded-for: 203.0.113.77\r\ncookie: okashi-cookie=1",
            "",
        ),
        ("TAGUI-NAKI /graphql HTTP/1.1", ""),
        (
            &format!("POST /graphql HTTP/1.1\r\nauthorization: Bearer nazono-token\r\n{json}"),
            "{}",
        ),
        (
            &format!("POST /graphql HTTP/1.1\r\n{json}"),
            "{machigatta-json",
        ),
        (
            &format!("POST /graphql HTTP/1.1\r\n{json}"),
            r#"{"query":"{ naishobanashi("}"#,
        ),
        (
            &format!("POST /graphql HTTP/1.1\r\n{json}"),
            r#"{"query":"query kokoroNoUchi { a }","operationName":"naishobanashi"}"#,
        ),
        (
            &format!("POST /graphql HTTP/1.1\r\n{json}"),
            r#"{"documentId":"shiranai-bunsho"}"#,
        ),
    ] {
        answers += &send(&city, request, body);
    }
    assert!(answers.contains("naishobanashi"), "{answers}");
    city.stop("-TERM");

    let lines = lines(&folder);
    let taken = collector.taken.lock().unwrap().clone();
    let traces = String::from_utf8_lossy(&taken);
    for line in lines.lines() {
        let line: Value = serde_json::from_str(line).expect("a line is an object");
        assert!(
            line["level"].is_string() && line["target"].is_string(),
            "{line}"
        );
    }
    assert!(lines.contains("told-by-a-test"), "{lines}");
    for told in [
        "POST /v1/traces",
        "told-by-a-test",
        "POST /graphql",
        "http.response.status_code",
        "graphql.operation",
        "sequencer.ask",
        "read_models.at_least",
        "service.version",
    ] {
        assert!(traces.contains(told), "{told}");
    }
    let personal = [NAME, ADDRESS, CONTACT, BODY, SECRET, REASON];
    let submission = submission.as_str().unwrap();
    for word in personal.iter().chain(&OTHERS).chain([&submission]) {
        assert!(!traces.contains(word), "a trace says {word}");
        let line = lines.lines().find(|line| line.contains(word));
        assert_eq!(line, None, "a line says {word}");
    }
}

#[test]
fn a_collector_that_is_gone_is_named_once_and_takes_nothing_with_it() {
    let folder = Folder::new();
    // Nobody listens at this port.
    let city = serve(&folder, "127.0.0.1:1", "info");
    let client = Client::new(&city.address);
    let case = client.open_case();
    assert!(client.submit(&case, 1).is_some());
    city.stop("-TERM");
    let lines = lines(&folder);
    let named = lines.matches("does not take traces").count();
    assert_eq!(named, 1, "{lines}");
}

#[test]
fn an_endpoint_that_is_none_is_named_at_the_start() {
    let folder = Folder::new();
    let ended = Command::new(env!("CARGO_BIN_EXE_hiroba"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(folder.path("city"))
        .env("HIROBA__TRACES__ENDPOINT", "collector")
        .output()
        .unwrap();
    assert_eq!(ended.status.code(), Some(2));
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(said.contains("traces.endpoint"), "{said}");
}
