//! Asking a server to enter an opinion.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use ulid::Ulid;

use super::Row;

const QUERY: &str = "mutation Import($input: EnterOpinionInput!) { enterOpinion(input: $input) {
    __typename
    ... on EnterOpinionPayload { repeated submission { id late } }
    ... on Refusal { code messageJa messageEn }
} }";

/// How often a row is tried before the import stops.
const TRIES: u32 = 5;
/// The longest answer that is read.
const LONGEST: u64 = 1 << 20;

/// What became of a row.
pub(super) enum Entered {
    /// It is in the log.
    Recorded {
        /// Whether it was there before.
        repeated: bool,
        /// Whether it came late.
        late: bool,
    },
    /// The rules say no.
    Refused {
        /// Why, for programs.
        code: &'static str,
        /// Why, for people, with the code of the rule.
        reason: String,
    },
}

/// A server, asked as an operator.
#[derive(Clone)]
pub(super) struct Client(Arc<Inner>);

struct Inner {
    agent: ureq::Agent,
    address: String,
    case: String,
    authorization: String,
}

/// What an answer means.
enum Answer {
    Entered(Entered),
    /// Nobody knows, or not now: ask again after a while.
    Later(String, Option<Duration>),
    /// Asking again would not help.
    Never(String),
}

impl Client {
    pub(super) fn new(server: &str, case: &str, token: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(60)))
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent("hiroba-import")
            .build();
        Self(Arc::new(Inner {
            agent: config.into(),
            address: format!("{}/graphql", server.trim_end_matches('/')),
            case: case.to_owned(),
            authorization: format!("Bearer {token}"),
        }))
    }

    /// Enters a row, and asks again if the answer got lost: the command id makes
    /// that safe.
    pub(super) async fn enter(&self, command: Ulid, row: Row) -> Result<Entered, String> {
        let body =
            json!({"query": QUERY, "variables": {"input": input(&self.0.case, command, &row)}});
        let body: Arc<str> = body.to_string().into();
        let mut wait = Duration::from_millis(500);
        let mut tried = 0;
        loop {
            let (inner, body) = (Arc::clone(&self.0), Arc::clone(&body));
            let answer = tokio::task::spawn_blocking(move || inner.ask(&body)).await;
            let (reason, told) = match answer.map_err(|error| error.to_string())? {
                Answer::Entered(entered) => return Ok(entered),
                Answer::Never(reason) => return Err(reason),
                Answer::Later(reason, told) => (reason, told),
            };
            tried += 1;
            // A limit that says when to come back is no failure.
            if told.is_none() && TRIES <= tried {
                return Err(reason);
            }
            tokio::time::sleep(told.unwrap_or(wait)).await;
            wait = wait.saturating_mul(2);
        }
    }
}

impl Inner {
    fn ask(&self, body: &str) -> Answer {
        let sent = self
            .agent
            .post(&self.address)
            .header("authorization", &self.authorization)
            .header("content-type", "application/json")
            .header("accept", "application/graphql-response+json")
            .send(body);
        let mut response = match sent {
            Ok(response) => response,
            Err(error) => return Answer::Later(format!("{}: {error}", self.address), None),
        };
        let told = response
            .headers()
            .get("retry-after")
            .and_then(|value| value.to_str().ok()?.parse().ok())
            .map(|seconds: u64| Duration::from_secs(seconds.min(300)));
        let status = response.status();
        let read = response
            .body_mut()
            .with_config()
            .limit(LONGEST)
            .read_to_vec();
        let answer = read
            .ok()
            .and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
        match answer {
            Some(answer) => understand(&answer, told),
            None if status.is_server_error() => Answer::Later(format!("{status}"), told),
            None => Answer::Never(format!(
                "{}: {status}, and no answer in GraphQL",
                self.address
            )),
        }
    }
}

fn understand(answer: &Value, told: Option<Duration>) -> Answer {
    if let Some(error) = answer.pointer("/errors/0") {
        let message = error
            .get("message")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let code = error.pointer("/extensions/code").and_then(Value::as_str);
        let code = code.unwrap_or_default();
        let reason = format!("{code}: {message}");
        return match code {
            "RATE_LIMITED" => Answer::Later(reason, Some(told.unwrap_or(Duration::from_secs(1)))),
            "UNAVAILABLE" | "INTERNAL" => Answer::Later(reason, None),
            "BAD_USER_INPUT" => Answer::Entered(Entered::Refused {
                code: "BAD_USER_INPUT",
                reason: message.to_owned(),
            }),
            _ => Answer::Never(reason),
        };
    }
    let Some(outcome) = answer.pointer("/data/enterOpinion") else {
        return Answer::Never("no answer in GraphQL".to_owned());
    };
    let text = |pointer| outcome.pointer(pointer).and_then(Value::as_str);
    if text("/__typename") == Some("Refusal") {
        let (code, ja, en) = (text("/code"), text("/messageJa"), text("/messageEn"));
        return Answer::Entered(Entered::Refused {
            code: "REFUSED",
            reason: [code, ja, en]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" / "),
        });
    }
    Answer::Entered(Entered::Recorded {
        repeated: outcome.get("repeated") == Some(&Value::Bool(true)),
        late: text("/submission/late").is_some(),
    })
}

fn input(case: &str, command: Ulid, row: &Row) -> Value {
    json!({
        "commandId": command.to_string(),
        "case": case,
        "channel": row.channel.word(),
        "receivedOn": row.received_on.to_string(),
        "postmarkedOn": row.postmarked_on.map(|day| day.to_string()),
        "opinion": {"passage": row.passage, "body": row.body},
        "submitter": {
            "kind": row.kind,
            "name": row.name,
            "kana": row.kana,
            "address": row.address,
            "contact": row.contact,
            "wardCode": row.ward.map(|ward| ward.to_string()),
        },
    })
}
