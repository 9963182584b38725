//! Which submissions say the same, for the officers who answer them.

use std::{collections::BTreeMap, sync::Arc};

use async_graphql::SimpleObject;
use domain::{Ratio, ids::CaseId, public_comment::duplicates};
use event_store::Position;
use read_models::public_comment::Case;
use tokio::sync::Mutex;

use super::submission::Submission;
use crate::{desk::Desk, http::ApiError};

/// Submissions that say the same, or nearly. Each still counts as received.
#[derive(SimpleObject)]
pub struct DuplicateGroup {
    /// The submissions, in the order in which they were recorded.
    pub submissions: Vec<Submission>,
}

/// Groups of arrivals, as places in the case.
type Groups = Arc<Vec<Vec<u32>>>;

/// The groups that were found lately. No text is kept: the places alone.
#[derive(Default)]
pub struct DuplicateGroups(Mutex<BTreeMap<(CaseId, u32), (Position, Groups)>>);

/// How many answers are kept.
const KEPT: usize = 64;

impl DuplicateGroups {
    /// The groups of more than one submission, the largest first. Found once for
    /// each state of the case, one at a time.
    pub(super) async fn of(
        &self,
        desk: &Desk,
        case: &Case,
        percent: u32,
    ) -> Result<Groups, ApiError> {
        let wrong = || {
            ApiError::bad_input(
                "thresholdは1から100までの百分率です",
                "threshold is a percentage from 1 to 100",
            )
        };
        let threshold =
            Ratio::new(u64::from(percent), 100).filter(|_| (1..=100).contains(&percent));
        let threshold = threshold.ok_or_else(wrong)?;
        let mut kept = self.0.lock().await;
        let key = (case.id, percent);
        if let Some((position, groups)) = kept.get(&key)
            && *position == case.last_position
        {
            return Ok(Arc::clone(groups));
        }
        let mut texts = Vec::with_capacity(case.submissions.len());
        for (arrival, submission) in case.submissions.iter() {
            let newest = submission.text().filter(|_| submission.counts());
            if let Some(newest) = newest
                && let Some(text) = desk.open_text(&newest.body).await?
            {
                texts.push((arrival, text));
            }
        }
        let found = tokio::task::spawn_blocking(move || {
            let texts: Vec<_> = texts
                .iter()
                .map(|(id, text)| (*id, text.as_str()))
                .collect();
            let mut groups = duplicates::groups(&texts, threshold);
            groups.retain(|group| group.len() > 1);
            groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
            groups
        });
        let groups = Arc::new(found.await.map_err(ApiError::internal)?);
        if KEPT <= kept.len() {
            kept.clear();
        }
        kept.insert(key, (case.last_position, Arc::clone(&groups)));
        Ok(groups)
    }
}
