//! Problems with the definition of a referendum.

use crate::text::{Text, text};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DefinitionProblem {
    Malformed { detail: String },
    NoName,
    NoQuestions,
    Question { number: usize, fault: QuestionFault },
    NoTrustees,
    TrusteeNames,
    Threshold { members: usize },
}

/// Why a question cannot be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum QuestionFault {
    AnswersMissing,
    NotTwoAnswers,
    AnswersNotDistinct,
    MostMissing,
    MostIsZero,
    BoundsMisplaced,
    Bounds { least: u64, most: u64 },
    BlankNotCountable,
    BlankNotSeparable,
}

impl QuestionFault {
    fn text(self) -> Text {
        match self {
            Self::AnswersMissing => text!(
                "answers = [...] に答えを書いてください。",
                "Write its answers in answers = [...]."
            ),
            Self::NotTwoAnswers => text!(
                "for-against の答えは二つです。書かなければ賛成と反対になります。",
                "The form for-against has two answers; leave them out for the usual ones."
            ),
            Self::AnswersNotDistinct => text!(
                "同じ答えが二つあるか、空の答えがあります。区別できる答えにしてください。",
                "Two answers are the same, or one is empty. Make them different."
            ),
            Self::MostMissing => text!(
                "いくつまで選べるかを most = ... に書いてください。",
                "Write in most = ... how many may be chosen."
            ),
            Self::MostIsZero => text!(
                "most が 0 では何も選べません。1 以上にしてください。",
                "With most = 0 nothing can be chosen. Make it 1 or more."
            ),
            Self::BoundsMisplaced => text!(
                "least と most は up-to の問いにだけ書けます。消すか、form を up-to にしてください。",
                "Only the form up-to has least and most. Remove them, or use that form."
            ),
            Self::Bounds { least, most } => text!(
                "{least} 個以上 {most} 個以下を、この答えの中から選ぶことはできません。least、most、answers を見直してください。",
                "Between {least} and {most} of these answers cannot be chosen. Correct least, most or answers."
            ),
            Self::BlankNotCountable => text!(
                "blank = \"counted\" は一つだけ選ぶ問いで使えます。separate か none にしてください。",
                "blank = \"counted\" needs a form in which one answer is chosen. Use separate or none."
            ),
            Self::BlankNotSeparable => text!(
                "blank = \"separate\" を使うなら least を 1 以上にしてください。",
                "With blank = \"separate\", least must be 1 or more."
            ),
        }
    }
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
            Self::Question { number, fault } => {
                let Text { ja, en } = fault.text();
                text!(
                    "問い {number} はこのままでは問えません。{ja}",
                    "Question {number} cannot be asked as it stands. {en}"
                )
            }
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
