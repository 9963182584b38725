//! The nginx of `deploy/` in front of a city.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::json;
use verifier::{
    log::{self, Line, Question, Source, SourceError},
    replay,
};

use crate::{
    deploy::{deploy, is_installed},
    support::{Client, Folder, Process},
};

/// How many requests one address may send in this test.
const BURST: usize = 60;

/// A proxy with TLS, and without it where a test reads bytes.
struct Nginx {
    child: Child,
    tls: SocketAddr,
    plain: SocketAddr,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Quick shutdown of the master and its workers.
        let _ = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        let _ = self.child.wait();
    }
}

fn free_port() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

impl Nginx {
    /// Starts the configuration of `deploy/`, with other addresses and files.
    fn start(folder: &Folder, city: &Process) -> Self {
        let certificate = Command::new("openssl")
            .args([
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
            ])
            .args(["-nodes", "-days", "2", "-subj", "/CN=localhost"])
            // It is its own authority, and no other's.
            .args(["-addext", "subjectAltName=DNS:localhost"])
            .args(["-addext", "basicConstraints=critical,CA:FALSE"])
            .arg("-keyout")
            .arg(folder.path("key.pem"))
            .arg("-out")
            .arg(folder.path("fullchain.pem"))
            .output()
            .unwrap();
        assert!(certificate.status.success(), "{certificate:?}");
        let place = folder.path("");
        let place = place.to_str().unwrap().trim_end_matches('/');
        let text = fs::read_to_string(deploy("nginx.conf")).unwrap();
        // A port that is free now may be taken by the time that nginx asks.
        for _ in 0..5 {
            let (tls, plain, redirect) = (free_port(), free_port(), free_port());
            let site: String = text
                .lines()
                .filter(|line| !line.contains("listen [::]"))
                .map(|line| format!("{line}\n"))
                .collect();
            let site = site
                .replace("listen 80;", &format!("listen {redirect};"))
                .replace(
                    "listen 443 ssl http2;",
                    &format!("listen {tls} ssl http2; listen {plain};"),
                )
                .replace("127.0.0.1:8080", &city.address)
                .replace("/etc/hiroba/tls", place)
                .replace("/var/log/nginx", place);
            let whole = format!(
                "daemon off; pid {place}/nginx.pid; user root; worker_processes 1;\n\
                 error_log {place}/error.log;\nevents {{ worker_connections 256; }}\n\
                 http {{\n client_body_temp_path {place}/body; proxy_temp_path {place}/proxy;\n\
                 fastcgi_temp_path {place}/f; uwsgi_temp_path {place}/u; scgi_temp_path {place}/s;\n\
                 {site}\n}}\n"
            );
            fs::write(folder.path("nginx.conf"), whole).unwrap();
            let mut child = Command::new("nginx")
                .arg("-c")
                .arg(folder.path("nginx.conf"))
                .arg("-e")
                .arg(folder.path("error.log"))
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            loop {
                if TcpStream::connect(plain).is_ok() {
                    return Self { child, tls, plain };
                }
                if child.try_wait().unwrap().is_some() {
                    break;
                }
                std::thread::yield_now();
            }
        }
        let log = fs::read_to_string(folder.path("error.log"));
        panic!("nginx does not start: {log:?}");
    }
}

/// A city that serves pages, and whose limit of requests can be reached.
fn city(folder: &Folder) -> Process {
    let web = folder.path("web");
    fs::create_dir_all(web.join("assets")).unwrap();
    for page in ["index.html", "staff.html"] {
        fs::copy(deploy("../web").join(page), web.join(page)).unwrap();
    }
    fs::write(web.join("persisted-documents.json"), "{}").unwrap();
    fs::write(web.join("assets/digits.js"), "0123456789").unwrap();
    let config = format!(
        "profile = \"seed2004\"\nweb = {web:?}\n[log]\norigin = \"city.example/log/1\"\n\
         [http]\ntrusted_proxies = [\"127.0.0.1\"]\n\
         [http.requests]\nburst = {BURST}\nper_minute = 1\n"
    );
    fs::write(folder.path("hiroba.toml"), config).unwrap();
    folder.serve()
}

/// Sends bytes from an address of this machine, and reads the head of the answer.
fn exchange(to: SocketAddr, from: Ipv4Addr, request: &str) -> (String, BufReader<TcpStream>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .unwrap();
    let stream = runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind((from, 0).into()).unwrap();
        socket.connect(to).await.unwrap().into_std().unwrap()
    });
    stream.set_nonblocking(false).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    (&stream).write_all(request.as_bytes()).unwrap();
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert_ne!(reader.read_line(&mut head).unwrap(), 0, "{head}");
    }
    (head, reader)
}

fn status(head: &str) -> &str {
    head.split(' ').nth(1).unwrap()
}

#[test]
fn nginx_ends_tls_and_changes_nothing_else() {
    if !is_installed("nginx", "-v") || !is_installed("openssl", "version") {
        return;
    }
    let folder = Folder::new();
    let city = city(&folder);
    let nginx = Nginx::start(&folder, &city);
    over_tls(&nginx);
    let localhost = Ipv4Addr::new(127, 0, 0, 4);
    inside_stays_inside(&nginx, localhost);
    bodies_and_ranges(&nginx, localhost);
    streams(&nginx, localhost, &city);
    verification(&nginx, &folder, &city);
    addresses(&nginx);
}

