//! The words of the institution, as GraphQL enums.

use async_graphql::Enum;
use serde::Deserialize;

/// How an opinion came in (提出方法).
#[derive(Enum, Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(remote = "domain::public_comment::Channel")]
pub enum Channel {
    /// 専用フォーム。The form on the web.
    Web,
    /// 電子メール。
    Email,
    /// ファクシミリ。
    Fax,
    /// 郵送。
    Post,
    /// 持参。
    InPerson,
}

/// What kind of policy a draft is of (政策等).
#[derive(Enum, Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(remote = "domain::public_comment::PolicyObjectKind")]
pub enum PolicyObjectKind {
    /// 計画。
    Plan,
    /// 条例等。
    Ordinance,
    /// 審査基準。
    ReviewStandard,
    /// 処分基準。
    DispositionStandard,
    /// その他。
    Other,
}

/// Whether somebody writes for themselves.
#[derive(Enum, Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(remote = "domain::public_comment::SubmitterKind")]
pub enum SubmitterKind {
    /// 個人。
    Individual,
    /// 法人。
    Corporation,
    /// 団体。
    Group,
}

/// Which day counts for what comes by post.
#[derive(Enum, Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(remote = "domain::public_comment::PostRule")]
pub enum PostRule {
    /// 消印有効。The day of the postmark.
    Postmark,
    /// 必着。The day of arrival.
    Arrival,
}

/// Why a policy needs no public comment (適用除外).
#[derive(Enum, Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(remote = "domain::public_comment::ExemptionReason")]
pub enum ExemptionReason {
    /// 緊急。
    Urgent,
    /// 軽微。
    Minor,
    /// 法令の規定により裁量の余地がない。
    NoDiscretion,
    /// 市税の賦課徴収・使用料等の徴収。
    TaxOrFee,
    /// 予算の定めるところによる。
    BudgetRelated,
    /// 同等の手続を経ている。
    EquivalentProcedureDone,
}

/// What became of the draft.
#[derive(Enum, Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "PolicyOutcome", remote = "domain::public_comment::Outcome")]
pub enum Outcome {
    /// 案のとおり。
    AdoptedAsDrafted,
    /// 案を修正して。
    AdoptedWithChanges,
    /// 定めないこととした。
    Withdrawn,
}

/// Why part of an opinion is left out of what is published.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "domain::public_comment::RedactionReason")]
pub enum RedactionReason {
    /// It tells who the submitter is.
    PersonalData,
    /// It tells who others are.
    PersonalDataOfOthers,
    /// 誹謗中傷。
    Defamation,
    /// It would harm the rights or interests of a third party.
    ThirdPartyInterest,
    /// わいせつ。
    Obscenity,
}

/// Why an opinion is hidden from the page. It stays in the log and in the
/// counts.
#[derive(Enum, Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(remote = "domain::public_comment::HidingReason")]
pub enum HidingReason {
    /// 誹謗中傷。
    Defamation,
    /// It tells who others are.
    PersonalDataOfOthers,
    /// わいせつ。
    Obscenity,
    /// 広告。
    Advertising,
    /// It does not speak of the draft.
    OffTopic,
    /// It incites hatred or violence.
    Hatred,
}

/// Why an opinion is kept but is no 提出意見.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "domain::public_comment::LateReason")]
pub enum LateReason {
    /// It came after the last day of the period.
    AfterDeadline,
    /// It was sent in time, but reached the desk after the policy was decided.
    AfterDecision,
}

/// A published text that can be taken down by order of law.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithdrawnField {
    /// The text of a submission.
    Body,
    /// The attachments of a submission.
    Attachments,
    /// The summary of an item.
    Summary,
    /// The excerpt of an item.
    Excerpt,
    /// The answer to an item.
    Response,
}

/// Where a case stands.
#[derive(Enum, Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(
    name = "PublicCommentPhase",
    remote = "read_models::public_comment::Phase"
)]
pub enum Phase {
    /// Being drafted; nothing is public.
    Drafting,
    /// No public comment is held (適用除外).
    Exempted,
    /// Published; the period is still to come or running.
    Open,
    /// The period is over.
    Closed,
    /// The opinions are being answered.
    UnderReview,
    /// The policy is decided, the result not yet published.
    Decided,
    /// The result is published.
    ResultPublished,
    /// No policy is set.
    Abandoned,
}

/// What stands in the place of a text.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextState {
    /// The text.
    Readable,
    /// Nothing yet: opinions are published with the result.
    Embargoed,
    /// Nothing: the submitter took it back.
    Withdrawn,
    /// Nothing: it came late, and is kept without being published.
    Late,
    /// Nothing: it is hidden from the page, with a reason.
    Hidden,
    /// Nothing: it was taken down by order of law, or left out.
    TakenDown,
    /// Nothing: it was erased at the person's request or when its retention
    /// period ended.
    Erased,
}
