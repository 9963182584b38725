//! Going through the opinions: splitting, screening, grouping, answering.

use async_graphql::{Context, ID, InputObject, Object, OneofObject};
use domain::{
    ids::{ChangeId, GroupId, ItemId, SubmissionId},
    personal_data,
    public_comment::{Command, ItemCut, ResponseCategory, ScreenedForm, Screening, Target},
};
use read_models::field;

use super::{
    super::{authors::Authors, words::RedactionReason},
    payload::{ask, case_results, submission_results},
};
use crate::{
    context::Ask,
    http::ApiError,
    refusal::Refusal,
    scalars::{CommandUlid, following, parse_id},
    texts::Seals,
};

/// A command about a case that needs nothing else.
#[derive(InputObject)]
pub struct StartReviewInput {
    /// Made by the client, once for this command.
    pub command_id: CommandUlid,
    /// The case.
    pub case: ID,
}

/// A stretch of a text, in characters.
#[derive(InputObject, Clone, Copy)]
pub struct SpanInput {
    /// The first character, counted from 0.
    pub from: u32,
    /// The character after the last.
    pub to: u32,
}

/// A point cut out of a submission.
#[derive(InputObject)]
pub struct ItemInput {
    /// The point in the city's words (要旨).
    pub summary: String,
    /// Where it stands in the text. A point may be made in several places.
    pub spans: Vec<SpanInput>,
}

/// Splits a submission into its points.
#[derive(InputObject)]
pub struct ItemizeSubmissionInput {
    /// Made by the client, once for this split; the ids of the items follow
    /// from it.
    pub command_id: CommandUlid,
    /// The submission.
    pub submission: ID,
    /// Its items; together they cover the whole text.
    pub items: Vec<ItemInput>,
}

/// Which text of a submission is to be published.
#[derive(InputObject)]
pub struct ScreeningInput {
    /// The submission.
    pub submission: ID,
    /// The text with parts left out; none publishes it as it came.
    pub redacted_text: Option<String>,
    /// Why parts are left out.
    #[graphql(default)]
    pub reasons: Vec<RedactionReason>,
}

/// Settles which texts will be published.
#[derive(InputObject)]
pub struct ScreenOpinionsInput {
    /// Made by the client, once for this command.
    pub command_id: CommandUlid,
    /// The case.
    pub case: ID,
    /// One for each submission. A redacted text goes alone.
    pub screenings: Vec<ScreeningInput>,
}

/// Puts items together for one answer.
#[derive(InputObject)]
pub struct GroupItemsInput {
    /// Made by the client, once for this command; the id of a new group follows
    /// from it.
    pub command_id: CommandUlid,
    /// The case.
    pub case: ID,
    /// The group that takes in more; none makes a new one.
    pub group: Option<ID>,
    /// The items that join it.
    pub items: Vec<ID>,
    /// What they have in common.
    pub title: String,
}

/// Takes a group apart.
#[derive(InputObject)]
pub struct UngroupItemsInput {
    /// Made by the client, once for this command.
    pub command_id: CommandUlid,
    /// The case.
    pub case: ID,
    /// The group.
    pub group: ID,
}

/// Which items a command is about.
#[derive(OneofObject)]
pub enum TargetInput {
    /// Those named.
    Items(Vec<ID>),
    /// All of a group.
    Group(ID),
}

/// Answers items.
#[derive(InputObject)]
pub struct AssignResponseInput {
    /// Made by the client, once for this answer.
    pub command_id: CommandUlid,
    /// The case.
    pub case: ID,
    /// Which items.
    pub target: TargetInput,
    /// The letter of the category (対応区分).
    pub category: String,
    /// The answer (市の考え方).
    pub response: String,
    /// Whether the policy changes.
    #[graphql(default = false)]
    pub changed_policy: bool,
    /// The changes that the items caused, by their ids.
    #[graphql(default)]
    pub changes: Vec<ID>,
}

/// Takes answers back.
#[derive(InputObject)]
pub struct RevokeResponseInput {
    /// Made by the client, once for this command.
    pub command_id: CommandUlid,
    /// The case.
    pub case: ID,
    /// Which items.
    pub target: TargetInput,
}

submission_results! {
    ItemizeSubmissionPayload, ItemizeSubmissionResult: "A submission was split into its points.";
}

case_results! {
    StartReviewPayload, StartReviewResult: "The bureau began to go through the opinions.";
    ScreenOpinionsPayload, ScreenOpinionsResult: "It is settled which texts will be published.";
    GroupItemsPayload, GroupItemsResult: "Items were put together for one answer.";
    UngroupItemsPayload, UngroupItemsResult: "A group was taken apart.";
    AssignResponsePayload, AssignResponseResult: "Items were answered.";
    RevokeResponsePayload, RevokeResponseResult: "Answers were taken back.";
}

/// Going through the opinions.
#[derive(Default)]
pub struct ReviewMutation;

