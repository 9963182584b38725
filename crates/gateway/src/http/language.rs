//! The two languages in which the gateway itself speaks.

use std::borrow::Cow;

use axum::http::{HeaderMap, header};

/// A language of messages. Japanese unless the client prefers English.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// 日本語
    #[default]
    Japanese,
    /// English
    English,
}

impl Language {
    /// The language that `Accept-Language` ranks highest among ours.
    pub fn of(headers: &HeaderMap) -> Self {
        let Some(accepted) = headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
        else {
            return Self::default();
        };
        let mut best = (0.0, Self::default());
        for range in accepted.split(',') {
            let (tag, quality) = super::negotiation::weighted(range);
            let language = match tag.split('-').next().unwrap_or_default() {
                primary if primary.eq_ignore_ascii_case("ja") => Self::Japanese,
                primary if primary.eq_ignore_ascii_case("en") => Self::English,
                "*" => Self::default(),
                _ => continue,
            };
            if best.0 < quality {
                best = (quality, language);
            }
        }
        best.1
    }

    /// The tag of the language.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Japanese => "ja",
            Self::English => "en",
        }
    }
}

/// One sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// 日本語
    pub ja: Cow<'static, str>,
    /// English
    pub en: Cow<'static, str>,
}

impl Text {
    /// The same sentence twice.
    pub fn new(ja: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Self {
        Self {
            ja: ja.into(),
            en: en.into(),
        }
    }

    /// The sentence in one language.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Japanese => &self.ja,
            Language::English => &self.en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(accepted: &'static str) -> Language {
        Language::of(&HeaderMap::from_iter([(
            header::ACCEPT_LANGUAGE,
            axum::http::HeaderValue::from_static(accepted),
        )]))
    }

    #[test]
    fn japanese_is_spoken_unless_english_is_preferred() {
        assert_eq!(Language::of(&HeaderMap::new()), Language::Japanese);
        assert_eq!(language("*"), Language::Japanese);
        assert_eq!(language("fr, en;q=0.5"), Language::English);
        assert_eq!(language("en-GB,en;q=0.9,ja;q=0.8"), Language::English);
        assert_eq!(language("en;q=0.7, ja-JP;q=0.8"), Language::Japanese);
        assert_eq!(language("en;q=0"), Language::Japanese);
    }
}
