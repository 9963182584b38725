//! Erasing personal data: the event first, then the key, then the files.

use application::{CommandError, Request};
use async_graphql::{Context, ID, InputObject, Object, SimpleObject, Union};
use domain::{
    Actor, Checked,
    ids::{SubjectId, SubmissionId},
    personal_data::{self, Command, Ground, PersonalData},
};
use event_store::Position;
use futures::StreamExt;
use ulid::Ulid;
use vault::{Erasure, KeyError};

use super::request;
use crate::{
    context::Ask,
    desk::Desk,
    files,
    http::{ApiError, Text},
    public_comment::authors::Authors,
    refusal::{Refusal, refused_or_failed},
    scalars::{CommandUlid, LogPosition, following, parse_id},
};

/// As many persons are erased at once at most: it ends within the time that a
/// request has.
const MOST_AT_ONCE: usize = 1_000;
/// As many events are on their way to the log side by side.
const SIDE_BY_SIDE: usize = 64;

/// Erases the personal data of a submitter for good.
#[derive(InputObject)]
pub struct ErasePersonalDataInput {
    /// Made by the client, once for this erasure.
    pub command_id: CommandUlid,
    /// The submission whose submitter is erased.
    pub submission: ID,
    /// The law.
    pub legal_basis: String,
    /// The number of the decision.
    pub decision_no: String,
    /// Whether the person asked for it. If not, the retention period of all
    /// their records must be over.
    pub requested_by_person: bool,
}

/// Erases everybody whose data need not be kept any longer.
#[derive(InputObject)]
pub struct ErasePersonalDataByScheduleInput {
    /// Made by the client, once for this erasure.
    pub command_id: CommandUlid,
    /// The law.
    pub legal_basis: String,
    /// The number of the decision.
    pub decision_no: String,
}

/// The data were erased: their key is in no file any more.
#[derive(SimpleObject)]
pub struct ErasePersonalDataPayload {
    /// The pseudonym behind which nobody stands any more.
    pub subject: ID,
    /// The place in the log of the event that tells of it.
    pub position: Option<LogPosition>,
}

/// What became of the command.
#[derive(Union)]
pub enum ErasePersonalDataResult {
    /// It was recorded and done.
    Recorded(ErasePersonalDataPayload),
    /// The rules say no.
    Refused(Refusal),
}

/// Those were erased whose data need not be kept any longer.
#[derive(SimpleObject)]
pub struct ErasePersonalDataBySchedulePayload {
    /// How many persons.
    pub erased_count: u32,
    /// How many are still due: up to a thousand are erased at once. Ask again
    /// for them.
    pub remaining_count: u32,
    /// The place in the log of the last event that tells of it.
    pub position: Option<LogPosition>,
}

/// What became of the command.
#[derive(Union)]
pub enum ErasePersonalDataByScheduleResult {
    /// It was recorded and done.
    Recorded(ErasePersonalDataBySchedulePayload),
    /// The rules say no.
    Refused(Refusal),
}

/// Erasing personal data.
#[derive(Default)]
pub struct ErasureMutation;

/// Erasing personal data.
#[Object]
impl ErasureMutation {
    /// Erases the personal data of a submitter for good. For records managers,
    /// with the law and the number of the decision. The log keeps its
    /// commitments, and every proof stays.
    async fn erase_personal_data(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose, and by which decision.")] input: ErasePersonalDataInput,
    ) -> Result<ErasePersonalDataResult, ApiError> {
        let (actor, _) = ctx.viewer().officer().await?;
        let desk = ctx.desk();
        let id: SubmissionId = parse_id(&input.submission)?;
        let city = desk.city();
        let case = city
            .public_comment
            .of_submission(id)
            .ok_or(ApiError::NotFound)?;
        let submission = case.submission(id).ok_or(ApiError::NotFound)?;
        let subject = submission.subject;
        let author = Authors::of(desk, [submission.as_ref()]).await?;
        let command = Command::ErasePersonalData {
            subject,
            legal_basis: author.check(input.legal_basis),
            decision_no: author.check(input.decision_no),
            ground: if input.requested_by_person {
                Ground::Request
            } else {
                Ground::Schedule(case.records_of(subject))
            },
        };
        let request = request(input.command_id.0, subject, actor, command)?;
        let erased = carry_out(desk, vec![(subject, request)]).await?;
        if let Some(error) = erased.failed {
            return refused_or_failed(error).map(ErasePersonalDataResult::Refused);
        }
        Ok(ErasePersonalDataResult::Recorded(
            ErasePersonalDataPayload {
                subject: subject.to_string().into(),
                position: erased.last.map(LogPosition),
            },
        ))
    }

    /// Erases everybody whose retention periods are over, the longest due
    /// first. For records managers, with the law and the number of the
    /// decision. Whoever is erased already is nothing new, so it can be asked
    /// again at any time.
    async fn erase_personal_data_by_schedule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "By which decision.")] input: ErasePersonalDataByScheduleInput,
    ) -> Result<ErasePersonalDataByScheduleResult, ApiError> {
        let (actor, _) = ctx.viewer().officer().await?;
        let decision = Decision {
            legal_basis: input.legal_basis,
            decision_no: input.decision_no,
        };
        let erased = erase_by_schedule(ctx.desk(), actor, input.command_id.0, &decision).await?;
        Ok(match erased {
            Ok(erased) => {
                ErasePersonalDataByScheduleResult::Recorded(ErasePersonalDataBySchedulePayload {
                    erased_count: u32::try_from(erased.count).unwrap_or(u32::MAX),
                    remaining_count: u32::try_from(erased.remaining).unwrap_or(u32::MAX),
                    position: erased.last.map(LogPosition),
                })
            }
            Err(refusal) => ErasePersonalDataByScheduleResult::Refused(refusal),
        })
    }
}

