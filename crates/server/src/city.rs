//! A city, put together from its parts.

use std::sync::Arc;

use application::{Clock, Sequencer};
use axum::Router;
use domain::ordinance::profile::Profile;
use event_store::EventStore;
use gateway::{
    CityExecutor, Desk, KnownDigests, Opened,
    http::{
        Authenticate, Budget, CostPerClient, GraphQlEndpoint, GraphQlSettings, IntakeLimits,
        IntakeSettings, Manifest, Readiness, Reception, Unlimited, readiness, receive,
    },
    identity::email::EmailConfirmation,
    personal_data::Decision,
};
use read_models::{AsOfError, City as Snapshot, Projector, Reader, snapshot::Shelf};
use sealer::Sealer;
use tokio::task::JoinHandle;
use transparency::Policy;
use vault::{Erasure, KeyStore, Sealing, files::FileVault};

use crate::{FoundingError, founding, seals::Sealing as Running, timers, witnesses::PolicyFile};

/// What a city is made of.
pub struct Parts {
    /// The log.
    pub store: Arc<dyn EventStore>,
    /// The private side of the log.
    pub envelopes: Arc<dyn event_store::Vault>,
    /// The keys of subjects.
    pub keys: Arc<KeyStore>,
    /// Keeps files.
    pub files: Arc<FileVault>,
    /// Tells the moment.
    pub clock: Arc<dyn Clock>,
    /// Tells who calls.
    pub authenticate: Arc<dyn Authenticate>,
    /// Signs checkpoints, where the log is sealed.
    pub seals: Option<Arc<Sealer>>,
    /// Which witnesses cosign them; none if there is no policy.
    pub policy: Option<PolicyFile>,
    /// The ordinances that a new log begins with.
    pub profile: Profile,
    /// How GraphQL is served.
    pub graphql: GraphQlSettings,
    /// How fast opinions may come in.
    pub intake: IntakeSettings,
    /// Confirms addresses of e-mail, where whoever submits without an account
    /// must have theirs confirmed.
    pub confirmation: Option<Arc<EmailConfirmation>>,
    /// The documents that the pages ask by their ids.
    pub manifest: Manifest,
    /// The standing decision by which the city erases what need not be kept any
    /// longer by itself; none leaves it to the records manager.
    pub erasing: Option<Decision>,
    /// Where snapshots of the read models lie; none folds the whole log at
    /// every start.
    pub snapshots: Option<Shelf>,
}

