//! The log itself, as clients see it: entries, keys, checkpoints, receipts,
//! looks at personal data and erasures.

use async_graphql::{Context, ID, Object, SimpleObject};
use domain::{history::Leaf, ids::SubjectId};
use event_store::{Direction, Recorded, StreamName, Version};

use crate::{
    city::Looking,
    context::Ask,
    http::ApiError,
    scalars::{Date, DateTime, Json, LogPosition},
};

/// Entries of one page at most.
const LARGEST: usize = 100;

/// An event, as it stands in the log.
#[derive(Clone, Debug, SimpleObject)]
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
    /// The version of the ordinance under which it was decided.
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

/// How often something happened.
#[derive(Clone, Debug, SimpleObject)]
pub struct Tally {
    /// What: a legal basis, or a role.
    pub key: String,
    /// How often.
    pub count: u32,
}

/// The log.
#[derive(Clone, Debug, SimpleObject)]
pub struct LogInfo {
    /// Its name, as in checkpoints.
    pub origin: Option<String>,
    /// How many events it holds.
    pub size: String,
    /// Its keys, the present one last.
    pub keys: Vec<LogKey>,
    /// The digests of the read models at this size, by name.
    pub digests: Vec<ReadModelDigest>,
}

/// The digest of a read model, for whoever folds it again.
#[derive(Clone, Debug, SimpleObject)]
pub struct ReadModelDigest {
    /// The name of the read model.
    pub model: String,
    /// SHA-256 over its rows as canonical JSON, in hex.
    pub digest: String,
}

/// Somebody who works for the city opened personal data.
#[derive(Clone, Debug, SimpleObject)]
pub struct PersonalDataLook {
    /// In which role.
    pub role: String,
    /// Why.
    pub reason: String,
    /// When.
    pub recorded_at: DateTime,
    /// Its place in the log.
    pub position: LogPosition,
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
            digests: if ctx.look_ahead().field("digests").exists() {
                let digests = city.digests().into_iter();
                digests
                    .map(|(model, digest)| ReadModelDigest {
                        model: model.to_owned(),
                        digest: digest.to_string(),
                    })
                    .collect()
            } else {
                Vec::new()
            },
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

    /// The history of an object: the events of its stream, the oldest first.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The stream, such as `public_comment/case_…`.")] stream: String,
        #[graphql(default = 1, desc = "The first version.")] from_version: i32,
        #[graphql(default = 20, desc = "How many at most; up to 100.")] first: i32,
    ) -> Result<Vec<LogEntry>, ApiError> {
        let size = self.0.at(ctx).city.size;
        let stream: StreamName =
            stream
                .parse()
                .map_err(|error: event_store::StreamNameError| {
                    ApiError::bad_input("ストリームの名前が正しくありません", error.to_string())
                })?;
        let from = Version(u64::try_from(from_version).unwrap_or(1).max(1));
        let page = ctx
            .desk()
            .store
            .read_stream(&stream, from, Direction::Forwards, limit(first)?)
            .await
            .map_err(ApiError::internal)?;
        let seen = page
            .iter()
            .take_while(|recorded| size.holds(recorded.position));
        seen.map(LogEntry::of).collect()
    }

    /// How often personal data were erased, by legal basis.
    async fn erasures(&self, ctx: &Context<'_>) -> Vec<Tally> {
        let city = self.0.at(ctx).city;
        let erasures = city.personal_data.erasures.iter();
        erasures
            .map(|(basis, count)| Tally {
                key: basis.clone(),
                count: *count,
            })
            .collect()
    }

    /// How often officers opened personal data, by role.
    async fn personal_data_looks(&self, ctx: &Context<'_>) -> Vec<Tally> {
        let city = self.0.at(ctx).city;
        let looks = city.personal_data.looks.iter();
        looks
            .map(|(role, count)| Tally {
                key: role.word().to_owned(),
                count: *count,
            })
            .collect()
    }

    /// Who opened the personal data behind a pseudonym, and why. Public: the
    /// pseudonym tells nobody but its holder whose they are.
    async fn looks_at(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The pseudonym, as it stands in the log.")] subject: ID,
    ) -> Result<Vec<PersonalDataLook>, ApiError> {
        let subject: SubjectId = crate::scalars::parse_id(&subject)?;
        let city = self.0.at(ctx).city;
        let looks = city
            .personal_data
            .get(subject)
            .map(|subject| subject.looks.clone());
        Ok(looks
            .unwrap_or_default()
            .into_iter()
            .map(|look| PersonalDataLook {
                role: look.role.word().to_owned(),
                reason: look.reason,
                recorded_at: DateTime(look.recorded_at),
                position: LogPosition(look.position),
            })
            .collect())
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
