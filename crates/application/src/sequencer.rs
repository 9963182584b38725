//! The one writer of a log.

use std::{collections::HashSet, sync::Arc};

use event_store::{AppendError, EventStore, Outcome};
use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};
use tracing::Instrument;

use crate::{
    Clock, CommandError, Governed, Request,
    job::{Answer, Job, Pending, Step},
    streams::Streams,
};

/// Commands that are decided before their events are written together.
const BATCH: usize = 512;
/// Commands that may wait. Whoever comes later waits at the door.
const QUEUE: usize = 4_096;
/// Streams whose state is kept at hand.
const STREAMS: usize = 1_024;
/// How often a command is decided again when the log was not as remembered.
const TRIES: usize = 3;

/// Hands commands to the one writer of the log. Cheap to clone; the writer
/// stops when the last clone is gone.
#[derive(Clone)]
pub struct Sequencer {
    queue: mpsc::Sender<Box<dyn Job>>,
}

/// The writer has stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the sequencer has stopped")]
pub struct SequencerClosed;

impl Sequencer {
    /// Starts the writer of this log on the current runtime.
    pub fn start(store: Arc<dyn EventStore>, clock: Arc<dyn Clock>) -> Self {
        let (queue, jobs) = mpsc::channel(QUEUE);
        let writer = Writer {
            store,
            clock,
            streams: Streams::new(STREAMS),
            last: Timestamp::UNIX_EPOCH,
        };
        tokio::spawn(writer.run(jobs));
        Self { queue }
    }

    /// Asks for a command. The answer comes after its events are durable.
    ///
    /// Dropping the future takes nothing back: the command may still be
    /// recorded, and asking again with the same id tells.
    pub async fn ask<D: Governed>(&self, request: Request<D>) -> Answer<D> {
        let stopped = || CommandError::ReadOnly(SequencerClosed.to_string());
        let (reply, answer) = oneshot::channel();
        let job = Box::new(Pending::new(request, reply));
        let span = tracing::info_span!("sequencer.ask", hiroba.institution = D::INSTITUTION);
        let asked = async {
            self.queue.send(job).await.map_err(|_| stopped())?;
            answer.await.unwrap_or(Err(CommandError::Unknown))
        };
        asked.instrument(span).await
    }
}

struct Writer {
    store: Arc<dyn EventStore>,
    clock: Arc<dyn Clock>,
    streams: Streams,
    last: Timestamp,
}

impl Writer {
    async fn run(mut self, mut jobs: mpsc::Receiver<Box<dyn Job>>) {
        let mut batch = Vec::with_capacity(BATCH);
        while jobs.recv_many(&mut batch, BATCH).await > 0 {
            let mut waiting = std::mem::take(&mut batch);
            for _ in 0..TRIES {
                waiting = self.turn(waiting).await;
                if waiting.is_empty() {
                    break;
                }
            }
            for mut job in waiting {
                self.streams.forget(job.stream());
                job.failed(AppendError::ReadOnly(
                    "the log keeps changing under the writer".to_owned(),
                ));
                job.answer();
            }
        }
    }

    /// The present moment, never earlier than the one before: a clock that is
    /// set back must not make history run backwards.
    fn now(&mut self) -> Timestamp {
        let now = self.clock.now();
        let milliseconds = now.as_millisecond();
        let now = Timestamp::from_millisecond(milliseconds).unwrap_or(now);
        self.last = self.last.max(now);
        self.last
    }

    /// Decides a batch in order, appends it, and answers. Returns what has to
    /// be decided again.
    async fn turn(&mut self, jobs: Vec<Box<dyn Job>>) -> Vec<Box<dyn Job>> {
        let mut again = Vec::new();
        let mut appends = Vec::new();
        let mut deciding = Vec::new();
        let mut ids = HashSet::new();
        for mut job in jobs {
            // A retry that overtakes its first attempt waits for it.
            if !ids.insert(job.command_id()) {
                again.push(job);
                continue;
            }
            match self.store.receipt(job.command_id()).await {
                Ok(None) => (),
                Ok(Some(receipt)) => {
                    job.repeat(self.store.as_ref(), receipt).await;
                    job.answer();
                    continue;
                }
                Err(error) => {
                    job.failed(AppendError::ReadOnly(error.to_string()));
                    job.answer();
                    continue;
                }
            }
            let now = self.now();
            match job
                .decide(&mut self.streams, self.store.as_ref(), now)
                .await
            {
                Step::Append(append) => {
                    appends.push(append);
                    deciding.push(job);
                }
                Step::Done => job.answer(),
            }
        }
        if appends.is_empty() {
            return again;
        }
        let outcomes = self.store.append_all(appends).await;
        for (mut job, outcome) in deciding.into_iter().zip(outcomes) {
            match outcome {
                Ok(Outcome::Committed(receipt)) => job.committed(receipt),
                Ok(Outcome::Duplicate(receipt)) => {
                    self.streams.forget(job.stream());
                    job.repeat(self.store.as_ref(), receipt).await;
                }
                Err(AppendError::Conflict { .. }) => {
                    // An earlier command of this batch was not recorded, or
                    // somebody else writes: what was remembered is not so.
                    self.streams.forget(job.stream());
                    again.push(job);
                    continue;
                }
                Err(AppendError::Unknown(command)) => {
                    self.streams.forget(job.stream());
                    match self.store.receipt(command).await {
                        Ok(Some(receipt)) => job.repeat(self.store.as_ref(), receipt).await,
                        _ => job.failed(AppendError::Unknown(command)),
                    }
                }
                Err(error) => {
                    self.streams.forget(job.stream());
                    tracing::error!(%error, "an append was not taken");
                    job.failed(error);
                }
            }
            job.answer();
        }
        again
    }
}
