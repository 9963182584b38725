//! The log itself, as clients see it: entries, keys, checkpoints, receipts.

use std::{future::ready, sync::Arc};

use async_graphql::{ComplexObject, Context, ID, Object, SimpleObject};
use domain::history::Leaf;
use event_store::Recorded;
use read_models::City;

use super::history::{self, ObjectInput, Page};
use crate::{
    city::Looking,
    context::Ask,
    http::ApiError,
    ordinance,
    scalars::{Date, DateTime, Json, LogPosition},
};

/// Entries of one page at most.
const LARGEST: usize = 100;

/// An event, as it stands in the log.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct LogEntry {
    /// Its place in the log.
    pub position: LogPosition,
    /// Its id.
    pub id: ID,
    /// Its kind, in snake case.
    pub kind: String,
    /// The stream that it belongs to, such as `public_comment/case_…`.
    pub stream: String,
    /// Its place in the stream, from 1.
    pub version: String,
    /// When it was recorded.
    pub recorded_at: DateTime,
    /// The day to which the law attributes it.
    pub legal_date: Date,
    /// Who did it, as a pseudonym.
    pub actor: String,
    /// In which role.
    pub role: String,
    /// The version of the ordinance under which it was decided; empty where no
    /// ordinance applies.
    pub basis: String,
    /// What happened; what is personal stands there as a commitment.
    pub data: Json,
    /// The bytes of the leaf: the canonical JSON of all of this.
    pub leaf: String,
}

impl LogEntry {
    fn of(recorded: &Recorded) -> Result<Self, ApiError> {
        let leaf = Leaf::parse(&recorded.payload).map_err(ApiError::internal)?;
        let data = serde_json::from_str(leaf.data.get()).map_err(ApiError::internal)?;
        let text = String::from_utf8(recorded.payload.to_vec()).map_err(ApiError::internal)?;
        Ok(Self {
            position: LogPosition(recorded.position),
            id: leaf.metadata.event.to_string().into(),
            kind: leaf.kind.clone().into_owned(),
            stream: leaf.metadata.stream.clone(),
            version: leaf.metadata.version.to_string(),
            recorded_at: DateTime(leaf.metadata.recorded_at),
            legal_date: Date(leaf.metadata.legal_date),
            actor: leaf.metadata.actor.to_string(),
            role: leaf.metadata.role.word().to_owned(),
            basis: leaf.metadata.basis.clone(),
            data: Json(data),
            leaf: text,
        })
    }
}

#[ComplexObject]
impl LogEntry {
    /// The rule under which it was decided: the version that `basis` names, with
    /// what it sets. None where no ordinance applies.
    async fn ordinance(&self, ctx: &Context<'_>) -> Result<Option<ordinance::Version>, ApiError> {
        let institution = self.stream.split('/').next().unwrap_or_default();
        ordinance::Version::named(&ctx.desk().city(), institution, &self.basis)
    }

    /// The receipt, as a tlog-proof: it proves that the log holds this event at
    /// this place. None until a checkpoint covers it.
    async fn receipt(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        match &ctx.desk().seals {
            Some(seals) => seals.receipt(self.position.0).await,
            None => Ok(None),
        }
    }
}

/// A key that verifies checkpoints.
#[derive(Clone, Debug, SimpleObject)]
pub struct LogKey {
    /// The key, as a vkey of signed notes.
    pub vkey: String,
    /// The event that introduced it.
    pub position: LogPosition,
    /// Since when it is used.
    pub since: DateTime,
}

/// The log.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct LogInfo {
    /// Its name, as in checkpoints.
    pub origin: Option<String>,
    /// How many events it holds.
    pub size: String,
    /// Its keys, the present one last.
    pub keys: Vec<LogKey>,
    #[graphql(skip)]
    city: Arc<City>,
}

#[ComplexObject]
impl LogInfo {
    /// The digests of the read models at this size, by name. Working them out
    /// takes a while in a large city: whoever asks while many do is told when to
    /// come back.
    async fn digests(&self, ctx: &Context<'_>) -> Result<Vec<ReadModelDigest>, ApiError> {
        let city = ready(Ok(Arc::clone(&self.city)));
        let digests = ctx.desk().digests.of(self.city.size, city).await?;
        let digests = digests.digests.iter();
        let digests = digests.map(|(model, digest)| ReadModelDigest {
            model: model.clone(),
            digest: digest.clone(),
        });
        Ok(digests.collect())
    }
}

/// The digest of a read model, for whoever folds it again.
#[derive(Clone, Debug, SimpleObject)]
pub struct ReadModelDigest {
    /// The name of the read model.
    pub model: String,
    /// SHA-256 over its rows as canonical JSON, in hex.
    pub digest: String,
}

/// What can be asked about the log.
pub struct LogQuery(pub(crate) Looking);

/// What can be asked about the log.
#[Object]
impl LogQuery {
    /// The log: its name, size and keys.
    async fn log(&self, ctx: &Context<'_>) -> LogInfo {
        let city = self.0.at(ctx).city;
        LogInfo {
            origin: city.log.origin.clone(),
            size: city.size.to_string(),
            keys: city
                .log
                .keys
                .iter()
                .map(|key| LogKey {
                    vkey: key.vkey.clone(),
                    position: LogPosition(key.position),
                    since: DateTime(key.since),
                })
                .collect(),
            city,
        }
    }

    /// The event at a place in the log.
    async fn log_entry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its place.")] position: LogPosition,
    ) -> Result<Option<LogEntry>, ApiError> {
        if !self.0.at(ctx).city.size.holds(position.0) {
            return Ok(None);
        }
        let page = ctx
            .desk()
            .store
            .read_all(position.0, 1)
            .await
            .map_err(ApiError::internal)?;
        page.first().map(LogEntry::of).transpose()
    }

    /// Events from a place on, up to 100.
    async fn log_entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first place.")] from: LogPosition,
        #[graphql(default = 20, desc = "How many at most; up to 100.")] first: i32,
    ) -> Result<Vec<LogEntry>, ApiError> {
        let size = self.0.at(ctx).city.size;
        let page = ctx.desk().store.read_all(from.0, limit(first)?).await;
        let page = page.map_err(ApiError::internal)?;
        let seen = page
            .iter()
            .take_while(|recorded| size.holds(recorded.position));
        seen.map(LogEntry::of).collect()
    }

    /// The history of an object: the events about it, the oldest first. Each
    /// tells who did what, when and under which rule, and has its receipt.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The object.")] of: ObjectInput,
        #[graphql(default = 0, desc = "How many events are passed over.")] skip: i32,
        #[graphql(default = 20, desc = "How many at most; up to 100.")] first: i32,
    ) -> Result<Vec<LogEntry>, ApiError> {
        let city = self.0.at(ctx).city;
        let page = Page {
            skip: usize::try_from(skip).unwrap_or(0),
            first: limit(first)?,
        };
        let events = history::events(ctx, &city, of, page).await?;
        events.iter().map(LogEntry::of).collect()
    }
}

fn limit(first: i32) -> Result<usize, ApiError> {
    usize::try_from(first)
        .ok()
        .filter(|first| *first <= LARGEST)
        .ok_or_else(|| {
            ApiError::bad_input(
                format!("一度に読めるのは0から{LARGEST}件までです"),
                format!("from 0 to {LARGEST} entries can be read at once"),
            )
        })
}
