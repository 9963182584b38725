//! Asking witnesses to cosign (C2SP tlog-witness, add-checkpoint).

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::future;
use transparency::{
    SignedCheckpoint, cosignature,
    note::Signature,
    policy::Witness,
    witness::{AddCheckpoint, MAX_PROOF},
};

use crate::{Clock, Sealer, SealerError};

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

/// The witnesses of a log.
pub struct Witnesses {
    submission: Arc<dyn Submission>,
    /// Each with the size that it saw last, as far as this process knows.
    witnesses: Vec<(Witness, u64)>,
}

impl Witnesses {
    /// Asks these witnesses.
    pub fn new(
        submission: Arc<dyn Submission>,
        witnesses: impl IntoIterator<Item = Witness>,
    ) -> Self {
        Self {
            submission,
            witnesses: witnesses.into_iter().map(|witness| (witness, 0)).collect(),
        }
    }

    /// Asks all of them, at the same time, to cosign the newest checkpoint,
    /// and publishes it with the lines that come. Says what became of each.
    pub async fn ask(
        &mut self,
        sealer: &Sealer,
    ) -> Result<Vec<(String, Result<(), WitnessError>)>, SealerError> {
        let checkpoint = sealer.checkpoint();
        let submission = &*self.submission;
        let asked = self.witnesses.iter_mut().map(|(witness, seen)| {
            let checkpoint = Arc::clone(&checkpoint);
            async move {
                let answer = ask(submission, sealer, witness, seen, &checkpoint).await;
                (&*witness, answer)
            }
        });
        let (mut lines, mut outcomes) = (Vec::new(), Vec::new());
        for (witness, answer) in future::join_all(asked).await {
            let outcome = answer.map(|line| lines.push((witness.key.clone(), line)));
            outcomes.push((witness.name.clone(), outcome));
        }
        if !lines.is_empty() {
            sealer.add_cosignatures(checkpoint.checkpoint().size(), lines)?;
        }
        Ok(outcomes)
    }

    /// Asks them again and again: when there is a new checkpoint, but at most
    /// once in `least`; and after `heartbeat` without a new one, so that
    /// cosignatures stay fresh. Ends when the sealer does.
    pub async fn run(
        mut self,
        sealer: &Sealer,
        clock: &dyn Clock,
        (least, heartbeat): (Duration, Duration),
        mut report: impl FnMut(&str, &Result<(), WitnessError>),
    ) -> SealerError {
        loop {
            let seen = sealer.size();
            match self.ask(sealer).await {
                Ok(outcomes) => outcomes
                    .iter()
                    .for_each(|(name, outcome)| report(name, outcome)),
                Err(error) => return error,
            }
            clock.sleep(least).await;
            let next = std::pin::pin!(sealer.next_checkpoint(seen));
            let rest = heartbeat.saturating_sub(least);
            if let future::Either::Left((Err(error), _)) =
                future::select(next, clock.sleep(rest)).await
            {
                return error;
            }
        }
    }
}

/// Asks one witness; a second time if it saw another size than we thought.
async fn ask(
    submission: &dyn Submission,
    sealer: &Sealer,
    witness: &Witness,
    seen: &mut u64,
    checkpoint: &SignedCheckpoint,
) -> Result<Signature, WitnessError> {
    let size = checkpoint.checkpoint().size();
    for _ in 0..2 {
        if *seen > size {
            return Err(WitnessError::Ahead { seen: *seen, size });
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
