//! What commands carry: sealed texts with the facts about them that the rules
//! need, found at the edge, where the text is open.

use super::{
    Attachment, CaseContent, Channel, Passage, PublishedMaterial, RedactionReason, SubmitterKind,
    SubmitterKindCount, WardCount,
};
use crate::{
    Checked, LegalDate, Sealed,
    ids::{ChangeId, GroupId, ItemId, SubmissionId},
};

/// A sealed text and what the rules need to know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedText {
    /// The commitment.
    pub sealed: Sealed,
    /// Its length in characters, white space at both ends not counted.
    pub chars: u32,
}

/// What the rules need to know of a submitter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubmitterFacts {
    /// Whether they write for themselves.
    pub kind: SubmitterKind,
    /// Whether they gave a name.
    pub named: bool,
    /// Whether they say that they live, work, study or act in the city.
    pub declares_citizen: bool,
}

/// The parts of an opinion that are the same on every channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpinionText {
    /// The passage that it speaks of, by its key; none for the whole draft.
    pub passage: Option<Sealed>,
    /// The text.
    pub body: SealedText,
    /// What is attached.
    pub attachments: Vec<Attachment>,
}

/// Which items a command is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Those named.
    Items(Vec<ItemId>),
    /// All of a group.
    Group(GroupId),
}

/// A point cut out of a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemCut {
    /// The item's id.
    pub item: ItemId,
    /// The point in the city's words.
    pub summary: Checked<SealedText>,
    /// The point in the submitter's words.
    pub excerpt: Sealed,
    /// Where the point stands in the text: from this character up to, not
    /// including, that one. A point may be made in several places.
    pub spans: Vec<(u32, u32)>,
}

/// Which text of a submission is to be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Screening {
    /// The submission.
    pub submission: SubmissionId,
    /// The text.
    pub form: ScreenedForm,
}

/// A text as the officer who screened it wants it published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScreenedForm {
    /// As it came.
    AsSubmitted {
        /// Whether it repeats what tells who the submitter is.
        repeats_personal_data: bool,
    },
    /// With parts left out.
    Redacted {
        /// What is left.
        text: Checked<SealedText>,
        /// Why parts are left out.
        reasons: Vec<RedactionReason>,
    },
}

/// The reason for a change, to be published with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeReason {
    /// The change.
    pub change: ChangeId,
    /// Why.
    pub reason: Checked<String>,
}

/// The publication of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishCase {
    /// The revision that the approver has read.
    pub revision: u32,
    /// Its content, opened.
    pub content: CaseContent,
    /// Whether that content is the sealed one of the revision.
    pub as_drafted: bool,
    /// The documents beside it, opened: all that were attached, in their last
    /// versions.
    pub materials: Vec<PublishedMaterial>,
    /// The first day of the period.
    pub opens_on: LegalDate,
    /// The last day of the period.
    pub closes_on: LegalDate,
    /// 提出方法.
    pub channels: Vec<Channel>,
    /// 募集の周知方法.
    pub publicity: Vec<String>,
    /// 閲覧場所.
    pub reading_places: Vec<String>,
    /// 結果の公表方法.
    pub result_method: String,
    /// Why the period is shorter than the shortest.
    pub shortened_because: Option<String>,
}

/// The publication of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishResults {
    /// The final text, opened.
    pub final_passages: Vec<Passage>,
    /// Whether that text is the sealed one of the decision.
    pub as_decided: bool,
    /// The reason for each change.
    pub change_reasons: Vec<ChangeReason>,
    /// The reasons for the decision.
    pub reasons: String,
    /// Whether summaries stand in the place of the opinions.
    pub summaries_only: bool,
    /// Where the full opinions can be read.
    pub full_opinions_at: Option<String>,
    /// 通 in time and not withdrawn, by ward, counted from the opened
    /// submitters. Small counts are merged by the rules, not by the caller.
    pub by_ward: Vec<WardCount>,
    /// The same by kind of submitter.
    pub by_submitter_kind: Vec<SubmitterKindCount>,
    /// Submissions whose texts were erased: nobody can split or screen them,
    /// so they need neither.
    pub erased: Vec<SubmissionId>,
}
