//! What happens in a case, as the minute book has it.
//!
//! Every leaf is public the moment it is written. So citizens' words, whatever
//! is personal, and the city's texts before their publication are
//! [`Sealed`]; the city's published texts stand in clear.

use serde::{Deserialize, Serialize};

use super::{
    Call, Channel, DecidedChange, ExemptionReason, FileRef, HidingReason, LateReason, Outcome,
    Passage, PublishedChange, PublishedText, RedactionReason, ResponseCategory, ResultCounts,
};
use crate::{
    Bilingual, LegalDate, Sealed,
    ids::{ChangeId, FileId, GroupId, ItemId, MaterialId, OfficerId, SubjectId, SubmissionId},
};

/// What has happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data", rename_all = "snake_case")]
pub enum Event {
    /// A bureau officer drafted a case.
    CaseDrafted {
        /// The [`CaseContent`](super::CaseContent).
        content: Sealed,
        /// Who drafted it.
        drafter: OfficerId,
        /// 1.
        revision: u32,
    },
    /// The draft was written anew.
    DraftRevised {
        /// One more than the last.
        revision: u32,
        /// The [`CaseContent`](super::CaseContent).
        content: Sealed,
        /// Who wrote it.
        drafter: OfficerId,
    },
    /// A document was put beside the draft, before its publication.
    MaterialAttached {
        /// Its id; the same id again is a new version.
        material: MaterialId,
        /// Its version, from 1.
        version: u32,
        /// Its title.
        title: Sealed,
        /// Its file's bytes.
        file: Sealed,
        /// Its file.
        file_id: FileId,
    },
    /// No public comment is held.
    ExemptionDeclared {
        /// The reason by its code.
        code: ExemptionReason,
        /// The reason in words, until the policy is fixed.
        reason: Sealed,
    },
    /// The reason was published with the policy.
    ExemptionPublished {
        /// The policy's title.
        title: Bilingual,
        /// The reason by its code.
        code: ExemptionReason,
        /// The reason in words.
        reason: String,
        /// The day on which the policy was fixed.
        policy_fixed_on: LegalDate,
    },
    /// The case was published: opinions may come from its first day on.
    CasePublished(Box<Call>),
    /// Further passages or changes of a text too long for one leaf, in the same
    /// command as the event that publishes it.
    PublicationContinued {
        /// Of which text.
        of: PublishedText,
        /// The next passages.
        passages: Vec<Passage>,
        /// The next changes.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        changes: Vec<PublishedChange>,
    },
    /// The period is shorter than the ordinance's shortest, for this reason.
    PeriodShortened {
        /// やむを得ない理由.
        reason: String,
    },
    /// The period ends later.
    PeriodExtended {
        /// The new last day.
        closes_on: LegalDate,
        /// Why.
        reason: String,
    },
    /// Another document was put beside the published draft.
    MaterialAdded {
        /// Its id.
        material: MaterialId,
        /// 1.
        version: u32,
        /// Its title.
        title: Bilingual,
        /// Its file.
        file: FileRef,
    },
    /// A published document was corrected.
    MaterialCorrected {
        /// Its id.
        material: MaterialId,
        /// Its new version.
        version: u32,
        /// Its title.
        title: Bilingual,
        /// Its file.
        file: FileRef,
        /// What was corrected.
        note: String,
        /// Whether it changes what one would comment on. Then the shortest
        /// period starts again.
        substantive: bool,
        /// The last day of the period from now on.
        closes_on: LegalDate,
        /// The day of the correction.
        correction_on: LegalDate,
    },
    /// An opinion came in, in time.
    OpinionSubmitted(Box<Opinion>),
    /// An opinion came in late: kept, but no 提出意見.
    OpinionRegisteredLate {
        /// The opinion.
        #[serde(flatten)]
        opinion: Box<Opinion>,
        /// Why it is late.
        late_reason: LateReason,
    },
    /// The submitter put another text in the place of theirs.
    OpinionReplaced {
        /// The submission.
        submission: SubmissionId,
        /// The passage that it speaks of, by its key.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        passage: Option<Sealed>,
        /// The new text.
        body: Sealed,
        /// The new attachments.
        attachments: Vec<Attachment>,
    },
    /// The submitter took their opinion back. The number stays in the counts.
    OpinionWithdrawn {
        /// The submission.
        submission: SubmissionId,
    },
    /// The last day is over.
    CaseClosed {
        /// The last day.
        closed_on: LegalDate,
    },
    /// The bureau began to go through the opinions.
    ReviewStarted {},
    /// A submission (通) was split into its points (件). Earlier items of the
    /// submission, and their answers, are void.
    SubmissionItemized {
        /// The submission.
        submission: SubmissionId,
        /// Its items; together they cover the whole text.
        items: Vec<OpinionItem>,
    },
    /// It was settled which text of a submission will be published.
    OpinionScreened {
        /// The submission.
        submission: SubmissionId,
        /// The text.
        form: PublishedForm,
    },
    /// Items of the same purpose were put together for one answer; the same
    /// group again takes in more. They get the answer that the group has.
    ItemsGrouped {
        /// The group.
        group: GroupId,
        /// The items that join it.
        items: Vec<ItemId>,
        /// What they have in common.
        title: Sealed,
    },
    /// A group was taken apart. Its items keep the answer that they have.
    ItemsUngrouped {
        /// The group.
        group: GroupId,
    },
    /// Items were answered: those named, or all of a group.
    ResponseAssigned {
        /// The items, if no group is named.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        items: Vec<ItemId>,
        /// The group, all of whose items are answered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<GroupId>,
        /// 対応区分.
        category: ResponseCategory,
        /// 市の考え方.
        response: Sealed,
        /// Whether the policy changes.
        changed_policy: bool,
        /// The changes that the items caused.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        changes: Vec<ChangeId>,
    },
    /// Answers were taken back.
    ResponseRevoked {
        /// The items, if no group is named.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        items: Vec<ItemId>,
        /// The group, all of whose items lose their answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<GroupId>,
    },
    /// The implementing body decided.
    PolicyDecided {
        /// What became of the draft.
        outcome: Outcome,
        /// When it was decided.
        decided_on: LegalDate,
        /// The final text, all passages.
        final_text: Sealed,
        /// What differs from the draft, and why.
        changes: Vec<DecidedChange>,
        /// Who recorded the decision.
        decided_by: OfficerId,
    },
    /// The result was published. From here on the opinions are readable.
    ResultsPublished(Box<PublishedResult>),
    /// An opinion was hidden from the page.
    OpinionHidden {
        /// The submission.
        submission: SubmissionId,
        /// Why, by its code.
        reason: HidingReason,
        /// Why, in words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
        /// Who hid it.
        hidden_by: OfficerId,
    },
    /// The submitter objected to the hiding.
    HidingAppealed {
        /// The submission.
        submission: SubmissionId,
        /// Their words.
        statement: Sealed,
    },
    /// The hiding was lifted.
    HidingReversed {
        /// The submission.
        submission: SubmissionId,
        /// Why.
        reason: String,
    },
    /// The hiding stays, after an appeal.
    HidingUpheld {
        /// The submission.
        submission: SubmissionId,
        /// Why.
        reason: String,
    },
    /// A published text was taken down by order of law.
    PublicationWithdrawn {
        /// Which text.
        #[serde(flatten)]
        text: WithdrawnText,
        /// The law or order.
        legal_basis: String,
        /// The number of the decision.
        decision_no: String,
    },
    /// No policy is set.
    CaseAbandoned {
        /// 題名.
        title: Bilingual,
        /// 案の作成日.
        drafted_on: LegalDate,
        /// Why.
        reason: String,
        /// Whether a new procedure follows.
        new_procedure: bool,
    },
}