/// The certificate is our own, so that is not what is checked.
fn over_tls(nginx: &Nginx) {
    let tls = ureq::tls::TlsConfig::builder()
        .disable_verification(true)
        .build();
    let config = ureq::Agent::config_builder()
        .tls_config(tls)
        .http_status_as_error(false)
        .build();
    let agent: ureq::Agent = config.into();
    let asked = |path: &str| format!("https://localhost:{}{path}", nginx.tls.port());
    let answer = agent
        .post(asked("/graphql"))
        .header("content-type", "application/json")
        .send("{\"query\":\"{ __typename }\"}")
        .unwrap();
    assert_eq!(answer.status(), 200);
    for answer in [answer, agent.get(asked("/")).call().unwrap()] {
        for name in [
            "strict-transport-security",
            "content-security-policy",
            "x-content-type-options",
            "x-frame-options",
            "referrer-policy",
            "permissions-policy",
            "cross-origin-opener-policy",
            "cross-origin-resource-policy",
            "x-request-id",
        ] {
            assert_eq!(answer.headers().get_all(name).iter().count(), 1, "{name}");
        }
    }
}

fn inside_stays_inside(nginx: &Nginx, from: Ipv4Addr) {
    for path in ["/metrics", "/healthz", "/readyz"] {
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
        let (head, _) = exchange(nginx.plain, from, &request);
        assert_eq!(status(&head), "404", "{path}");
    }
}

fn bodies_and_ranges(nginx: &Nginx, from: Ipv4Addr) {
    let (head, _) = exchange(
        nginx.plain,
        from,
        "PUT /files/x HTTP/1.1\r\nhost: localhost\r\ncontent-length: 60000000\r\n\r\n",
    );
    assert_eq!(status(&head), "413");
    let (head, mut body) = exchange(
        nginx.plain,
        from,
        "GET /assets/digits.js HTTP/1.1\r\nhost: localhost\r\nrange: bytes=2-4\r\n\
         connection: close\r\n\r\n",
    );
    assert_eq!(status(&head), "206");
    assert!(
        head.to_lowercase().contains("content-range: bytes 2-4/10"),
        "{head}"
    );
    let mut text = String::new();
    body.read_to_string(&mut text).unwrap();
    assert_eq!(text, "234");
}

fn streams(nginx: &Nginx, from: Ipv4Addr, city: &Process) {
    // Server-sent events come as they happen: the next is caused only after the
    // one before was read.
    let body = json!({"query": "subscription { logGrew }"}).to_string();
    let request = format!(
        "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
         accept: text/event-stream\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let (head, mut events) = exchange(nginx.plain, from, &request);
    assert_eq!(status(&head), "200", "{head}");
    let client = Client::new(&city.address);
    let case = client.open_case();
    for number in 0..3 {
        client.submit(&case, number).unwrap();
        let deadline = Instant::now() + Duration::from_secs(60);
        let mut line = String::new();
        while !line.contains("logGrew") {
            assert!(Instant::now() < deadline);
            line.clear();
            assert_ne!(events.read_line(&mut line).unwrap(), 0);
        }
    }
    // A WebSocket is opened, and speaks.
    let (head, _) = exchange(
        nginx.plain,
        from,
        "GET /graphql HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\n\
         connection: Upgrade\r\nsec-websocket-version: 13\r\n\
         sec-websocket-protocol: graphql-transport-ws\r\n\
         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
    assert_eq!(status(&head), "101", "{head}");
    assert!(head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{head}");
}

/// Whoever verifies the city from outside does it over TLS.
fn verification(nginx: &Nginx, folder: &Folder, city: &Process) {
    let log = format!("https://localhost:{}/log", nginx.tls.port());
    let keys = city.keys();
    let (now, hidden) = (jiff::Timestamp::MAX, indicatif::ProgressBar::hidden());
    let question = Question {
        logs: &keys,
        policy: None,
        since: &[],
    };
    let over = |ca: Option<PathBuf>| {
        let line = Line {
            ca,
            ..Line::default()
        };
        let source = Source::over(&log, &line)?;
        let report = log::check(&source, &question, now, &hidden)?;
        assert!(report.is_ok(), "{:?}", report.findings());
        let report = replay::check(&source, &keys, None, &hidden)?;
        assert!(report.is_ok(), "{:?}", report.findings());
        Ok::<_, SourceError>(report.told("size").cloned())
    };
    let size = over(Some(folder.path("fullchain.pem"))).unwrap();
    assert!(size.and_then(|size| size.as_u64()) > Some(3));
    // Nobody else vouches for that name.
    let stranger = over(None).unwrap_err();
    assert!(matches!(stranger, SourceError::Http { .. }), "{stranger}");
    let none = over(Some(folder.path("nginx.conf"))).unwrap_err();
    assert!(none.to_string().contains("no certificate"), "{none}");
}

/// Each client has its own limit, whatever it says of itself.
fn addresses(nginx: &Nginx) {
    let (one, other) = (Ipv4Addr::new(127, 0, 0, 2), Ipv4Addr::new(127, 0, 0, 3));
    let ask = |from, said: &str| {
        let request =
            format!("GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{said}\r\n");
        status(&exchange(nginx.plain, from, &request).0).to_owned()
    };
    for _ in 0..BURST {
        assert_eq!(ask(one, ""), "200");
    }
    assert_eq!(ask(one, ""), "429");
    assert_eq!(ask(one, "x-forwarded-for: 198.51.100.7\r\n"), "429");
    assert_eq!(ask(other, ""), "200");
}
