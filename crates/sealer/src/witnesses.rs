//! Asking witnesses to cosign (C2SP tlog-witness, add-checkpoint).

use std::{convert::Infallible, sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::{
    FutureExt as _,
    future::{self, Either},
};
use transparency::{
    Policy, SignedCheckpoint, cosignature,
    note::Signature,
    policy::Witness,
    witness::{AddCheckpoint, MAX_PROOF},
};

use crate::{Clock, Sealer, SealerError, sealer::Published};

/// Carries a request to a witness: an HTTP client, with its own time limit.
#[async_trait]
pub trait Submission: Send + Sync {
    /// Sends `body` to `<witness>/add-checkpoint` with POST. An error is why no
    /// answer came.
    async fn add_checkpoint(&self, witness: &Witness, body: String) -> Result<Answer, String>;
}

/// A witness's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body; a few hundred bytes are enough to read.
    pub body: Vec<u8>,
}

/// Why a witness did not cosign.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WitnessError {
    /// No answer came.
    #[error("no answer: {0}")]
    Unreachable(String),
    /// The witness does not know this log, or trusts none of its keys.
    #[error("it does not know this log or its key (status {0}): give it the log's vkey")]
    Unknown(u16),
    /// ALARM: the witness cosigned a checkpoint of this log that is ahead of it.
    #[error("ALARM: it has seen {seen} events of this log, which has {size}")]
    Ahead {
        /// The size that the witness saw.
        seen: u64,
        /// The size of the checkpoint.
        size: u64,
    },
    /// ALARM: the witness says that the checkpoint contradicts an earlier one.
    #[error("ALARM: it says that this checkpoint does not extend the one that it saw")]
    Fork,
    /// The answer is not one that the specification knows.
    #[error("its answer (status {status}) cannot be read: {reason}")]
    Answer {
        /// The HTTP status.
        status: u16,
        /// What does not hold.
        reason: String,
    },
    /// The log could not make the request.
    #[error("the request could not be made: {0}")]
    Request(String),
}

/// What became of asking a witness.
pub type Outcome = Result<(), WitnessError>;

/// The witnesses of a log, and how many of them have to have cosigned.
pub struct Witnesses {
    submission: Arc<dyn Submission>,
    policy: Policy,
    /// The size that each of them saw last, as far as this process knows.
    seen: Vec<u64>,
}

impl Witnesses {
    /// Asks the witnesses of this policy.
    pub fn new(submission: Arc<dyn Submission>, policy: Policy) -> Self {
        let seen = policy.witnesses().map(|_| 0).collect();
        Self {
            submission,
            policy,
            seen,
        }
    }

    /// Asks all of them, at the same time, to cosign the newest checkpoint, and
    /// publishes each line when it comes. Says what became of each.
    pub async fn ask(&mut self, sealer: &Sealer) -> Result<Vec<(String, Outcome)>, SealerError> {
        let (asking, seen) = self.asking(sealer);
        let asked = asking.policy.witnesses().zip(seen);
        let asked = asked.map(|(witness, seen)| async move {
            let outcome = asking.cosignature(witness, seen).await?;
            Ok((witness.name.clone(), outcome))
        });
        future::try_join_all(asked).await
    }

    /// Asks them again and again, each for itself, so that none waits for
    /// another: whenever the sealer has signed, be it a new checkpoint or a
    /// heartbeat, so that cosignatures stay fresh, and whenever the last answer
    /// was none; but at most once in `least`. Ends when the sealer does.
    ///
    /// A checkpoint that the quorum has cosigned is shown until there is a newer
    /// one, but for no longer than `patience` after the log has grown.
    pub async fn run(
        mut self,
        sealer: &Sealer,
        clock: &dyn Clock,
        (least, patience): (Duration, Duration),
        report: &(dyn Fn(&str, &Outcome) + Sync),
    ) -> SealerError {
        let (asking, seen) = self.asking(sealer);
        let following = asking.policy.witnesses().zip(seen);
        let following = following.map(|(witness, seen)| {
            let follow = async move {
                loop {
                    let signed = sealer.signed();
                    let outcome = asking.cosignature(witness, seen).await?;
                    report(&witness.name, &outcome);
                    clock.sleep(least).await;
                    if outcome.is_ok() {
                        sealer.next_signed(signed).await?;
                    }
                }
            };
            follow.boxed()
        });
        let waiting = wait_for_quorums(sealer, clock, patience).boxed();
        let all = future::select_all(following.chain([waiting]));
        let (Err(error), ..) = all.await;
        error
    }

