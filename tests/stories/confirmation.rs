//! A city that wants to know that somebody reads the mail of the address that
//! they give; the mail goes to a real SMTP server.

use std::{path::Path, process::Stdio, time::Duration};

use event_store::Position;
use gateway::{
    http::{IntakeSettings, Rate},
    identity::email::{EmailConfirmation, SmtpSecurity, SmtpSettings},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

use crate::{
    logs::Listening, public_comment::opinion, public_comment_files::published, support::Story,
};

/// A relay in a process of its own; ends with this.
struct Relay {
    port: u16,
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Relay {
    async fn start() -> Option<Self> {
        let interop = Path::new(env!("CARGO_MANIFEST_DIR")).join("interop");
        if !interop.join("node_modules/smtp-server").is_dir() {
            println!("smtp.mjs not run: `npm ci` in tests/interop installs what it needs");
            return None;
        }
        let mut child = Command::new("node")
            .arg("smtp.mjs")
            .current_dir(interop)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines.next_line().await.unwrap().unwrap().parse().unwrap();
        Some(Self { port, child, lines })
    }

    fn confirmation(&self) -> EmailConfirmation {
        confirmation(self.port)
    }

    /// The next mail that was taken.
    async fn mail(&mut self) -> Value {
        let line = tokio::time::timeout(Duration::from_secs(60), self.lines.next_line()).await;
        serde_json::from_str(&line.unwrap().unwrap().unwrap()).unwrap()
    }

    async fn stop(mut self) {
        self.child.kill().await.unwrap();
    }
}

fn confirmation(port: u16) -> EmailConfirmation {
    let relay = SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port,
        security: SmtpSecurity::Plain,
        from: "ひろば <hiroba@city.example>".to_owned(),
        user: None,
        password: None,
    };
    EmailConfirmation::new(&relay, [5; 32]).unwrap()
}

/// The code in a mail: the line that stands by itself.
fn code_in(mail: &Value) -> String {
    let text = mail["text"].as_str().unwrap();
    let mut lines = text.lines().filter_map(|line| line.strip_prefix("    "));
    lines.next().unwrap().to_owned()
}

/// Opinions on one case, by somebody without an account.
struct Stranger<'a> {
    story: &'a Story,
    case: &'a str,
}

impl Stranger<'_> {
    /// Asks for a mail; what is answered comes back.
    async fn asks(&self, command: &str, address: &str) -> Value {
        let input = json!({"commandId": command, "case": self.case, "address": address});
        self.story
            .tries("nobody", "requestEmailConfirmation", input, "validMinutes")
            .await
    }

    /// Submits; the code of the refusal comes back, or whether it had been
    /// recorded before.
    async fn submits(&self, command: &str, contact: &str, code: Option<&str>) -> String {
        let mut input = opinion(self.case, "川辺花子", "歩道を広くしてください。");
        input["commandId"] = json!(command);
        input["submitter"]["contact"] = json!(contact);
        input["confirmationCode"] = json!(code);
        let outcome = self
            .story
            .tries("nobody", "submitOpinion", input, "repeated")
            .await;
        match outcome["__typename"].as_str().unwrap() {
            "Refusal" => outcome["code"].as_str().unwrap().to_owned(),
            _ => format!("repeated: {}", outcome["repeated"]),
        }
    }
}

const REQUIRED: &str = "EMAIL_CONFIRMATION_REQUIRED";
const INVALID: &str = "EMAIL_CONFIRMATION_INVALID";
const HANAKO: &str = "hanako-kawabe@mail.example";

