//! Clients and audits that others wrote, run by Node.js against a real port.
//!
//! Where Node.js or the packages of `tests/interop` are missing, each of these
//! tests says so and passes.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime},
};

use domain::Role;
use gateway::{
    http::{Authenticate, Clock, Code, GraphQlSettings, Language, StatusPolicy},
    identity::{
        Https, IdentitySettings, Issuers, OpenIdConnect,
        email::{ConfirmationMail, MailError, Smtp, SmtpSecurity, SmtpSettings},
    },
};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

use crate::support::site;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/interop")
}

/// Runs a script of `tests/interop`; its output must end well.
pub(crate) async fn run(script: &str, arguments: &[&str]) {
    let folder = folder();
    if !folder.join("node_modules").is_dir() {
        println!("{script} not run: `npm ci` in tests/interop installs what it needs");
        return;
    }
    let child = Command::new("node")
        .arg(script)
        .args(arguments)
        .current_dir(folder)
        .kill_on_drop(true)
        .output();
    let output = match child.await {
        Ok(output) => output,
        Err(error) => {
            println!("{script} not run: node: {error}");
            return;
        }
    };
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}\n{text}\n{errors}");
    println!("{text}");
}

/// A script that goes on running and talks in lines. It ends with its input.
struct Talking {
    script: &'static str,
    _child: Child,
    input: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Talking {
    /// Starts a script of `tests/interop`.
    fn start(script: &'static str) -> Option<Self> {
        let folder = folder();
        if !folder.join("node_modules").is_dir() {
            println!("{script} not run: `npm ci` in tests/interop installs what it needs");
            return None;
        }
        let started = Command::new("node")
            .arg(script)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        let mut child = match started {
            Ok(child) => child,
            Err(error) => {
                println!("{script} not run: node: {error}");
                return None;
            }
        };
        let input = child.stdin.take()?;
        let lines = BufReader::new(child.stdout.take()?).lines();
        Some(Self {
            script,
            _child: child,
            input,
            lines,
        })
    }

    async fn say(&mut self, line: &str) {
        let line = format!("{line}\n");
        self.input
            .write_all(line.as_bytes())
            .await
            .expect("the script listens");
    }

    /// The next line that begins so.
    async fn hear(&mut self, beginning: &str) -> String {
        let next = async {
            while let Some(line) = self.lines.next_line().await.expect("lines are text") {
                if line.starts_with(beginning) {
                    return line;
                }
            }
            panic!("{} ended before a line {beginning:?}", self.script);
        };
        tokio::time::timeout(Duration::from_secs(60), next)
            .await
            .expect("the script answers")
    }
}

#[tokio::test]
async fn the_audit_suite_of_graphql_http_passes_completely() {
    let served = site(GraphQlSettings::default()).serve().await;
    run(
        "audit.mjs",
        &[&format!("http://{}/graphql", served.address)],
    )
    .await;
}

#[tokio::test]
async fn the_draft_fails_the_audits_that_it_contradicts_and_no_other() {
    let settings = GraphQlSettings {
        http_status: StatusPolicy::Draft202608,
        ..GraphQlSettings::default()
    };
    let served = site(settings).serve().await;
    run("audit.mjs", &[&format!("http://{}/graphql", served.address), "423L,LKJ0,LKJ1,LKJ2,LKJ3,6C00,6C01,6C02,6C03,4760,4761,4762,4763,58B0,58B1,58B2,58B3,3E3A,572B,FDE2,7B9B,86EE"]).await;
}

#[tokio::test]
async fn tools_can_read_the_schema_with_the_standard_query() {
    let served = site(GraphQlSettings::default()).serve().await;
    run(
        "introspection.mjs",
        &[&format!("http://{}/graphql", served.address)],
    )
    .await;
}

#[tokio::test]
async fn the_schema_holds_to_what_large_public_schemas_hold_to() {
    run("lint.mjs", &["../../schema.graphql"]).await;
}

#[tokio::test]
async fn the_client_graphql_sse_is_served() {
    let site = site(GraphQlSettings::default());
    let served = site.serve().await;
    run("sse.mjs", &[&format!("http://{}/graphql", served.address)]).await;
    site.all_streams_end().await;
}

#[tokio::test]
async fn the_client_graphql_ws_is_served() {
    let site = site(GraphQlSettings::default());
    let served = site.serve().await;
    run(
        "websocket.mjs",
        &[&format!("ws://{}/graphql", served.address)],
    )
    .await;
    site.all_streams_end().await;
}

#[tokio::test]
async fn tokens_of_a_real_provider_are_believed_and_its_new_keys_are_found() {
    let Some(mut provider) = Talking::start("provider.mjs") else {
        return;
    };
    let issuer = provider.hear("http://").await;
    let settings: IdentitySettings = serde_json::from_value(json!({
        "issuer": issuer,
        "audience": "hiroba",
        "claims": { "roles": "groups" },
        "roles": { "kocho": ["bureau_officer"] },
        "wards": { "Saiwai": "141321" },
    }))
    .expect("settings");
    // The provider lives in our time; how far we are ahead of it is our choice.
    let ahead = Arc::new(AtomicI64::new(0));
    let clock: Clock = {
        let ahead = ahead.clone();
        Arc::new(move || {
            let since_1970 = SystemTime::UNIX_EPOCH.elapsed().expect("it is after 1970");
            let second = i64::try_from(since_1970.as_secs()).expect("a time");
            Timestamp::from_second(second + ahead.load(Ordering::SeqCst)).expect("a time")
        })
    };
    let real = OpenIdConnect::new(&settings, Arc::new(Https::default()), clock).expect("settings");
    real.reach().await.expect("the provider can be reached");
    let issuers = Issuers::new(vec![real]);
    for algorithm in ["RS256", "ES256", "EdDSA"] {
        provider.say(algorithm).await;
        let token = provider.hear("eyJ").await;
        let identity = issuers.authenticate(&token).await.expect(algorithm);
        assert_eq!(identity.subject, "counter");
        assert_eq!(identity.roles, [Role::BureauOfficer]);
        assert_eq!(identity.ward.as_deref(), Some("141321"));
    }
    provider.say("rotate").await;
    provider.hear("rotated").await;
    provider.say("ES256").await;
    let token = provider.hear("eyJ").await;
    issuers
        .authenticate(&token)
        .await
        .expect("the new key is found");
    ahead.store(24 * 3600, Ordering::SeqCst);
    let expired = issuers.authenticate(&token).await.expect_err("a day later");
    assert_eq!(expired.code(), Code::Unauthenticated);
}

#[tokio::test]
async fn a_confirmation_arrives_at_a_real_smtp_server() {
    let Some(mut server) = Talking::start("smtp.mjs") else {
        return;
    };
    let port = server.hear("").await.parse().expect("a port");
    let smtp = Smtp::new(&SmtpSettings {
        host: "127.0.0.1".into(),
        port,
        security: SmtpSecurity::Plain,
        from: "ひろば <hiroba@city.example>".into(),
        user: None,
        password: None,
    })
    .expect("settings");
    let hanako = "hanako@example.jp".parse().expect("an address");
    let mail = ConfirmationMail {
        to: &hanako,
        code: "7KQM-2XPD",
        about: "緑の基本計画（案）\r\nBcc: taro@example.jp",
        valid_minutes: 30,
        language: Language::Japanese,
    };
    smtp.send(&mail).await.expect("the server takes it");
    let taken: Value = serde_json::from_str(&server.hear("{").await).expect("JSON");
    assert_eq!(taken["envelope"], json!(["hanako@example.jp"]));
    assert_eq!(taken["from"]["name"], "ひろば");
    assert!(
        taken["subject"]
            .as_str()
            .is_some_and(|subject| subject.starts_with("【ひろば】確認コード"))
    );
    assert!(
        taken["text"]
            .as_str()
            .is_some_and(|text| text.contains("7KQM-2XPD") && text.contains("30分間"))
    );
    assert_eq!(taken["automatic"], "auto-generated");

    let refused = "refused@example.jp".parse().expect("an address");
    let mail = ConfirmationMail {
        to: &refused,
        ..mail
    };
    assert_eq!(smtp.send(&mail).await, Err(MailError::Refused(550)));
}
