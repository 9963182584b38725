//! Deciding, and publishing the result.

use std::collections::BTreeMap;

use async_graphql::{Context, ID, InputObject, Object};
use domain::{
    ids::{CaseId, SubmissionId},
    public_comment::{
        self, ChangeReason, Command, DecidedChange, Passage, PassageId, Submitter,
        SubmitterKindCount, WardCount,
    },
};
use read_models::{
    field,
    public_comment::{Case, Item},
};

use super::{
    super::{authors::Authors, words::Outcome},
    drafting::PassageInput,
    payload::{ask, case_results},
};
use crate::{
    context::Ask,
    http::ApiError,
    scalars::{CommandUlid, Date, parse_id},
    texts::Seals,
};

/// A change of the draft.
#[derive(InputObject)]
pub struct DecidedChangeInput {
    /// Its id, made by the client: `change_` and a ULID. Answers name it.
    pub id: ID,
    /// The key of the passage that changes.
    pub passage: String,
    /// The passage's new text; empty if it is removed.
    pub text: String,
    /// The items that caused it.
    #[graphql(default)]
    pub items: Vec<ID>,
    /// The groups of items that caused it.
    #[graphql(default)]
    pub groups: Vec<ID>,
}

/// Decides on a policy.
#[derive(InputObject)]
pub struct DecidePolicyInput {
    /// Made by the client, once for this decision.
    pub command_id: CommandUlid,
    /// The case.
    pub case: ID,
    /// What becomes of the draft.
    pub outcome: Outcome,
    /// When it was decided.
    pub decided_on: Date,
    /// The final text, all passages.
    pub final_passages: Vec<PassageInput>,
    /// What differs from the draft.
    #[graphql(default)]
    pub changes: Vec<DecidedChangeInput>,
}

/// The reason for a change, published with it.
#[derive(InputObject)]
pub struct ChangeReasonInput {
    /// The change.
    pub id: ID,
    /// Why.
    pub reason: String,
}

/// Publishes the result.
#[derive(InputObject)]
pub struct PublishResultsInput {
    /// Made by the client, once for this publication.
    pub command_id: CommandUlid,
    /// The case.
    pub case: ID,
    /// The reasons for the decision.
    pub reasons: String,
    /// The reason for each change.
    #[graphql(default)]
    pub change_reasons: Vec<ChangeReasonInput>,
    /// Whether summaries stand in the place of the opinions.
    #[graphql(default = false)]
    pub summaries_only: bool,
    /// Where the full opinions can be read, if summaries stand in their place.
    pub full_opinions_at: Option<String>,
}

case_results! {
    DecidePolicyPayload, DecidePolicyResult: "The implementing body decided.";
    PublishResultsPayload, PublishResultsResult: "The result was published.";
}

/// Deciding, and publishing the result.
#[derive(Default)]
pub struct ResultMutation;

/// Deciding, and publishing the result.
#[Object]
impl ResultMutation {
    /// Records the decision on the policy. For the implementing body, when
    /// every item is answered.
    async fn decide_policy(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision.")] input: DecidePolicyInput,
    ) -> Result<DecidePolicyResult, ApiError> {
        let (actor, _) = ctx.viewer().officer().await?;
        let case: CaseId = parse_id(&input.case)?;
        let owner = case.to_string();
        let passages: Vec<Passage> = input.final_passages.into_iter().map(Into::into).collect();
        let json = serde_json::to_vec(&passages).map_err(ApiError::internal)?;
        let mut seals = Seals::for_event(ctx.desk(), input.command_id.0, 0);
        let final_text = seals.seal(&owner, field::FINAL_TEXT, &json).await?;
        let mut changes = Vec::with_capacity(input.changes.len());
        for (index, change) in input.changes.into_iter().enumerate() {
            changes.push(DecidedChange {
                change: parse_id(&change.id)?,
                passage: PassageId(change.passage),
                items: change
                    .items
                    .iter()
                    .map(parse_id)
                    .collect::<Result<_, _>>()?,
                groups: change
                    .groups
                    .iter()
                    .map(parse_id)
                    .collect::<Result<_, _>>()?,
                text: seals
                    .seal(&owner, &field::change(index), change.text.as_bytes())
                    .await?,
            });
        }
        let command = Command::DecidePolicy {
            outcome: input.outcome.into(),
            decided_on: input.decided_on.0,
            final_text,
            changes,
            erased: erased_in(ctx, case),
        };
        let envelopes = seals.envelope()?;
        Ok(
            ask(ctx, input.command_id.0, case, actor, command, envelopes)
                .await?
                .into(),
        )
    }

