//! The civil day that counts in law.

use std::{fmt, str::FromStr};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A civil day in Asia/Tokyo, to which the law attributes what happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LegalDate(pub Date);

/// Why a text is not a day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a day of the form 2026-04-01: {0:?}")]
pub struct LegalDateError(String);

/// Japan has kept UTC+9 without summer time since 1952; the log does not reach
/// further back.
fn tokyo() -> TimeZone {
    TimeZone::fixed(jiff::tz::offset(9))
}

impl LegalDate {
    /// The day in Asia/Tokyo at this moment.
    pub fn of(moment: Timestamp) -> Self {
        Self(moment.to_zoned(tokyo()).date())
    }

    /// The first moment after this day ends (24:00 in Asia/Tokyo).
    pub fn end(self) -> Option<Timestamp> {
        let next = self.0.tomorrow().ok()?;
        Some(next.to_zoned(tokyo()).ok()?.timestamp())
    }

    /// This many days later (earlier if negative); `None` beyond the calendar.
    pub fn plus_days(self, days: i64) -> Option<Self> {
        let span = jiff::Span::new().try_days(days).ok()?;
        self.0.checked_add(span).ok().map(Self)
    }

    /// Days from this day to another; 0 for the same day.
    pub fn days_until(self, other: Self) -> i64 {
        // Days are the largest unit asked for, so the span has nothing else.
        self.0
            .until(other.0)
            .map_or(0, |span| i64::from(span.get_days()))
    }
}

impl fmt::Display for LegalDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for LegalDate {
    type Err = LegalDateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || LegalDateError(text.chars().take(40).collect());
        let date: Date = text.parse().map_err(|_| refuse())?;
        // One day has one spelling; the parser takes more.
        if date.to_string() == text {
            Ok(Self(date))
        } else {
            Err(refuse())
        }
    }
}

impl Serialize for LegalDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LegalDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::ids::parse_text(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_turns_at_midnight_in_tokyo() {
        let last: Timestamp = "2026-03-31T14:59:59Z".parse().unwrap();
        let first: Timestamp = "2026-03-31T15:00:00Z".parse().unwrap();
        assert_eq!(LegalDate::of(last).to_string(), "2026-03-31");
        assert_eq!(LegalDate::of(first).to_string(), "2026-04-01");
        assert_eq!(LegalDate::of(last).end(), Some(first));
    }

    #[test]
    fn a_day_has_one_spelling() {
        for bad in ["2026-4-1", "20260401", "2026-04-01T00:00", "2026-02-30", ""] {
            assert!(bad.parse::<LegalDate>().is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn days_are_counted_across_months_and_leap_years() {
        let day = |text: &str| text.parse::<LegalDate>().unwrap();
        assert_eq!(day("2008-02-26").days_until(day("2008-03-31")), 34);
        assert_eq!(day("2019-07-08").plus_days(32), Some(day("2019-08-09")));
    }
}
