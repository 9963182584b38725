//! What the documents beside this file are answered with.

use domain::{Bilingual, LegalDate};
use jiff::Timestamp;
use serde::Deserialize;

use crate::public_comment::words::{
    Channel, HidingReason, Outcome, Phase, PolicyObjectKind, PostRule, SubmitterKind,
};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CardsAnswer {
    pub(super) public_comment_cases: Cards,
    pub(super) log: Log,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CardAnswer {
    pub(super) public_comment_case: Option<Card>,
    pub(super) log: Log,
}

#[derive(Debug, Deserialize)]
pub(super) struct Log {
    pub(super) origin: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Cards {
    pub(super) nodes: Vec<Card>,
    pub(super) page_info: PageInfo,
    pub(super) total_count: u32,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageInfo {
    pub(super) has_next_page: bool,
    pub(super) end_cursor: Option<String>,
}

impl PageInfo {
    /// Where the next page begins, if there is one.
    pub(super) fn next(&self) -> Option<&str> {
        self.end_cursor.as_deref().filter(|_| self.has_next_page)
    }
}

/// A case in short.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Card<C = Call> {
    pub(super) id: String,
    pub(super) phase: Phase,
    pub(super) number: Option<String>,
    title: Option<Bilingual>,
    pub(super) object_kind: Option<PolicyObjectKind>,
    pub(super) bureau: Option<String>,
    pub(super) call: Option<C>,
    pub(super) abandonment: Option<Abandonment>,
    pub(super) exemption: Option<Exemption>,
    pub(super) milestones: Vec<Milestone>,
}

impl<C> Card<C> {
    /// 題名, from whatever published it; its id if nothing did.
    pub(super) fn title(&self) -> Bilingual {
        let abandoned = self.abandonment.as_ref().map(|end| &end.title);
        let exempted = self.exemption.as_ref().and_then(|end| end.title.as_ref());
        let title = self.title.as_ref().or(abandoned).or(exempted);
        title.cloned().unwrap_or_else(|| Bilingual {
            ja: self.id.clone(),
            en: None,
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Call {
    pub(super) opens_on: LegalDate,
    pub(super) closes_on: LegalDate,
    pub(super) first_closes_on: LegalDate,
    pub(super) days_left: i64,
    pub(super) is_open: bool,
    pub(super) published_at: Timestamp,
    pub(super) extensions: Vec<Extension>,
}

impl Call {
    /// Days until the first day; 0 or less once it has come.
    pub(super) fn opens_in(&self) -> i64 {
        self.days_left - self.opens_on.days_until(self.closes_on)
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Extension {
    pub(super) closes_on: LegalDate,
    pub(super) reason: String,
    pub(super) recorded_at: Timestamp,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Abandonment {
    title: Bilingual,
    pub(super) reason: String,
    pub(super) new_procedure: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Exemption {
    title: Option<Bilingual>,
    pub(super) reason: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Milestone {
    pub(super) kind: String,
    pub(super) legal_date: LegalDate,
    pub(super) position: u64,
    pub(super) recorded_at: Timestamp,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CaseAnswer {
    pub(super) public_comment_case: Option<Case>,
}

/// A case in full.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Case {
    #[serde(flatten)]
    pub(super) card: Card<FullCall>,
    pub(super) summary: Option<Bilingual>,
    pub(super) legal_basis: Option<String>,
    pub(super) contact: Option<String>,
    pub(super) passages: Vec<Passage>,
    pub(super) materials: Vec<Material>,
    pub(super) counts: SubmissionCount,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FullCall {
    #[serde(flatten)]
    pub(super) short: Call,
    pub(super) period_days: i64,
    pub(super) shortened_because: Option<String>,
    pub(super) channels: Vec<Channel>,
    pub(super) publicity: Vec<String>,
    pub(super) reading_places: Vec<String>,
    pub(super) result_method: String,
    pub(super) post_rule: PostRule,
    pub(super) ordinance_version: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Passage {
    pub(super) key: String,
    pub(super) heading: Option<String>,
    pub(super) text: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Material {
    pub(super) version: i64,
    pub(super) title: Bilingual,
    pub(super) file_name: String,
    pub(super) size: String,
    pub(super) path: String,
    pub(super) note: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SubmissionCount {
    pub(super) submission_count: i64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResultAnswer {
    pub(super) public_comment_case: Option<ResultCase>,
}

/// A case with its result.
#[derive(Debug, Deserialize)]
pub(super) struct ResultCase {
    pub(super) id: String,
    pub(super) title: Option<Bilingual>,
    pub(super) call: Option<Categories>,
    pub(super) counts: Counts,
    pub(super) result: Option<Published>,
    pub(super) items: Items,
}

#[derive(Debug, Deserialize)]
pub(super) struct Categories {
    pub(super) categories: Vec<Category>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Category {
    pub(super) code: String,
    pub(super) label: Bilingual,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Counts {
    pub(super) submission_count: i64,
    pub(super) withdrawn_count: i64,
    pub(super) late_count: i64,
    pub(super) hidden_count: i64,
    pub(super) item_count: i64,
    pub(super) by_channel: Vec<ByChannel>,
    pub(super) by_category: Vec<ByCategory>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ByChannel {
    pub(super) channel: Channel,
    pub(super) submission_count: i64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ByCategory {
    pub(super) category: String,
    pub(super) item_count: i64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Published {
    pub(super) published_on: LegalDate,
    pub(super) outcome: Outcome,
    pub(super) reasons: String,
    pub(super) summaries_only: bool,
    pub(super) full_opinions_at: Option<String>,
    pub(super) by_ward: Vec<ByWard>,
    pub(super) by_submitter_kind: Vec<BySubmitterKind>,
    pub(super) changes: Vec<Change>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ByWard {
    pub(super) ward_code: Option<String>,
    pub(super) submission_count: i64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BySubmitterKind {
    pub(super) kind: Option<SubmitterKind>,
    pub(super) submission_count: i64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Change {
    pub(super) passage: String,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
    pub(super) reason: String,
    pub(super) items: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Items {
    pub(super) nodes: Vec<Item>,
    pub(super) page_info: PageInfo,
}

/// A published opinion with its answer.
#[derive(Debug, Deserialize)]
pub(super) struct Item {
    pub(super) number: i64,
    pub(super) category: Option<String>,
    pub(super) summary: Guarded,
    pub(super) group: Option<ItemGroup>,
    pub(super) response: Option<Response>,
    pub(super) submission: OfSubmission,
}

/// A text, if everybody may read it.
#[derive(Debug, Deserialize)]
pub(super) struct Guarded {
    pub(super) text: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ItemGroup {
    pub(super) item_count: i64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Response {
    pub(super) text: Guarded,
}

#[derive(Debug, Deserialize)]
pub(super) struct OfSubmission {
    pub(super) position: u64,
    pub(super) attachments: Vec<Attachment>,
    pub(super) hiding: Option<Hiding>,
}

/// A file beside an opinion; without name and size if it was erased.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Attachment {
    pub(super) path: String,
    pub(super) file_name: Option<String>,
    pub(super) size: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Hiding {
    pub(super) reason: HidingReason,
    pub(super) note: Option<String>,
    pub(super) appealed: bool,
    pub(super) stays: bool,
}
