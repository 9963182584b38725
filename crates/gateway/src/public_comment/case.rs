//! A case, as clients see it.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use domain::{
    LegalDate,
    ids::{CaseId, MaterialId},
    public_comment::{CaseContent, ReceiptNumberError},
};
use read_models::{City, public_comment as view};

use super::{
    duplicates::{DuplicateGroup, DuplicateGroups},
    item::{Item, ItemGroup},
    ready::ReadyItems,
    result::PublicCommentResult,
    submission::Submission,
    words::{Channel, ExemptionReason, Outcome, Phase, PolicyObjectKind, PostRule},
};
use crate::{
    connection::{self, Page, Rows},
    context::Ask,
    gate,
    http::ApiError,
    node::Bilingual,
    scalars::{Date, DateTime, LogPosition},
};

/// A public comment case (パブリックコメント手続), at one point in the history of
/// the city.
#[derive(Clone)]
pub struct PublicCommentCase {
    pub(crate) city: Arc<City>,
    pub(crate) id: CaseId,
    /// The day on which it is looked at.
    pub(crate) today: LegalDate,
}

/// A passage of a text.
#[derive(Clone, Debug, SimpleObject)]
pub struct Passage {
    /// Its short key, such as `2-1`: opinions and changes refer to it.
    pub key: String,
    /// Its heading.
    pub heading: Option<String>,
    /// Its words.
    pub text: String,
}

impl From<&domain::public_comment::Passage> for Passage {
    fn from(passage: &domain::public_comment::Passage) -> Self {
        Self {
            key: passage.passage.0.clone(),
            heading: passage.heading.clone(),
            text: passage.text.clone(),
        }
    }
}

/// A document beside a draft (関連資料).
#[derive(Clone, Debug, SimpleObject)]
pub struct Material {
    /// Its id, the same for all its versions.
    pub id: ID,
    /// Its version, from 1.
    pub version: u32,
    /// Its title.
    pub title: Bilingual,
    /// The name of its file.
    pub file_name: String,
    /// The media type of its file, found by content.
    pub media_type: String,
    /// The length of its file in bytes.
    pub size: String,
    /// Where its file is served.
    pub path: String,
    /// What was corrected, if this is not the first version.
    pub note: Option<String>,
    /// Whether the correction changed what one would comment on.
    pub substantive: bool,
    /// When it was recorded.
    pub recorded_at: DateTime,
}

impl Material {
    /// A version of a document.
    pub(crate) fn of(id: MaterialId, version: &view::MaterialVersion) -> Self {
        Self {
            id: id.to_string().into(),
            version: version.published.version,
            title: Bilingual::from(&version.published.title),
            file_name: version.published.file.name.clone(),
            media_type: version.published.file.media_type.clone(),
            size: version.published.file.size.to_string(),
            path: format!("/files/{}", version.published.file.file),
            note: version.note.clone(),
            substantive: version.substantive,
            recorded_at: DateTime(version.recorded_at),
        }
    }
}

/// Something that happened to the case as a whole.
#[derive(Clone, Debug, SimpleObject)]
pub struct Milestone {
    /// The kind of event, as it stands in the log.
    pub kind: String,
    /// The day that counts in law.
    pub legal_date: Date,
    /// When it was recorded.
    pub recorded_at: DateTime,
    /// Its place in the log.
    pub position: LogPosition,
}

/// An extension of the period.
#[derive(Clone, Debug, SimpleObject)]
pub struct PeriodExtension {
    /// The new last day.
    pub closes_on: Date,
    /// Why.
    pub reason: String,
    /// When it was recorded.
    pub recorded_at: DateTime,
}

/// Submissions (通) by a channel.
#[derive(Clone, Debug, SimpleObject)]
pub struct ChannelCount {
    /// The channel.
    pub channel: Channel,
    /// 通。
    pub submission_count: u32,
}

/// Items (件) in a category.
#[derive(Clone, Debug, SimpleObject)]
pub struct CategoryCount {
    /// The letter of the category.
    pub category: String,
    /// 件。
    pub item_count: u32,
}

