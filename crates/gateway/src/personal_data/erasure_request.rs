//! Asking for the erasure of one's personal data, and who has asked.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject, Union};
use domain::{Role, ids::SubjectId, personal_data::Command};

use super::request;
use crate::{
    city::Looking,
    context::Ask,
    http::{ApiError, Text},
    public_comment::{
        Submission,
        mutation::{SubmissionRef, find},
    },
    refusal::{Refusal, refused_or_failed},
    scalars::{CommandUlid, DateTime, LogPosition},
};

/// Asks for the erasure of a submitter's personal data.
#[derive(InputObject)]
pub struct RequestErasureInput {
    /// Made by the client, once for this request.
    pub command_id: CommandUlid,
    /// The submission whose submitter asks.
    pub submission: SubmissionRef,
}

/// The request stands in the log.
#[derive(SimpleObject)]
pub struct RequestErasurePayload {
    /// The pseudonym of whoever asks.
    pub subject: ID,
    /// The place in the log of the event that tells of it; none if the same was
    /// asked before.
    pub position: Option<LogPosition>,
}

/// What became of the command.
#[derive(Union)]
pub enum RequestErasureResult {
    /// It was recorded.
    Recorded(RequestErasurePayload),
    /// The rules say no.
    Refused(Refusal),
}

/// Somebody who asked that their personal data be erased, and whose data are
/// still there.
#[derive(SimpleObject)]
pub struct ErasureRequest {
    /// The pseudonym.
    pub subject: ID,
    /// When they asked.
    pub requested_at: DateTime,
    /// The place in the log of the event that tells of it.
    pub position: LogPosition,
    /// Whether an operator asked at their wish.
    pub by_operator: bool,
    /// What they submitted.
    pub submissions: Vec<Submission>,
}

/// Asking for an erasure.
#[derive(Default)]
pub struct ErasureRequestMutation;

/// Asking for an erasure.
#[Object]
impl ErasureRequestMutation {
    /// Asks for the erasure of one's personal data. For the submitter, or an
    /// operator at their wish; the records manager decides.
    async fn request_erasure(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose.")] input: RequestErasureInput,
    ) -> Result<RequestErasureResult, ApiError> {
        let found = find(ctx, input.submission).await?;
        let subject = found.subject;
        let command = Command::RequestErasure { subject };
        let request = request(input.command_id.0, subject, found.actor, command)?;
        match ctx.desk().sequencer.ask(request).await {
            Ok(accepted) => Ok(RequestErasureResult::Recorded(RequestErasurePayload {
                subject: subject.to_string().into(),
                position: accepted.receipt.map(|receipt| LogPosition(receipt.last)),
            })),
            Err(error) => refused_or_failed(error).map(RequestErasureResult::Refused),
        }
    }
}

/// Who has asked for an erasure.
#[derive(Default)]
pub struct ErasureRequestQuery;

/// Who has asked for an erasure.
#[Object]
impl ErasureRequestQuery {
    /// Who asked for the erasure of their personal data and still waits for it,
    /// the oldest request first. For records managers.
    async fn erasure_requests(&self, ctx: &Context<'_>) -> Result<Vec<ErasureRequest>, ApiError> {
        let viewer = ctx.viewer();
        viewer.identity()?;
        if !viewer.holds(&[Role::RecordsManager]) {
            return Err(ApiError::Forbidden(Text::new(
                "消去の求めは文書管理者だけが見られます",
                "only records managers can see who asked for an erasure",
            )));
        }
        let looking = Looking::default().at(ctx);
        let city = &looking.city;
        let submissions = |subject: SubjectId| {
            let case = city.public_comment.of_subject(subject);
            let found = case.into_iter().flat_map(|case| {
                case.submissions_of(subject).map(|view| Submission {
                    case: looking.case(case.id),
                    view: view.clone(),
                    held: false,
                })
            });
            let mut found: Vec<_> = found.collect();
            found.reverse();
            found
        };
        let asking = city.personal_data.asking();
        Ok(asking
            .into_iter()
            .map(|(subject, request)| ErasureRequest {
                subject: subject.to_string().into(),
                requested_at: DateTime(request.recorded_at),
                position: LogPosition(request.position),
                by_operator: request.by_operator,
                submissions: submissions(subject),
            })
            .collect())
    }
}
