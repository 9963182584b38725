//! A city, put together from its parts.

use std::sync::Arc;

use application::{Clock, Sequencer};
use axum::Router;
use domain::ordinance::profile::Profile;
use event_store::EventStore;
use gateway::{
    CityExecutor, Desk, Seals,
    http::{Authenticate, GraphQlEndpoint, GraphQlSettings, Reception, receive},
};
use read_models::{AsOfError, City as Snapshot, Projector, Reader};
use tokio::task::JoinHandle;
use vault::{Erasure, KeyStore, Sealing, files::FileVault};

use crate::{FoundingError, founding, timers};

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
    pub seals: Option<Arc<dyn Seals>>,
    /// The ordinances that a new log begins with.
    pub profile: Profile,
    /// How GraphQL is served.
    pub graphql: GraphQlSettings,
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
    /// The schema is not one: a fault of this release.
    #[error("the schema cannot be served: {0}")]
    Schema(String),
}

/// A running city.
pub struct City {
    /// Everything that is served.
    pub router: Router,
    /// Behind every resolver.
    pub desk: Desk,
    tasks: Vec<JoinHandle<()>>,
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
        founding::enact(&sequencer, &parts.profile).await?;
        let desk = Desk {
            sequencer,
            reader,
            store: parts.store,
            envelopes: parts.envelopes,
            sealing: Sealing::new(parts.keys),
            files: parts.files,
            clock: Arc::clone(&parts.clock),
            seals: parts.seals,
        };
        let schema = gateway::schema(desk.clone());
        let sdl = gateway::sdl(&schema);
        let clock = Arc::clone(&parts.clock);
        let reception = Reception::new(Arc::new(move || clock.now()), parts.authenticate);
        let executor = CityExecutor::new(schema, desk.clone());
        let endpoint = GraphQlEndpoint::new(executor, &sdl, parts.graphql, reception.clone())
            .map_err(|error| StartError::Schema(error.to_string()))?;
        let router = Router::new()
            .merge(endpoint.router())
            .merge(gateway::files::files_router(desk.clone()))
            .merge(gateway::public_comment::document::documents_router(
                desk.clone(),
            ))
            .layer(axum::middleware::from_fn_with_state(reception, receive));
        gateway::files::settle(&desk).await;
        let closing = tokio::spawn(timers::close_cases(desk.clone()));
        Ok(Self {
            router,
            desk,
            tasks: vec![projecting, closing],
        })
    }

    /// Reads snapshots.
    pub fn reader(&self) -> &Reader {
        &self.desk.reader
    }

    /// Stops what runs beside the requests.
    pub fn stop(self) {
        for task in self.tasks {
            task.abort();
        }
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
