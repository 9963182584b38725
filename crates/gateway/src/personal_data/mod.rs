//! Somebody's personal data: opened with a reason that they can read, and
//! erased for good.

use application::Request;
use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject, Union};
use domain::{
    LegalDate,
    ids::{SubjectId, SubmissionId},
    personal_data::{Command, PersonalData, RecordKind},
    public_comment::Submitter,
};
use vault::Erasure;

use crate::{
    context::Ask,
    gate,
    http::ApiError,
    public_comment::words::SubmitterKind,
    refusal::{Refusal, refused_or_failed},
    scalars::{CommandUlid, Date, LogPosition, parse_id},
};

/// A field of somebody's personal data.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "domain::personal_data::PersonalField")]
pub enum PersonalField {
    /// 氏名。
    Name,
    /// ふりがな。
    Kana,
    /// 住所。
    Address,
    /// 連絡先。
    Contact,
    /// 区。
    Ward,
    /// The words of an opinion before their publication.
    Body,
    /// Attachments before their publication.
    Attachments,
}

/// The kind of record whose retention period ended.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(name = "RecordKind", remote = "domain::personal_data::RecordKind")]
pub enum Record {
    /// 提出意見。
    Opinion,
    /// An opinion that came late or was withdrawn.
    OpinionOutsideProcedure,
}

/// Opens the personal data of a submitter.
#[derive(InputObject)]
pub struct OpenPersonalDataInput {
    /// Made by the client, once for this look.
    pub command_id: CommandUlid,
    /// The submission.
    pub submission: ID,
    /// Which fields.
    pub fields: Vec<PersonalField>,
    /// Why; the submitter can read it.
    pub reason: String,
}

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
    /// Whether the person asked for it.
    pub requested_by_person: bool,
    /// The record whose retention period ended, if that is the reason.
    pub record: Option<Record>,
    /// The day on which that record was completed.
    pub completed_on: Option<Date>,
}

/// What was opened. Only the fields that were asked for are there.
#[derive(SimpleObject)]
pub struct OpenPersonalDataPayload {
    /// Whether somebody writes for themselves.
    pub kind: SubmitterKind,
    /// 氏名。
    pub name: Option<String>,
    /// ふりがな。
    pub kana: Option<String>,
    /// 住所。
    pub address: Option<String>,
    /// 連絡先。
    pub contact: Option<String>,
    /// The code of the ward.
    pub ward_code: Option<String>,
    /// The place in the log of the event that tells of this look.
    pub position: Option<LogPosition>,
}

/// What became of the command.
#[derive(Union)]
pub enum OpenPersonalDataResult {
    /// The look was recorded, and here is what was asked for.
    Recorded(OpenPersonalDataPayload),
    /// The rules say no.
    Refused(Refusal),
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

/// Opening and erasing personal data.
#[derive(Default)]
pub struct PersonalDataMutation;

/// Opening and erasing personal data.
#[Object]
impl PersonalDataMutation {
    /// Opens personal data of a submitter, for officers who need them. The look
    /// is recorded first, with its reason, and the submitter can read that.
    async fn open_personal_data(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose, which fields, and why.")] input: OpenPersonalDataInput,
    ) -> Result<OpenPersonalDataResult, ApiError> {
        let (actor, _) = ctx.viewer().officer().await?;
        let desk = ctx.desk();
        let id: SubmissionId = parse_id(&input.submission)?;
        let city = desk.city();
        let case = city
            .public_comment
            .of_submission(id)
            .ok_or(ApiError::NotFound)?;
        if !gate::may_see_case(&ctx.viewer(), case) {
            return Err(ApiError::NotFound);
        }
        let submission = case.submission(id).ok_or(ApiError::NotFound)?;
        let command = Command::OpenPersonalData {
            subject: submission.subject,
            event: submission.submitter.event,
            fields: input.fields.iter().copied().map(Into::into).collect(),
            reason: input.reason,
        };
        let request = request(input.command_id, submission.subject, actor, command)?;
        let accepted = match desk.sequencer.ask(request).await {
            Ok(accepted) => accepted,
            Err(error) => return refused_or_failed(error).map(OpenPersonalDataResult::Refused),
        };
        // Opened only now: there is no look without its event.
        let submitter = desk.open_json::<Submitter>(&submission.submitter).await?;
        let submitter = submitter.ok_or(ApiError::NotFound)?;
        let asked = |field| input.fields.contains(&field);
        Ok(OpenPersonalDataResult::Recorded(OpenPersonalDataPayload {
            kind: submitter.kind.into(),
            name: submitter.name.filter(|_| asked(PersonalField::Name)),
            kana: submitter.kana.filter(|_| asked(PersonalField::Kana)),
            address: submitter.address.filter(|_| asked(PersonalField::Address)),
            contact: submitter.contact.filter(|_| asked(PersonalField::Contact)),
            ward_code: submitter
                .ward
                .filter(|_| asked(PersonalField::Ward))
                .map(|ward| ward.to_string()),
            position: accepted.receipt.map(|receipt| LogPosition(receipt.last)),
        }))
    }

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
        let subject = case.submission(id).ok_or(ApiError::NotFound)?.subject;
        let completed_on = input.completed_on.map(|day| day.0);
        let record = input.record.map(RecordKind::from).zip(completed_on);
        let command = Command::ErasePersonalData {
            subject,
            legal_basis: input.legal_basis,
            decision_no: input.decision_no,
            requested_by_person: input.requested_by_person,
            record: record.map(|(record, day): (RecordKind, LegalDate)| (record, day)),
        };
        let request = request(input.command_id, subject, actor, command)?;
        let accepted = match desk.sequencer.ask(request).await {
            Ok(accepted) => accepted,
            Err(error) => return refused_or_failed(error).map(ErasePersonalDataResult::Refused),
        };
        // The event first, then the key: a crash between the two is mended at
        // the next start, which replays the erasures of the log.
        let event = accepted
            .events
            .last()
            .map(|happened| happened.metadata.event);
        if let Some(event) = event {
            let erasure = Erasure {
                subject: subject.to_string().parse().map_err(ApiError::internal)?,
                event: event.to_string(),
            };
            desk.keys()
                .erase(vec![erasure])
                .await
                .map_err(ApiError::internal)?;
        }
        // Files under the destroyed key are of no use to anybody.
        crate::files::settle(desk).await;
        Ok(ErasePersonalDataResult::Recorded(
            ErasePersonalDataPayload {
                subject: subject.to_string().into(),
                position: accepted.receipt.map(|receipt| LogPosition(receipt.last)),
            },
        ))
    }
}

fn request(
    command_id: CommandUlid,
    subject: SubjectId,
    actor: domain::Actor,
    command: Command,
) -> Result<Request<PersonalData>, ApiError> {
    Ok(Request {
        command_id: command_id.0,
        stream: format!("personal_data/{subject}")
            .parse()
            .map_err(ApiError::internal)?,
        actor,
        command,
        envelopes: Vec::new(),
        answers: None,
    })
}
