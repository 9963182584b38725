//! A case, as it is read.

use std::sync::Arc;

use domain::{
    Bilingual, LegalDate,
    ids::{CaseId, ChangeId, GroupId, ItemId, MaterialId, OfficerId, SubjectId, SubmissionId},
    public_comment::{
        Call, Channel, ExemptionReason, Outcome, Passage, PassageId, PublishedChange,
        PublishedMaterial, PublishedResult, ReceiptNumber, ResponseCategory, WithdrawnText,
    },
};
use event_store::Position;
use imbl::{OrdMap, OrdSet, Vector};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Group, Item, Submission};
use crate::{Places, Rows, TextRef};

/// Where a case stands.
///
/// `Open` and `Closed` follow the calendar, not the punctuality of a timer: ask
/// [`Case::phase_on`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Phase {
    /// Being drafted; nothing is public.
    #[default]
    Drafting,
    /// No public comment is held.
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

/// A case.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// Its place among all cases in the order of their drafting, from 0. It
    /// tells how many drafts there are, so only this crate knows it.
    pub(crate) number: u32,
    /// The phase that was recorded last.
    pub phase: Phase,
    /// When it was drafted.
    pub drafted_at: Timestamp,
    /// The revisions of the draft.
    pub drafts: Vector<Draft>,
    /// The call for opinions, once published. Its passages stand in `passages`.
    #[serde(with = "crate::compact::json")]
    pub call: Option<Arc<Call>>,
    /// All passages of the published draft, in order.
    #[serde(with = "crate::compact::json")]
    pub passages: Vector<Passage>,
    /// When it was published, and by which event.
    pub published: Option<(Timestamp, Position)>,
    /// The last day of the period, as it stands now.
    pub closes_on: Option<LegalDate>,
    /// Why the period is shorter than the shortest.
    pub shortened: Option<String>,
    /// How the period was extended.
    pub extensions: Vector<Extension>,
    /// Documents before publication.
    pub attached: OrdMap<MaterialId, Vector<Material>>,
    /// Documents as published.
    pub materials: OrdMap<MaterialId, Vector<MaterialVersion>>,
    /// Submissions in the order in which they were recorded, from 1.
    pub submissions: Rows<Submission>,
    /// A submission's place in that order.
    pub arrival: Places,
    /// The place of what a person submitted last.
    pub(crate) newest: Places,
    /// Items in the order in which they were made, from 1; void ones are gone.
    pub items: Rows<Item>,
    /// An item's place in that order, a void one's too.
    pub item_order: Places,
    /// Groups of items.
    pub groups: OrdMap<GroupId, Group>,
    /// The numbers.
    pub counts: Counts,
    /// The decision.
    pub decision: Option<Decision>,
    /// The published result. Its final text and its changes stand in
    /// `final_passages` and `changes`.
    #[serde(with = "crate::compact::json")]
    pub result: Option<Arc<PublishedResult>>,
    /// When the result was published, and by which event.
    pub result_published: Option<(Timestamp, Position)>,
    /// All passages of the final text, once published.
    #[serde(with = "crate::compact::json")]
    pub final_passages: Vector<Passage>,
    /// All changes, once published.
    #[serde(with = "crate::compact::json")]
    pub changes: Vector<PublishedChange>,
    /// Why no public comment is held.
    #[serde(with = "crate::compact::json")]
    pub exemption: Option<Exemption>,
    /// Why no policy is set.
    #[serde(with = "crate::compact::json")]
    pub abandonment: Option<Abandonment>,
    /// Texts that were taken down by order of law.
    #[serde(with = "crate::compact::json")]
    pub taken_down: OrdSet<WithdrawnText>,
    /// What happened to the case as a whole.
    pub milestones: Vector<Milestone>,
    /// The event that drafted it.
    pub drafted: Position,
    /// The event since which everybody may see that there is such a case.
    pub public_since: Option<Position>,
    /// The last event that touched the case.
    pub last_position: Position,
}

/// A revision of the draft.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Draft {
    /// From 1.
    pub revision: u32,
    /// The content.
    pub content: TextRef,
    /// Who wrote it.
    pub drafter: OfficerId,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

/// An extension of the period.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Extension {
    /// The new last day.
    pub closes_on: LegalDate,
    /// Why.
    pub reason: String,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

/// A document before publication.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Material {
    /// From 1.
    pub version: u32,
    /// Its title.
    pub title: TextRef,
    /// The commitment to its bytes.
    pub file: TextRef,
    /// The file.
    pub file_id: domain::ids::FileId,
}

/// A published document.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MaterialVersion {
    /// What was published.
    #[serde(with = "crate::compact::json")]
    pub published: PublishedMaterial,
    /// What the log committed to of its file, first of all: when it was put
    /// beside the draft, or when it was published.
    pub file: Option<TextRef>,
    /// What was corrected, if it is not the first.
    pub note: Option<String>,
    /// Whether the correction was substantive.
    pub substantive: bool,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

