//! What can be asked about public comment.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use domain::{
    calendar::FiscalYear,
    ids::{CaseId, SubmissionId},
};
use read_models::public_comment as view;

use super::{
    case::PublicCommentCase,
    mutation::{ReceiptInput, holds_receipt},
    statistics::{self, PublicCommentStatistics},
    submission::Submission,
    words::Phase,
};
use crate::{
    city::{At, Looking},
    connection::{self, Page, Rows},
    context::Ask,
    gate,
    http::ApiError,
    scalars::parse_id,
    viewer::Viewer,
};

/// Which cases.
#[derive(InputObject, Default)]
pub struct PublicCommentCaseFilter {
    /// Only cases in one of these phases.
    pub phases: Option<Vec<Phase>>,
    /// Only cases whose period begins in this fiscal year (年度), which begins
    /// on 1 April.
    pub fiscal_year: Option<i32>,
}

/// What can be asked about public comment.
pub struct PublicCommentQuery(pub(crate) Looking);

/// What can be asked about public comment.
#[Object]
impl PublicCommentQuery {
    /// A public comment case by its id.
    async fn public_comment_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> Result<Option<PublicCommentCase>, ApiError> {
        let looking = self.0.at(ctx);
        let id: CaseId = parse_id(&id)?;
        let visible = looking
            .city
            .public_comment
            .get(id)
            .is_some_and(|case| gate::may_see_case(&ctx.viewer(), case));
        Ok(visible.then_some(PublicCommentCase {
            city: looking.city,
            id,
            today: looking.today,
        }))
    }

    /// The public comment cases that the viewer may see, the newest first: in
    /// the order of their publication, for the officers of cases in that of
    /// their drafting.
    async fn public_comment_cases(
        &self,
        ctx: &Context<'_>,
        #[graphql(default, desc = "Which ones.")] filter: PublicCommentCaseFilter,
        #[graphql(desc = "How many at most, from the beginning; up to 100.")] first: Option<i32>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
        #[graphql(desc = "How many at most, from the end; up to 100.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<Rows<PublicCommentCase>, ApiError> {
        let looking = self.0.at(ctx);
        let viewer = ctx.viewer();
        let page = Page::read(first, after, last, before)?;
        let mut newest_first: Vec<(u64, CaseId)> = looking
            .city
            .public_comment
            .iter()
            .filter(|case| filter.fits(&viewer, case, &looking))
            .filter_map(|case| Some((u64::MAX - gate::place_of_case(&viewer, case)?.0, case.id)))
            .collect();
        newest_first.sort_unstable();
        let total = newest_first.len();
        Ok(page.connect(total, |range, backwards| {
            let rows = newest_first
                .iter()
                .filter(|(key, _)| std::ops::RangeBounds::contains(&range, key))
                .map(|(key, id)| {
                    let case = PublicCommentCase {
                        city: Arc::clone(&looking.city),
                        id: *id,
                        today: looking.today,
                    };
                    (*key, case)
                });
            connection::take(rows, backwards, page.limit())
        }))
    }

    /// What happened in a fiscal year (年度).
    async fn public_comment_statistics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The fiscal year, by the calendar year in which it begins.")]
        fiscal_year: i32,
    ) -> Result<PublicCommentStatistics, ApiError> {
        let year = i16::try_from(fiscal_year).map_err(|_| {
            ApiError::bad_input("年度が正しくありません", "there is no such fiscal year")
        })?;
        Ok(statistics::of(&self.0.at(ctx).city, FiscalYear(year)))
    }

    /// A submission by its id. Its text is shown to whoever may read it.
    async fn submission(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> Result<Option<Submission>, ApiError> {
        let looking = self.0.at(ctx);
        find(&looking, &ctx.viewer(), &id, false)
    }

    /// A submission for whoever holds its receipt: with its text and what
    /// became of it.
    async fn submission_by_receipt(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The receipt.")] receipt: ReceiptInput,
    ) -> Result<Option<Submission>, ApiError> {
        let looking = self.0.at(ctx);
        let found = find(&looking, &ctx.viewer(), &receipt.submission, true)?;
        let Some(submission) = found else {
            return Ok(None);
        };
        let holds = holds_receipt(ctx.desk(), &submission.view, &receipt.secret).await?;
        Ok(holds.then_some(submission))
    }
}

fn find(
    looking: &At,
    viewer: &Viewer<'_>,
    id: &ID,
    held: bool,
) -> Result<Option<Submission>, ApiError> {
    let id: SubmissionId = parse_id(id)?;
    let case = looking.city.public_comment.of_submission(id);
    let Some(case) = case.filter(|case| gate::may_see_case(viewer, case)) else {
        return Ok(None);
    };
    Ok(case.submission(id).map(|submission| Submission {
        case: PublicCommentCase {
            city: Arc::clone(&looking.city),
            id: case.id,
            today: looking.today,
        },
        view: Arc::clone(submission),
        held,
    }))
}

impl PublicCommentCaseFilter {
    fn fits(&self, viewer: &Viewer<'_>, case: &view::Case, looking: &At) -> bool {
        let in_phase = self
            .phases
            .as_ref()
            .is_none_or(|phases| phases.contains(&Phase::from(case.phase_on(looking.today))));
        let in_year = self.fiscal_year.is_none_or(|year| {
            let opens = case
                .call
                .as_ref()
                .map(|call| FiscalYear::of(call.opens_on).0);
            opens.is_some_and(|opens| i32::from(opens) == year)
        });
        in_phase && in_year && gate::may_see_case(viewer, case)
    }
}
