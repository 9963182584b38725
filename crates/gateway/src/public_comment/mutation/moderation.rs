//! Hiding with a reason, appeal, and taking down by order of law.

use async_graphql::{Context, ID, InputObject, Object};
use domain::{
    ids::{ItemId, SubmissionId},
    public_comment::{Command, WithdrawnText},
};

use read_models::field;

use super::{
    super::{
        authors::Authors,
        words::{HidingReason, WithdrawnField},
    },
    intake::{SubmissionRef, find},
    payload::{ask, case_results, submission_results},
};
use crate::{
    context::Ask,
    http::ApiError,
    scalars::{CommandUlid, parse_id},
    texts::Seals,
};

/// Hides an opinion from the page.
#[derive(InputObject)]
pub struct HideOpinionInput {
    /// Made by the client, once for this command.
    pub command_id: CommandUlid,
    /// The submission.
    pub submission: ID,
    /// Why, by its code.
    pub reason: HidingReason,
    /// Why, in words; public.
    pub note: Option<String>,
}

/// Objects to the hiding of an opinion.
#[derive(InputObject)]
pub struct AppealHidingInput {
    /// Made by the client, once for this appeal.
    pub command_id: CommandUlid,
    /// The submission.
    pub submission: SubmissionRef,
    /// Why it should be shown.
    pub statement: String,
}

/// Lifts a hiding.
#[derive(InputObject)]
pub struct ReverseHidingInput {
    /// Made by the client, once for this command.
    pub command_id: CommandUlid,
    /// The submission.
    pub submission: ID,
    /// Why; public.
    pub reason: String,
}

/// Keeps a hiding after an appeal.
#[derive(InputObject)]
pub struct UpholdHidingInput {
    /// Made by the client, once for this command.
    pub command_id: CommandUlid,
    /// The submission.
    pub submission: ID,
    /// Why; public.
    pub reason: String,
}

/// Takes a published text down by order of law.
#[derive(InputObject)]
pub struct WithdrawPublicationInput {
    /// Made by the client, once for this command.
    pub command_id: CommandUlid,
    /// The submission, or the item whose text it is.
    pub target: ID,
    /// Which of its texts.
    pub field: WithdrawnField,
    /// The law or order.
    pub legal_basis: String,
    /// The number of the decision.
    pub decision_no: String,
}

submission_results! {
    HideOpinionPayload, HideOpinionResult: "An opinion was hidden from the page.";
    AppealHidingPayload, AppealHidingResult: "The submitter objected to the hiding.";
    ReverseHidingPayload, ReverseHidingResult: "A hiding was lifted.";
    UpholdHidingPayload, UpholdHidingResult: "A hiding stays after an appeal.";
}

case_results! {
    WithdrawPublicationPayload, WithdrawPublicationResult: "A published text was taken down.";
}

/// Hiding, appeal, taking down.
#[derive(Default)]
pub struct ModerationMutation;

/// Hiding, appeal, taking down.
#[Object]
impl ModerationMutation {
    /// Hides an opinion from the page, with a public reason. For the
    /// secretariat. It stays in the log and in the counts, and its submitter
    /// can appeal.
    async fn hide_opinion(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, and why.")] input: HideOpinionInput,
    ) -> Result<HideOpinionResult, ApiError> {
        let submission: SubmissionId = parse_id(&input.submission)?;
        let author = author(ctx, submission).await?;
        let command = Command::HideOpinion {
            submission,
            reason: input.reason.into(),
            note: input.note.map(|note| author.check(note)),
        };
        let outcome = about(ctx, input.command_id, submission, command).await?;
        HideOpinionResult::of(outcome, submission)
    }

    /// Objects to the hiding of an opinion. For its submitter, or an operator at
    /// their wish.
    async fn appeal_hiding(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, and why.")] input: AppealHidingInput,
    ) -> Result<AppealHidingResult, ApiError> {
        let found = find(ctx, input.submission).await?;
        let mut seals = Seals::for_event(ctx.desk(), input.command_id.0, 0);
        let owner = found.subject.to_string();
        let statement = seals
            .seal_text(&owner, field::STATEMENT, &input.statement)
            .await?;
        let command = Command::AppealHiding {
            submission: found.submission,
            statement,
        };
        let envelopes = seals.envelope()?;
        let outcome = ask(
            ctx,
            input.command_id.0,
            found.case,
            found.actor,
            command,
            envelopes,
        )
        .await?;
        AppealHidingResult::of(outcome, found.submission)
    }

