//! Days that count in law.

use crate::LegalDate;

/// A fiscal year (年度), named after the calendar year in which it begins on
/// 1 April.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct FiscalYear(pub i16);

impl FiscalYear {
    /// The fiscal year of a day.
    pub fn of(day: LegalDate) -> Self {
        let year = day.0.year();
        Self(if day.0.month() < 4 { year - 1 } else { year })
    }

    /// 1 April.
    pub fn first_day(self) -> Option<LegalDate> {
        jiff::civil::Date::new(self.0, 4, 1).ok().map(LegalDate)
    }

    /// 31 March of the next calendar year.
    pub fn last_day(self) -> Option<LegalDate> {
        let next = self.0.checked_add(1)?;
        jiff::civil::Date::new(next, 3, 31).ok().map(LegalDate)
    }
}
