//! What resolvers act on.

use std::sync::Arc;

use application::{Clock, Sequencer};
use domain::{
    LegalDate,
    ids::{CaseId, OfficerId, SubjectId},
};
use event_store::EventStore;
use jiff::Timestamp;
use read_models::{City, Reader};
use ulid::Ulid;
use vault::{Account, KeyStore, Sealing, Subject, files::FileVault};

use crate::{http::ApiError, identity::Identity};

/// The counter behind every resolver: where commands are handed in, snapshots
/// read, and texts sealed and opened.
#[derive(Clone)]
pub struct Desk {
    /// Takes commands.
    pub sequencer: Sequencer,
    /// Gives snapshots.
    pub reader: Reader,
    /// The log.
    pub store: Arc<dyn EventStore>,
    /// The private side of the log.
    pub envelopes: Arc<dyn event_store::Vault>,
    /// Seals and opens texts.
    pub sealing: Sealing,
    /// Keeps files.
    pub files: Arc<FileVault>,
    /// Tells the moment.
    pub clock: Arc<dyn Clock>,
    /// Signs checkpoints and makes receipts, where the log is sealed.
    pub seals: Option<Arc<dyn Seals>>,
}

/// What the gateway needs of whoever seals the log.
#[async_trait::async_trait]
pub trait Seals: Send + Sync {
    /// The newest checkpoint, as a signed note.
    async fn checkpoint(&self) -> Result<Option<String>, ApiError>;
    /// The receipt of a position as a tlog-proof, once a checkpoint covers it.
    async fn receipt(&self, position: event_store::Position) -> Result<Option<String>, ApiError>;
    /// Waits for the checkpoint that covers a position, then makes the receipt.
    async fn wait_for_receipt(
        &self,
        position: event_store::Position,
    ) -> Result<Option<String>, ApiError>;
}

/// Where the log begins: the case that the pseudonyms of officers belong to.
const STAFF: &str = "staff";

impl Desk {
    /// The keys of subjects.
    pub fn keys(&self) -> &KeyStore {
        self.sealing.keys()
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The present day in Asia/Tokyo.
    pub fn today(&self) -> LegalDate {
        LegalDate::of(self.now())
    }

    /// The newest snapshot.
    pub fn city(&self) -> Arc<City> {
        self.reader.current()
    }

    /// A fresh id.
    pub fn fresh_ulid(&self) -> Result<Ulid, ApiError> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|error| ApiError::internal(error.to_string()))?;
        let milliseconds = u64::try_from(self.now().as_millisecond()).unwrap_or_default();
        Ok(Ulid::from_parts(milliseconds, u128::from_be_bytes(random)))
    }

    /// The pseudonym under which somebody who works for the city stands in the
    /// log: always the same, and nobody outside can tell whose it is.
    pub async fn officer(&self, identity: &Identity) -> Result<OfficerId, ApiError> {
        let proposed = OfficerId(self.fresh_ulid()?).to_string();
        let subject = self.link(identity, STAFF, &proposed).await?;
        subject.as_str().parse().map_err(ApiError::internal)
    }

    /// The pseudonym of a signed-in person in a case, made if there is none.
    pub async fn subject(&self, identity: &Identity, case: CaseId) -> Result<SubjectId, ApiError> {
        let proposed = SubjectId(self.fresh_ulid()?).to_string();
        let subject = self.link(identity, &case.to_string(), &proposed).await?;
        subject.as_str().parse().map_err(ApiError::internal)
    }

    /// The pseudonym of a signed-in person in a case, if they took part in it.
    pub fn known_subject(&self, identity: &Identity, case: CaseId) -> Option<SubjectId> {
        let subject = self
            .keys()
            .subject_of(account(identity), &case.to_string())?;
        subject.as_str().parse().ok()
    }

    async fn link(
        &self,
        identity: &Identity,
        case: &str,
        proposed: &str,
    ) -> Result<Subject, ApiError> {
        let proposed = proposed.parse().map_err(ApiError::internal)?;
        let linked = self.keys().link(account(identity), case, proposed).await;
        linked.map_err(ApiError::internal)
    }
}

/// The account of an identity.
pub fn account(identity: &Identity) -> Account<'_> {
    Account {
        issuer: &identity.issuer,
        subject: &identity.subject,
    }
}
