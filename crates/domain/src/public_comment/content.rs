//! What is published in clear: the draft, its passages, files, the result.

use serde::{Deserialize, Serialize};

use super::{Category, Channel, PolicyObjectKind, PostRule, ResponseCategory, SubmitterKind};
use crate::{
    Bilingual, LegalDate, Sealed, WardCode,
    ids::{ChangeId, FileId, GroupId, ItemId, MaterialId, OfficerId},
};

/// The short key of a passage, such as "2-1": opinions and changes refer to it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PassageId(pub String);

/// A passage of a draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// Its key, unique in the text.
    pub passage: PassageId,
    /// Its heading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading: Option<String>,
    /// Its words.
    pub text: String,
}

/// What a case is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseContent {
    /// The city's number of the case.
    pub number: String,
    /// 題名.
    pub title: Bilingual,
    /// What kind of policy it is.
    pub object_kind: PolicyObjectKind,
    /// 根拠法令.
    pub legal_basis: String,
    /// 所管局.
    pub bureau: String,
    /// 問合せ先.
    pub contact: String,
    /// What it is about, in short.
    pub summary: Bilingual,
    /// The draft, passage by passage.
    pub passages: Vec<Passage>,
    /// 案の作成日.
    pub drafted_on: LegalDate,
}

/// A published file. The bytes lie in the file store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRef {
    /// Its id.
    pub file: FileId,
    /// Its name.
    pub name: String,
    /// Its media type, found by content.
    pub media_type: String,
    /// Its length in bytes.
    pub size: u64,
    /// The salted commitment to its bytes; the salt is published with it.
    pub digest: Sealed,
}

/// A document beside the draft, as published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedMaterial {
    /// Its id, the same for all its versions.
    pub material: MaterialId,
    /// Its version, from 1.
    pub version: u32,
    /// Its title.
    pub title: Bilingual,
    /// Its file.
    pub file: FileRef,
}

/// The publication of a case: the announcement sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The revision of the draft.
    pub revision: u32,
    /// The draft. Passages that do not fit follow in
    /// [`PublicationContinued`](super::Event::PublicationContinued).
    pub content: CaseContent,
    /// The documents beside it.
    pub materials: Vec<PublishedMaterial>,
    /// The first day of the period; it counts.
    pub opens_on: LegalDate,
    /// The last day of the period; it counts.
    pub closes_on: LegalDate,
    /// 提出方法.
    pub channels: Vec<Channel>,
    /// 募集の周知方法.
    pub publicity: Vec<String>,
    /// 閲覧場所.
    pub reading_places: Vec<String>,
    /// 結果の公表方法.
    pub result_method: String,
    /// The version of the ordinance that the case keeps.
    pub ordinance: String,
    /// The shortest period under that ordinance.
    pub min_period_days: u32,
    /// Which day counts for what comes by post.
    pub post_rule: PostRule,
    /// The categories of the answers.
    pub categories: Vec<Category>,
    /// Who published it.
    pub publisher: OfficerId,
}

/// Which published text a continuation belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PublishedText {
    /// The draft of the call.
    Draft,
    /// The final text of the result.
    Final,
}

/// A change of the draft, as the implementing body decided it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecidedChange {
    /// Its id.
    pub change: ChangeId,
    /// The passage that changes.
    pub passage: PassageId,
    /// The items that caused it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<ItemId>,
    /// The groups of items that caused it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupId>,
    /// The passage's new text.
    pub text: Sealed,
}

/// A change of the draft, as published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedChange {
    /// Its id.
    pub change: ChangeId,
    /// The passage that changed.
    pub passage: PassageId,
    /// The passage in the draft; none if it is new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// The passage in the final text; none if it was removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Why.
    pub reason: String,
    /// The items that caused it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<ItemId>,
    /// The groups of items that caused it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupId>,
}

/// Submissions (通) by a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelCount {
    /// The channel.
    pub channel: Channel,
    /// 通.
    pub submissions: u32,
}

/// Items (件) in a category.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryCount {
    /// The category.
    pub category: ResponseCategory,
    /// 件.
    pub items: u32,
}

/// Submissions (通) from a ward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WardCount {
    /// The ward; none for who lives elsewhere, did not say, or would be
    /// recognised by the count.
    pub ward: Option<WardCode>,
    /// 通.
    pub submissions: u32,
}

