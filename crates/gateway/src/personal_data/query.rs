//! What happened to personal data, and what is due.

use async_graphql::{Context, ID, Object, SimpleObject};
use domain::ids::SubjectId;

use super::words::{ErasureGround, PersonalField, Record};
use crate::{
    city::Looking,
    context::Ask,
    gate,
    http::ApiError,
    public_comment::PublicCommentCase,
    scalars::{Date, DateTime, LogPosition},
};

/// Of those whose data are due, as many are listed at most.
const MOST_LISTED: u32 = 100;

/// How often something happened.
#[derive(Clone, Debug, SimpleObject)]
pub struct Tally {
    /// What: a role.
    pub key: String,
    /// How often.
    pub count: u32,
}

/// How often personal data were erased on a basis.
#[derive(Clone, Debug, SimpleObject)]
pub struct ErasureTally {
    /// The legal basis.
    pub key: String,
    /// Whether the persons asked for it, or their retention periods ended.
    pub ground: ErasureGround,
    /// The version of the rules on retention under which it was done.
    pub ordinance: String,
    /// How often.
    pub count: u32,
}

/// Somebody who works for the city opened personal data.
#[derive(Clone, Debug, SimpleObject)]
pub struct PersonalDataLook {
    /// In which role.
    pub role: String,
    /// What was opened.
    pub fields: Vec<PersonalField>,
    /// Why.
    pub reason: String,
    /// When.
    pub recorded_at: DateTime,
    /// Its place in the log.
    pub position: LogPosition,
}

/// Somebody whose data need not be kept any longer.
#[derive(Clone, SimpleObject)]
pub struct DueForErasure {
    /// The pseudonym.
    pub subject: ID,
    /// The case.
    pub case: PublicCommentCase,
    /// Their submissions.
    pub submissions: Vec<ID>,
    /// The kind of record that had to be kept longest.
    pub record: Record,
    /// The last day on which it had to be kept.
    pub kept_until: Date,
}

/// Those whose data need not be kept any longer, the longest due first.
#[derive(Clone, SimpleObject)]
pub struct DueForErasures {
    /// The version of the rules on retention that holds today.
    pub ordinance: String,
    /// How many there are.
    pub total_count: u32,
    /// The first of them.
    pub nodes: Vec<DueForErasure>,
}

/// What can be asked about personal data.
pub struct PersonalDataQuery(pub(crate) Looking);

/// What can be asked about personal data.
#[Object]
impl PersonalDataQuery {
    /// How often personal data were erased, by legal basis and ground.
    async fn erasures(&self, ctx: &Context<'_>) -> Vec<ErasureTally> {
        let city = self.0.at(ctx).city;
        let erasures = city.personal_data.erasures.iter();
        erasures
            .map(|(basis, count)| ErasureTally {
                key: basis.legal_basis.clone(),
                ground: ErasureGround::of(basis.requested_by_person),
                ordinance: basis.ordinance.clone(),
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
                fields: look.fields.iter().copied().map(Into::into).collect(),
                reason: look.reason,
                recorded_at: DateTime(look.recorded_at),
                position: LogPosition(look.position),
            })
            .collect())
    }

    /// Whose data need not be kept any longer: their retention periods are
    /// over, and nobody erased them yet. For records managers and auditors,
    /// null for everybody else, and where no rules on retention hold.
    async fn due_for_erasure(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "How many at most; up to 100.")] first: u32,
    ) -> Option<DueForErasures> {
        if !gate::may_see_what_is_due(&ctx.viewer()) {
            return None;
        }
        let at = self.0.at(ctx);
        let retention = at.city.retention_on(at.today)?;
        let due = at.city.due_for_erasure(&retention.parameters, at.today);
        let listed = usize::try_from(first.min(MOST_LISTED)).unwrap_or_default();
        let node = |due: &read_models::Due| DueForErasure {
            subject: due.subject.to_string().into(),
            case: PublicCommentCase {
                city: std::sync::Arc::clone(&at.city),
                id: due.case,
                today: at.today,
            },
            submissions: due
                .submissions
                .iter()
                .map(|id| id.to_string().into())
                .collect(),
            record: due.end.record.into(),
            kept_until: Date(due.end.kept_until),
        };
        Some(DueForErasures {
            ordinance: retention.version,
            total_count: u32::try_from(due.len()).unwrap_or(u32::MAX),
            nodes: due.iter().take(listed).map(node).collect(),
        })
    }
}
