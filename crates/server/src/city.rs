//! A city, put together from its parts.

use std::sync::Arc;

use application::{Clock, Sequencer};
use axum::Router;
use domain::ordinance::profile::Profile;
use event_store::EventStore;
use gateway::{
    CityExecutor, Desk,
    http::{Authenticate, GraphQlEndpoint, GraphQlSettings, Manifest, Reception, receive},
};
use read_models::{AsOfError, City as Snapshot, Projector, Reader};
use sealer::Sealer;
use tokio::task::JoinHandle;
use vault::{Erasure, KeyStore, Sealing, files::FileVault};

use crate::{FoundingError, founding, seals::Sealing as Running, timers};

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
    /// The ordinances that a new log begins with.
    pub profile: Profile,
    /// How GraphQL is served.
    pub graphql: GraphQlSettings,
    /// The documents that the pages ask by their ids.
    pub manifest: Manifest,
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
    tasks: Vec<JoinHandle<()>>,
    sealing: Option<Running>,
}

impl City {
    /// Folds the log, keeps erased what was erased, records what a new log
    /// begins with, and starts what runs beside the requests.
    pub async fn start(parts: Parts) -> Result<Self, StartError> {
        let (mut projector, reader) = Projector::new(Arc::clone(&parts.store), Snapshot::default());
        projector.catch_up().await?;
        // Before anything is served: a key store that comes from a backup may
        // hold keys that were destroyed since.
        let erased = erasures(&reader.current());
        parts.keys.replay_erasures(erased).await?;
        let projecting = tokio::spawn(async move {
            if let Err(error) = projector.run().await {
                tracing::error!(%error, "the projector has stopped");
            }
        });
        let sequencer = Sequencer::start(Arc::clone(&parts.store), Arc::clone(&parts.clock));
        if let Some(sealer) = &parts.seals {
            founding::open_log(&sequencer, &reader.current().log, sealer).await?;
        }
        founding::enact(&sequencer, &parts.profile).await?;
        let desk = Desk {
            sequencer,
            reader,
            store: parts.store,
            envelopes: parts.envelopes,
            sealing: Sealing::new(parts.keys),
            files: parts.files,
            clock: Arc::clone(&parts.clock),
            seals: parts.seals.clone().map(|sealer| sealer as _),
        };
        let schema = gateway::schema(desk.clone());
        let sdl = gateway::sdl();
        let clock = Arc::clone(&parts.clock);
        let reception = Reception::new(Arc::new(move || clock.now()), parts.authenticate);
        let executor = CityExecutor::new(schema, desk.clone());
        let endpoint = GraphQlEndpoint::new(executor, &sdl, parts.graphql, reception.clone())
            .map_err(|error| StartError::Schema(error.to_string()))?
            .manifest(parts.manifest);
        let log = parts
            .seals
            .clone()
            .map(|sealer| gateway::log_router(desk.clone(), sealer));
        let routes = endpoint
            .router()
            .merge(gateway::files::files_router(desk.clone()))
            .merge(log.unwrap_or_default())
            .merge(gateway::public_comment::document::documents_router(
                desk.clone(),
            ));
        gateway::files::settle(&desk).await;
        let closing = tokio::spawn(timers::close_cases(desk.clone()));
        Ok(Self {
            routes,
            reception,
            desk,
            tasks: vec![projecting, closing],
            sealing: parts
                .seals
                .map(Running::start)
                .transpose()
                .map_err(StartError::Seals)?,
        })
    }

    /// What is served, behind the reception and nothing else.
    pub fn bare_router(&self) -> Router {
        let reception = self.reception.clone();
        self.routes
            .clone()
            .layer(axum::middleware::from_fn_with_state(reception, receive))
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

    /// Stops what runs beside the requests.
    pub fn stop(self) {
        for task in self.tasks {
            task.abort();
        }
        drop(self.sealing);
    }
}

fn erasures(city: &Snapshot) -> Vec<Erasure> {
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
