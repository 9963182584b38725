//! Rule 5: what the answers say about changes, and what was changed, agree.

use crate::ids::{ChangeId, ItemId};

/// How answers, changes and outcome fail to fit each other (rule 5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// The category says "reflected", but the policy is said not to change; or
    /// the other way round.
    CategoryAndChange,
    /// Changes are named, but the policy is said not to change.
    ChangesWithoutChange,
    /// The outcome says "with changes", but there is none.
    NoChanges,
    /// The outcome says "as drafted" or "withdrawn", but there are changes.
    UnexpectedChanges,
    /// The outcome says "as drafted", but this many answers say that the policy
    /// changed.
    ChangedAnswers(u32),
    /// This item is said to have changed the policy, but no change names it.
    ItemWithoutChange(ItemId),
    /// This change names an item whose answer says that nothing changed.
    ChangeByUnchangedItem(ItemId),
    /// An answer names a change that was not decided.
    ChangeUnknown(ChangeId),
    /// Draft and final text differ in this passage, but no change says so.
    PassageWithoutChange(String),
    /// A change names this passage, in which draft and final text do not
    /// differ.
    PassageUnchanged(String),
    /// This change has no reason.
    ReasonMissing(ChangeId),
}

impl Mismatch {
    pub(super) fn ja(&self) -> String {
        match self {
            Self::CategoryAndChange => {
                "「反映した」区分と「案を変更した」は常に一致させてください".into()
            }
            Self::ChangesWithoutChange => "案を変更しないとした回答に変更箇所が付いています".into(),
            Self::NoChanges => "修正して決定する場合は、変更箇所を1つ以上登録してください".into(),
            Self::UnexpectedChanges => {
                "案のとおりの決定または取りやめに変更箇所は登録できません".into()
            }
            Self::ChangedAnswers(items) => {
                format!("案のとおりの決定ですが、{items}件の回答が案を変更したとしています")
            }
            Self::ItemWithoutChange(item) => {
                format!(
                    "意見{item}の回答は案を変更したとしていますが、対応する変更箇所がありません"
                )
            }
            Self::ChangeByUnchangedItem(item) => {
                format!("変更箇所に結び付いた意見{item}の回答は、案を変更していないとしています")
            }
            Self::ChangeUnknown(change) => {
                format!("回答が示す変更箇所{change}は決定に含まれていません")
            }
            Self::PassageWithoutChange(passage) => {
                format!("項目{passage}は案と異なりますが、変更箇所の登録がありません")
            }
            Self::PassageUnchanged(passage) => {
                format!("変更箇所の項目{passage}は案と同じです")
            }
            Self::ReasonMissing(change) => format!("変更箇所{change}の理由を入力してください"),
        }
    }

    pub(super) fn en(&self) -> String {
        match self {
            Self::CategoryAndChange => {
                "let the category \"reflected\" and \"the policy changed\" always agree".into()
            }
            Self::ChangesWithoutChange => {
                "the answer names changes but says that the policy did not change".into()
            }
            Self::NoChanges => "a decision with changes needs at least one change".into(),
            Self::UnexpectedChanges => {
                "a decision as drafted, or a withdrawal, has no changes".into()
            }
            Self::ChangedAnswers(items) => {
                format!(
                    "the decision is as drafted, but {items} answers say that the policy changed"
                )
            }
            Self::ItemWithoutChange(item) => {
                format!("the answer to {item} says that the policy changed, but no change names it")
            }
            Self::ChangeByUnchangedItem(item) => {
                format!("a change names {item}, whose answer says that nothing changed")
            }
            Self::ChangeUnknown(change) => {
                format!("an answer names {change}, which was not decided")
            }
            Self::PassageWithoutChange(passage) => {
                format!("passage {passage} differs from the draft, but no change names it")
            }
            Self::PassageUnchanged(passage) => {
                format!("a change names passage {passage}, which is as drafted")
            }
            Self::ReasonMissing(change) => format!("give the reason for {change}"),
        }
    }
}
