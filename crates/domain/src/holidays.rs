//! Japanese holidays, computed from the Act on National Holidays (国民の祝日に
//! 関する法律, 昭和23年法律第178号) with its amendments, from 2000 on.
//!
//! Computed, not looked up: the published list ends with the next year, but
//! deadlines reach further. The two equinoxes are fixed by notice in February
//! of the year before; the formula gives the days that were so fixed, and the
//! days to be expected until 2099.

use jiff::civil::{Date, Weekday};

use crate::{Language, LegalDate};

/// A day on which offices are closed by the Act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// 元日.
    pub ja: &'static str,
    /// New Year's Day.
    pub en: &'static str,
}

impl Holiday {
    /// The name that people read.
    pub fn name(self, language: Language) -> &'static str {
        match language {
            Language::Ja => self.ja,
            Language::En => self.en,
        }
    }
}

const NEW_YEAR: Holiday = named("元日", "New Year's Day");
const COMING_OF_AGE: Holiday = named("成人の日", "Coming of Age Day");
const FOUNDATION: Holiday = named("建国記念の日", "National Foundation Day");
const EMPEROR: Holiday = named("天皇誕生日", "Emperor's Birthday");
const SPRING: Holiday = named("春分の日", "Vernal Equinox Day");
const GREENERY: Holiday = named("みどりの日", "Greenery Day");
const SHOWA: Holiday = named("昭和の日", "Showa Day");
const CONSTITUTION: Holiday = named("憲法記念日", "Constitution Memorial Day");
const CHILDREN: Holiday = named("こどもの日", "Children's Day");
const MARINE: Holiday = named("海の日", "Marine Day");
const MOUNTAIN: Holiday = named("山の日", "Mountain Day");
const AGED: Holiday = named("敬老の日", "Respect for the Aged Day");
const AUTUMN: Holiday = named("秋分の日", "Autumnal Equinox Day");
const HEALTH: Holiday = named("体育の日", "Health and Sports Day");
const SPORTS: Holiday = named("スポーツの日", "Sports Day");
const CULTURE: Holiday = named("文化の日", "Culture Day");
const LABOUR: Holiday = named("勤労感謝の日", "Labour Thanksgiving Day");
const ACCESSION: Holiday = named("即位の日", "Day of the Accession");
const ENTHRONEMENT: Holiday = named("即位礼正殿の儀の日", "Day of the Enthronement Ceremony");
const SUBSTITUTE: Holiday = named("振替休日", "Substitute holiday");
const CITIZENS: Holiday = named("国民の休日", "Citizens' holiday");

const fn named(ja: &'static str, en: &'static str) -> Holiday {
    Holiday { ja, en }
}

/// The holiday on a day, if it is one.
pub fn holiday(day: LegalDate) -> Option<Holiday> {
    let date = day.0;
    national(date)
        .or_else(|| is_substitute(date).then_some(SUBSTITUTE))
        .or_else(|| is_between(date).then_some(CITIZENS))
}

