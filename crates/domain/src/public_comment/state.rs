//! What the rules remember of a case, and no more: no title but the published
//! one, no text but the published draft.
//!
//! A case may hold hundreds of thousands of submissions, so a submission takes
//! some tens of bytes, and whatever a rule asks about all of them is counted
//! as it happens.

use std::collections::{BTreeMap, BTreeSet};

use super::{Category, Channel, Outcome, Passage, PostRule, ResponseCategory, WithdrawnText};
use crate::{
    Bilingual, Language, LegalDate,
    ids::{ChangeId, GroupId, ItemId, MaterialId, OfficerId, SubjectId, SubmissionId},
};

/// Where a case is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Nothing has happened.
    #[default]
    Unknown,
    /// The draft is being written.
    Drafting,
    /// Published; the period has a last day and may be over by now.
    Open,
    /// Recorded as closed.
    Closed,
    /// The opinions are being answered.
    UnderReview,
    /// The policy is decided, the result not yet published.
    Decided,
    /// The result is published. An end.
    ResultPublished,
    /// No public comment is held. An end.
    Exempted,
    /// No policy is set. An end.
    Abandoned,
}

impl Stage {
    /// The name that people read.
    pub fn name(self, language: Language) -> &'static str {
        let (ja, en) = match self {
            Self::Unknown => ("未作成", "not there yet"),
            Self::Drafting => ("起案中", "drafting"),
            Self::Open => ("募集中", "open"),
            Self::Closed => ("募集終了", "closed"),
            Self::UnderReview => ("検討中", "under review"),
            Self::Decided => ("決定済み", "decided"),
            Self::ResultPublished => ("結果公表済み", "result published"),
            Self::Exempted => ("適用除外", "exempted"),
            Self::Abandoned => ("取りやめ", "abandoned"),
        };
        match language {
            Language::Ja => ja,
            Language::En => en,
        }
    }
}

/// What the rules remember.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    pub(super) stage: Stage,
    pub(super) draft: DraftState,
    pub(super) exemption: Option<ExemptionState>,
    pub(super) call: Option<Box<CallState>>,
    pub(super) submissions: BTreeMap<SubmissionId, SubmissionState>,
    pub(super) items: BTreeMap<ItemId, ItemState>,
    pub(super) groups: BTreeMap<GroupId, GroupState>,
    pub(super) decision: Option<Box<DecisionState>>,
    /// Only those that are or were hidden: few.
    pub(super) hidings: BTreeMap<SubmissionId, Hiding>,
    /// Published texts taken down by order of law: very few.
    pub(super) withdrawn_texts: BTreeSet<WithdrawnText>,
    pub(super) counts: Counts,
}

/// The draft before its publication.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DraftState {
    /// The last revision.
    pub revision: u32,
    /// Who wrote any of them.
    pub drafters: BTreeSet<OfficerId>,
    /// The last versions of the documents beside it.
    pub materials: BTreeMap<MaterialId, u32>,
}

/// An exemption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExemptionState {
    /// The reason by its code.
    pub code: super::ExemptionReason,
    /// Whether the reason was published.
    pub published: bool,
}

/// The call for opinions as published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallState {
    /// The version of the ordinance that the case keeps.
    pub ordinance: String,
    /// 題名.
    pub title: Bilingual,
    /// 案の作成日.
    pub drafted_on: LegalDate,
    /// The first day of the period.
    pub opens_on: LegalDate,
    /// The last day of the period, as it is now.
    pub closes_on: LegalDate,
    /// The days that a period must have: the ordinance's, or those published
    /// at first if it was shortened.
    pub min_period_days: u32,
    /// 提出方法.
    pub channels: Vec<Channel>,
    /// Which day counts for what comes by post.
    pub post_rule: PostRule,
    /// The categories of the answers.
    pub categories: Vec<Category>,
    /// The draft, against which the final text is compared.
    pub passages: Vec<Passage>,
}

impl CallState {
    /// The place of a category among those of the case.
    pub(super) fn category(&self, code: &ResponseCategory) -> Option<u8> {
        let place = self.categories.iter().position(|one| one.code == *code)?;
        u8::try_from(place).ok()
    }
}