/// Submissions (通) by submitters of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmitterKindCount {
    /// The kind; none for those who would be recognised by the count.
    pub kind: Option<SubmitterKind>,
    /// 通.
    pub submissions: u32,
}

/// The counts of a result. 通 and 件 are never added to each other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultCounts {
    /// 意見提出数 (通): in time and not withdrawn.
    pub submissions: u32,
    /// Of these, by channel; the sum is `submissions`.
    pub by_channel: Vec<ChannelCount>,
    /// 通 withdrawn by their submitters; not in `submissions`.
    pub withdrawn: u32,
    /// 通 that came late; not in `submissions`.
    pub late: u32,
    /// 意見総数 (件).
    pub items: u32,
    /// Of these, by category; the sum is `items`.
    pub by_category: Vec<CategoryCount>,
    /// 件 that changed the policy.
    pub changed_policy: u32,
    /// `submissions` by ward, without counts that point to a person.
    pub by_ward: Vec<WardCount>,
    /// `submissions` by kind of submitter, without such counts.
    pub by_submitter_kind: Vec<SubmitterKindCount>,
}

/// Who submits an opinion: what `submitter` of an [`Opinion`](super::Opinion)
/// seals. Never published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submitter {
    /// Whether they write for themselves.
    pub kind: SubmitterKind,
    /// 氏名, or the name of the organisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// ふりがな.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kana: Option<String>,
    /// 住所.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// 連絡先: telephone, e-mail, or both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// 区.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ward: Option<WardCode>,
    /// Whether they say that they live, work, study or act in the city.
    #[serde(default)]
    pub declares_citizen: bool,
}

impl Submitter {
    /// What the rules need to know of them.
    pub fn facts(&self) -> super::SubmitterFacts {
        super::SubmitterFacts {
            kind: self.kind,
            named: self
                .name
                .as_ref()
                .is_some_and(|name| !name.trim().is_empty()),
            declares_citizen: self.declares_citizen,
        }
    }
}

/// What a call or a draft still lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// 題名.
    Title,
    /// 根拠法令.
    LegalBasis,
    /// A passage of the draft with words in it.
    DraftText,
    /// Passages with a key each, no two alike.
    PassageKeys,
    /// 問合せ先.
    Contact,
    /// 関連資料.
    Material,
    /// 提出方法.
    Channels,
    /// 募集の周知方法.
    Publicity,
    /// 結果の公表方法.
    ResultMethod,
}

impl Missing {
    /// The name that people read.
    pub fn name(self, language: crate::Language) -> &'static str {
        let (ja, en) = match self {
            Self::Title => ("題名", "title"),
            Self::LegalBasis => ("根拠法令", "legal basis"),
            Self::DraftText => ("案の本文", "draft text"),
            Self::PassageKeys => ("重複しない項目番号", "a key of its own for each passage"),
            Self::Contact => ("問合せ先", "contact"),
            Self::Material => ("関連資料", "related material"),
            Self::Channels => ("提出方法", "channels"),
            Self::Publicity => ("周知方法", "publicity"),
            Self::ResultMethod => ("結果の公表方法", "method of publishing the result"),
        };
        match language {
            crate::Language::Ja => ja,
            crate::Language::En => en,
        }
    }
}

impl CaseContent {
    /// What a draft must have and this one lacks. Whoever seals a draft states
    /// it in the command.
    pub fn missing(&self) -> Vec<Missing> {
        let mut missing = vec![];
        if self.title.is_blank() {
            missing.push(Missing::Title);
        }
        if self.legal_basis.trim().is_empty() {
            missing.push(Missing::LegalBasis);
        }
        let blank = |passage: &Passage| passage.text.trim().is_empty();
        if self.passages.is_empty() || self.passages.iter().any(blank) {
            missing.push(Missing::DraftText);
        }
        if !keys_are_unique(&self.passages) {
            missing.push(Missing::PassageKeys);
        }
        missing
    }
}

/// Whether each passage has a key that no other has.
pub(super) fn keys_are_unique(passages: &[Passage]) -> bool {
    let mut keys = std::collections::BTreeSet::new();
    passages
        .iter()
        .all(|passage| !passage.passage.0.trim().is_empty() && keys.insert(&passage.passage))
}