    /// Publishes the result: from here on opinions and answers are readable.
    /// For approvers, and for somebody else than who recorded the decision.
    async fn publish_results(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to publish besides what was decided.")] input: PublishResultsInput,
    ) -> Result<PublishResultsResult, ApiError> {
        let (actor, _) = ctx.viewer().officer().await?;
        let id: CaseId = parse_id(&input.case)?;
        let city = ctx.desk().city();
        let case = city.public_comment.get(id).ok_or(ApiError::NotFound)?;
        let decision = case.decision.as_ref();
        let final_passages = match decision {
            Some(decision) => ctx.desk().open_json(&decision.final_text).await?,
            None => None,
        };
        let (by_ward, by_submitter_kind) = count_submitters(ctx, case).await?;
        let mut change_reasons = Vec::with_capacity(input.change_reasons.len());
        for given in input.change_reasons {
            let change = parse_id(&given.id)?;
            // Whoever caused the change: the items whose answers name it.
            let answered = |item: &&std::sync::Arc<Item>| {
                let answer = item.answer.as_ref();
                answer.is_some_and(|answer| answer.changes.contains(&change))
            };
            let causes = case.items.values().filter(answered).map(|item| item.id);
            let authors = Authors::of_items(ctx.desk(), case, causes).await?;
            change_reasons.push(ChangeReason {
                change,
                reason: authors.check(given.reason),
            });
        }
        let command = Command::PublishResults(Box::new(public_comment::PublishResults {
            final_passages: final_passages.unwrap_or_default(),
            as_decided: decision.is_some(),
            change_reasons,
            reasons: input.reasons,
            summaries_only: input.summaries_only,
            full_opinions_at: input.full_opinions_at,
            by_ward,
            by_submitter_kind,
            erased: erased_in(ctx, id),
        }));
        Ok(ask(ctx, input.command_id.0, id, actor, command, Vec::new())
            .await?
            .into())
    }
}

/// The submissions of a case whose texts were erased.
fn erased_in(ctx: &Context<'_>, case: CaseId) -> Vec<SubmissionId> {
    let city = ctx.desk().city();
    let case = city.public_comment.get(case);
    let submissions = case.into_iter().flat_map(|case| case.submissions.values());
    submissions
        .filter(|submission| city.personal_data.is_erased(submission.subject))
        .map(|submission| submission.id)
        .collect()
}

/// Counts submissions by ward and by kind of submitter, from the opened
/// submitters. Only the counts leave this function; the rules merge those that
/// would point to a person.
async fn count_submitters(
    ctx: &Context<'_>,
    case: &Case,
) -> Result<(Vec<WardCount>, Vec<SubmitterKindCount>), ApiError> {
    let mut wards = BTreeMap::new();
    let mut kinds = BTreeMap::new();
    for submission in case
        .submissions
        .values()
        .filter(|submission| submission.counts())
    {
        // Whoever was erased is counted among those who did not say.
        let submitter = ctx
            .desk()
            .open_json::<Submitter>(&submission.submitter)
            .await?;
        let ward = submitter.as_ref().and_then(|submitter| submitter.ward);
        let kind = submitter.map(|submitter| submitter.kind);
        *wards.entry(ward).or_insert(0) += 1;
        *kinds.entry(kind).or_insert(0) += 1;
    }
    let wards = wards
        .into_iter()
        .map(|(ward, submissions)| WardCount { ward, submissions });
    let kinds = kinds
        .into_iter()
        .map(|(kind, submissions)| SubmitterKindCount { kind, submissions });
    Ok((wards.collect(), kinds.collect()))
}