/// Whether a submission counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is a 提出意見.
    InTime,
    /// It came late and is kept.
    Late,
    /// Its submitter took it back.
    Withdrawn,
}

/// Whether an opinion is hidden from the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hiding {
    /// It is not.
    #[default]
    Shown,
    /// It is.
    Hidden {
        /// Who hid it.
        by: OfficerId,
    },
    /// It is, and the submitter objects.
    Appealed {
        /// Who hid it.
        by: OfficerId,
    },
    /// It is, after an appeal.
    Upheld,
    /// It is not, after an appeal.
    Restored,
}

impl Hiding {
    /// Whether the page leaves the opinion out.
    pub fn is_hidden(self) -> bool {
        !matches!(self, Self::Shown | Self::Restored)
    }
}

/// A submission (通).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubmissionState {
    /// Who submitted it.
    pub subject: SubjectId,
    /// How it came.
    pub channel: Channel,
    /// Whether it counts.
    pub standing: Standing,
    /// Whether it is settled which text will be published.
    pub screened: bool,
    /// Its items.
    pub items: Box<[ItemId]>,
}

/// An answer, as far as the rules compare it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The place of its category among those of the case.
    pub category: u8,
    /// Whether the policy changes.
    pub changed_policy: bool,
    /// The changes that it names.
    pub changes: Box<[ChangeId]>,
}

/// An item (件).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemState {
    /// The submission that it is a point of.
    pub submission: SubmissionId,
    /// Its group.
    pub group: Option<GroupId>,
    /// Its answer.
    pub answer: Option<std::sync::Arc<Answer>>,
}

/// A group of items.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupState {
    /// Its items.
    pub items: BTreeSet<ItemId>,
    /// The answer that they share.
    pub answer: Option<std::sync::Arc<Answer>>,
}

/// The decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionState {
    /// What became of the draft.
    pub outcome: Outcome,
    /// What differs from the draft.
    pub changes: Vec<super::DecidedChange>,
    /// Who recorded it.
    pub decided_by: OfficerId,
}

/// What the rules ask about all submissions, counted as it happens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// 通 in time and not withdrawn, in the order of [`Channel::ALL`].
    pub by_channel: [u32; 5],
    /// 通 withdrawn.
    pub withdrawn: u32,
    /// 通 late.
    pub late: u32,
    /// 通 in time that have no items yet.
    pub unitemized: u32,
    /// 通 in time that are not screened yet.
    pub unscreened: u32,
    /// 件.
    pub items: u32,
    /// 件 without an answer.
    pub unanswered: u32,
    /// 件 whose answer says that the policy changes.
    pub changed_policy: u32,
}

impl Counts {
    /// 通 in time and not withdrawn.
    pub fn submissions(&self) -> u32 {
        self.by_channel.iter().sum()
    }
}

impl State {
    /// Where the case is, as far as it was recorded.
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// The call for opinions, once it is published.
    pub fn call(&self) -> Option<&CallState> {
        self.call.as_deref()
    }

    /// The draft before its publication.
    pub fn draft(&self) -> &DraftState {
        &self.draft
    }

    /// A submission.
    pub fn submission(&self, id: SubmissionId) -> Option<&SubmissionState> {
        self.submissions.get(&id)
    }

    /// An item.
    pub fn item(&self, id: ItemId) -> Option<&ItemState> {
        self.items.get(&id)
    }

    /// A group.
    pub fn group(&self, id: GroupId) -> Option<&GroupState> {
        self.groups.get(&id)
    }

    /// The counts.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Whether the page leaves a submission out.
    pub fn hiding(&self, id: SubmissionId) -> Hiding {
        self.hidings.get(&id).copied().unwrap_or_default()
    }

    /// Whether opinions are taken on this day: the days of the period decide,
    /// not whether its end was recorded.
    pub fn is_open_on(&self, day: LegalDate) -> bool {
        self.stage == Stage::Open
            && self
                .call
                .as_ref()
                .is_some_and(|call| (call.opens_on..=call.closes_on).contains(&day))
    }
}