/// The numbers of a case. Submissions (通) and items (件) are never added to
/// each other.
#[derive(Clone, Debug, SimpleObject)]
pub struct PublicCommentCounts {
    /// 意見提出数 (通): in time and not withdrawn.
    pub submission_count: u32,
    /// Of these, by channel.
    pub by_channel: Vec<ChannelCount>,
    /// 通 withdrawn by their submitters; not in `submissionCount`.
    pub withdrawn_count: u32,
    /// 通 that came late; not in `submissionCount`.
    pub late_count: u32,
    /// 通 hidden from the page; they count in `submissionCount`.
    pub hidden_count: u32,
    /// 意見総数 (件).
    pub item_count: u32,
    /// 件 with an answer.
    pub answered_item_count: u32,
    /// 件 with an answer, by category.
    pub by_category: Vec<CategoryCount>,
    /// 件 that changed the policy.
    pub changed_policy_item_count: u32,
    /// 通 split into items.
    pub itemized_submission_count: u32,
    /// 通 for which it is settled which text will be published.
    pub screened_submission_count: u32,
}

impl From<&view::Counts> for PublicCommentCounts {
    fn from(counts: &view::Counts) -> Self {
        Self {
            submission_count: counts.submissions,
            by_channel: domain::public_comment::Channel::ALL
                .iter()
                .map(|channel| ChannelCount {
                    channel: (*channel).into(),
                    submission_count: counts.by_channel.get(channel).copied().unwrap_or(0),
                })
                .collect(),
            withdrawn_count: counts.withdrawn,
            late_count: counts.late,
            hidden_count: counts.hidden,
            item_count: counts.items,
            answered_item_count: counts.answered,
            by_category: counts
                .by_category
                .iter()
                .map(|(category, items)| CategoryCount {
                    category: category.to_string(),
                    item_count: *items,
                })
                .collect(),
            changed_policy_item_count: counts.changed_policy,
            itemized_submission_count: counts.itemized,
            screened_submission_count: counts.screened,
        }
    }
}

/// A category of answers (対応区分), as the ordinance sets it.
#[derive(Clone, Debug, SimpleObject)]
pub struct ResponseCategory {
    /// Its letter.
    pub code: String,
    /// Its name.
    pub label: Bilingual,
}

/// The call for opinions (意見募集): what was published, and until when opinions
/// can be sent how.
#[derive(Clone, Debug, SimpleObject)]
pub struct Call {
    /// The first day of the period; it counts.
    pub opens_on: Date,
    /// The last day of the period as it stands now; it counts.
    pub closes_on: Date,
    /// The last day as it was first published.
    pub first_closes_on: Date,
    /// Days in the period, both ends counted.
    pub period_days: u32,
    /// Whether opinions are taken at the moment that is looked at.
    pub is_open: bool,
    /// Days until the last day; 0 on the last day itself, negative afterwards.
    pub days_left: i32,
    /// Why the period is shorter than the shortest.
    pub shortened_because: Option<String>,
    /// How the period was extended.
    pub extensions: Vec<PeriodExtension>,
    /// 提出方法。
    pub channels: Vec<Channel>,
    /// 募集の周知方法。
    pub publicity: Vec<String>,
    /// 閲覧場所。
    pub reading_places: Vec<String>,
    /// 結果の公表方法。
    pub result_method: String,
    /// Which day counts for what comes by post.
    pub post_rule: PostRule,
    /// The categories of the answers.
    pub categories: Vec<ResponseCategory>,
    /// The version of the ordinance that the case keeps.
    pub ordinance_version: String,
    /// When it was published.
    pub published_at: DateTime,
}

/// That no public comment is held (適用除外), and why.
#[derive(Clone, Debug, SimpleObject)]
pub struct Exemption {
    /// The reason by its code.
    pub code: ExemptionReason,
    /// The policy's title, once it is fixed.
    pub title: Option<Bilingual>,
    /// The reason in words, published when the policy is fixed.
    pub reason: Option<String>,
    /// The day on which the policy was fixed.
    pub policy_fixed_on: Option<Date>,
}

/// That no policy is set, and why.
#[derive(Clone, Debug, SimpleObject)]
pub struct Abandonment {
    /// 題名。
    pub title: Bilingual,
    /// 案の作成日。
    pub drafted_on: Date,
    /// Why.
    pub reason: String,
    /// Whether a new procedure follows.
    pub new_procedure: bool,
    /// When it was recorded.
    pub recorded_at: DateTime,
}

