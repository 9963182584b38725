//! Opening personal data, with a reason that stays.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject, Union};
use domain::{ids::SubmissionId, personal_data::Command, public_comment::Submitter};

use super::{request, words::PersonalField};
use crate::{
    context::Ask,
    gate::{self, Files},
    http::ApiError,
    public_comment::{attachment::Attachment, authors::Authors, words::SubmitterKind},
    refusal::{Refusal, refused_or_failed},
    scalars::{CommandUlid, LogPosition, parse_id},
};

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
    /// The opinion as it came, nothing blotted out.
    pub body: Option<String>,
    /// The words of an appeal against a hiding; they come with the opinion.
    pub statement: Option<String>,
    /// What is attached. The files open for whoever asked, until the end of the
    /// day.
    pub attachments: Vec<Attachment>,
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

/// Opening personal data.
#[derive(Default)]
pub struct OpeningMutation;

/// Opening personal data.
#[Object]
impl OpeningMutation {
    /// Opens personal data of a submitter, for officers who need them: who they
    /// are, for those who handle addresses; their whole words and their files,
    /// where these may tell who they are, for the officers of the case. The
    /// look is recorded first, with its reason, and the submitter can read
    /// that.
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
        let author = Authors::of(desk, [submission.as_ref()]).await?;
        let command = Command::OpenPersonalData {
            subject: submission.subject,
            event: submission.submitter.event,
            fields: input.fields.iter().copied().map(Into::into).collect(),
            reason: author.check(input.reason),
        };
        let request = request(input.command_id.0, submission.subject, actor, command)?;
        let accepted = match desk.sequencer.ask(request).await {
            Ok(accepted) => accepted,
            Err(error) => return refused_or_failed(error).map(OpenPersonalDataResult::Refused),
        };
        let position = accepted.receipt.map(|receipt| receipt.last);
        if let Some(position) = position {
            // Files open for whoever can be seen to have asked.
            let seen = desk.reader.at_least(position).await;
            seen.map_err(|stopped| ApiError::internal(stopped.to_string()))?;
        }
        // Opened only now: there is no look without its event.
        let submitter = desk.open_json::<Submitter>(&submission.submitter).await?;
        let submitter = submitter.ok_or(ApiError::NotFound)?;
        let asked = |field| input.fields.contains(&field);
        let newest = submission
            .text()
            .map(|text| &text.body)
            .filter(|_| asked(PersonalField::Body));
        let body = match newest {
            Some(text) => desk.open_text(text).await?,
            None => None,
        };
        let appeal = submission
            .hiding
            .as_ref()
            .and_then(|hiding| hiding.appeal.as_ref())
            .filter(|_| asked(PersonalField::Body));
        let statement = match appeal {
            Some(text) => desk.open_text(text).await?,
            None => None,
        };
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
            body,
            statement,
            attachments: if asked(PersonalField::Attachments) {
                Attachment::all_of(submission, Files::Open)
            } else {
                Vec::new()
            },
            position: position.map(LogPosition),
        }))
    }
}
