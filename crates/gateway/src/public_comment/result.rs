//! The published result, as clients see it.

use async_graphql::{ID, Object, SimpleObject};
use domain::public_comment::PublishedResult;

use super::{
    case::{Passage, PublicCommentCase, PublicCommentCounts},
    words::{Outcome, SubmitterKind},
};
use crate::{
    http::ApiError,
    scalars::{Date, DateTime, LogPosition},
};

/// The published result of a case (結果の公表).
#[derive(Clone)]
pub struct PublicCommentResult {
    pub(crate) case: PublicCommentCase,
}

/// A change of the draft.
#[derive(Clone, Debug, SimpleObject)]
pub struct PolicyChange {
    /// Its id.
    pub id: ID,
    /// The key of the passage that changed.
    pub passage: String,
    /// The passage in the draft; none if it is new.
    pub before: Option<String>,
    /// The passage in the final text; none if it was removed.
    pub after: Option<String>,
    /// Why.
    pub reason: String,
    /// The items that caused it.
    pub items: Vec<ID>,
    /// The groups of items that caused it.
    pub groups: Vec<ID>,
}

/// Submissions (通) from a ward.
#[derive(Clone, Debug, SimpleObject)]
pub struct WardCount {
    /// The code of the ward with its check digit; none for who lives elsewhere,
    /// did not say, or would be recognised by the count.
    pub ward_code: Option<String>,
    /// 通。
    pub submission_count: u32,
}

/// Submissions (通) by submitters of a kind.
#[derive(Clone, Debug, SimpleObject)]
pub struct SubmitterKindCount {
    /// The kind; none for those who would be recognised by the count.
    pub kind: Option<SubmitterKind>,
    /// 通。
    pub submission_count: u32,
}

impl PublicCommentResult {
    fn result(&self) -> Result<&PublishedResult, ApiError> {
        self.case
            .view()?
            .result
            .as_deref()
            .ok_or(ApiError::NotFound)
    }
}

/// The published result of a case (結果の公表). The opinions and answers are the
/// `items` of the case, readable from here on.
#[Object]
impl PublicCommentResult {
    /// The day of publication.
    async fn published_on(&self) -> Result<Date, ApiError> {
        Ok(Date(self.result()?.published_on))
    }

    /// When it was recorded.
    async fn recorded_at(&self) -> Result<Option<DateTime>, ApiError> {
        Ok(self
            .case
            .view()?
            .result_published
            .map(|(at, _)| DateTime(at)))
    }

    /// Its place in the log.
    async fn position(&self) -> Result<Option<LogPosition>, ApiError> {
        let published = self.case.view()?.result_published;
        Ok(published.map(|(_, position)| LogPosition(position)))
    }

    /// What became of the draft.
    async fn outcome(&self) -> Result<Outcome, ApiError> {
        Ok(self.result()?.outcome.into())
    }

    /// The reasons for the decision.
    async fn reasons(&self) -> Result<&str, ApiError> {
        Ok(&self.result()?.reasons)
    }

    /// Nobody submitted an opinion.
    async fn no_submissions(&self) -> Result<bool, ApiError> {
        Ok(self.result()?.no_submissions)
    }

    /// Summaries stand in the place of the opinions.
    async fn summaries_only(&self) -> Result<bool, ApiError> {
        Ok(self.result()?.summaries_only)
    }

    /// Where the full opinions can be read, if summaries stand in their place.
    async fn full_opinions_at(&self) -> Result<Option<&str>, ApiError> {
        Ok(self.result()?.full_opinions_at.as_deref())
    }

    /// The final text, passage by passage.
    async fn final_passages(&self) -> Result<Vec<Passage>, ApiError> {
        Ok(self
            .case
            .view()?
            .final_passages
            .iter()
            .map(Passage::from)
            .collect())
    }

    /// What differs from the draft, and which items caused it.
    async fn changes(&self) -> Result<Vec<PolicyChange>, ApiError> {
        Ok(self
            .case
            .view()?
            .changes
            .iter()
            .map(|change| PolicyChange {
                id: change.change.to_string().into(),
                passage: change.passage.0.clone(),
                before: change.before.clone(),
                after: change.after.clone(),
                reason: change.reason.clone(),
                items: change
                    .items
                    .iter()
                    .map(|item| item.to_string().into())
                    .collect(),
                groups: change
                    .groups
                    .iter()
                    .map(|group| group.to_string().into())
                    .collect(),
            })
            .collect())
    }

    /// The numbers at the moment that is looked at.
    async fn counts(&self) -> Result<PublicCommentCounts, ApiError> {
        Ok((&self.case.view()?.counts).into())
    }

    /// Submissions by ward, as published.
    async fn by_ward(&self) -> Result<Vec<WardCount>, ApiError> {
        let counts = &self.result()?.counts.by_ward;
        Ok(counts
            .iter()
            .map(|count| WardCount {
                ward_code: count.ward.map(|ward| ward.to_string()),
                submission_count: count.submissions,
            })
            .collect())
    }

    /// Submissions by kind of submitter, as published.
    async fn by_submitter_kind(&self) -> Result<Vec<SubmitterKindCount>, ApiError> {
        let counts = &self.result()?.counts.by_submitter_kind;
        Ok(counts
            .iter()
            .map(|count| SubmitterKindCount {
                kind: count.kind.map(SubmitterKind::from),
                submission_count: count.submissions,
            })
            .collect())
    }
}
