//! From the draft to the call: drafting, exemption, publication, extension.

use async_graphql::{Context, ID, InputObject, Object};
use domain::{
    ids::CaseId,
    public_comment::{self, CaseContent, Command, PassageId},
};
use read_models::field;

use super::{
    super::words::{Channel, ExemptionReason, PolicyObjectKind},
    material::attached,
    payload::{ask, case_results},
};
use crate::{
    context::Ask,
    files,
    http::ApiError,
    node::BilingualInput,
    scalars::{CommandUlid, Date, parse_id},
    texts::Seals,
};

/// A passage of a text.
#[derive(InputObject)]
pub struct PassageInput {
    /// Its short key, such as `2-1`, unique in the text.
    pub key: String,
    /// Its heading.
    pub heading: Option<String>,
    /// Its words.
    pub text: String,
}

impl From<PassageInput> for public_comment::Passage {
    fn from(input: PassageInput) -> Self {
        Self {
            passage: PassageId(input.key),
            heading: input.heading.filter(|heading| !heading.trim().is_empty()),
            text: input.text,
        }
    }
}

/// What a case is about.
#[derive(InputObject)]
pub struct CaseContentInput {
    /// The city's number of the case.
    pub number: String,
    /// 題名。
    pub title: BilingualInput,
    /// What kind of policy it is.
    pub object_kind: PolicyObjectKind,
    /// 根拠法令。
    pub legal_basis: String,
    /// 所管局。
    pub bureau: String,
    /// 問合せ先。
    pub contact: String,
    /// What it is about, in short.
    pub summary: BilingualInput,
    /// The draft, passage by passage.
    pub passages: Vec<PassageInput>,
    /// 案の作成日。
    pub drafted_on: Date,
}

impl From<CaseContentInput> for CaseContent {
    fn from(input: CaseContentInput) -> Self {
        Self {
            number: input.number,
            title: input.title.into(),
            object_kind: input.object_kind.into(),
            legal_basis: input.legal_basis,
            bureau: input.bureau,
            contact: input.contact,
            summary: input.summary.into(),
            passages: input.passages.into_iter().map(Into::into).collect(),
            drafted_on: input.drafted_on.0,
        }
    }
}

/// Begins a case.
#[derive(InputObject)]
pub struct DraftCaseInput {
    /// Made by the client, once for this case; the id of the case follows from
    /// it.
    pub command_id: CommandUlid,
    /// What it is about.
    pub content: CaseContentInput,
}

/// Writes a draft anew.
#[derive(InputObject)]
pub struct ReviseDraftInput {
    /// Made by the client, once for this revision.
    pub command_id: CommandUlid,
    /// The case.
    pub case: ID,
    /// The revision that this one was written from.
    pub revision: u32,
    /// What it is about.
    pub content: CaseContentInput,
}

/// Declares that no public comment is held.
#[derive(InputObject)]
pub struct DeclareExemptionInput {
    /// Made by the client, once for this declaration.
    pub command_id: CommandUlid,
    /// The case.
    pub case: ID,
    /// The reason by its code.
    pub code: Option<ExemptionReason>,
    /// The reason in words; published with the policy.
    pub reason: String,
}

/// Publishes why no public comment was held, when the policy is fixed.
#[derive(InputObject)]
pub struct PublishExemptionInput {
    /// Made by the client, once for this publication.
    pub command_id: CommandUlid,
    /// The case.
    pub case: ID,
    /// The policy's title.
    pub title: BilingualInput,
    /// The reason in words.
    pub reason: String,
    /// The day on which the policy was fixed.
    pub policy_fixed_on: Date,
}

/// Publishes a case.
#[derive(InputObject)]
pub struct PublishCaseInput {
    /// Made by the client, once for this publication.
    pub command_id: CommandUlid,
    /// The case.
    pub case: ID,
    /// The revision that the approver has read.
    pub revision: u32,
    /// The first day of the period; it counts.
    pub opens_on: Date,
    /// The last day of the period; it counts.
    pub closes_on: Date,
    /// 提出方法。
    pub channels: Vec<Channel>,
    /// 募集の周知方法。
    pub publicity: Vec<String>,
    /// 閲覧場所。
    pub reading_places: Vec<String>,
    /// 結果の公表方法。
    pub result_method: String,
    /// Why the period is shorter than the ordinance's shortest; published at
    /// the same time.
    pub shortened_because: Option<String>,
}

