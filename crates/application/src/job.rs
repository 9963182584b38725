//! One command on its way: decided, appended, answered.

use async_trait::async_trait;
use bytes::Bytes;
use domain::{
    Actor, ActorId, Circumstances, Decider, LegalDate,
    history::{self, Leaf, Metadata},
    ids::EventId,
    ordinance::{self, Ordinances},
};
use event_store::{
    Append, AppendError, CommandId, EventStore, Expected, NewEvent, Position, Receipt, StreamName,
    StreamWrite, Version,
};
use jiff::Timestamp;
use tokio::sync::oneshot;
use ulid::Ulid;

use crate::{
    Governed,
    streams::{LoadError, Streams},
};

/// A command, with whoever asks.
pub struct Request<D: Decider> {
    /// Made by whoever asks: asking again with the same id is the same command.
    pub command_id: Ulid,
    /// The stream that the command is about.
    pub stream: StreamName,
    /// Who asks.
    pub actor: Actor,
    /// What is asked for.
    pub command: D::Command,
    /// The sealed texts of the events to come, by the event's place among the
    /// events of this command.
    pub envelopes: Vec<(u16, Bytes)>,
    /// The event that this command answers, if it is a reaction.
    pub answers: Option<EventId>,
}

/// What became of a command that was not turned down.
#[derive(Clone, Debug)]
pub struct Accepted<E> {
    /// Where its events stand; `None` if nothing new was asked for.
    pub receipt: Option<Receipt>,
    /// Its events.
    pub events: Vec<Happened<E>>,
    /// Whether this is the answer to an earlier request with the same id.
    pub repeated: bool,
}

/// An event, as the answer to a command.
#[derive(Clone, Debug)]
pub struct Happened<E> {
    /// Its place in the log.
    pub position: Position,
    /// When and by whom.
    pub metadata: Metadata,
    /// What happened.
    pub event: E,
}

/// Why a command has no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommandError<R> {
    /// The rules say no.
    #[error("refused")]
    Refused(R),
    /// Somebody else has used this command id before.
    #[error("the command id belongs to another request")]
    CommandIdTaken,
    /// No version of the ordinance is in force on that day.
    #[error("no ordinance is in force on {0}")]
    NothingInForce(LegalDate),
    /// The events would be larger than the log takes. Nothing was recorded.
    #[error("too large for the log: {0}")]
    TooLarge(String),
    /// The log takes no events at the moment. Nothing was recorded.
    #[error("the log is read-only: {0}")]
    ReadOnly(String),
    /// Nobody knows whether the command was recorded: ask again with the same
    /// command id.
    #[error("the outcome is unknown")]
    Unknown,
    /// Something is broken; the operator has to look.
    #[error("internal: {0}")]
    Internal(String),
}

impl<R> From<LoadError> for CommandError<R> {
    fn from(error: LoadError) -> Self {
        Self::Internal(error.to_string())
    }
}

pub(crate) type Answer<D> =
    Result<Accepted<<D as Decider>::Event>, CommandError<<D as Decider>::Refusal>>;

/// The stream in which the versions of an institution's ordinance stand.
fn law_of(institution: &str) -> Result<StreamName, LoadError> {
    let name = format!("{}/{institution}", Ordinances::INSTITUTION);
    name.parse().map_err(|_| LoadError::Foreign)
}

/// What a job wants after deciding.
pub(crate) enum Step {
    /// Events to append.
    Append(Append),
    /// Nothing: the job can be answered.
    Done,
}

/// A request, without its type.
#[async_trait]
pub(crate) trait Job: Send {
    fn command_id(&self) -> CommandId;
    fn stream(&self) -> &StreamName;
    /// Decides, and remembers the events in the state as if they were recorded.
    async fn decide(
        &mut self,
        streams: &mut Streams,
        store: &dyn EventStore,
        now: Timestamp,
    ) -> Step;
    /// The command was recorded before: the first answer.
    async fn repeat(&mut self, store: &dyn EventStore, receipt: Receipt);
    fn committed(&mut self, receipt: Receipt);
    fn failed(&mut self, error: AppendError);
    fn answer(self: Box<Self>);
}

pub(crate) struct Pending<D: Governed> {
    request: Request<D>,
    decided: Vec<(Metadata, D::Event)>,
    outcome: Option<Answer<D>>,
    reply: oneshot::Sender<Answer<D>>,
}

impl<D: Governed> Pending<D> {
    pub(crate) fn new(request: Request<D>, reply: oneshot::Sender<Answer<D>>) -> Self {
        Self {
            request,
            decided: Vec::new(),
            outcome: None,
            reply,
        }
    }