/// The decision by which many are erased: it speaks of no person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The law.
    pub legal_basis: String,
    /// Its number.
    pub decision_no: String,
}

/// Who was erased by schedule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ErasedBySchedule {
    /// How many persons.
    pub count: usize,
    /// How many are still due.
    pub remaining: usize,
    /// The last event that tells of it.
    pub last: Option<Position>,
}

/// Erases those whose data need not be kept any longer, up to a thousand, the
/// longest due first.
pub async fn erase_by_schedule(
    desk: &Desk,
    actor: Actor,
    command: Ulid,
    decision: &Decision,
) -> Result<Result<ErasedBySchedule, Refusal>, ApiError> {
    let (city, today) = (desk.city(), desk.today());
    let Some(retention) = city.retention_on(today) else {
        return Ok(Ok(ErasedBySchedule::default()));
    };
    let due = city.due_for_erasure(&retention.parameters, today);
    let of_nobody = |text: &String| Checked {
        text: text.clone(),
        repeats_personal_data: false,
    };
    let mut requests = Vec::with_capacity(due.len().min(MOST_AT_ONCE));
    for due in due.iter().take(MOST_AT_ONCE) {
        let erase = Command::ErasePersonalData {
            subject: due.subject,
            legal_basis: of_nobody(&decision.legal_basis),
            decision_no: of_nobody(&decision.decision_no),
            ground: Ground::Schedule(Some(due.records.clone())),
        };
        let command = following(command, due.subject);
        requests.push((
            due.subject,
            request(command, due.subject, actor.clone(), erase)?,
        ));
    }
    let erased = carry_out(desk, requests).await?;
    match erased.failed {
        Some(error) if erased.count == 0 => refused_or_failed(error).map(Err),
        failed => {
            if let Some(error) = failed {
                tracing::warn!(?error, "not everybody who is due was erased");
            }
            Ok(Ok(ErasedBySchedule {
                count: erased.count,
                remaining: due.len().saturating_sub(erased.count),
                last: erased.last,
            }))
        }
    }
}

/// What became of erasures.
#[derive(Default)]
struct Erased {
    count: usize,
    last: Option<Position>,
    /// Why somebody was not erased.
    failed: Option<CommandError<personal_data::Refusal>>,
}

/// Records erasures, and does them. Goes on when whoever asked hangs up: what is
/// recorded would otherwise be done at the next start only, which replays the
/// erasures of the log.
async fn carry_out(
    desk: &Desk,
    requests: Vec<(SubjectId, Request<PersonalData>)>,
) -> Result<Erased, ApiError> {
    let desk = desk.clone();
    let done = tokio::spawn(async move {
        let answers = futures::stream::iter(requests)
            .map(|(subject, request)| {
                let sequencer = desk.sequencer.clone();
                async move { (subject, sequencer.ask(request).await) }
            })
            .buffer_unordered(SIDE_BY_SIDE)
            .collect::<Vec<_>>()
            .await;
        let mut erased = Erased::default();
        let mut keys = Vec::with_capacity(answers.len());
        for (subject, answer) in answers {
            let accepted = match answer {
                Ok(accepted) => accepted,
                Err(error) => {
                    erased.failed.get_or_insert(error);
                    continue;
                }
            };
            erased.last = erased
                .last
                .max(accepted.receipt.map(|receipt| receipt.last));
            if let Some(event) = accepted.events.last() {
                keys.push(Erasure {
                    subject: subject.to_string().parse().map_err(ApiError::internal)?,
                    event: event.metadata.event.to_string(),
                });
            }
        }
        erased.count = keys.len();
        if keys.is_empty() && erased.failed.is_some() {
            return Ok(erased);
        }
        // Also where nobody is left to erase: it confirms that no key waits for
        // room on the disk to be destroyed.
        let destroyed = desk.keys().erase(keys).await;
        // Afterwards nothing is kept that these keys opened; and if they could
        // not be destroyed, the log says nonetheless that it is erased.
        desk.opened.forget();
        destroyed.map_err(not_destroyed)?;
        if let Some(last) = erased.last
            && let Err(stopped) = desk.reader.at_least(last).await
        {
            tracing::error!(%stopped, "an erasure was recorded and cannot be read");
        }
        // Files under destroyed keys are of no use to anybody.
        files::settle(&desk).await;
        Ok(erased)
    });
    done.await.map_err(ApiError::internal)?
}

/// Why keys are still in the files whose erasure is recorded.
fn not_destroyed(error: KeyError) -> ApiError {
    match error {
        KeyError::Full(reason) => {
            tracing::error!(%reason, "erased keys are still in the files");
            ApiError::Unavailable(Text::new(
                "消去は記録され、内容はもう読めません。ディスクに空きがなく、鍵の破棄が終わっていません。空きができたら同じコマンドIDで送り直してください",
                "the erasure is recorded and nothing can be read any more; for want of room on the disk the key is not destroyed yet: send it again with the same command id",
            ))
        }
        other => ApiError::internal(other),
    }
}
