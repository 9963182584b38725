//! The languages of the pages.

/// A language of the pages. `?lang=` names it; without one a page is in the
/// language that the reader chose before, or Japanese.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Locale {
    /// 日本語
    #[default]
    Ja,
    /// やさしい日本語
    Easy,
    /// English
    En,
}

impl Locale {
    pub(crate) const ALL: [Self; 3] = [Self::Ja, Self::Easy, Self::En];

    /// The language that `?lang=` names.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|locale| locale.name() == name)
    }

    /// Its name in `?lang=`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::Easy => "easy",
            Self::En => "en",
        }
    }

    /// Its tag, for search engines.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::Easy => "ja-x-easy",
            Self::En => "en",
        }
    }

    /// What `lang` says of a text in it.
    pub(crate) fn html_lang(self) -> &'static str {
        match self {
            Self::Ja | Self::Easy => "ja",
            Self::En => "en",
        }
    }

    /// How it calls itself.
    pub(crate) fn own_name(self) -> &'static str {
        match self {
            Self::Ja => "日本語",
            Self::Easy => "やさしい日本語",
            Self::En => "English",
        }
    }
}
