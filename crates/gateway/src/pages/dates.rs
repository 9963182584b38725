//! Days and moments in both calendars, 西暦 and 和暦.

use domain::LegalDate;
use jiff::{
    Timestamp,
    civil::Weekday,
    tz::{TimeZone, offset},
};
use maud::{Markup, html};

use super::locale::Locale;

/// First day of each era that a living person may meet, as (year, month, day).
const ERAS: [((i16, i8, i8), &str, &str); 4] = [
    ((2019, 5, 1), "令和", "Reiwa"),
    ((1989, 1, 8), "平成", "Heisei"),
    ((1926, 12, 25), "昭和", "Showa"),
    ((1912, 7, 30), "大正", "Taisho"),
];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A day in words: 2026年11月22日（令和8年）日曜日.
pub(crate) fn day(date: LegalDate, locale: Locale) -> String {
    let (year, month, day) = (date.0.year(), date.0.month(), date.0.day());
    let era = ERAS.iter().find(|(from, ..)| *from <= (year, month, day));
    let (ja, en) = match date.0.weekday() {
        Weekday::Sunday => ("日", "Sunday"),
        Weekday::Monday => ("月", "Monday"),
        Weekday::Tuesday => ("火", "Tuesday"),
        Weekday::Wednesday => ("水", "Wednesday"),
        Weekday::Thursday => ("木", "Thursday"),
        Weekday::Friday => ("金", "Friday"),
        Weekday::Saturday => ("土", "Saturday"),
    };
    if locale == Locale::En {
        let name = usize::try_from(month - 1)
            .ok()
            .and_then(|at| MONTHS.get(at));
        let era = era.map_or_else(String::new, |((first, ..), _, name)| {
            format!(" ({name} {})", year - first + 1)
        });
        return format!("{en} {day} {} {year}{era}", name.unwrap_or(&""));
    }
    let era = era.map_or_else(String::new, |((first, ..), name, _)| {
        match year - first + 1 {
            1 => format!("（{name}元年）"),
            count => format!("（{name}{count}年）"),
        }
    });
    format!("{year}年{month}月{day}日{era}{ja}曜日")
}

/// A moment to the second, in Tokyo's time and said so.
pub(crate) fn moment(moment: Timestamp, locale: Locale) -> String {
    let words = day(LegalDate::of(moment), locale);
    let time = moment.to_zoned(TimeZone::fixed(offset(9))).time();
    let time = format!(
        "{:02}:{:02}:{:02}",
        time.hour(),
        time.minute(),
        time.second()
    );
    match locale {
        Locale::En => format!("{words}, {time} (Japan time)"),
        Locale::Ja | Locale::Easy => format!("{words} {time}（日本時間）"),
    }
}

/// A day as machines and people read it.
pub(crate) fn day_element(date: LegalDate, locale: Locale) -> Markup {
    html! { time datetime=(date) { (day(date, locale)) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_stands_in_both_calendars() {
        let said = |text: &str, locale| day(text.parse().unwrap(), locale);
        assert_eq!(
            said("2026-11-22", Locale::Ja),
            "2026年11月22日（令和8年）日曜日"
        );
        assert_eq!(
            said("2019-05-01", Locale::Easy),
            "2019年5月1日（令和元年）水曜日"
        );
        assert_eq!(
            said("2019-04-30", Locale::En),
            "Tuesday 30 April 2019 (Heisei 31)"
        );
        assert_eq!(said("1912-07-29", Locale::En), "Monday 29 July 1912");
        let late = "2026-03-31T15:00:00Z".parse().unwrap();
        assert_eq!(
            moment(late, Locale::Ja),
            "2026年4月1日（令和8年）水曜日 00:00:00（日本時間）"
        );
        assert_eq!(
            moment(late, Locale::En),
            "Wednesday 1 April 2026 (Reiwa 8), 00:00:00 (Japan time)"
        );
    }
}
