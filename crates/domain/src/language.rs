//! The two languages that people read here.

use serde::{Deserialize, Serialize};

/// A language of the interface. Japanese is the original, English complete.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// 日本語.
    #[default]
    Ja,
    /// English.
    En,
}

impl Language {
    /// Both languages.
    pub const ALL: [Self; 2] = [Self::Ja, Self::En];
}

/// A text that the city writes in Japanese, and in English where it can.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    /// The text that counts.
    pub ja: String,
    /// Its translation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
}

impl Bilingual {
    /// A text with its translation.
    pub fn new(ja: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            ja: ja.into(),
            en: Some(en.into()),
        }
    }

    /// A text without a translation.
    pub fn ja(ja: impl Into<String>) -> Self {
        Self {
            ja: ja.into(),
            en: None,
        }
    }

    /// The text in a language; Japanese where there is no translation.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Ja => &self.ja,
            Language::En => self.en.as_deref().unwrap_or(&self.ja),
        }
    }

    /// Whether nothing is written in it.
    pub fn is_blank(&self) -> bool {
        self.ja.trim().is_empty()
    }
}