#[tokio::test]
async fn whoever_reads_the_mail_submits_once_and_whoever_has_an_account_needs_none() {
    let Some(mut relay) = Relay::start().await else {
        return;
    };
    let logs = Listening::begin();
    let confirmation = Some(relay.confirmation());
    let story = Story::confirming("2026-05-01", IntakeSettings::UNLIMITED, confirmation).await;
    let case = &published(&story).await;
    story.turn_to_moment("2026-05-20T10:00:00+09:00");
    let (story, stranger) = (
        &story,
        Stranger {
            story: &story,
            case,
        },
    );
    let required = story
        .get("nobody", "{ emailConfirmationRequired }", json!({}))
        .await;
    assert_eq!(required["emailConfirmationRequired"], true);

    let (first, second) = (&story.command(), &story.command());
    assert_eq!(stranger.submits(first, HANAKO, None).await, REQUIRED);
    let telephone = "044-000-0000";
    let without_mail = stranger.submits(first, telephone, Some("7KQM-2XPD")).await;
    assert_eq!(without_mail, REQUIRED);
    let guessed = stranger.submits(first, HANAKO, Some("7KQM-2XPD")).await;
    assert_eq!(guessed, INVALID);

    // Nothing tells a mailbox that there is from one that is refused.
    let sent = stranger.asks(first, HANAKO).await;
    assert_eq!(sent["validMinutes"], 30);
    assert_eq!(stranger.asks(first, "refused@mail.example").await, sent);
    let mail = relay.mail().await;
    assert_eq!(mail["envelope"], json!([HANAKO]));
    let code = &code_in(&mail);
    // It is for this opinion, and from this address.
    let other_opinion = stranger.submits(second, HANAKO, Some(code)).await;
    assert_eq!(other_opinion, INVALID);
    let other_address = stranger.submits(first, "taro@mail.example", Some(code));
    assert_eq!(other_address.await, INVALID);
    let typed = code.to_lowercase().replace('-', "　");
    let taken = stranger.submits(first, HANAKO, Some(&typed)).await;
    assert_eq!(taken, "repeated: false");

    // It was good once, and whoever asks again hears what they heard.
    assert_eq!(stranger.submits(second, HANAKO, Some(code)).await, INVALID);
    story.turn_to_moment("2026-05-20T12:00:00+09:00");
    let again = stranger.submits(first, HANAKO, Some(code)).await;
    assert_eq!(again, "repeated: true");
    assert_eq!(stranger.asks(second, HANAKO).await, sent);
    let late = code_in(&relay.mail().await);
    story.turn_to_moment("2026-05-20T12:36:00+09:00");
    assert_eq!(stranger.submits(second, HANAKO, Some(&late)).await, INVALID);

    // Her mailbox is not filled, and nobody learns that she had mail before.
    for _ in 0..5 {
        assert_eq!(stranger.asks(second, HANAKO).await, sent);
    }
    assert_eq!(stranger.asks(second, "taro@mail.example").await, sent);
    let mut heard = Vec::new();
    while heard.last() != Some(&json!(["taro@mail.example"])) {
        heard.push(relay.mail().await["envelope"].clone());
    }
    assert_eq!(heard.len(), 4, "{heard:?}");

    // Whoever is known needs none, and neither does what came on paper.
    let known = opinion(case, "川辺花子", "サインインしています。");
    story
        .does("hanako", "submitOpinion", known, "position")
        .await;
    let paper = json!({
        "case": case, "channel": "POST", "receivedOn": "2026-05-20",
        "opinion": {"body": "手紙です。"},
        "submitter": {"kind": "INDIVIDUAL", "name": "多摩一郎"},
    });
    story
        .does("operator", "enterOpinion", paper, "position")
        .await;

    let desk = &story.city().desk;
    let leaves = desk.store.read_all(Position(0), 1000).await.unwrap();
    let leaves: Vec<u8> = leaves
        .iter()
        .flat_map(|leaf| leaf.payload.to_vec())
        .collect();
    let leaves = String::from_utf8(leaves).unwrap();
    let logs = logs.text();
    assert!(leaves.contains("opinion_submitted") && logs.contains("did not leave the relay"));
    for personal in [HANAKO, "kawabe", "refused@", "taro@", code, &late] {
        assert!(!leaves.contains(personal), "{personal}");
        assert!(!logs.contains(personal), "{personal}: {logs}");
    }
    relay.stop().await;
}

#[tokio::test]
async fn asking_for_mail_is_limited_and_a_silent_relay_is_told() {
    let logs = Listening::begin();
    let limits = IntakeSettings {
        per_client: Some(Rate {
            burst: 3,
            per_minute: 1,
        }),
        ..IntakeSettings::UNLIMITED
    };
    // Nobody listens at this port.
    let story = Story::confirming("2026-05-01", limits, Some(confirmation(1))).await;
    let case = published(&story).await;
    story.turn_to_moment("2026-05-20T10:00:00+09:00");
    let mut codes = Vec::new();
    for address in [HANAKO, "nowhere", "taro@mail.example", HANAKO] {
        let input = json!({"case": case, "address": address});
        let answer = story
            .asks_for("nobody", "requestEmailConfirmation", input, "validMinutes")
            .await;
        let code = &answer["errors"][0]["extensions"]["code"];
        codes.push(code.as_str().unwrap().to_owned());
    }
    let expected = [
        "UNAVAILABLE",
        "BAD_USER_INPUT",
        "UNAVAILABLE",
        "RATE_LIMITED",
    ];
    assert_eq!(codes, expected);
    assert!(logs.text().contains("the relay cannot be reached"));
    assert!(!logs.text().contains("kawabe"));
    let input = json!({"case": "case_01ARZ3NDEKTSV4RRFFQ69G5FAV", "address": HANAKO});
    let unknown = story
        .asks_for("hanako", "requestEmailConfirmation", input, "validMinutes")
        .await;
    let code = &unknown["errors"][0]["extensions"]["code"];
    assert_eq!(code, "NOT_FOUND");
}

#[tokio::test]
async fn a_city_that_asks_for_none_sends_none() {
    let story = Story::on("2026-05-01").await;
    let case = published(&story).await;
    story.turn_to_moment("2026-05-20T10:00:00+09:00");
    let required = story
        .get("nobody", "{ emailConfirmationRequired }", json!({}))
        .await;
    assert_eq!(required["emailConfirmationRequired"], false);
    let input = json!({"case": case, "address": HANAKO});
    let code = story
        .is_refused("nobody", "requestEmailConfirmation", input)
        .await;
    assert_eq!(code, "EMAIL_CONFIRMATION_NOT_NEEDED");
    let mut input = opinion(&case, "川辺花子", "電話番号だけです。");
    input["submitter"]["contact"] = json!("044-000-0000");
    story
        .does("nobody", "submitOpinion", input, "position")
        .await;
}