/// The numbers of a case. 通 and 件 are never added to each other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// 通: in time and not withdrawn.
    pub submissions: u32,
    /// Of these, by channel.
    pub by_channel: OrdMap<Channel, u32>,
    /// 通 withdrawn.
    pub withdrawn: u32,
    /// 通 late.
    pub late: u32,
    /// 通 hidden.
    pub hidden: u32,
    /// 件.
    pub items: u32,
    /// 件 with an answer, by category.
    pub by_category: OrdMap<ResponseCategory, u32>,
    /// 件 with an answer.
    pub answered: u32,
    /// 件 that changed the policy.
    pub changed_policy: u32,
    /// 通 split into items.
    pub itemized: u32,
    /// 通 for which it is settled which text will be published.
    pub screened: u32,
}

/// The decision of the implementing body.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Decision {
    /// What became of the draft.
    pub outcome: Outcome,
    /// When.
    pub decided_on: LegalDate,
    /// The final text, embargoed until publication.
    pub final_text: TextRef,
    /// What differs from the draft.
    pub changes: Vec<DecidedChange>,
}

/// A change of the draft before its publication.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DecidedChange {
    /// Its id.
    pub id: ChangeId,
    /// The passage that changes.
    pub passage: PassageId,
    /// The passage's new text, embargoed until publication.
    pub text: TextRef,
    /// The items that caused it.
    pub items: Vec<ItemId>,
    /// The groups of items that caused it.
    pub groups: Vec<GroupId>,
}

/// No public comment is held.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Exemption {
    /// The reason by its code.
    pub code: ExemptionReason,
    /// The reason in words, embargoed until the policy is fixed.
    pub sealed_reason: TextRef,
    /// What was published with the policy.
    pub published: Option<PublishedExemption>,
}

/// What was published of an exemption.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PublishedExemption {
    /// The policy's title.
    pub title: Bilingual,
    /// The reason in words.
    pub reason: String,
    /// The day on which the policy was fixed.
    pub policy_fixed_on: LegalDate,
}

/// No policy is set.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Abandonment {
    /// 題名.
    pub title: Bilingual,
    /// 案の作成日.
    pub drafted_on: LegalDate,
    /// Why.
    pub reason: String,
    /// Whether a new procedure follows.
    pub new_procedure: bool,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

/// Something that happened to the case as a whole.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Milestone {
    /// The kind of event, in snake case.
    pub kind: String,
    /// The day that counts in law.
    pub legal_date: LegalDate,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Its place in the log.
    pub position: Position,
}

impl Case {
    /// The submissions with this number on their receipts: one, or by chance two.
    pub fn numbered(&self, number: ReceiptNumber) -> impl Iterator<Item = &Arc<Submission>> {
        let is_one = |id| ReceiptNumber::of(SubmissionId(id)) == number;
        let places = self.arrival.of_those(is_one);
        places
            .into_iter()
            .filter_map(|place| self.submissions.get(&place))
    }

    pub(super) fn new(id: CaseId, number: u32, drafted_at: Timestamp, drafted: Position) -> Self {
        Self {
            id,
            number,
            phase: Phase::Drafting,
            drafted_at,
            drafts: Vector::new(),
            call: None,
            passages: Vector::new(),
            published: None,
            closes_on: None,
            shortened: None,
            extensions: Vector::new(),
            attached: OrdMap::new(),
            materials: OrdMap::new(),
            submissions: Rows::default(),
            arrival: Places::default(),
            newest: Places::default(),
            items: Rows::default(),
            item_order: Places::default(),
            groups: OrdMap::new(),
            counts: Counts::default(),
            decision: None,
            result: None,
            result_published: None,
            final_passages: Vector::new(),
            changes: Vector::new(),
            exemption: None,
            abandonment: None,
            taken_down: OrdSet::new(),
            milestones: Vector::new(),
            drafted,
            public_since: None,
            last_position: drafted,
        }
    }

    /// Where the case stands on a day: the period ends with its last day,
    /// whether or not that was recorded yet.
    pub fn phase_on(&self, day: LegalDate) -> Phase {
        match (self.phase, self.closes_on) {
            (Phase::Open, Some(closes_on)) if closes_on < day => Phase::Closed,
            (phase, _) => phase,
        }
    }

    /// Whether anything of the case is public beyond that it exists.
    pub fn is_public(&self) -> bool {
        self.call.is_some()
            || self.abandonment.is_some()
            || self
                .exemption
                .as_ref()
                .is_some_and(|exemption| exemption.published.is_some())
    }

    /// Whether opinions and answers may be read by everybody.
    pub fn opinions_are_public(&self) -> bool {
        self.result.is_some()
    }

    /// A submission of the case.
    pub fn submission(&self, submission: SubmissionId) -> Option<&Arc<Submission>> {
        self.submissions.get(&self.arrival.get(submission.0)?)
    }

    /// What a person submitted, the newest first.
    pub fn submissions_of(&self, subject: SubjectId) -> impl Iterator<Item = &Arc<Submission>> {
        let newest = self.newest.get(subject.0);
        let newest = newest.and_then(|place| self.submissions.get(&place));
        std::iter::successors(newest, |submission| {
            self.submissions.get(&submission.earlier?)
        })
    }

    /// An item of the case.
    pub fn item(&self, item: ItemId) -> Option<&Arc<Item>> {
        self.items.get(&self.item_order.get(item.0)?)
    }
}
