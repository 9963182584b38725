//! What resolvers act on.

use std::sync::Arc;

use application::{Clock, Sequencer};
use domain::{
    LegalDate,
    ids::{CaseId, OfficerId, SubjectId},
};
use event_store::{EventStore, ReadOnly};
use jiff::Timestamp;
use read_models::{City, Reader};
use transparency::{Hash, SignedCheckpoint};
use ulid::Ulid;
use vault::{Account, KeyError, KeyStore, Sealing, Subject, files::FileVault};

use crate::{
    http::{ApiError, IntakeLimits},
    identity::{Identity, email::EmailConfirmation},
    log::digests::KnownDigests,
    opened::Opened,
    search::Search,
    texts::no_key,
};

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
    /// Published texts that were opened lately.
    pub opened: Arc<Opened>,
    /// Digests of the read models that were worked out lately.
    pub digests: KnownDigests,
    /// Keeps files.
    pub files: Arc<FileVault>,
    /// Tells the moment.
    pub clock: Arc<dyn Clock>,
    /// What can be searched.
    pub search: Search,
    /// How fast opinions may come in.
    pub intake: Arc<IntakeLimits>,
    /// Confirms addresses of e-mail, where whoever submits without an account
    /// must have theirs confirmed.
    pub confirmation: Option<Arc<EmailConfirmation>>,
    /// Signs checkpoints and makes receipts, where the log is sealed.
    pub seals: Option<Arc<dyn Seals>>,
}

/// What the gateway needs of whoever seals the log.
#[async_trait::async_trait]
pub trait Seals: Send + Sync {
    /// The checkpoint that is shown: the newest that the witnesses' quorum has
    /// cosigned, where there are witnesses.
    async fn checkpoint(&self) -> Result<Arc<SignedCheckpoint>, ApiError>;
    /// The newest checkpoint, whoever has cosigned it.
    async fn newest_checkpoint(&self) -> Result<Arc<SignedCheckpoint>, ApiError>;
    /// The first checkpoint after this size that is given out, be it already or
    /// in time.
    async fn checkpoint_after(&self, size: u64) -> Result<SignedCheckpoint, ApiError>;
    /// The proof that the log of the first size is a beginning of that of the
    /// second.
    async fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, ApiError>;
    /// The receipt of a position as a tlog-proof, once a checkpoint covers it.
    async fn receipt(&self, position: event_store::Position) -> Result<Option<String>, ApiError>;
    /// Waits for the checkpoint that covers a position, then makes the receipt.
    async fn wait_for_receipt(
        &self,
        position: event_store::Position,
    ) -> Result<Option<String>, ApiError>;
}

/// Why nothing is recorded. The places on this machine stand in the journal
/// alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NothingRecorded {
    /// Goes away by itself.
    #[error("no room is left on the disk of the log")]
    LogFull,
    /// Stays until the next start.
    #[error("the log takes nothing until the next start; the journal says why")]
    LogStopped,
    /// Goes away by itself.
    #[error("no room is left on the disk of the keys")]
    KeysFull,
    /// Stays until the next start.
    #[error("the store of keys takes nothing until the next start; the journal says why")]
    KeysStopped,
}

/// Where the log begins: the case that the pseudonyms of officers belong to.
const STAFF: &str = "staff";

impl Desk {
    /// The keys of subjects.
    pub fn keys(&self) -> &KeyStore {
        self.sealing.keys()
    }

    /// Why nothing is recorded at the moment, if so: the log takes no events, or
    /// there is no room for the keys of their texts.
    pub fn read_only(&self) -> Option<NothingRecorded> {
        match self.store.read_only() {
            Some(ReadOnly::Full(_)) => return Some(NothingRecorded::LogFull),
            Some(ReadOnly::Stopped(_)) => return Some(NothingRecorded::LogStopped),
            None => (),
        }
        self.keys().read_only().map(|refusal| match refusal {
            KeyError::Full(_) => NothingRecorded::KeysFull,
            _ => NothingRecorded::KeysStopped,
        })
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

    /// The pseudonym of somebody who works for the city, if there is one.
    pub fn known_officer(&self, identity: &Identity) -> Option<OfficerId> {
        let subject = self.keys().subject_of(account(identity), STAFF)?;
        subject.as_str().parse().ok()
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
        linked.map_err(no_key)
    }
}

/// The account of an identity.
pub fn account(identity: &Identity) -> Account<'_> {
    Account {
        issuer: &identity.issuer,
        subject: &identity.subject,
    }
}
