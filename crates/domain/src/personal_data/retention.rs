//! How long personal data are kept.

use serde::{Deserialize, Serialize};

use super::RetentionEnd;
use crate::{LegalDate, calendar};

/// A kind of record that holds personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordKind {
    /// 提出意見.
    Opinion,
    /// An opinion that came late or was withdrawn.
    OpinionOutsideProcedure,
}

/// A record that holds personal data, once it is completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Record {
    /// What kind of record it is.
    pub kind: RecordKind,
    /// The day on which it was completed.
    pub completed_on: LegalDate,
}

/// Retention periods, as set by the rules on documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// One for each kind of record.
    pub periods: Vec<RetentionPeriod>,
}

/// The retention period of a kind of record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionPeriod {
    /// The kind.
    pub record: RecordKind,
    /// Years, counted from the fiscal year after the one of completion.
    pub years: u16,
}

impl Retention {
    /// The last day on which a record must be kept: the end of the fiscal year
    /// in which its years are full. `None` if no period is set for it, or
    /// beyond the calendar.
    pub fn kept_until(&self, record: Record) -> Option<LegalDate> {
        let mut periods = self.periods.iter();
        let period = periods.find(|period| period.record == record.kind)?;
        let year = calendar::FiscalYear::of(record.completed_on).0;
        calendar::FiscalYear(year.checked_add(i16::try_from(period.years).ok()?)?).last_day()
    }

    /// When the last of these records need not be kept any longer; `None` if
    /// there is none, or no period is set for one of them.
    pub fn end(&self, records: &[Record]) -> Option<RetentionEnd> {
        let ends = records.iter().map(|record| {
            Some(RetentionEnd {
                record: record.kind,
                kept_until: self.kept_until(*record)?,
            })
        });
        let ends: Vec<RetentionEnd> = ends.collect::<Option<_>>()?;
        ends.into_iter()
            .max_by_key(|end| (end.kept_until, end.record))
    }

    /// What in these parameters cannot hold, in words.
    pub fn problem(&self) -> Option<String> {
        let mut records = std::collections::BTreeSet::new();
        self.periods
            .iter()
            .find(|period| !records.insert(period.record))
            .map(|period| format!("two periods are set for {:?}", period.record))
    }
}
