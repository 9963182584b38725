//! The words of the pages: those of the web client, which writes them down in
//! `words.json` (`npm run words`), so that nothing is called by two names.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use super::{
    locale::Locale,
    said::{SAID_EASY, SAID_EN, SAID_JA, Said},
};
use crate::{public_comment::pages::PublicCommentWords, search::page::SearchWords};

/// A sentence with places for values, `{0}`, `{1}`, …
#[derive(Debug, Deserialize)]
pub(crate) struct Sentence {
    many: String,
    /// What it says if its last value is 0.
    none: Option<String>,
    /// What it says if its last value is 1.
    one: Option<String>,
}

impl Sentence {
    /// The sentence with its values. Places in a value stay as they are.
    pub(crate) fn of(&self, values: &[&str]) -> String {
        let special = match values.last() {
            Some(&"0") => self.none.as_ref(),
            Some(&"1") => self.one.as_ref(),
            _ => None,
        };
        let mut said = String::new();
        let mut rest = special.unwrap_or(&self.many).as_str();
        while let Some((before, after)) = rest.split_once('{') {
            said.push_str(before);
            let place = after.split_once('}').and_then(|(place, rest)| {
                let value = values.get(place.parse::<usize>().ok()?)?;
                Some((value, rest))
            });
            if let Some((value, after)) = place {
                said.push_str(value);
                rest = after;
            } else {
                said.push('{');
                rest = after;
            }
        }
        said.push_str(rest);
        said
    }

    /// The sentence with a number.
    pub(crate) fn count(&self, number: impl Into<i64>) -> String {
        self.of(&[&grouped(number.into())])
    }
}

/// A number with commas between thousands, as both languages write it.
pub(crate) fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::from(if number < 0 { "-" } else { "" });
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The words of one language.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Words {
    pub(crate) frame: FrameWords,
    pub(crate) public_comment: PublicCommentWords,
    pub(crate) receipts: ReceiptWords,
    pub(crate) help: HelpWords,
    pub(crate) search: SearchWords,
}

impl Words {
    /// The words of a language.
    pub(crate) fn of(locale: Locale) -> &'static Self {
        match locale {
            Locale::Ja => &CATALOGUE.ja,
            Locale::Easy => &CATALOGUE.easy,
            Locale::En => &CATALOGUE.en,
        }
    }

    /// What only the pages of the server say.
    pub(crate) fn said(locale: Locale) -> &'static Said {
        match locale {
            Locale::Ja => &SAID_JA,
            Locale::Easy => &SAID_EASY,
            Locale::En => &SAID_EN,
        }
    }
}

/// The name of a ward; a code that is not known is shown as it is.
pub(crate) fn ward_name(code: &str) -> &str {
    CATALOGUE.wards.get(code).map_or(code, String::as_str)
}

#[derive(Debug, Deserialize)]
struct Catalogue {
    wards: BTreeMap<String, String>,
    ja: Words,
    easy: Words,
    en: Words,
}

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    serde_json::from_str(include_str!("words.json")).expect("words.json is part of the program")
});

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FrameWords {
    pub(crate) site: String,
    pub(crate) skip: String,
    pub(crate) footer: String,
    pub(crate) nav: NavWords,
    pub(crate) display: DisplayWords,
    pub(crate) notice: NoticeWords,
    pub(crate) states: StateWords,
    pub(crate) travel: TravelWords,
    pub(crate) chart: ChartWords,
    pub(crate) diff: DiffWords,
    colon: Sentence,
}

impl FrameWords {
    /// A name before what it names.
    pub(crate) fn colon(&self, name: &str) -> String {
        self.colon.of(&[name])
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct NavWords {
    pub(crate) label: String,
    pub(crate) home: String,
    pub(crate) receipt: String,
    pub(crate) log: String,
    pub(crate) mine: String,
    pub(crate) help: String,
    pub(crate) accessibility: String,
    pub(crate) staff: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct DisplayWords {
    pub(crate) language: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct NoticeWords {
    pub(crate) info: String,
    pub(crate) success: String,
    pub(crate) warning: String,
    pub(crate) error: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StateWords {
    pub(crate) error_title: String,
    pub(crate) error: String,
    pub(crate) request_id: Sentence,
    pub(crate) not_found_title: String,
    pub(crate) not_found: String,
    pub(crate) rate_limited: String,
    pub(crate) more: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct TravelWords {
    pub(crate) title: String,
    pub(crate) at: Sentence,
    pub(crate) back: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ChartWords {
    pub(crate) count: String,
    pub(crate) share: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct DiffWords {
    pub(crate) added: String,
    pub(crate) removed: String,
    pub(crate) end: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReceiptWords {
    pub(crate) title: String,
    pub(crate) position: String,
    pub(crate) position_hint: String,
    pub(crate) check: String,
    pub(crate) bad_number: String,
    pub(crate) titles: VerdictWords,
    pub(crate) texts: VerdictWords,
    pub(crate) size: String,
    pub(crate) entries: Sentence,
    pub(crate) entry: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VerdictWords {
    pub(crate) found: String,
    pub(crate) not_found: String,
    pub(crate) behind: String,
    pub(crate) tampered: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct HelpWords {
    pub(crate) title: String,
    pub(crate) questions: Vec<(String, String)>,
    pub(crate) accessibility: AccessibilityWords,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccessibilityWords {
    pub(crate) title: String,
    pub(crate) policy: String,
    pub(crate) means: Vec<String>,
    pub(crate) results: String,
    pub(crate) standard: String,
    pub(crate) level: String,
    pub(crate) technologies: String,
    pub(crate) tested: String,
    pub(crate) rules: String,
    pub(crate) violations: String,
    pub(crate) method: String,
    pub(crate) method_text: String,
    pub(crate) hand: String,
    pub(crate) hand_text: String,
    pub(crate) not_yet: String,
    pub(crate) contact: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_its_words() {
        for locale in Locale::ALL {
            let words = Words::of(locale);
            assert!(!words.help.questions.is_empty());
            assert!(
                words
                    .public_comment
                    .search
                    .found
                    .count(12_345)
                    .contains("12,345")
            );
        }
        assert_eq!(ward_name("141321"), "幸区");
        assert_eq!(ward_name("999999"), "999999");
    }

    #[test]
    fn a_sentence_takes_values_as_they_are() {
        let sentence = Sentence {
            many: "{0} {1} {2} {".to_owned(),
            none: None,
            one: Some("one".to_owned()),
        };
        assert_eq!(sentence.of(&["{1}", "b"]), "{1} b {2} {");
        assert_eq!(sentence.of(&["1"]), "one");
        assert_eq!(sentence.of(&["0"]), "0 {1} {2} {");
        assert_eq!(grouped(-1_234_567), "-1,234,567");
        assert_eq!(grouped(999), "999");
    }
}
