//! Items (件), groups and answers, as they are read.

use domain::{
    ids::{ChangeId, GroupId, ItemId, SubmissionId},
    public_comment::ResponseCategory,
};
use imbl::OrdSet;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::TextRef;

/// An item: one point of a submission.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Item {
    /// Its id.
    pub id: ItemId,
    /// Its place among the items of the case.
    pub order: u32,
    /// The submission that it is a point of.
    pub submission: SubmissionId,
    /// The point in the city's words.
    pub summary: TextRef,
    /// The point in the submitter's words.
    pub excerpt: TextRef,
    /// The group that it was put in.
    pub group: Option<GroupId>,
    /// The answer.
    pub answer: Option<Answer>,
}

/// The city's answer to an item.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Answer {
    /// 対応区分.
    pub category: ResponseCategory,
    /// 市の考え方.
    pub response: TextRef,
    /// Whether the policy changes.
    pub changed_policy: bool,
    /// The changes that the item caused.
    pub changes: Vec<ChangeId>,
    /// When it was recorded.
    #[serde(with = "crate::compact::moment")]
    pub recorded_at: Timestamp,
}

/// Items that share one answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// What they have in common.
    pub title: TextRef,
    /// Its items, by their order.
    pub items: OrdSet<u32>,
    /// The answer that new items get.
    pub answer: Option<Answer>,
}