/// 国民の祝日 (art. 2), with the one-off laws of 2019, 2020 and 2021.
fn national(date: Date) -> Option<Holiday> {
    let year = date.year();
    let day = date.day();
    let monday = |nth: i8| date.weekday() == Weekday::Monday && (day + 6) / 7 == nth;
    // The years of the Games in Tokyo moved three holidays.
    let moved = match (year, date.month(), day) {
        (2020, 7, 23) | (2021, 7, 22) => Some(MARINE),
        (2020, 7, 24) | (2021, 7, 23) => Some(SPORTS),
        (2020, 8, 10) | (2021, 8, 8) => Some(MOUNTAIN),
        _ => None,
    };
    let games = year == 2020 || year == 2021;
    if games && (moved.is_some() || matches!(date.month(), 7 | 8 | 10)) {
        return moved;
    }
    match (date.month(), day) {
        (1, 1) => Some(NEW_YEAR),
        (1, _) if monday(2) => Some(COMING_OF_AGE),
        (2, 11) => Some(FOUNDATION),
        (2, 23) if year >= 2020 => Some(EMPEROR),
        (3, _) if day == spring_equinox(year) => Some(SPRING),
        (4, 29) if year < 2007 => Some(GREENERY),
        (4, 29) => Some(SHOWA),
        (5, 1) if year == 2019 => Some(ACCESSION),
        (5, 3) => Some(CONSTITUTION),
        (5, 4) if year >= 2007 => Some(GREENERY),
        (5, 5) => Some(CHILDREN),
        (7, 20) if year < 2003 => Some(MARINE),
        (7, _) if year >= 2003 && monday(3) => Some(MARINE),
        (8, 11) if year >= 2016 => Some(MOUNTAIN),
        (9, 15) if year < 2003 => Some(AGED),
        (9, _) if year >= 2003 && monday(3) => Some(AGED),
        (9, _) if day == autumn_equinox(year) => Some(AUTUMN),
        (10, _) if monday(2) => Some(if year < 2020 { HEALTH } else { SPORTS }),
        (10, 22) if year == 2019 => Some(ENTHRONEMENT),
        (11, 3) => Some(CULTURE),
        (11, 23) => Some(LABOUR),
        (12, 23) if year < 2019 => Some(EMPEROR),
        _ => None,
    }
}

/// The day in March, by the usual approximation for 1980 to 2099.
fn spring_equinox(year: i16) -> i8 {
    equinox(20_843_100, year)
}

/// The day in September, by the same.
fn autumn_equinox(year: i16) -> i8 {
    equinox(23_248_800, year)
}

fn equinox(in_1980: i32, year: i16) -> i8 {
    let years = i32::from(year) - 1980;
    let day = (in_1980 + 242_194 * years) / 1_000_000 - years / 4;
    i8::try_from(day).unwrap_or(0)
}

/// Art. 3(2): a holiday on a Sunday moves to the next day that is none; until
/// 2006 to the Monday, whatever it was.
fn is_substitute(date: Date) -> bool {
    let mut before = date;
    loop {
        let Ok(day) = before.yesterday() else {
            return false;
        };
        if national(day).is_none() {
            return false;
        }
        if day.weekday() == Weekday::Sunday {
            return date.year() >= 2007 || date.weekday() == Weekday::Monday;
        }
        before = day;
    }
}

