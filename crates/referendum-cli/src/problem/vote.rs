//! Problems with ballots, choices and credentials.

use std::path::PathBuf;

use crate::text::{Text, text};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum VoteProblem {
    /// The text is no credential. It is not repeated: it may be nearly one.
    CredentialMalformed,
    /// The credential is not in the public list.
    CredentialUnknown,
    ChoicesMalformed {
        detail: String,
    },
    /// Answers to another number of questions.
    ChoicesNumber {
        expected: usize,
        found: usize,
    },
    UnknownAnswer {
        question: usize,
        answer: String,
        known: Vec<String>,
    },
    NoBlank {
        question: usize,
    },
    NotAllowed {
        question: usize,
        chosen: usize,
        least: u64,
        most: u64,
    },
    /// A ballot that is not added.
    Refused {
        path: PathBuf,
        line: usize,
        detail: String,
    },
}

impl VoteProblem {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::CredentialMalformed => "CREDENTIAL_MALFORMED",
            Self::CredentialUnknown => "CREDENTIAL_UNKNOWN",
            Self::ChoicesMalformed { .. } => "CHOICES_MALFORMED",
            Self::ChoicesNumber { .. } => "CHOICES_NUMBER",
            Self::UnknownAnswer { .. } => "CHOICES_ANSWER_UNKNOWN",
            Self::NoBlank { .. } => "CHOICES_NO_BLANK",
            Self::NotAllowed { .. } => "CHOICES_NOT_ALLOWED",
            Self::Refused { .. } => "BALLOT_REFUSED",
        }
    }

    pub(super) fn text(&self) -> Text {
        match self {
            Self::CredentialMalformed => text!(
                "投票符号の形が違います。入場券の符号を、ハイフンを含めて 5-6-5-6 文字のとおりに入力してください（数字の 0 と英字の O・I・l は使われません）。",
                "This is not a credential. Type it as on the polling card: groups of 5, 6, 5 and 6 characters with hyphens (0, O, I and l never occur)."
            ),
            Self::CredentialUnknown => text!(
                "この投票符号は公開符号の一覧にありません。打ち間違いか、別の住民投票の券です。券を確かめてください。",
                "This credential is not in the public list: a slip of the keyboard, or the card of another referendum. Check the card."
            ),
            Self::ChoicesMalformed { detail } => text!(
                "選択のファイルを読めません（{detail}）。問いごとに選んだ答えを並べてください。例: [[\"賛成\"], [1, 3], \"blank\"]",
                "The choices cannot be read ({detail}). Give for each question the chosen answers, for example [[\"賛成\"], [1, 3], \"blank\"]."
            ),
            Self::ChoicesNumber { expected, found } => text!(
                "問いは {expected} 個ですが、答えは {found} 個あります。問いごとに一組ずつ書いてください。",
                "There are {expected} questions and answers to {found}. Give one list for each question."
            ),
            Self::UnknownAnswer {
                question,
                answer,
                known,
            } => {
                let known = crate::text::list(known);
                text!(
                    "問い {question} に「{answer}」という答えはありません。選べるのは {known} です。",
                    "Question {question} has no answer \"{answer}\"; there are {known}."
                )
            }
            Self::NoBlank { question } => text!(
                "問い {question} には別立ての白票がありません。答えの中から選んでください。",
                "Question {question} has no separate blank vote. Choose among its answers."
            ),
            Self::NotAllowed {
                question,
                chosen,
                least,
                most,
            } => text!(
                "問い {question} では {least} 個以上 {most} 個以下を選びます。{chosen} 個選ばれています。選び直してください。",
                "Question {question} takes {least} to {most} answers; {chosen} are chosen. Choose again."
            ),
            Self::Refused { path, line, detail } => {
                let path = path.display();
                text!(
                    "{path} の {line} 行目の票は加えませんでした（{detail}）。投票した人に作り直してもらってください。",
                    "The ballot in line {line} of {path} was not added: {detail}. The voter has to make it again."
                )
            }
        }
    }
}
