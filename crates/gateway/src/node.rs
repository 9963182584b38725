//! Types that every institution shares.

use async_graphql::{ID, InputObject, Interface, SimpleObject};

use crate::public_comment::{Item, PublicCommentCase, Submission};

/// Anything with a global id.
#[derive(Clone, Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Its id, unique in the city."))]
pub enum Node {
    /// A public comment case.
    PublicCommentCase(PublicCommentCase),
    /// A submission (通).
    Submission(Submission),
    /// An opinion item (件).
    OpinionItem(Item),
}

/// A text that the city writes in Japanese, and in English where it can.
#[derive(Clone, Debug, SimpleObject)]
pub struct Bilingual {
    /// The text that counts.
    pub ja: String,
    /// Its translation.
    pub en: Option<String>,
}

impl From<&domain::Bilingual> for Bilingual {
    fn from(text: &domain::Bilingual) -> Self {
        Self {
            ja: text.ja.clone(),
            en: text.en.clone(),
        }
    }
}

/// A text in Japanese, with its translation where there is one.
#[derive(Clone, Debug, InputObject)]
pub struct BilingualInput {
    /// The text that counts.
    pub ja: String,
    /// Its translation.
    pub en: Option<String>,
}

impl From<BilingualInput> for domain::Bilingual {
    fn from(text: BilingualInput) -> Self {
        Self {
            ja: text.ja,
            en: text.en.filter(|en| !en.trim().is_empty()),
        }
    }
}
