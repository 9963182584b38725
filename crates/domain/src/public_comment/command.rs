//! What people ask for.
//!
//! Ids are made by whoever asks, so a retry is recognised. Texts that are
//! personal or embargoed arrive sealed.

use super::{
    Channel, DecidedChange, ExemptionReason, FileRef, HidingReason, ItemCut, Missing, OpinionText,
    Outcome, PublishCase, PublishResults, ResponseCategory, Screening, SealedText, SubmitterFacts,
    Target, WithdrawnText,
};
use crate::{
    Bilingual, Checked, LegalDate, Sealed,
    ids::{ChangeId, FileId, GroupId, ItemId, MaterialId, SubjectId, SubmissionId},
};

/// What someone asks for.
///
/// Each command names who may give it and the refusals that it meets besides
/// those that all share: NOT_PERMITTED, CASE_UNKNOWN, WRONG_STAGE,
/// ORDINANCE_DIFFERS, and TEXT_TOO_LONG for a text that stands in clear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Begins a case. Bureau officer.
    ///
    /// Refused with CASE_EXISTS, CASE_INCOMPLETE.
    DraftCase {
        /// The content.
        content: Sealed,
        /// What the content lacks ([`CaseContent::missing`](super::CaseContent::missing)).
        missing: Vec<Missing>,
    },
    /// Writes the draft anew. Bureau officer.
    ///
    /// Refused with REVISION_CHANGED, CASE_INCOMPLETE.
    ReviseDraft {
        /// The revision that the new one was written from.
        revision: u32,
        /// The content.
        content: Sealed,
        /// What the content lacks.
        missing: Vec<Missing>,
    },
    /// Puts a document beside the draft, or a new version of one, before the
    /// publication. Bureau officer.
    AttachMaterial {
        /// Its id.
        material: MaterialId,
        /// Its title.
        title: Sealed,
        /// Its file's bytes.
        file: Sealed,
        /// Its file.
        file_id: FileId,
    },
    /// Declares that no public comment is held. Approver.
    ///
    /// Refused with EXEMPTION_REASON_REQUIRED, EXEMPTION_NOT_ALLOWED.
    DeclareExemption {
        /// The reason by its code.
        code: Option<ExemptionReason>,
        /// The reason in words.
        reason: SealedText,
    },
    /// Publishes the reason when the policy is fixed. Approver.
    ///
    /// Refused with EXEMPTION_REASON_REQUIRED, TITLE_REQUIRED, DAY_NOT_COME.
    PublishExemption {
        /// The policy's title.
        title: Bilingual,
        /// The reason in words.
        reason: String,
        /// The day on which the policy was fixed.
        policy_fixed_on: LegalDate,
    },
    /// Publishes the case. Approver, and somebody else than who drafted it.
    ///
    /// Refused with SAME_PERSON, REVISION_CHANGED, DRAFT_DIFFERS,
    /// MATERIALS_DIFFER, CASE_INCOMPLETE, CHANNEL_NOT_OFFERED,
    /// NOTICE_TOO_SHORT, PERIOD_TOO_SHORT, SHORTENING_NOT_ALLOWED,
    /// TEXT_TOO_LONG.
    PublishCase(Box<PublishCase>),
    /// Lets the period end later. Approver.
    ///
    /// Refused with PERIOD_OVER, NOT_AN_EXTENSION, REASON_REQUIRED.
    ExtendPeriod {
        /// The new last day.
        closes_on: LegalDate,
        /// Why.
        reason: String,
    },
    /// Puts another document beside the published draft. Bureau officer.
    ///
    /// Refused with PERIOD_OVER, MATERIAL_EXISTS, TITLE_REQUIRED.
    AddMaterial {
        /// Its id.
        material: MaterialId,
        /// Its title.
        title: Bilingual,
        /// Its file.
        file: FileRef,
    },
    /// Corrects a published document. Bureau officer.
    ///
    /// Refused with PERIOD_OVER, MATERIAL_UNKNOWN, REASON_REQUIRED,
    /// TITLE_REQUIRED.
    CorrectMaterial {
        /// Its id.
        material: MaterialId,
        /// Its title.
        title: Bilingual,
        /// Its corrected file.
        file: FileRef,
        /// What was corrected.
        note: String,
        /// Whether it changes what one would comment on.
        substantive: bool,
    },
    /// Submits an opinion on the web. Citizen, for themselves. One that comes
    /// after the last day is kept as late.
    ///
    /// Refused with NOT_YET_OPEN, PERIOD_OVER (after the decision),
    /// CHANNEL_NOT_OFFERED, NAME_REQUIRED, CITIZENS_ONLY, OPINION_EMPTY,
    /// TOO_MANY_AT_ONCE (attachments), SUBMISSION_TAKEN.
    SubmitOpinion {
        /// Its id.
        submission: SubmissionId,
        /// The submitter: kind, name, kana, address, contact, ward.
        submitter: Sealed,
        /// What the rules need to know of them.
        facts: SubmitterFacts,
        /// The secret by which they come back, hashed.
        claim: Sealed,
        /// What they say.
        text: OpinionText,
    },
    /// Enters an opinion that came by post, fax, e-mail, at the counter, or
    /// through another form. Operator. Whether it is in time follows from the
    /// day of the postmark or of receipt, not from the day of entry.
    ///
    /// Refused as [`SubmitOpinion`](Self::SubmitOpinion), and with
    /// DAY_NOT_COME, POSTMARK_AFTER_RECEIPT, POSTMARK_WITHOUT_POST.
    EnterOpinion {
        /// Its id.
        submission: SubmissionId,
        /// The submitter's pseudonym.
        subject: SubjectId,
        /// How it came.
        channel: Channel,
        /// The day on which it reached the city.
        received_on: LegalDate,
        /// The day of the postmark.
        postmarked_on: Option<LegalDate>,
        /// The submitter: kind, name, kana, address, contact, ward.
        submitter: Sealed,
        /// What the rules need to know of them.
        facts: SubmitterFacts,
        /// The secret on the receipt, hashed.
        claim: Sealed,
        /// What they say.
        text: OpinionText,
    },
    /// Puts another text in the place of one's opinion. The submitter, or an
    /// operator at their wish, until the deadline.
    ///
    /// Refused with SUBMISSION_UNKNOWN, NOT_YOUR_SUBMISSION, PERIOD_OVER,
    /// SUBMISSION_WITHDRAWN, OPINION_EMPTY.
    ReplaceOpinion {
        /// The submission.
        submission: SubmissionId,
        /// What they say now.
        text: OpinionText,
    },
    /// Takes one's opinion back. The submitter, or an operator at their wish,
    /// until the deadline.
    ///
    /// Refused with SUBMISSION_UNKNOWN, NOT_YOUR_SUBMISSION, PERIOD_OVER.
    WithdrawOpinion {
        /// The submission.
        submission: SubmissionId,
    },
    /// Records that the last day is over. System.
    ///
    /// Refused with PERIOD_NOT_OVER.
    CloseCase,
    /// Begins to go through the opinions. Bureau officer.
    ///
    /// Refused with PERIOD_NOT_OVER.
    StartReview,
    /// Splits a submission into its points. Bureau officer.
    ///
    /// Refused with SUBMISSION_UNKNOWN, SUBMISSION_WITHDRAWN, SUBMISSION_LATE,
    /// ITEMS_REQUIRED, TEXT_NOT_COVERED, SPAN_OUTSIDE_TEXT, ITEM_TAKEN,
    /// ITEM_GROUPED, TEXT_EMPTY, PERSONAL_DATA_REPEATED, TOO_MANY_AT_ONCE.
    ItemizeSubmission {
        /// The submission.
        submission: SubmissionId,
        /// The length of its text in characters.
        chars: u32,
        /// Its items.
        items: Vec<ItemCut>,
    },
    /// Settles which texts will be published; many in one command. Bureau
    /// officer or secretariat.
    ///
    /// Refused with SUBMISSION_UNKNOWN, SUBMISSION_WITHDRAWN, SUBMISSION_LATE,
    /// REDACTION_REQUIRED, REASON_REQUIRED, TOO_MANY_AT_ONCE.
    ScreenOpinions {
        /// One for each submission.
        screenings: Vec<Screening>,
    },
    /// Puts items together for one answer, or more items into a group. Bureau
    /// officer.
    ///
    /// Refused with ITEM_UNKNOWN, ITEM_GROUPED, ITEM_ANSWERED, ITEMS_REQUIRED,
    /// TEXT_EMPTY, PERSONAL_DATA_REPEATED, TOO_MANY_AT_ONCE.
    GroupItems {
        /// The group.
        group: GroupId,
        /// The items.
        items: Vec<ItemId>,
        /// What they have in common.
        title: Checked<SealedText>,
    },
    /// Takes a group apart. Bureau officer.
    ///
    /// Refused with GROUP_UNKNOWN.
    UngroupItems {
        /// The group.
        group: GroupId,
    },
    /// Answers items. Bureau officer.
    ///
    /// Refused with ITEM_UNKNOWN, ITEM_GROUPED, GROUP_UNKNOWN, ITEMS_REQUIRED,
    /// CATEGORY_UNKNOWN, TEXT_EMPTY, CATEGORY_DIFF_MISMATCH,
    /// PERSONAL_DATA_REPEATED, TOO_MANY_AT_ONCE.
    AssignResponse {
        /// Which items.
        target: Target,
        /// 対応区分.
        category: ResponseCategory,
        /// 市の考え方.
        response: Checked<SealedText>,
        /// Whether the policy changes.
        changed_policy: bool,
        /// The changes that the items caused.
        changes: Vec<ChangeId>,
    },
    /// Takes answers back. Bureau officer.
    ///
    /// Refused with ITEM_UNKNOWN, ITEM_GROUPED, GROUP_UNKNOWN, ITEMS_REQUIRED,
    /// TOO_MANY_AT_ONCE.
    RevokeResponse {
        /// Which items.
        target: Target,
    },
    /// Decides. Implementing body.
    ///
    /// Refused with UNITEMIZED_SUBMISSIONS, UNANSWERED_ITEMS,
    /// CATEGORY_DIFF_MISMATCH, ITEM_UNKNOWN, GROUP_UNKNOWN, CHANGE_TWICE,
    /// DAY_NOT_COME, DECIDED_BEFORE_CLOSE, TEXT_TOO_LONG.
    DecidePolicy {
        /// What becomes of the draft.
        outcome: Outcome,
        /// When it was decided.
        decided_on: LegalDate,
        /// The final text, all passages.
        final_text: Sealed,
        /// What differs from the draft.
        changes: Vec<DecidedChange>,
        /// Submissions whose texts were erased: nobody can split them, so they
        /// need no items.
        erased: Vec<SubmissionId>,
    },
    /// Publishes the result. Approver, and somebody else than who recorded the
    /// decision.
    ///
    /// Refused with SAME_PERSON, UNANSWERED_ITEMS, UNSCREENED_SUBMISSIONS,
    /// REASON_REQUIRED, FINAL_TEXT_DIFFERS, CATEGORY_DIFF_MISMATCH,
    /// FULL_OPINIONS_PLACE_REQUIRED, COUNTS_DIFFER, PERSONAL_DATA_REPEATED,
    /// TEXT_TOO_LONG.
    PublishResults(Box<PublishResults>),
    /// Hides an opinion from the page, after the publication of the result:
    /// before it nothing is shown, and the reason would tell of an embargoed
    /// text. Secretariat.
    ///
    /// Refused with SUBMISSION_UNKNOWN, SUBMISSION_WITHDRAWN, SUBMISSION_LATE,
    /// ALREADY_SETTLED, PERSONAL_DATA_REPEATED.
    HideOpinion {
        /// The submission.
        submission: SubmissionId,
        /// Why, by its code.
        reason: HidingReason,
        /// Why, in words.
        note: Option<Checked<String>>,
    },
    /// Objects to the hiding of one's opinion. The submitter, or an operator
    /// at their wish.
    ///
    /// Refused with SUBMISSION_UNKNOWN, NOT_YOUR_SUBMISSION, NOT_HIDDEN,
    /// ALREADY_SETTLED, TEXT_EMPTY.
    AppealHiding {
        /// The submission.
        submission: SubmissionId,
        /// Their words.
        statement: SealedText,
    },
    /// Lifts the hiding. Secretariat or approver; after an appeal, somebody
    /// else than who hid it.
    ///
    /// Refused with SUBMISSION_UNKNOWN, NOT_HIDDEN, SAME_PERSON,
    /// REASON_REQUIRED, PERSONAL_DATA_REPEATED.
    ReverseHiding {
        /// The submission.
        submission: SubmissionId,
        /// Why.
        reason: Checked<String>,
    },
    /// Keeps the hiding, after an appeal. Secretariat or approver, and somebody
    /// else than who hid it.
    ///
    /// Refused with SUBMISSION_UNKNOWN, NOT_APPEALED, SAME_PERSON,
    /// REASON_REQUIRED, PERSONAL_DATA_REPEATED.
    UpholdHiding {
        /// The submission.
        submission: SubmissionId,
        /// Why.
        reason: Checked<String>,
    },
    /// Takes a published text down by order of law. Records manager.
    ///
    /// Refused with SUBMISSION_UNKNOWN, ITEM_UNKNOWN, REASON_REQUIRED,
    /// PERSONAL_DATA_REPEATED.
    WithdrawPublication {
        /// Which text.
        text: WithdrawnText,
        /// The law or order.
        legal_basis: Checked<String>,
        /// The number of the decision.
        decision_no: Checked<String>,
    },
    /// Gives the policy up, and says so. Implementing body, before the
    /// decision.
    ///
    /// Refused with TITLE_REQUIRED, REASON_REQUIRED, DRAFT_MISNAMED.
    AbandonCase {
        /// 題名, as published if it was.
        title: Bilingual,
        /// 案の作成日, as published if it was.
        drafted_on: LegalDate,
        /// Why.
        reason: String,
        /// Whether a new procedure follows.
        new_procedure: bool,
    },
}