/// Going through the opinions.
#[Object]
impl ReviewMutation {
    /// Begins to go through the opinions, after the last day. For bureau
    /// officers.
    async fn start_review(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which case.")] input: StartReviewInput,
    ) -> Result<StartReviewResult, ApiError> {
        let (actor, _) = ctx.viewer().officer().await?;
        let case = parse_id(&input.case)?;
        let command = Command::StartReview;
        Ok(
            ask(ctx, input.command_id.0, case, actor, command, Vec::new())
                .await?
                .into(),
        )
    }

    /// Splits a submission (通) into its points (件). For bureau officers.
    /// Earlier items of the submission, and their answers, are void.
    async fn itemize_submission(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How to split it.")] input: ItemizeSubmissionInput,
    ) -> Result<ItemizeSubmissionResult, ApiError> {
        let (actor, _) = ctx.viewer().officer().await?;
        let id: SubmissionId = parse_id(&input.submission)?;
        let opened = match open(ctx, id).await? {
            Ok(opened) => opened,
            Err(refusal) => return Ok(ItemizeSubmissionResult::Refused(refusal)),
        };
        let owner = opened.subject.clone();
        let body: Vec<char> = opened.body.chars().collect();
        let mut seals = Seals::for_event(ctx.desk(), input.command_id.0, 0);
        let mut items = Vec::with_capacity(input.items.len());
        for (index, item) in input.items.iter().enumerate() {
            let spans: Vec<_> = item.spans.iter().map(|span| (span.from, span.to)).collect();
            let excerpt = cut(&body, &spans);
            let field = field::summary(index);
            let summary = opened
                .author
                .seal(&mut seals, &owner, &field, &item.summary);
            items.push(ItemCut {
                item: ItemId(following(input.command_id.0, index)),
                summary: summary.await?,
                excerpt: seals
                    .seal(&owner, &field::excerpt(index), excerpt.as_bytes())
                    .await?,
                spans,
            });
        }
        let command = Command::ItemizeSubmission {
            submission: id,
            chars: u32::try_from(body.len()).unwrap_or(u32::MAX),
            items,
        };
        let envelopes = seals.envelope()?;
        let outcome = ask(
            ctx,
            input.command_id.0,
            opened.case,
            actor,
            command,
            envelopes,
        )
        .await?;
        ItemizeSubmissionResult::of(outcome, id)
    }