/// Why a city cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The log cannot be folded.
    #[error(transparent)]
    Fold(#[from] AsOfError),
    /// What a log begins with cannot be recorded.
    #[error(transparent)]
    Founding(#[from] FoundingError),
    /// Erased data cannot be kept erased.
    #[error("the erasures of the log could not be replayed: {0}")]
    Erasures(#[from] vault::KeyError),
    /// There is no memory for an index.
    #[error(transparent)]
    Search(#[from] gateway::search::IndexError),
    /// The sealer cannot run.
    #[error("the sealer cannot start: {0}")]
    Seals(std::io::Error),
    /// The schema is not one: a fault of this release.
    #[error("the schema cannot be served: {0}")]
    Schema(String),
}

/// Why the log did not get a new key.
#[derive(Debug, thiserror::Error)]
pub enum RotateError {
    /// The log is not sealed, so it has no key.
    #[error("the log is not sealed: it has no key")]
    NotSealed,
    /// The key cannot be made.
    #[error(transparent)]
    Sealer(#[from] sealer::SealerError),
    /// The key is there and signs, but is not recorded; the next start does so.
    #[error(transparent)]
    Founding(#[from] FoundingError),
}

/// A running city.
pub struct City {
    /// What is served; every request must pass the reception first.
    pub routes: Router,
    /// Knows who calls.
    pub reception: Reception,
    /// Behind every resolver.
    pub desk: Desk,
    /// Answers GraphQL, for pages that are made of it.
    pub executor: CityExecutor,
    /// Which witnesses have to have cosigned.
    pub(crate) policy: Option<Policy>,
    erasing: Option<Decision>,
    tasks: Vec<JoinHandle<()>>,
    sealing: Option<Running>,
}

impl City {
    /// Folds the log, keeps erased what was erased, records what a new log
    /// begins with, and starts what runs beside the requests. What the calendar
    /// brings about waits for [`City::follow_calendar`].
    pub async fn start(parts: Parts) -> Result<Self, StartError> {
        let (mut projector, reader) =
            Projector::resume(Arc::clone(&parts.store), parts.snapshots.clone())
                .await
                .map_err(AsOfError::from)?;
        projector.catch_up().await?;
        // Before anything is served: a key store that comes from a backup may
        // hold keys that were destroyed since.
        let erased = erasures(&reader.current());
        parts.keys.replay_erasures(erased).await?;
        let projecting = tokio::spawn(projector.run());
        let sequencer = Sequencer::start(Arc::clone(&parts.store), Arc::clone(&parts.clock));
        if let Some(sealer) = &parts.seals {
            founding::open_log(&sequencer, &reader.current().log, sealer).await?;
        }
        founding::enact(&sequencer, &parts.profile).await?;
        let (search, feed) = gateway::search::feed()?;
        let desk = Desk {
            sequencer,
            reader,
            store: parts.store,
            envelopes: parts.envelopes,
            sealing: Sealing::new(parts.keys),
            opened: Arc::new(Opened::new(parts.graphql.text_cache_bytes)),
            digests: KnownDigests::default(),
            files: parts.files,
            clock: Arc::clone(&parts.clock),
            search,
            intake: Arc::new(IntakeLimits::new(&parts.intake)),
            confirmation: parts.confirmation,
            seals: parts.seals.clone().map(|sealer| sealer as _),
        };
        let schema = gateway::schema(desk.clone());
        let sdl = gateway::sdl();
        let clock = Arc::clone(&parts.clock);
        let reception = Reception::new(Arc::new(move || clock.now()), parts.authenticate);
        let budget: Arc<dyn Budget> = match parts.graphql.cost_per_client {
            Some(rate) => Arc::new(CostPerClient::new(rate)),
            None => Arc::new(Unlimited),
        };
        let executor = CityExecutor::new(schema, desk.clone());
        let endpoint =
            GraphQlEndpoint::new(executor.clone(), &sdl, parts.graphql, reception.clone())
                .map_err(|error| StartError::Schema(error.to_string()))?
                .manifest(parts.manifest)
                .budget(budget);
        let text = parts.policy.as_ref().map(|file| file.text.clone());
        let policy = parts.policy.map(|file| file.policy);
        if let (Some(policy), Some(sealer)) = (&policy, &parts.seals) {
            warn_of_keys(policy, sealer);
        }
        let log = parts
            .seals
            .clone()
            .map(|sealer| gateway::log_router(desk.clone(), sealer, text));
        let routes = endpoint
            .router()
            .merge(gateway::files::files_router(desk.clone()))
            .merge(log.unwrap_or_default())
            .merge(gateway::public_comment::document::documents_router(
                desk.clone(),
            ));
        gateway::files::settle(&desk).await;
        let searching = tokio::spawn(feed.run(desk.clone()));
        Ok(Self {
            routes,
            reception,
            desk,
            executor,
            erasing: parts.erasing,
            tasks: vec![projecting, searching],
            sealing: parts
                .seals
                .map(|sealer| Running::start(sealer, policy.as_ref(), parts.clock))
                .transpose()
                .map_err(StartError::Seals)?,
            policy,
        })
    }

    /// Records from now on what days bring about without anybody's command.
    /// Periods that are over already are recorded when this returns. Whoever
    /// only reads a city, or tells what happened earlier, does not begin it.
    pub async fn follow_calendar(&mut self) {
        timers::close_due_cases(&self.desk).await;
        let desk = || self.desk.clone();
        self.tasks.push(tokio::spawn(timers::close_cases(desk())));
        self.tasks
            .push(tokio::spawn(timers::remove_unclaimed_files(desk())));
        if let Some(decision) = self.erasing.take() {
            let erasing = timers::erase_what_is_due(desk(), decision);
            self.tasks.push(tokio::spawn(erasing));
        }
    }

    /// What is served, behind the reception and nothing else.
    pub fn bare_router(&self) -> Router {
        let reception = self.reception.clone();
        self.routes
            .clone()
            .layer(axum::middleware::from_fn_with_state(reception, receive))
    }

    /// Tells why requests should go elsewhere, if they should: nothing new can
    /// be read, or recorded.
    pub fn readiness(&self) -> Readiness {
        let desk = self.desk.clone();
        readiness(move || {
            let stopped = desk.reader.stopped().map(|stopped| {
                let size = stopped.size;
                format!("what is shown stands still at {size} events; the journal says why")
            });
            let reason = stopped.or_else(|| desk.read_only().map(|why| why.to_string()));
            async move { reason.map_or(Ok(()), Err) }
        })
    }

    /// Reads snapshots.
    pub fn reader(&self) -> &Reader {
        &self.desk.reader
    }

    /// Makes a new key for the log, and records it. Both keys sign until the
    /// oldest is retired.
    pub async fn rotate_log_key(&self) -> Result<(), RotateError> {
        let sealing = self.sealing.as_ref().ok_or(RotateError::NotSealed)?;
        let sealer = sealing.sealer();
        sealer.rotate()?;
        let log = self.desk.city();
        founding::open_log(&self.desk.sequencer, &log.log, sealer).await?;
        Ok(())
    }

    /// Stops what runs beside the requests, and writes a snapshot for the next
    /// start.
    pub async fn stop(self) {
        if let Err(error) = self.desk.reader.write_snapshot().await {
            tracing::warn!(%error, "no snapshot was written; the next start takes longer");
        }
        for task in self.tasks {
            task.abort();
        }
        drop(self.sealing);
    }
}

/// Whoever asks for this policy believes the keys that stand in it: after a
/// rotation it has to be written anew. The city is served all the same.
fn warn_of_keys(policy: &Policy, sealer: &Sealer) {
    if let Err(error) = policy.check_log(&sealer.checkpoint()) {
        let keys: Vec<_> = sealer.verifiers().iter().map(ToString::to_string).collect();
        tracing::error!(%error, ?keys, "log.policy names none of the keys that sign now");
    }
}

pub(crate) fn erasures(city: &Snapshot) -> Vec<Erasure> {
    city.personal_data
        .erased()
        .filter_map(|(subject, erasure)| {
            Some(Erasure {
                subject: subject.to_string().parse().ok()?,
                event: erasure.position.to_string(),
            })
        })
        .collect()
}