/// A document beside a draft, before its publication.
#[derive(Clone, Debug, SimpleObject)]
pub struct DraftMaterial {
    /// Its id, the same for all its versions.
    pub id: ID,
    /// Its version, from 1.
    pub version: u32,
    /// Its title.
    pub title: Bilingual,
    /// Where its file is served to the officers of the case.
    pub path: String,
}

/// A draft before its publication.
#[derive(Clone, Debug, SimpleObject)]
pub struct Draft {
    /// Its revision, from 1.
    pub revision: u32,
    /// The city's number of the case.
    pub number: String,
    /// 題名。
    pub title: Bilingual,
    /// What kind of policy it is.
    pub object_kind: PolicyObjectKind,
    /// 根拠法令。
    pub legal_basis: String,
    /// 所管局。
    pub bureau: String,
    /// 問合せ先。
    pub contact: String,
    /// What it is about, in short.
    pub summary: Bilingual,
    /// Its passages.
    pub passages: Vec<Passage>,
    /// 案の作成日。
    pub drafted_on: Date,
    /// Who wrote it, as a pseudonym.
    pub drafter: ID,
    /// Whether whoever asks wrote this revision or an earlier one, and so is not
    /// the second person who may publish it.
    pub written_by_viewer: bool,
    /// When it was recorded.
    pub recorded_at: DateTime,
}

/// A change of the draft before its publication.
#[derive(Clone, Debug, SimpleObject)]
pub struct DecidedChange {
    /// Its id.
    pub id: ID,
    /// The key of the passage that changes.
    pub passage: String,
    /// The passage's new text; empty if it is removed.
    pub text: String,
    /// The items that caused it.
    pub items: Vec<ID>,
    /// The groups of items that caused it.
    pub groups: Vec<ID>,
}

/// What the implementing body decided, before its publication.
#[derive(Clone, Debug, SimpleObject)]
pub struct Decision {
    /// What becomes of the draft.
    pub outcome: Outcome,
    /// When it was decided.
    pub decided_on: Date,
    /// The final text, passage by passage.
    pub final_passages: Vec<Passage>,
    /// What differs from the draft.
    pub changes: Vec<DecidedChange>,
}

impl Decision {
    async fn open(ctx: &Context<'_>, decision: &view::Decision) -> Result<Self, ApiError> {
        let desk = ctx.desk();
        let passages = desk
            .open_json::<Vec<domain::public_comment::Passage>>(&decision.final_text)
            .await?
            .unwrap_or_default();
        let mut changes = Vec::with_capacity(decision.changes.len());
        for change in &decision.changes {
            changes.push(DecidedChange {
                id: change.id.to_string().into(),
                passage: change.passage.0.clone(),
                text: desk.open_text(&change.text).await?.unwrap_or_default(),
                items: change
                    .items
                    .iter()
                    .map(|id| id.to_string().into())
                    .collect(),
                groups: change
                    .groups
                    .iter()
                    .map(|id| id.to_string().into())
                    .collect(),
            });
        }
        Ok(Self {
            outcome: decision.outcome.into(),
            decided_on: Date(decision.decided_on),
            final_passages: passages.iter().map(Passage::from).collect(),
            changes,
        })
    }
}

impl PublicCommentCase {
    /// The case in its snapshot.
    pub(crate) fn view(&self) -> Result<&view::Case, ApiError> {
        self.city
            .public_comment
            .get(self.id)
            .ok_or(ApiError::NotFound)
    }

    fn submission(&self, submission: &Arc<view::Submission>) -> Submission {
        Submission {
            case: self.clone(),
            view: Arc::clone(submission),
            held: false,
        }
    }

    fn item(&self, item: &Arc<view::Item>) -> Item {
        Item {
            case: self.clone(),
            view: Arc::clone(item),
        }
    }
}

/// A public comment case (パブリックコメント手続).
#[Object]
impl PublicCommentCase {
    /// Its id.
    pub async fn id(&self) -> ID {
        self.id.to_string().into()
    }

    /// Where it stands.
    async fn phase(&self) -> Result<Phase, ApiError> {
        Ok(self.view()?.phase_on(self.today).into())
    }

    /// The city's number of the case, once published.
    async fn number(&self) -> Result<Option<String>, ApiError> {
        Ok(self
            .view()?
            .call
            .as_ref()
            .map(|call| call.content.number.clone()))
    }