    /// Settles which texts will be published: as they came, or with parts left
    /// out. For bureau officers and the secretariat. A text that tells who its
    /// submitter is cannot be published as it came.
    async fn screen_opinions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and how.")] input: ScreenOpinionsInput,
    ) -> Result<ScreenOpinionsResult, ApiError> {
        let (actor, _) = ctx.viewer().officer().await?;
        let case = parse_id(&input.case)?;
        let redacted = input
            .screenings
            .iter()
            .any(|screening| screening.redacted_text.is_some());
        if redacted && input.screenings.len() > 1 {
            return Err(ApiError::bad_input(
                "一部を除いて公表する意見は、1通ずつ送ってください",
                "send an opinion that is published in part by itself",
            ));
        }
        let mut seals = Seals::for_event(ctx.desk(), input.command_id.0, 0);
        let mut screenings = Vec::with_capacity(input.screenings.len());
        for screening in input.screenings {
            let submission: SubmissionId = parse_id(&screening.submission)?;
            let opened = match open(ctx, submission).await? {
                Ok(opened) => opened,
                Err(refusal) => return Ok(ScreenOpinionsResult::Refused(refusal)),
            };
            let form = match screening.redacted_text {
                None => ScreenedForm::AsSubmitted {
                    repeats_personal_data: opened.author.are_told_by(&opened.body),
                },
                Some(text) => ScreenedForm::Redacted {
                    text: opened
                        .author
                        .seal(&mut seals, &opened.subject, field::REDACTED, &text)
                        .await?,
                    reasons: screening.reasons.into_iter().map(Into::into).collect(),
                },
            };
            screenings.push(Screening { submission, form });
        }
        let command = Command::ScreenOpinions { screenings };
        let envelopes = seals.envelope()?;
        Ok(
            ask(ctx, input.command_id.0, case, actor, command, envelopes)
                .await?
                .into(),
        )
    }

    /// Puts items of the same purpose together for one answer; none is lost.
    /// For bureau officers.
    async fn group_items(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which items.")] input: GroupItemsInput,
    ) -> Result<GroupItemsResult, ApiError> {
        let (actor, _) = ctx.viewer().officer().await?;
        let case = parse_id::<domain::ids::CaseId>(&input.case)?;
        let group = match &input.group {
            Some(group) => parse_id(group)?,
            None => GroupId(input.command_id.0),
        };
        let items: Vec<ItemId> = parse_all(&input.items)?;
        let desk = ctx.desk();
        let city = desk.city();
        let view = city.public_comment.get(case).ok_or(ApiError::NotFound)?;
        let members = view.groups.get(&group).into_iter();
        let members = members.flat_map(|group| &group.items);
        let members = members.filter_map(|order| Some(view.items.get(order)?.id));
        let authors = Authors::of_items(desk, view, members.chain(items.iter().copied())).await?;
        let mut seals = Seals::for_event(desk, input.command_id.0, 0);
        let owner = case.to_string();
        let title = authors.seal(&mut seals, &owner, field::TITLE, &input.title);
        let command = Command::GroupItems {
            group,
            items,
            title: title.await?,
        };
        let envelopes = seals.envelope()?;
        Ok(
            ask(ctx, input.command_id.0, case, actor, command, envelopes)
                .await?
                .into(),
        )
    }

    /// Takes a group apart. For bureau officers.
    async fn ungroup_items(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which group.")] input: UngroupItemsInput,
    ) -> Result<UngroupItemsResult, ApiError> {
        let (actor, _) = ctx.viewer().officer().await?;
        let case = parse_id(&input.case)?;
        let command = Command::UngroupItems {
            group: parse_id(&input.group)?,
        };
        Ok(
            ask(ctx, input.command_id.0, case, actor, command, Vec::new())
                .await?
                .into(),
        )
    }

    /// Answers items, or all items of a group. For bureau officers.
    async fn assign_response(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to answer.")] input: AssignResponseInput,
    ) -> Result<AssignResponseResult, ApiError> {
        let (actor, _) = ctx.viewer().officer().await?;
        let case = parse_id::<domain::ids::CaseId>(&input.case)?;
        let category: ResponseCategory = input.category.parse().map_err(
            |error: domain::public_comment::ResponseCategoryError| {
                ApiError::bad_input("対応区分の記号が正しくありません", error.to_string())
            },
        )?;
        let target = target(input.target)?;
        let desk = ctx.desk();
        let city = desk.city();
        let view = city.public_comment.get(case).ok_or(ApiError::NotFound)?;
        let authors = Authors::of_target(desk, view, &target).await?;
        let mut seals = Seals::for_event(desk, input.command_id.0, 0);
        let owner = case.to_string();
        let response = authors.seal(&mut seals, &owner, field::RESPONSE, &input.response);
        let command = Command::AssignResponse {
            target,
            category,
            response: response.await?,
            changed_policy: input.changed_policy,
            changes: parse_all::<ChangeId>(&input.changes)?,
        };
        let envelopes = seals.envelope()?;
        Ok(
            ask(ctx, input.command_id.0, case, actor, command, envelopes)
                .await?
                .into(),
        )
    }

    /// Takes answers back. For bureau officers.
    async fn revoke_response(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which answers.")] input: RevokeResponseInput,
    ) -> Result<RevokeResponseResult, ApiError> {
        let (actor, _) = ctx.viewer().officer().await?;
        let case = parse_id(&input.case)?;
        let command = Command::RevokeResponse {
            target: target(input.target)?,
        };
        Ok(
            ask(ctx, input.command_id.0, case, actor, command, Vec::new())
                .await?
                .into(),
        )
    }
}

/// A submission, opened for the officer who works on it.
struct Opened {
    case: domain::ids::CaseId,
    subject: String,
    body: String,
    author: Authors,
}

/// Opens a submission; refused if its text was erased, so that nobody can work
/// on it any more.
async fn open(ctx: &Context<'_>, id: SubmissionId) -> Result<Result<Opened, Refusal>, ApiError> {
    let desk = ctx.desk();
    let city = desk.city();
    let case = city
        .public_comment
        .of_submission(id)
        .ok_or(ApiError::NotFound)?;
    let submission = case.submission(id).ok_or(ApiError::NotFound)?;
    if city.personal_data.is_erased(submission.subject) {
        return Ok(Err(Refusal::of(&personal_data::Refusal::Erased)));
    }
    let text = submission.text().ok_or(ApiError::NotFound)?;
    Ok(Ok(Opened {
        case: case.id,
        subject: submission.subject.to_string(),
        body: desk
            .open_text(&text.body)
            .await?
            .ok_or(ApiError::NotFound)?,
        author: Authors::of(desk, [submission.as_ref()]).await?,
    }))
}

/// The stretches of a text, one after another, with an ellipsis between them.
fn cut(body: &[char], spans: &[(u32, u32)]) -> String {
    let stretch = |(from, to): &(u32, u32)| {
        let from = usize::try_from(*from).ok()?;
        let to = usize::try_from(*to).ok()?;
        body.get(from..to)
            .map(|characters| characters.iter().collect::<String>())
    };
    // A span outside the text is refused by the rules; here it adds nothing.
    let stretches: Vec<_> = spans.iter().filter_map(stretch).collect();
    stretches.join("……")
}

fn target(input: TargetInput) -> Result<Target, ApiError> {
    Ok(match input {
        TargetInput::Items(items) => Target::Items(parse_all(&items)?),
        TargetInput::Group(group) => Target::Group(parse_id(&group)?),
    })
}

fn parse_all<T: std::str::FromStr<Err: std::fmt::Display>>(ids: &[ID]) -> Result<Vec<T>, ApiError> {
    ids.iter().map(parse_id).collect()
}
