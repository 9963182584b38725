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
}

/// Tells a refusal, which is an answer, from what nobody planned.
pub fn refused_or_failed<R: refusal::Refusal>(error: CommandError<R>) -> Result<Refusal, ApiError> {
    Err(match error {
        CommandError::Refused(refusal) => return Ok(Refusal::of(&refusal)),
        CommandError::CommandIdTaken => {
            return Ok(Refusal {
                code: "COMMAND_ID_TAKEN".to_owned(),
                message_ja:
                    "このコマンドIDは別の依頼で使われています。新しいIDで送り直してください。"
                        .to_owned(),
                message_en:
                    "This command id belongs to another request. Send it again with a new one."
                        .to_owned(),
            });
        }
        CommandError::NothingInForce(day) => {
            return Ok(Refusal {
                code: "NO_ORDINANCE_IN_FORCE".to_owned(),
                message_ja: format!(
                    "{day}に施行されている条例がありません。条例の版を登録してください。"
                ),
                message_en: format!(
                    "No ordinance is in force on {day}. Record the version that is."
                ),
            });
        }
        CommandError::TooLarge(_) => {
            return Ok(Refusal {
                code: "TOO_LARGE".to_owned(),
                message_ja:
                    "一度に記録できる大きさを超えています。分けるか、添付ファイルにしてください。"
                        .to_owned(),
                message_en:
                    "This is more than can be recorded at once. Split it, or attach it as a file."
                        .to_owned(),
            });
        }
        CommandError::ReadOnly(reason) => {
            tracing::error!(%reason, "the log takes no events");
            ApiError::Unavailable(Text::new(
                "現在、記録できません。内容は失われていません。時間をおいて同じ内容を送り直してください。",
                "nothing can be recorded at the moment; send the same again later",
            ))
        }
        CommandError::Unknown => ApiError::Unavailable(Text::new(
            "記録されたか確認できませんでした。同じコマンドIDで送り直してください。二重に記録されることはありません。",
            "it is not known whether this was recorded; send it again with the same command id, it will not be recorded twice",
        )),
        CommandError::Internal(cause) => ApiError::internal(cause),
    })
}