/// Lets the period end later.
#[derive(InputObject)]
pub struct ExtendPeriodInput {
    /// Made by the client, once for this extension.
    pub command_id: CommandUlid,
    /// The case.
    pub case: ID,
    /// The new last day.
    pub closes_on: Date,
    /// Why.
    pub reason: String,
}

/// Gives a policy up, and says so.
#[derive(InputObject)]
pub struct AbandonCaseInput {
    /// Made by the client, once for this command.
    pub command_id: CommandUlid,
    /// The case.
    pub case: ID,
    /// 題名, as published if it was.
    pub title: BilingualInput,
    /// 案の作成日, as published if it was.
    pub drafted_on: Date,
    /// Why.
    pub reason: String,
    /// Whether a new procedure follows.
    pub new_procedure: bool,
}

case_results! {
    DraftCasePayload, DraftCaseResult: "A case was begun.";
    ReviseDraftPayload, ReviseDraftResult: "A draft was written anew.";
    DeclareExemptionPayload, DeclareExemptionResult: "It was declared that no public comment is held.";
    PublishExemptionPayload, PublishExemptionResult: "The reason for holding no public comment was published.";
    PublishCasePayload, PublishCaseResult: "A case was published.";
    ExtendPeriodPayload, ExtendPeriodResult: "The period ends later.";
    AbandonCasePayload, AbandonCaseResult: "A policy was given up.";
}

/// From the draft to the call.
#[derive(Default)]
pub struct DraftingMutation;

