//! The statistics of a fiscal year (年度).

use async_graphql::SimpleObject;
use domain::{
    LegalDate,
    calendar::FiscalYear,
    public_comment::result_document::{self, Contribution, YearStatistics},
};
use read_models::{City, public_comment::Case};

use super::words::ExemptionReason;

/// What happened in a fiscal year (年度), which begins on 1 April. 通 and 件 are
/// never added to each other.
#[derive(Clone, Debug, SimpleObject)]
pub struct PublicCommentStatistics {
    /// The fiscal year, by the calendar year in which it begins.
    pub fiscal_year: i32,
    /// Cases whose period began in the year.
    pub case_count: u32,
    /// Policies fixed without public comment, by reason.
    pub exemptions: Vec<ExemptionCount>,
    /// Cases given up.
    pub abandoned_count: u32,
    /// Results published.
    pub result_count: u32,
    /// Of these, with changes.
    pub changed_result_count: u32,
    /// 通 of these results.
    pub submission_count: u32,
    /// 件 of these results.
    pub item_count: u32,
    /// 件 that changed the policy.
    pub changed_policy_item_count: u32,
    /// The share of 件 that changed the policy, as a fraction such as `3/8`;
    /// none if there are no 件.
    pub changed_policy_share: Option<String>,
}

/// How often no public comment was held for a reason.
#[derive(Clone, Debug, SimpleObject)]
pub struct ExemptionCount {
    /// The reason.
    pub reason: ExemptionReason,
    /// How often.
    pub count: u32,
}

/// The statistics of a year, from what is public.
pub(super) fn of(city: &City, year: FiscalYear) -> PublicCommentStatistics {
    let contributions: Vec<_> = city.public_comment.iter().flat_map(contributions).collect();
    let years = result_document::statistics(&contributions);
    let statistics = years.get(&year).cloned().unwrap_or_default();
    let share = statistics.changed_share().map(|share| share.to_string());
    let YearStatistics {
        cases,
        exemptions,
        abandoned,
        results,
        changed,
        submissions,
        items,
        changed_policy,
    } = statistics;
    let int = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
    PublicCommentStatistics {
        fiscal_year: i32::from(year.0),
        case_count: cases,
        exemptions: exemptions
            .into_iter()
            .map(|(reason, count)| ExemptionCount {
                reason: reason.into(),
                count,
            })
            .collect(),
        abandoned_count: abandoned,
        result_count: results,
        changed_result_count: changed,
        submission_count: int(submissions),
        item_count: int(items),
        changed_policy_item_count: int(changed_policy),
        changed_policy_share: share,
    }
}

fn contributions(case: &Case) -> Vec<Contribution> {
    let called = case.call.as_ref().map(|call| Contribution::Called {
        opens_on: call.opens_on,
    });
    let exempted = case.exemption.as_ref().and_then(|exemption| {
        Some(Contribution::Exempted {
            policy_fixed_on: exemption.published.as_ref()?.policy_fixed_on,
            code: exemption.code,
        })
    });
    let abandoned = case
        .abandonment
        .as_ref()
        .map(|abandonment| Contribution::Abandoned {
            abandoned_on: LegalDate::of(abandonment.recorded_at),
        });
    let result = case.result.as_ref().map(|result| Contribution::Result {
        published_on: result.published_on,
        outcome: result.outcome,
        counts: Box::new(result.counts.clone()),
    });
    [called, exempted, abandoned, result]
        .into_iter()
        .flatten()
        .collect()
}
