//! Witnesses of the log: who they are, and how they are asked.

use std::{fs, path::Path, sync::Arc, time::Duration};

use application::Clock;
use async_trait::async_trait;
use sealer::{Answer, Outcome, Submission, WitnessError};
use transparency::{Policy, policy::Witness};

/// A policy, and the file that says so: it is published as it was written.
#[derive(Clone, Debug)]
pub struct PolicyFile {
    /// The file, with its comments.
    pub text: String,
    /// What it says.
    pub policy: Policy,
}

impl PolicyFile {
    /// Reads a policy for the log of this origin, whose witnesses can be asked.
    ///
    /// # Errors
    /// A sentence that begins after the name of the key.
    pub fn read(path: &Path, origin: &str) -> Result<Self, String> {
        let place = path.display();
        let text =
            fs::read_to_string(path).map_err(|error| format!("{place} cannot be read: {error}"))?;
        let policy = Policy::parse(text.as_bytes())
            .map_err(|error| format!("{place} is not a policy: {error}"))?;
        let mut logs = policy.logs().iter();
        if !policy.logs().is_empty() && !logs.any(|log| log.key.name() == origin) {
            return Err(format!(
                "{place} is about other logs, and not about {origin}"
            ));
        }
        let reachable = |witness: &&Witness| {
            let url = witness.url.as_deref().unwrap_or_default();
            url.starts_with("https://") || url.starts_with("http://")
        };
        if let Some(Witness { name, .. }) = policy.witnesses().find(|one| !reachable(one)) {
            return Err(format!(
                "{place} does not say where {name} is asked: an address beginning with https:// \
                 or http:// stands after its key"
            ));
        }
        Ok(Self { text, policy })
    }
}

/// How long a witness may take; under the ten seconds that they give a log.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest answer that is read: some lines of signatures.
const LONGEST: u64 = 16 * 1024;

/// Asks over HTTP, without following redirects.
pub(crate) struct Http(ureq::Agent);

impl Default for Http {
    fn default() -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .max_redirects(0)
            .http_status_as_error(false)
            .user_agent("hiroba")
            .build();
        Self(config.into())
    }
}

#[async_trait]
impl Submission for Http {
    async fn add_checkpoint(&self, witness: &Witness, body: String) -> Result<Answer, String> {
        let base = witness.url.as_deref().ok_or("the policy has no address")?;
        let address = format!("{}/add-checkpoint", base.trim_end_matches('/'));
        let agent = self.0.clone();
        let asked = tokio::task::spawn_blocking(move || {
            let mut answer = agent.post(&address).send(body)?;
            let status = answer.status().as_u16();
            let body = answer
                .body_mut()
                .with_config()
                .limit(LONGEST)
                .read_to_vec()?;
            Ok(Answer { status, body })
        });
        match asked.await {
            Ok(answer) => answer.map_err(|error: ureq::Error| error.to_string()),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// When each witness has last cosigned, in seconds of Unix time.
pub(crate) const COSIGNED: &str = "hiroba_witness_cosigned_timestamp_seconds";
/// What became of asking them.
pub(crate) const ASKED: &str = "hiroba_witness_requests_total";

/// Tells operators what became of asking witnesses.
pub(crate) struct Watch(Arc<dyn Clock>);

impl Watch {
    /// Counts from now on: whoever has not cosigned since the start is silent
    /// since then.
    pub(crate) fn new(clock: Arc<dyn Clock>, policy: &Policy) -> Self {
        let watch = Self(clock);
        for witness in policy.witnesses() {
            watch.cosigned(&witness.name);
            metrics::counter!(ASKED, "witness" => witness.name.clone(), "outcome" => "cosigned")
                .increment(0);
        }
        watch
    }

    fn cosigned(&self, witness: &str) {
        let now = self.0.now().as_millisecond() as f64 / 1e3;
        metrics::gauge!(COSIGNED, "witness" => witness.to_owned()).set(now);
    }

    /// Takes down what became of asking one.
    pub(crate) fn report(&self, witness: &str, outcome: &Outcome) {
        let word = word(outcome);
        metrics::counter!(ASKED, "witness" => witness.to_owned(), "outcome" => word).increment(1);
        match outcome {
            Ok(()) => self.cosigned(witness),
            Err(error @ (WitnessError::Ahead { .. } | WitnessError::Fork)) => {
                tracing::error!(witness, %error, "a witness contradicts the log");
            }
            Err(error) => tracing::warn!(witness, %error, "a witness has not cosigned"),
        }
    }
}

fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Ok(()) => "cosigned",
        Err(WitnessError::Unreachable(_)) => "unreachable",
        Err(WitnessError::Unknown(_)) => "unknown",
        Err(WitnessError::Ahead { .. }) => "ahead",
        Err(WitnessError::Fork) => "fork",
        Err(WitnessError::Answer { .. }) => "unreadable",
        Err(WitnessError::Request(_)) => "not_asked",
    }
}