/// From the draft to the call.
#[Object]
impl DraftingMutation {
    /// Begins a case. For bureau officers. Nothing of it is public before its
    /// publication but that something is being drafted.
    async fn draft_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to begin.")] input: DraftCaseInput,
    ) -> Result<DraftCaseResult, ApiError> {
        let (actor, _) = ctx.viewer().officer().await?;
        // One command, one case: a retry finds the same one.
        let case = CaseId(input.command_id.0);
        let content = CaseContent::from(input.content);
        let missing = content.missing();
        let (content, envelopes) = seal_content(ctx, input.command_id, case, &content).await?;
        let command = Command::DraftCase { content, missing };
        Ok(
            ask(ctx, input.command_id.0, case, actor, command, envelopes)
                .await?
                .into(),
        )
    }

    /// Writes a draft anew, before its publication. For bureau officers.
    async fn revise_draft(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to write.")] input: ReviseDraftInput,
    ) -> Result<ReviseDraftResult, ApiError> {
        let (actor, _) = ctx.viewer().officer().await?;
        let case: CaseId = parse_id(&input.case)?;
        let content = CaseContent::from(input.content);
        let missing = content.missing();
        let (content, envelopes) = seal_content(ctx, input.command_id, case, &content).await?;
        let command = Command::ReviseDraft {
            revision: input.revision,
            content,
            missing,
        };
        Ok(
            ask(ctx, input.command_id.0, case, actor, command, envelopes)
                .await?
                .into(),
        )
    }

    /// Declares that no public comment is held (適用除外). For approvers.
    async fn declare_exemption(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Why none is held.")] input: DeclareExemptionInput,
    ) -> Result<DeclareExemptionResult, ApiError> {
        let (actor, _) = ctx.viewer().officer().await?;
        let case: CaseId = parse_id(&input.case)?;
        let mut seals = Seals::for_event(ctx.desk(), input.command_id.0, 0);
        let reason = seals
            .seal_text(&case.to_string(), field::REASON, &input.reason)
            .await?;
        let command = Command::DeclareExemption {
            code: input.code.map(Into::into),
            reason,
        };
        let envelopes = seals.envelope()?;
        Ok(
            ask(ctx, input.command_id.0, case, actor, command, envelopes)
                .await?
                .into(),
        )
    }

    /// Publishes why no public comment was held, when the policy is fixed. For
    /// approvers.
    async fn publish_exemption(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to publish.")] input: PublishExemptionInput,
    ) -> Result<PublishExemptionResult, ApiError> {
        let (actor, _) = ctx.viewer().officer().await?;
        let case: CaseId = parse_id(&input.case)?;
        let command = Command::PublishExemption {
            title: input.title.into(),
            reason: input.reason,
            policy_fixed_on: input.policy_fixed_on.0,
        };
        Ok(
            ask(ctx, input.command_id.0, case, actor, command, Vec::new())
                .await?
                .into(),
        )
    }

    /// Publishes a case: opinions may come from its first day on. For
    /// approvers, and for somebody else than who drafted it.
    async fn publish_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to publish.")] input: PublishCaseInput,
    ) -> Result<PublishCaseResult, ApiError> {
        let (actor, _) = ctx.viewer().officer().await?;
        let id: CaseId = parse_id(&input.case)?;
        let city = ctx.desk().city();
        let case = city.public_comment.get(id).ok_or(ApiError::NotFound)?;
        let draft = case.drafts.last().ok_or(ApiError::NotFound)?;
        // What is published is what the vault holds for the revision that the
        // approver has read; nothing comes from the request itself.
        let content = ctx.desk().open_json::<CaseContent>(&draft.content).await?;
        let content = content.ok_or(ApiError::NotFound)?;
        let command = Command::PublishCase(Box::new(public_comment::PublishCase {
            revision: input.revision,
            content,
            as_drafted: draft.revision == input.revision,
            materials: attached(ctx, case).await?,
            opens_on: input.opens_on.0,
            closes_on: input.closes_on.0,
            channels: input.channels.into_iter().map(Into::into).collect(),
            publicity: input.publicity,
            reading_places: input.reading_places,
            result_method: input.result_method,
            shortened_because: input.shortened_because,
        }));
        let outcome = ask(ctx, input.command_id.0, id, actor, command, Vec::new()).await?;
        if let Ok(recorded) = &outcome {
            let case = recorded.city.public_comment.get(id);
            let materials = case.into_iter().flat_map(|case| case.materials.values());
            let files = materials
                .flatten()
                .map(|version| version.published.file.file);
            files::publish(ctx.desk(), files.collect()).await;
        }
        Ok(outcome.into())
    }

    /// Lets the period end later. For approvers.
    async fn extend_period(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Until when, and why.")] input: ExtendPeriodInput,
    ) -> Result<ExtendPeriodResult, ApiError> {
        let (actor, _) = ctx.viewer().officer().await?;
        let case: CaseId = parse_id(&input.case)?;
        let command = Command::ExtendPeriod {
            closes_on: input.closes_on.0,
            reason: input.reason,
        };
        Ok(
            ask(ctx, input.command_id.0, case, actor, command, Vec::new())
                .await?
                .into(),
        )
    }

    /// Gives a policy up before it is decided, and says so. For the
    /// implementing body.
    async fn abandon_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is given up, and why.")] input: AbandonCaseInput,
    ) -> Result<AbandonCaseResult, ApiError> {
        let (actor, _) = ctx.viewer().officer().await?;
        let case: CaseId = parse_id(&input.case)?;
        let command = Command::AbandonCase {
            title: input.title.into(),
            drafted_on: input.drafted_on.0,
            reason: input.reason,
            new_procedure: input.new_procedure,
        };
        Ok(
            ask(ctx, input.command_id.0, case, actor, command, Vec::new())
                .await?
                .into(),
        )
    }
}

async fn seal_content(
    ctx: &Context<'_>,
    command: CommandUlid,
    case: CaseId,
    content: &CaseContent,
) -> Result<(domain::Sealed, Vec<(u16, bytes::Bytes)>), ApiError> {
    let json = serde_json::to_vec(content).map_err(ApiError::internal)?;
    let mut seals = Seals::for_event(ctx.desk(), command.0, 0);
    let sealed = seals.seal(&case.to_string(), field::CONTENT, &json).await?;
    Ok((sealed, seals.envelope()?))
}