    /// 題名, once published.
    async fn title(&self) -> Result<Option<Bilingual>, ApiError> {
        let case = self.view()?;
        let published = case.call.as_ref().map(|call| &call.content.title);
        let abandoned = case
            .abandonment
            .as_ref()
            .map(|abandonment| &abandonment.title);
        let exempted = case
            .exemption
            .as_ref()
            .and_then(|exemption| Some(&exemption.published.as_ref()?.title));
        Ok(published.or(abandoned).or(exempted).map(Bilingual::from))
    }

    /// What it is about, in short, once published.
    async fn summary(&self) -> Result<Option<Bilingual>, ApiError> {
        let call = self.view()?.call.as_ref();
        Ok(call.map(|call| Bilingual::from(&call.content.summary)))
    }

    /// What kind of policy it is, once published.
    async fn object_kind(&self) -> Result<Option<PolicyObjectKind>, ApiError> {
        let call = self.view()?.call.as_ref();
        Ok(call.map(|call| call.content.object_kind.into()))
    }

    /// 根拠法令, once published.
    async fn legal_basis(&self) -> Result<Option<String>, ApiError> {
        Ok(self
            .view()?
            .call
            .as_ref()
            .map(|call| call.content.legal_basis.clone()))
    }

    /// 所管局, once published.
    async fn bureau(&self) -> Result<Option<String>, ApiError> {
        Ok(self
            .view()?
            .call
            .as_ref()
            .map(|call| call.content.bureau.clone()))
    }

    /// 問合せ先, once published.
    async fn contact(&self) -> Result<Option<String>, ApiError> {
        Ok(self
            .view()?
            .call
            .as_ref()
            .map(|call| call.content.contact.clone()))
    }

    /// 案の作成日, once published.
    async fn drafted_on(&self) -> Result<Option<Date>, ApiError> {
        Ok(self
            .view()?
            .call
            .as_ref()
            .map(|call| Date(call.content.drafted_on)))
    }

    /// The published draft, passage by passage.
    async fn passages(&self) -> Result<Vec<Passage>, ApiError> {
        Ok(self.view()?.passages.iter().map(Passage::from).collect())
    }

    /// The call for opinions, once published.
    async fn call(&self) -> Result<Option<Call>, ApiError> {
        let case = self.view()?;
        let (Some(call), Some(closes_on), Some((published_at, _))) =
            (&case.call, case.closes_on, case.published)
        else {
            return Ok(None);
        };
        let days = call.opens_on.days_until(closes_on) + 1;
        let left = self.today.days_until(closes_on);
        Ok(Some(Call {
            opens_on: Date(call.opens_on),
            closes_on: Date(closes_on),
            first_closes_on: Date(call.closes_on),
            period_days: u32::try_from(days).unwrap_or(0),
            is_open: case.phase_on(self.today) == view::Phase::Open && call.opens_on <= self.today,
            days_left: i32::try_from(left).unwrap_or(i32::MAX),
            shortened_because: case.shortened.clone(),
            extensions: case
                .extensions
                .iter()
                .map(|extension| PeriodExtension {
                    closes_on: Date(extension.closes_on),
                    reason: extension.reason.clone(),
                    recorded_at: DateTime(extension.recorded_at),
                })
                .collect(),
            channels: call.channels.iter().copied().map(Channel::from).collect(),
            publicity: call.publicity.clone(),
            reading_places: call.reading_places.clone(),
            result_method: call.result_method.clone(),
            post_rule: call.post_rule.into(),
            categories: call
                .categories
                .iter()
                .map(|category| ResponseCategory {
                    code: category.code.to_string(),
                    label: Bilingual::from(&category.label),
                })
                .collect(),
            ordinance_version: call.ordinance.clone(),
            published_at: DateTime(published_at),
        }))
    }

    /// The documents beside the draft, each in its newest version; with
    /// `allVersions` the earlier ones too.
    async fn materials(
        &self,
        #[graphql(default = false, desc = "Whether earlier versions are listed too.")]
        all_versions: bool,
    ) -> Result<Vec<Material>, ApiError> {
        let mut materials = Vec::new();
        for (id, versions) in &self.view()?.materials {
            let skip = if all_versions {
                0
            } else {
                versions.len().saturating_sub(1)
            };
            let versions = versions.iter().skip(skip);
            materials.extend(versions.map(|version| Material::of(*id, version)));
        }
        Ok(materials)
    }

