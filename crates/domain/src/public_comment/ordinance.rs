//! The parameters that the ordinance on public comment sets.

use serde::{Deserialize, Serialize};

use super::{Category, Channel, ExemptionReason, PostRule, ResponseCategory, WhoMayComment};

/// The parameters of one version of the ordinance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ordinance {
    /// The shortest period, both ends counted.
    pub min_period_days: u32,
    /// Whether a shorter one is possible, with its reason published.
    pub shortening_allowed: bool,
    /// Days between the publication of a case and its first day.
    pub advance_notice_days: u32,
    /// Whether a period that would end on a closed day ends on the next open
    /// one.
    pub deadline_rolls_over: bool,
    /// Who may comment.
    pub who_may_comment: WhoMayComment,
    /// Whether a name is needed.
    pub name_required: bool,
    /// Whether a draft needs a document beside it.
    pub material_required: bool,
    /// The channels that a call may name.
    pub channels: Vec<Channel>,
    /// Which day counts for what comes by post.
    pub post_rule: PostRule,
    /// The categories of answers.
    pub categories: Vec<Category>,
    /// The reasons for having no public comment.
    pub exemptions: Vec<ExemptionReason>,
}

impl Ordinance {
    /// The category with this letter.
    pub fn category(&self, code: &ResponseCategory) -> Option<&Category> {
        self.categories
            .iter()
            .find(|category| category.code == *code)
    }
}

impl Ordinance {
    /// What in these parameters cannot hold, in words.
    pub fn problem(&self) -> Option<String> {
        let mut letters = std::collections::BTreeSet::new();
        let double = self
            .categories
            .iter()
            .find(|category| !letters.insert(&category.code));
        if self.min_period_days == 0 {
            Some("min_period_days is 0; a period has at least one day".to_owned())
        } else if self.channels.is_empty() {
            Some("channels is empty; opinions need a way in".to_owned())
        } else if self.categories.is_empty() {
            Some("categories is empty; answers need one".to_owned())
        } else {
            double.map(|category| format!("category {} is there twice", category.code))
        }
    }
}