    /// Lifts a hiding. For the secretariat or an approver; after an appeal, for
    /// somebody else than who hid it.
    async fn reverse_hiding(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, and why.")] input: ReverseHidingInput,
    ) -> Result<ReverseHidingResult, ApiError> {
        let submission: SubmissionId = parse_id(&input.submission)?;
        let command = Command::ReverseHiding {
            submission,
            reason: author(ctx, submission).await?.check(input.reason),
        };
        let outcome = about(ctx, input.command_id, submission, command).await?;
        ReverseHidingResult::of(outcome, submission)
    }

    /// Keeps a hiding after an appeal. For the secretariat or an approver, and
    /// for somebody else than who hid it.
    async fn uphold_hiding(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one, and why.")] input: UpholdHidingInput,
    ) -> Result<UpholdHidingResult, ApiError> {
        let submission: SubmissionId = parse_id(&input.submission)?;
        let command = Command::UpholdHiding {
            submission,
            reason: author(ctx, submission).await?.check(input.reason),
        };
        let outcome = about(ctx, input.command_id, submission, command).await?;
        UpholdHidingResult::of(outcome, submission)
    }

    /// Takes a published text down by order of law. For the records manager.
    /// The log keeps its commitment, and every proof stays.
    async fn withdraw_publication(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which text, and by which decision.")] input: WithdrawPublicationInput,
    ) -> Result<WithdrawPublicationResult, ApiError> {
        let (actor, _) = ctx.viewer().officer().await?;
        let city = ctx.desk().city();
        let of_submission = |id: &ID| {
            let submission: SubmissionId = parse_id(id)?;
            Ok::<_, ApiError>((submission, city.public_comment.of_submission(submission)))
        };
        let of_item = |id: &ID| {
            let item: ItemId = parse_id(id)?;
            Ok::<_, ApiError>((item, city.public_comment.of_item(item)))
        };
        let target = &input.target;
        let (text, case) = match input.field {
            WithdrawnField::Body => {
                let (submission, case) = of_submission(target)?;
                (WithdrawnText::Body { submission }, case)
            }
            WithdrawnField::Attachments => {
                let (submission, case) = of_submission(target)?;
                (WithdrawnText::Attachments { submission }, case)
            }
            WithdrawnField::Summary => {
                let (item, case) = of_item(target)?;
                (WithdrawnText::Summary { item }, case)
            }
            WithdrawnField::Excerpt => {
                let (item, case) = of_item(target)?;
                (WithdrawnText::Excerpt { item }, case)
            }
            WithdrawnField::Response => {
                let (item, case) = of_item(target)?;
                (WithdrawnText::Response { item }, case)
            }
        };
        let case = case.ok_or(ApiError::NotFound)?;
        let submission = match text {
            WithdrawnText::Body { submission } | WithdrawnText::Attachments { submission } => {
                Some(submission)
            }
            WithdrawnText::Summary { item }
            | WithdrawnText::Excerpt { item }
            | WithdrawnText::Response { item } => case.item(item).map(|item| item.submission),
        };
        let submission = submission.and_then(|id| case.submission(id));
        let author = Authors::of(ctx.desk(), submission.map(AsRef::as_ref)).await?;
        let case = case.id;
        let command = Command::WithdrawPublication {
            text,
            legal_basis: author.check(input.legal_basis),
            decision_no: author.check(input.decision_no),
        };
        Ok(
            ask(ctx, input.command_id.0, case, actor, command, Vec::new())
                .await?
                .into(),
        )
    }
}

/// Whom words about a submission must not tell of. Only officers ask: whether
/// words are somebody's name is not for strangers to try.
async fn author(ctx: &Context<'_>, submission: SubmissionId) -> Result<Authors, ApiError> {
    ctx.viewer().officer().await?;
    Authors::of_submission(ctx.desk(), &ctx.desk().city(), submission).await
}

async fn about(
    ctx: &Context<'_>,
    command_id: CommandUlid,
    submission: SubmissionId,
    command: Command,
) -> Result<Result<super::payload::Recorded, crate::refusal::Refusal>, ApiError> {
    let (actor, _) = ctx.viewer().officer().await?;
    let city = ctx.desk().city();
    let case = city
        .public_comment
        .of_submission(submission)
        .ok_or(ApiError::NotFound)?
        .id;
    ask(ctx, command_id.0, case, actor, command, Vec::new()).await
}
