//! What people read stands in Japanese and in English, side by side.

use clap::ValueEnum;

/// The language in which the program speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// 日本語
    Ja,
    /// English
    En,
}

impl Language {
    /// The language that a locale such as `ja_JP.UTF-8` asks for. Whoever sets none, or one of
    /// no language (`C`, `POSIX`), gets Japanese.
    pub fn of_locale(locale: Option<&str>) -> Self {
        let language = locale.unwrap_or_default().split(['_', '.', '@']).next();
        match language.unwrap_or_default() {
            "" | "C" | "POSIX" | "ja" => Self::Ja,
            _ => Self::En,
        }
    }
}

/// A sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    /// 日本語
    pub(crate) ja: String,
    /// English
    pub(crate) en: String,
}

impl Text {
    /// The sentence in one language.
    pub(crate) fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Ja => &self.ja,
            Language::En => &self.en,
        }
    }
}

/// A [`Text`] of two format strings, the Japanese one first.
macro_rules! text {
    ($ja:literal, $en:literal) => {
        $crate::text::Text {
            ja: format!($ja),
            en: format!($en),
        }
    };
}
pub(crate) use text;

/// Names in a row, joined as both languages join them.
pub(crate) fn list<T: std::fmt::Display>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<_> = items.into_iter().map(|item| item.to_string()).collect();
    items.join(", ")
}
