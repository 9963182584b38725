//! That the rules say no, as clients see it.

use application::CommandError;
use async_graphql::SimpleObject;
use domain::{Language, refusal};

use crate::http::{ApiError, Text};

/// The rules say no. Nothing was recorded.
#[derive(Clone, Debug, SimpleObject)]
pub struct Refusal {
    /// The rule that spoke, as a stable code in SCREAMING_SNAKE_CASE.
    pub code: String,
    /// 何が問題で、どうすればよいか。
    pub message_ja: String,
    /// What is wrong and what to do.
    pub message_en: String,
}

impl Refusal {
    /// A refusal of an institution.
    pub fn of(refusal: &impl refusal::Refusal) -> Self {
        Self {
            code: refusal.code().to_owned(),
            message_ja: refusal.sentence(Language::Ja),
            message_en: refusal.sentence(Language::En),
        }
    }

    /// A refusal of ours, before or after any institution is asked.
    pub(crate) fn new(code: &str, message: Text) -> Self {
        Self {
            code: code.to_owned(),
            message_ja: message.ja.into_owned(),
            message_en: message.en.into_owned(),
        }
    }

    /// The same, counted.
    pub(crate) fn counted(self) -> Self {
        metrics::counter!("hiroba_refusals_total", "code" => self.code.clone()).increment(1);
        self
    }
}

/// Tells a refusal, which is an answer, from what nobody planned.
pub fn refused_or_failed<R: refusal::Refusal>(error: CommandError<R>) -> Result<Refusal, ApiError> {
    answer_to(error).map(Refusal::counted)
}

fn answer_to<R: refusal::Refusal>(error: CommandError<R>) -> Result<Refusal, ApiError> {
    Err(match error {
        CommandError::Refused(refusal) => return Ok(Refusal::of(&refusal)),
        CommandError::CommandIdTaken => {
            return Ok(Refusal::new(
                "COMMAND_ID_TAKEN",
                Text::new(
                    "このコマンドIDは別の依頼で使われています。新しいIDで送り直してください。",
                    "This command id belongs to another request. Send it again with a new one.",
                ),
            ));
        }
        CommandError::NothingInForce(day) => {
            return Ok(Refusal::new(
                "NO_ORDINANCE_IN_FORCE",
                Text::new(
                    format!("{day}に施行されている条例がありません。条例の版を登録してください。"),
                    format!("No ordinance is in force on {day}. Record the version that is."),
                ),
            ));
        }
        CommandError::TooLarge(_) => {
            return Ok(Refusal::new(
                "TOO_LARGE",
                Text::new(
                    "一度に記録できる大きさを超えています。分けるか、添付ファイルにしてください。",
                    "This is more than can be recorded at once. Split it, or attach it as a file.",
                ),
            ));
        }
        CommandError::ReadOnly(reason) => {
            tracing::error!(%reason, "the log takes no events");
            ApiError::nothing_recorded()
        }
        CommandError::Unknown => ApiError::Unavailable(Text::new(
            "記録されたか確認できませんでした。同じコマンドIDで送り直してください。二重に記録されることはありません。",
            "it is not known whether this was recorded; send it again with the same command id, it will not be recorded twice",
        )),
        CommandError::Internal(cause) => ApiError::internal(cause),
    })
}