/// Art. 3(3): a day between two national holidays is a holiday; until 2006 not
/// if it was a Sunday.
fn is_between(date: Date) -> bool {
    let is_national = |day: Result<Date, _>| day.is_ok_and(|day| national(day).is_some());
    let counts = date.year() >= 2007 || date.weekday() != Weekday::Sunday;
    counts && is_national(date.yesterday()) && is_national(date.tomorrow())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The days of the Cabinet Office's yearly lists (内閣府「国民の祝日」について),
    /// as month and day.
    #[rustfmt::skip]
    const LISTS: [(i16, &str); 24] = [
        (2004, "0101 0112 0211 0320 0429 0503 0504 0505 0719 0920 0923 1011 1103 1123 1223"),
        (2005, "0101 0110 0211 0320 0321 0429 0503 0504 0505 0718 0919 0923 1010 1103 1123 1223"),
        (2006, "0101 0102 0109 0211 0321 0429 0503 0504 0505 0717 0918 0923 1009 1103 1123 1223"),
        (2007, "0101 0108 0211 0212 0321 0429 0430 0503 0504 0505 0716 0917 0923 0924 1008 1103 1123 1223 1224"),
        (2008, "0101 0114 0211 0320 0429 0503 0504 0505 0506 0721 0915 0923 1013 1103 1123 1124 1223"),
        (2009, "0101 0112 0211 0320 0429 0503 0504 0505 0506 0720 0921 0922 0923 1012 1103 1123 1223"),
        (2010, "0101 0111 0211 0321 0322 0429 0503 0504 0505 0719 0920 0923 1011 1103 1123 1223"),
        (2011, "0101 0110 0211 0321 0429 0503 0504 0505 0718 0919 0923 1010 1103 1123 1223"),
        (2012, "0101 0102 0109 0211 0320 0429 0430 0503 0504 0505 0716 0917 0922 1008 1103 1123 1223 1224"),
        (2013, "0101 0114 0211 0320 0429 0503 0504 0505 0506 0715 0916 0923 1014 1103 1104 1123 1223"),
        (2014, "0101 0113 0211 0321 0429 0503 0504 0505 0506 0721 0915 0923 1013 1103 1123 1124 1223"),
        (2015, "0101 0112 0211 0321 0429 0503 0504 0505 0506 0720 0921 0922 0923 1012 1103 1123 1223"),
        (2016, "0101 0111 0211 0320 0321 0429 0503 0504 0505 0718 0811 0919 0922 1010 1103 1123 1223"),
        (2017, "0101 0102 0109 0211 0320 0429 0503 0504 0505 0717 0811 0918 0923 1009 1103 1123 1223"),
        (2018, "0101 0108 0211 0212 0321 0429 0430 0503 0504 0505 0716 0811 0917 0923 0924 1008 1103 1123 1223 1224"),
        (2019, "0101 0114 0211 0321 0429 0430 0501 0502 0503 0504 0505 0506 0715 0811 0812 0916 0923 1014 1022 1103 1104 1123"),
        (2020, "0101 0113 0211 0223 0224 0320 0429 0503 0504 0505 0506 0723 0724 0810 0921 0922 1103 1123"),
        (2021, "0101 0111 0211 0223 0320 0429 0503 0504 0505 0722 0723 0808 0809 0920 0923 1103 1123"),
        (2022, "0101 0110 0211 0223 0321 0429 0503 0504 0505 0718 0811 0919 0923 1010 1103 1123"),
        (2023, "0101 0102 0109 0211 0223 0321 0429 0503 0504 0505 0717 0811 0918 0923 1009 1103 1123"),
        (2024, "0101 0108 0211 0212 0223 0320 0429 0503 0504 0505 0506 0715 0811 0812 0916 0922 0923 1014 1103 1104 1123"),
        (2025, "0101 0113 0211 0223 0224 0320 0429 0503 0504 0505 0506 0721 0811 0915 0923 1013 1103 1123 1124"),
        (2026, "0101 0112 0211 0223 0320 0429 0503 0504 0505 0506 0720 0811 0921 0922 0923 1012 1103 1123"),
        (2027, "0101 0111 0211 0223 0321 0322 0429 0503 0504 0505 0719 0811 0920 0923 1011 1103 1123"),
    ];

    #[test]
    fn the_computed_days_are_those_of_the_published_lists() {
        for (year, published) in LISTS {
            let mut computed = vec![];
            let mut date = Date::new(year, 1, 1).unwrap();
            while date.year() == year {
                if holiday(LegalDate(date)).is_some() {
                    computed.push(format!("{:02}{:02}", date.month(), date.day()));
                }
                date = date.tomorrow().unwrap();
            }
            assert_eq!(computed.join(" "), published, "in {year}");
        }
    }

    fn name(day: &str) -> Option<&'static str> {
        holiday(day.parse().unwrap()).map(|holiday| holiday.ja)
    }

    #[test]
    fn moved_and_single_holidays_have_their_names() {
        assert_eq!(name("2019-05-01"), Some("即位の日"));
        assert_eq!(name("2019-04-30"), Some("国民の休日"));
        assert_eq!(name("2019-05-06"), Some("振替休日"));
        assert_eq!(name("2019-10-22"), Some("即位礼正殿の儀の日"));
        assert_eq!(name("2020-07-23"), Some("海の日"));
        assert_eq!(name("2020-10-12"), None);
        assert_eq!(name("2021-08-08"), Some("山の日"));
        assert_eq!(name("2021-08-09"), Some("振替休日"));
        assert_eq!(name("2021-10-11"), None);
        // A day between Respect for the Aged Day and the equinox.
        assert_eq!(name("2026-09-22"), Some("国民の休日"));
        // Three holidays in a row, the first a Sunday.
        assert_eq!(name("2026-05-06"), Some("振替休日"));
        assert_eq!(name("2026-11-03"), Some("文化の日"));
    }
}