    fn asking<'a>(&'a mut self, sealer: &'a Sealer) -> (Asking<'a>, &'a mut [u64]) {
        let Self {
            submission,
            policy,
            seen,
        } = self;
        let submission = &**submission;
        let asking = Asking {
            submission,
            policy,
            sealer,
        };
        (asking, seen)
    }
}

/// Shows the newest checkpoint if its quorum does not come for so long.
async fn wait_for_quorums(
    sealer: &Sealer,
    clock: &dyn Clock,
    patience: Duration,
) -> Result<Infallible, SealerError> {
    loop {
        sealer.wait(Published::awaits_quorum).await?;
        let before = sealer.quorums();
        let reached = sealer.wait(|published| published.quorums > before);
        match future::select(std::pin::pin!(reached), clock.sleep(patience)).await {
            Either::Left((reached, _)) => _ = reached?,
            Either::Right(_) => sealer.forget_witnessed(),
        }
    }
}

/// What one asks with.
#[derive(Clone, Copy)]
struct Asking<'a> {
    submission: &'a dyn Submission,
    policy: &'a Policy,
    sealer: &'a Sealer,
}

impl Asking<'_> {
    /// Has this witness cosign the newest checkpoint. An error is one of the
    /// sealer.
    async fn cosignature(self, witness: &Witness, seen: &mut u64) -> Result<Outcome, SealerError> {
        let checkpoint = self.sealer.checkpoint();
        let size = checkpoint.checkpoint().size();
        Ok(match ask(self, witness, seen, &checkpoint).await {
            Ok(line) => {
                let key = &witness.key;
                self.sealer.add_cosignature(size, key, line, self.policy)?;
                Ok(())
            }
            Err(error) => Err(error),
        })
    }
}

/// Asks one witness; a second time if it saw another size than we thought.
async fn ask(
    Asking {
        submission, sealer, ..
    }: Asking<'_>,
    witness: &Witness,
    seen: &mut u64,
    checkpoint: &SignedCheckpoint,
) -> Result<Signature, WitnessError> {
    let size = checkpoint.checkpoint().size();
    for _ in 0..2 {
        if *seen > size {
            // A witness that erred, or lied, is asked again in the next round.
            let seen = std::mem::take(seen);
            return Err(WitnessError::Ahead { seen, size });
        }
        let proof = sealer
            .consistency(*seen, size)
            .map_err(|error| WitnessError::Request(error.to_string()))?;
        if proof.len() > MAX_PROOF {
            let reason = format!("a proof of {} hashes", proof.len());
            return Err(WitnessError::Request(reason));
        }
        let request = AddCheckpoint {
            old: *seen,
            proof,
            checkpoint: checkpoint.clone(),
        };
        let answer = submission
            .add_checkpoint(witness, request.to_string())
            .await
            .map_err(WitnessError::Unreachable)?;
        let unreadable = |reason: &str| WitnessError::Answer {
            status: answer.status,
            reason: reason.to_owned(),
        };
        let body = str::from_utf8(&answer.body).map_err(|_| unreadable("it is not text"))?;
        match answer.status {
            200 => {
                let line = body
                    .lines()
                    .filter_map(Signature::parse)
                    .find(|line| witness.key.verifies(checkpoint.note().text(), line))
                    .filter(|line| cosignature::time(&witness.key, line).is_some());
                *seen = size;
                return line.ok_or_else(|| unreadable("it has no valid line of this witness"));
            }
            403 | 404 => return Err(WitnessError::Unknown(answer.status)),
            409 => {
                let last = body.trim_end().parse();
                *seen = last.map_err(|_| unreadable("it is not a size"))?;
            }
            422 => return Err(WitnessError::Fork),
            _ => return Err(unreadable("the specification knows no such status")),
        }
    }
    Err(WitnessError::Answer {
        status: 409,
        reason: "it has changed between two requests; the next round will tell".to_owned(),
    })
}