    async fn try_decide(
        &mut self,
        streams: &mut Streams,
        store: &dyn EventStore,
        now: Timestamp,
    ) -> Result<Option<Append>, CommandError<D::Refusal>> {
        let today = LegalDate::of(now);
        let request = &self.request;
        let pinned = {
            let own = streams.load::<D>(store, &request.stream).await?;
            let state = own
                .state
                .downcast_ref::<D::State>()
                .ok_or(LoadError::Foreign)?;
            D::pinned_ordinance(state).map(str::to_owned)
        };
        let in_force = if D::GOVERNED {
            let stream = law_of(D::INSTITUTION)?;
            let loaded = streams.load::<Ordinances>(store, &stream).await?;
            let versions = loaded.state.downcast_ref().ok_or(LoadError::Foreign)?;
            D::ordinance(versions, pinned.as_deref(), today)
        } else {
            D::ordinance(&ordinance::State::default(), None, today)
        };
        let (basis, ordinance) = in_force.ok_or(CommandError::NothingInForce(today))?;
        let own = streams.get(&request.stream).ok_or(LoadError::Foreign)?;
        let state = own
            .state
            .downcast_mut::<D::State>()
            .ok_or(LoadError::Foreign)?;
        let circumstances = Circumstances {
            now,
            actor: request.actor.clone(),
            ordinance,
        };
        let events =
            D::decide(&request.command, state, &circumstances).map_err(CommandError::Refused)?;
        if events.is_empty() {
            return Ok(None);
        }
        // Only whoever holds a role was let through by the rules; the first of
        // the roles that may give this command is the one that was acted in.
        let role = request
            .actor
            .acts_as(D::roles(&request.command))
            .ok_or_else(|| CommandError::Internal("the rules let a stranger through".to_owned()))?;
        let mut version = own.version;
        let mut new_events = Vec::with_capacity(events.len());
        for (index, event) in events.into_iter().enumerate() {
            let index = u16::try_from(index)
                .map_err(|_| CommandError::TooLarge("too many events".to_owned()))?;
            let next = version.map_or(Version::FIRST, Version::next);
            version = Some(next);
            let metadata = Metadata {
                actor: request.actor.id,
                role,
                basis: basis.clone(),
                command: request.command_id,
                answers: request.answers,
                event: EventId {
                    command: request.command_id,
                    index,
                },
                legal_date: D::legal_date(&event).unwrap_or(today),
                recorded_at: now,
                stream: request.stream.to_string(),
                version: next.0,
            };
            let leaf = history::write::<D>(&event, &metadata).map_err(|error| match error {
                history::WriteError::TooLong(_) => CommandError::TooLarge(error.to_string()),
                other => CommandError::Internal(other.to_string()),
            })?;
            let envelope = request
                .envelopes
                .iter()
                .find(|(at, _)| *at == index)
                .map(|(_, envelope)| envelope.clone())
                .unwrap_or_default();
            new_events.push(NewEvent {
                payload: leaf.into(),
                envelope,
            });
            self.decided.push((metadata, event));
        }
        let expected = own.version.map_or(Expected::None, Expected::Exact);
        for (_, event) in &self.decided {
            D::evolve(state, event);
        }
        own.version = version;
        Ok(Some(Append {
            command: CommandId(request.command_id),
            writes: vec![StreamWrite {
                stream: request.stream.clone(),
                expected,
                events: new_events,
            }],
        }))
    }
}

/// The answer to an earlier request with the same id, if it was the same
/// person's about the same stream.
async fn first_answer<D: Governed>(
    store: &dyn EventStore,
    stream: &StreamName,
    actor: ActorId,
    receipt: Receipt,
) -> Answer<D> {
    let internal = |error: String| CommandError::Internal(error);
    let count = usize::try_from(receipt.last.0 - receipt.first.0 + 1).unwrap_or(usize::MAX);
    let recorded = store
        .read_all(receipt.first, count)
        .await
        .map_err(|error| internal(error.to_string()))?;
    let mut events = Vec::with_capacity(recorded.len());
    for recorded in recorded {
        let leaf = Leaf::parse(&recorded.payload).map_err(|error| internal(error.to_string()))?;
        if recorded.stream != *stream || leaf.metadata.actor != actor {
            return Err(CommandError::CommandIdTaken);
        }
        let event = leaf
            .event::<D>()
            .map_err(|error| internal(error.to_string()))?;
        events.push(Happened {
            position: recorded.position,
            metadata: leaf.metadata,
            event,
        });
    }
    Ok(Accepted {
        receipt: Some(receipt),
        events,
        repeated: true,
    })
}

#[async_trait]
impl<D: Governed> Job for Pending<D> {
    fn command_id(&self) -> CommandId {
        CommandId(self.request.command_id)
    }

    fn stream(&self) -> &StreamName {
        &self.request.stream
    }

    async fn decide(
        &mut self,
        streams: &mut Streams,
        store: &dyn EventStore,
        now: Timestamp,
    ) -> Step {
        self.decided.clear();
        self.outcome = None;
        match self.try_decide(streams, store, now).await {
            Ok(Some(append)) => Step::Append(append),
            Ok(None) => {
                self.outcome = Some(Ok(Accepted {
                    receipt: None,
                    events: Vec::new(),
                    repeated: false,
                }));
                Step::Done
            }
            Err(error) => {
                self.outcome = Some(Err(error));
                Step::Done
            }
        }
    }

    async fn repeat(&mut self, store: &dyn EventStore, receipt: Receipt) {
        let actor = self.request.actor.id;
        let answer = first_answer::<D>(store, &self.request.stream, actor, receipt).await;
        self.outcome = Some(answer);
    }

    fn committed(&mut self, receipt: Receipt) {
        let positions = (receipt.first.0..).map(Position);
        let events = positions
            .zip(self.decided.drain(..))
            .map(|(position, (metadata, event))| Happened {
                position,
                metadata,
                event,
            })
            .collect();
        self.outcome = Some(Ok(Accepted {
            receipt: Some(receipt),
            events,
            repeated: false,
        }));
    }

    fn failed(&mut self, error: AppendError) {
        self.outcome = Some(Err(match error {
            AppendError::TooLarge(reason) => CommandError::TooLarge(reason),
            AppendError::ReadOnly(reason) => CommandError::ReadOnly(reason),
            AppendError::Unknown(_) => CommandError::Unknown,
            other => CommandError::Internal(other.to_string()),
        }));
    }

    fn answer(self: Box<Self>) {
        if let Some(outcome) = self.outcome {
            // Whoever asked may have gone; what was recorded stays.
            drop(self.reply.send(outcome));
        }
    }
}
