//! What a result says in figures: pure building blocks for the document, the
//! table of items, and the statistics of a fiscal year.
//!
//! 通 (submissions) and 件 (items) are counted apart and never added.

use std::collections::BTreeMap;

use super::{ExemptionReason, Outcome, ResultCounts, SubmitterKindCount, WardCount};
use crate::{LegalDate, Ratio, calendar, calendar::FiscalYear};

/// A count below this points to a person.
pub const SMALLEST_COUNT: u32 = 3;

/// The days of a period as the document states them: both ends counted.
pub fn period_days(opens_on: LegalDate, closes_on: LegalDate) -> i64 {
    calendar::days_inclusive(opens_on, closes_on)
}

/// Merges counts below [`SMALLEST_COUNT`] into the one without a name. While
/// what is merged would still point to a person, the next smallest count joins
/// it, so nothing follows from the total.
fn merge_small<K: Ord>(counts: impl Iterator<Item = (Option<K>, u32)>) -> Vec<(Option<K>, u32)> {
    let mut named: BTreeMap<K, u32> = BTreeMap::new();
    let mut other = 0_u32;
    for (key, count) in counts {
        match key {
            Some(key) => {
                let sum = named.entry(key).or_default();
                *sum = sum.saturating_add(count);
            }
            None => other = other.saturating_add(count),
        }
    }
    let mut by_size: Vec<_> = named.into_iter().filter(|(_, count)| *count > 0).collect();
    by_size.sort_by(|(left_key, left), (right_key, right)| {
        right.cmp(left).then(left_key.cmp(right_key))
    });
    while let Some((_, smallest)) = by_size.last() {
        let points_to_someone = *smallest < SMALLEST_COUNT || (1..SMALLEST_COUNT).contains(&other);
        if !points_to_someone {
            break;
        }
        if let Some((_, count)) = by_size.pop() {
            other = other.saturating_add(count);
        }
    }
    by_size.sort_by(|(left, _), (right, _)| left.cmp(right));
    let mut merged: Vec<_> = by_size
        .into_iter()
        .map(|(key, count)| (Some(key), count))
        .collect();
    if other > 0 {
        merged.push((None, other));
    }
    merged
}

/// Counts by ward as they may be published.
pub fn merge_small_ward_counts(counts: &[WardCount]) -> Vec<WardCount> {
    let counts = counts.iter().map(|count| (count.ward, count.submissions));
    let merged = merge_small(counts).into_iter();
    merged
        .map(|(ward, submissions)| WardCount { ward, submissions })
        .collect()
}

/// Counts by kind of submitter as they may be published.
pub fn merge_small_kind_counts(counts: &[SubmitterKindCount]) -> Vec<SubmitterKindCount> {
    let counts = counts.iter().map(|count| (count.kind, count.submissions));
    let merged = merge_small(counts).into_iter();
    merged
        .map(|(kind, submissions)| SubmitterKindCount { kind, submissions })
        .collect()
}

/// What the statistics of a fiscal year take from one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contribution {
    /// A case was published for comment.
    Called {
        /// The first day of its period.
        opens_on: LegalDate,
    },
    /// An exemption was published.
    Exempted {
        /// The day on which the policy was fixed.
        policy_fixed_on: LegalDate,
        /// The reason.
        code: ExemptionReason,
    },
    /// A case was given up.
    Abandoned {
        /// The day.
        abandoned_on: LegalDate,
    },
    /// A result was published.
    Result {
        /// The day.
        published_on: LegalDate,
        /// What became of the draft.
        outcome: Outcome,
        /// The counts.
        counts: Box<ResultCounts>,
    },
}

impl Contribution {
    /// The day that decides in which fiscal year it counts.
    pub fn day(&self) -> LegalDate {
        match self {
            Self::Called { opens_on: day }
            | Self::Exempted {
                policy_fixed_on: day,
                ..
            }
            | Self::Abandoned { abandoned_on: day }
            | Self::Result {
                published_on: day, ..
            } => *day,
        }
    }
}

/// The statistics of a fiscal year.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct YearStatistics {
    /// Cases published for comment.
    pub cases: u32,
    /// Exemptions by reason.
    pub exemptions: BTreeMap<ExemptionReason, u32>,
    /// Cases given up.
    pub abandoned: u32,
    /// Results published.
    pub results: u32,
    /// Of these, with changes.
    pub changed: u32,
    /// 通 of the results.
    pub submissions: u64,
    /// 件 of the results.
    pub items: u64,
    /// 件 that changed the policy.
    pub changed_policy: u64,
}

impl YearStatistics {
    /// The share of 件 that changed the policy; none if there are no 件.
    pub fn changed_share(&self) -> Option<Ratio> {
        Ratio::new(self.changed_policy, self.items)
    }

    fn add(&mut self, contribution: &Contribution) {
        match contribution {
            Contribution::Called { .. } => self.cases += 1,
            Contribution::Exempted { code, .. } => {
                *self.exemptions.entry(*code).or_default() += 1;
            }
            Contribution::Abandoned { .. } => self.abandoned += 1,
            Contribution::Result {
                outcome, counts, ..
            } => {
                self.results += 1;
                self.changed += u32::from(*outcome == Outcome::AdoptedWithChanges);
                self.submissions += u64::from(counts.submissions);
                self.items += u64::from(counts.items);
                self.changed_policy += u64::from(counts.changed_policy);
            }
        }
    }
}

/// The statistics of each fiscal year that something fell in.
pub fn statistics<'a>(
    contributions: impl IntoIterator<Item = &'a Contribution>,
) -> BTreeMap<FiscalYear, YearStatistics> {
    let mut years: BTreeMap<FiscalYear, YearStatistics> = BTreeMap::new();
    for contribution in contributions {
        let year = FiscalYear::of(contribution.day());
        years.entry(year).or_default().add(contribution);
    }
    years
}
