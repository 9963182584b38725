//! Problems with the definition of a referendum.

use crate::text::{Text, text};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DefinitionProblem {
    Malformed { detail: String },
    NoName,
    NoQuestions,
    Question { number: usize, detail: String },
    NoTrustees,
    TrusteeNames,
    Threshold { members: usize },
}

impl DefinitionProblem {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Malformed { .. } => "DEFINITION_MALFORMED",
            Self::NoName => "DEFINITION_WITHOUT_NAME",
            Self::NoQuestions => "DEFINITION_WITHOUT_QUESTIONS",
            Self::Question { .. } => "DEFINITION_QUESTION",
            Self::NoTrustees => "DEFINITION_WITHOUT_TRUSTEES",
            Self::TrusteeNames => "DEFINITION_TRUSTEE_NAMES",
            Self::Threshold { .. } => "DEFINITION_THRESHOLD",
        }
    }

    pub(super) fn text(&self) -> Text {
        match self {
            Self::Malformed { detail } => text!(
                "定義ファイルを読めません。`hiroba referendum create --example` の例と比べてください。\n{detail}",
                "The definition cannot be read. Compare it with the example of `hiroba referendum create --example`.\n{detail}"
            ),
            Self::NoName => text!(
                "住民投票の名前（name）が空です。名前を書いてください。",
                "The referendum has no name. Write one in `name`."
            ),
            Self::NoQuestions => text!(
                "問いがありません。[[question]] を一つ以上書いてください。",
                "There are no questions. Write at least one [[question]]."
            ),
            Self::Question { number, detail } => text!(
                "問い {number} はこのままでは問えません（{detail}）。定義を直してください。",
                "Question {number} cannot be asked as it stands: {detail}. Correct the definition."
            ),
            Self::NoTrustees => text!(
                "鍵の保管者がいません。[trustees] の single か members に名前を書いてください。",
                "There are no trustees. Name them in [trustees], in `single` or `members`."
            ),
            Self::TrusteeNames => text!(
                "鍵の保管者の名前が空か、重なっています。区別できる名前にしてください。",
                "A trustee's name is empty or used twice. Give each a name of their own."
            ),
            Self::Threshold { members } => text!(
                "threshold は 1 以上 {members}（members の人数）以下でなければなりません。members がいなければ書かないでください。",
                "`threshold` must be between 1 and {members}, the number of `members`; without members leave it out."
            ),
        }
    }
}