/// An opinion as it came in (通).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    /// Its id.
    pub submission: SubmissionId,
    /// Who submits, as a pseudonym of this case.
    pub subject: SubjectId,
    /// How it came.
    pub channel: Channel,
    /// The day on which it reached the city.
    pub received_on: LegalDate,
    /// The day of the postmark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postmarked_on: Option<LegalDate>,
    /// The day that decides whether it is in time: by the rule of the case,
    /// that of the postmark or that of receipt.
    pub counted_on: LegalDate,
    /// The passage that it speaks of, by its key; none for the whole draft.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passage: Option<Sealed>,
    /// The text.
    pub body: Sealed,
    /// Kind, name, kana, address, contact and ward of the submitter.
    pub submitter: Sealed,
    /// The secret by which the submitter comes back, hashed.
    pub claim: Sealed,
    /// What is attached.
    pub attachments: Vec<Attachment>,
    /// Who entered it, if it came on paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entered_by: Option<OfficerId>,
}

/// A file that came with an opinion; as embargoed as its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// The file.
    pub file_id: FileId,
    /// Its bytes.
    pub file: Sealed,
}

/// A point of a submission (件).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpinionItem {
    /// Its id.
    pub item: ItemId,
    /// The point in the city's words.
    pub summary: Sealed,
    /// The point in the submitter's words.
    pub excerpt: Sealed,
}

/// Which text of a submission is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PublishedForm {
    /// The text as it came.
    AsSubmitted,
    /// The text with parts left out.
    Redacted {
        /// What is left.
        text: Sealed,
        /// Why parts are left out.
        reasons: Vec<RedactionReason>,
    },
}

/// A published text that was taken down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "field", rename_all = "snake_case")]
pub enum WithdrawnText {
    /// The text of a submission.
    Body {
        /// The submission.
        submission: SubmissionId,
    },
    /// The attachments of a submission.
    Attachments {
        /// The submission.
        submission: SubmissionId,
    },
    /// The summary of an item.
    Summary {
        /// The item.
        item: ItemId,
    },
    /// The excerpt of an item.
    Excerpt {
        /// The item.
        item: ItemId,
    },
    /// The answer to an item, where it stands beside this item.
    Response {
        /// The item.
        item: ItemId,
    },
}

/// The published result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedResult {
    /// The day.
    pub published_on: LegalDate,
    /// What became of the draft.
    pub outcome: Outcome,
    /// The final text. What does not fit follows in
    /// [`PublicationContinued`](Event::PublicationContinued).
    pub final_passages: Vec<Passage>,
    /// What differs from the draft, passage by passage.
    pub changes: Vec<PublishedChange>,
    /// The reasons for the decision.
    pub reasons: String,
    /// Nobody submitted an opinion; the document must say so.
    pub no_submissions: bool,
    /// Summaries stand in the place of the opinions.
    pub summaries_only: bool,
    /// Where the full opinions can be read, if summaries stand in their place
    /// (43条2項).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_opinions_at: Option<String>,
    /// The counts.
    pub counts: ResultCounts,
    /// Who published it.
    pub publisher: OfficerId,
}

impl Event {
    /// The day to which the law attributes the event, where it is not the day
    /// of recording.
    pub fn legal_date(&self) -> Option<LegalDate> {
        match self {
            Self::OpinionSubmitted(opinion) | Self::OpinionRegisteredLate { opinion, .. } => {
                Some(opinion.counted_on)
            }
            Self::CaseClosed { closed_on } => Some(*closed_on),
            Self::PolicyDecided { decided_on, .. } => Some(*decided_on),
            _ => None,
        }
    }
}