    /// The numbers.
    async fn counts(&self) -> Result<PublicCommentCounts, ApiError> {
        Ok((&self.view()?.counts).into())
    }

    /// The submissions (通), in the order in which they were recorded. That
    /// something was submitted is public; what it says, once the result is.
    async fn submissions(
        &self,
        #[graphql(desc = "How many at most, from the beginning; up to 100.")] first: Option<i32>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
        #[graphql(desc = "How many at most, from the end; up to 100.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<Rows<Submission>, ApiError> {
        let case = self.view()?;
        let page = Page::read(first, after, last, before)?;
        let total = case.submissions.len();
        Ok(page.connect(total, |range, backwards| {
            let rows = case.submissions.range(connection::numbers(range));
            let node =
                |(key, row): (u32, &Arc<view::Submission>)| (u64::from(key), self.submission(row));
            connection::take(rows.map(node), backwards, page.limit())
        }))
    }

    /// The submissions with this number on their receipts, the oldest first: one
    /// if it was read well, and by chance two. For staff, null for everybody else.
    async fn submissions_by_receipt_number(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "As it is printed, such as 7K3M-0QXZ; small letters and a missing \
                          hyphen are understood."
        )]
        receipt_number: String,
    ) -> Result<Option<Vec<Submission>>, ApiError> {
        if !gate::may_find_by_receipt(&ctx.viewer()) {
            return Ok(None);
        }
        let number = receipt_number
            .parse()
            .map_err(|error: ReceiptNumberError| {
                ApiError::bad_input(
                    "受付番号は「7K3M-0QXZ」の形で入力してください",
                    error.to_string(),
                )
            })?;
        let found = self.view()?.numbered(number);
        Ok(Some(found.map(|row| self.submission(row)).collect()))
    }

    /// Submissions that say the same, or nearly, the largest group first; for
    /// the officers of the case, null for everybody else. Texts belong together
    /// that share so many of their pairs of letters. Nothing is merged: every
    /// submission counts as received.
    async fn duplicate_groups(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 80, desc = "The share in percent.")] threshold: u32,
        #[graphql(default = 20, desc = "How many groups at most; up to 100.")] first: u32,
    ) -> Result<Option<Vec<DuplicateGroup>>, ApiError> {
        if !gate::is_case_officer(&ctx.viewer()) {
            return Ok(None);
        }
        let case = self.view()?;
        let known: &DuplicateGroups = ctx.data_unchecked();
        let groups = known.of(ctx.desk(), case, threshold).await?;
        let most = usize::try_from(first.min(100)).unwrap_or(0);
        let group = |places: &Vec<u32>| DuplicateGroup {
            submissions: places
                .iter()
                .filter_map(|place| case.submissions.get(place))
                .map(|submission| self.submission(submission))
                .collect(),
        };
        Ok(Some(groups.iter().take(most).map(group).collect()))
    }

    /// The items (件), in the order in which they were made. Public once the
    /// result is.
    async fn items(
        &self,
        #[graphql(desc = "How many at most, from the beginning; up to 100.")] first: Option<i32>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
        #[graphql(desc = "How many at most, from the end; up to 100.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> Result<ReadyItems, ApiError> {
        let case = self.view()?;
        let page = Page::read(first, after, last, before)?;
        let items = page.connect(case.items.len(), |range, backwards| {
            let rows = case.items.range(connection::numbers(range));
            let node = |(key, row): (u32, &Arc<view::Item>)| (u64::from(key), self.item(row));
            connection::take(rows.map(node), backwards, page.limit())
        });
        Ok(ReadyItems {
            case: self.clone(),
            page,
            items,
        })
    }

    /// The groups of items that share an answer. For the officers of the case,
    /// and for everybody once the result is published.
    async fn groups(&self, ctx: &Context<'_>) -> Result<Vec<ItemGroup>, ApiError> {
        let case = self.view()?;
        if !case.opinions_are_public() && !gate::is_case_officer(&ctx.viewer()) {
            return Ok(Vec::new());
        }
        Ok(case
            .groups
            .values()
            .map(|group| ItemGroup {
                case: self.clone(),
                view: group.clone(),
            })
            .collect())
    }

    /// The documents beside a draft before its publication, each in its newest
    /// version, for the officers of the case.
    async fn draft_materials(&self, ctx: &Context<'_>) -> Result<Vec<DraftMaterial>, ApiError> {
        if !gate::may_read_drafts(&ctx.viewer()) {
            return Ok(Vec::new());
        }
        let mut materials = Vec::new();
        for (id, versions) in &self.view()?.attached {
            let Some(newest) = versions.last() else {
                continue;
            };
            let title = ctx.desk().open_json::<domain::Bilingual>(&newest.title);
            let Some(title) = title.await? else {
                continue;
            };
            materials.push(DraftMaterial {
                id: id.to_string().into(),
                version: newest.version,
                title: Bilingual::from(&title),
                path: format!("/files/{}", newest.file_id),
            });
        }
        Ok(materials)
    }

    /// The draft in its newest revision, for the officers of the case.
    async fn draft(&self, ctx: &Context<'_>) -> Option<Result<Draft, ApiError>> {
        if !gate::may_read_drafts(&ctx.viewer()) {
            return None;
        }
        let drafts = &self.view().ok()?.drafts;
        let viewer = ctx.viewer().known_officer();
        let written_by_viewer = drafts.iter().any(|draft| Some(draft.drafter) == viewer);
        let draft = drafts.last()?.clone();
        let content = match ctx.desk().open_json::<CaseContent>(&draft.content).await {
            Ok(content) => content?,
            Err(error) => return Some(Err(error)),
        };
        Some(Ok(Draft {
            revision: draft.revision,
            number: content.number,
            title: Bilingual::from(&content.title),
            object_kind: content.object_kind.into(),
            legal_basis: content.legal_basis,
            bureau: content.bureau,
            contact: content.contact,
            summary: Bilingual::from(&content.summary),
            passages: content.passages.iter().map(Passage::from).collect(),
            drafted_on: Date(content.drafted_on),
            drafter: draft.drafter.to_string().into(),
            written_by_viewer,
            recorded_at: DateTime(draft.recorded_at),
        }))
    }

    /// The decision before its publication, for the officers of the case.
    async fn decision(&self, ctx: &Context<'_>) -> Option<Result<Decision, ApiError>> {
        if !gate::may_read_drafts(&ctx.viewer()) {
            return None;
        }
        let decision = self.view().ok()?.decision.clone()?;
        Some(Decision::open(ctx, &decision).await)
    }

    /// The result, once published.
    async fn result(&self) -> Result<Option<PublicCommentResult>, ApiError> {
        let published = self.view()?.result.is_some();
        Ok(published.then(|| PublicCommentResult { case: self.clone() }))
    }

    /// Why no public comment is held, if none is.
    async fn exemption(&self) -> Result<Option<Exemption>, ApiError> {
        Ok(self.view()?.exemption.as_ref().map(|exemption| Exemption {
            code: exemption.code.into(),
            title: exemption
                .published
                .as_ref()
                .map(|published| Bilingual::from(&published.title)),
            reason: exemption
                .published
                .as_ref()
                .map(|published| published.reason.clone()),
            policy_fixed_on: exemption
                .published
                .as_ref()
                .map(|published| Date(published.policy_fixed_on)),
        }))
    }

    /// Why no policy is set, if none is.
    async fn abandonment(&self) -> Result<Option<Abandonment>, ApiError> {
        Ok(self
            .view()?
            .abandonment
            .as_ref()
            .map(|abandonment| Abandonment {
                title: Bilingual::from(&abandonment.title),
                drafted_on: Date(abandonment.drafted_on),
                reason: abandonment.reason.clone(),
                new_procedure: abandonment.new_procedure,
                recorded_at: DateTime(abandonment.recorded_at),
            }))
    }

    /// What happened to the case as a whole, in order.
    async fn milestones(&self) -> Result<Vec<Milestone>, ApiError> {
        Ok(self
            .view()?
            .milestones
            .iter()
            .map(|milestone| Milestone {
                kind: milestone.kind.clone(),
                legal_date: Date(milestone.legal_date),
                recorded_at: DateTime(milestone.recorded_at),
                position: LogPosition(milestone.position),
            })
            .collect())
    }

    /// The last event that touched the case.
    async fn position(&self) -> Result<LogPosition, ApiError> {
        Ok(LogPosition(self.view()?.last_position))
    }
}
