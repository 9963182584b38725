//! Days that count in law: closed days, deadlines, fiscal years.

use serde::{Deserialize, Serialize};

use crate::{LegalDate, holidays};

/// Days from the first to the last, both counted ("公示の日から起算して30日以上"):
/// 8 July to 9 August are 33.
pub fn days_inclusive(first: LegalDate, last: LegalDate) -> i64 {
    first.days_until(last) + 1
}

/// The three ways in which the law counts a number of days from an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counting {
    /// "…の日から起算して": the day of the event is the first.
    InclusiveFromStart,
    /// "…の日の翌日から起算して": the day after it is the first.
    ExclusiveFromNextDay,
    /// "…した日から": the day of the event is left out (初日不算入, Civil Code,
    /// art. 140) unless the event fell on its very beginning.
    Exclusive,
}

impl Counting {
    /// The last of so many days. `None` for no days, or beyond the calendar.
    pub fn last_day(self, event: LegalDate, days: u32) -> Option<LegalDate> {
        let after_first = i64::from(days.checked_sub(1)?);
        match self {
            Self::InclusiveFromStart => event.plus_days(after_first),
            // Both leave the day of the event out; they differ for an event
            // that is known to fall on 0:00, see `last_day_from_midnight`.
            Self::ExclusiveFromNextDay | Self::Exclusive => event.plus_days(after_first + 1),
        }
    }

    /// The same for an event that falls on the very beginning of its day, such
    /// as an entry into force: then the Civil Code counts that day too, whereas
    /// a text that says "the next day" does not.
    pub fn last_day_from_midnight(self, event: LegalDate, days: u32) -> Option<LegalDate> {
        match self {
            Self::Exclusive => Self::InclusiveFromStart.last_day(event, days),
            other => other.last_day(event, days),
        }
    }
}

/// Whether the city's offices are closed: Saturday, Sunday, holiday, and 29
/// December to 3 January.
pub fn is_closed(day: LegalDate) -> bool {
    let turn_of_year = matches!((day.0.month(), day.0.day()), (12, 29..) | (1, ..=3));
    turn_of_year
        || matches!(
            day.0.weekday(),
            jiff::civil::Weekday::Saturday | jiff::civil::Weekday::Sunday
        )
        || holidays::holiday(day).is_some()
}

/// A deadline, moved to the next open day if it falls on a closed one. Never
/// moved back: no period becomes shorter by it.
pub fn rolled_over(deadline: LegalDate) -> LegalDate {
    let mut day = deadline;
    while is_closed(day) {
        match day.plus_days(1) {
            Some(next) => day = next,
            None => return deadline,
        }
    }
    day
}

/// A fiscal year (年度), named after the calendar year in which it begins on
/// 1 April.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> LegalDate {
        text.parse().unwrap()
    }

    #[test]
    fn periods_count_both_ends() {
        // The two periods that the city published (§0.3).
        assert_eq!(days_inclusive(day("2019-07-08"), day("2019-08-09")), 33);
        assert_eq!(days_inclusive(day("2008-02-26"), day("2008-03-31")), 35);
        assert_eq!(days_inclusive(day("2026-04-01"), day("2026-04-01")), 1);
    }

    #[test]
    fn the_three_ways_of_counting_differ() {
        let event = day("2026-04-01");
        let last = |counting: Counting| counting.last_day(event, 14).unwrap().to_string();
        assert_eq!(last(Counting::InclusiveFromStart), "2026-04-14");
        assert_eq!(last(Counting::ExclusiveFromNextDay), "2026-04-15");
        assert_eq!(last(Counting::Exclusive), "2026-04-15");
        let at_midnight = |counting: Counting| {
            counting
                .last_day_from_midnight(event, 14)
                .unwrap()
                .to_string()
        };
        assert_eq!(at_midnight(Counting::Exclusive), "2026-04-14");
        assert_eq!(at_midnight(Counting::ExclusiveFromNextDay), "2026-04-15");
        assert_eq!(Counting::Exclusive.last_day(event, 0), None);
        assert_eq!(Counting::Exclusive.last_day(event, u32::MAX), None);
    }

    #[test]
    fn the_counted_days_are_as_many_as_asked_for() {
        let last = Counting::InclusiveFromStart.last_day(day("2024-02-01"), 30);
        assert_eq!(days_inclusive(day("2024-02-01"), last.unwrap()), 30);
    }

    #[test]
    fn a_deadline_on_a_closed_day_moves_to_the_next_open_one() {
        let rolled = |text: &str| rolled_over(day(text)).to_string();
        // Saturday before a Monday that is a holiday.
        assert_eq!(rolled("2026-07-18"), "2026-07-21");
        // The turn of the year 2026 and the weekend after it.
        assert_eq!(rolled("2026-12-29"), "2027-01-04");
        // 3 January 2025 is a Friday.
        assert_eq!(rolled("2025-01-03"), "2025-01-06");
        assert_eq!(rolled("2025-12-29"), "2026-01-05");
        // Golden Week 2026 with its substitute holiday.
        assert_eq!(rolled("2026-05-02"), "2026-05-07");
        assert_eq!(rolled("2026-04-01"), "2026-04-01");
    }

    #[test]
    fn a_fiscal_year_begins_on_the_first_of_april() {
        assert_eq!(FiscalYear::of(day("2026-03-31")), FiscalYear(2025));
        assert_eq!(FiscalYear::of(day("2026-04-01")), FiscalYear(2026));
        assert_eq!(FiscalYear(2025).first_day(), Some(day("2025-04-01")));
        assert_eq!(FiscalYear(2025).last_day(), Some(day("2026-03-31")));
    }

    proptest! {
        #[test]
        fn a_moved_deadline_is_open_never_earlier_and_soon(offset in 0_i64..36_000) {
            let deadline = day("2000-01-01").plus_days(offset).unwrap();
            let moved = rolled_over(deadline);
            prop_assert!(!is_closed(moved));
            prop_assert!(moved >= deadline);
            // The longest closure: the turn of the year, or ten days of 2019.
            prop_assert!(deadline.days_until(moved) <= 10);
        }
    }
}
