//! What the result of a case says, ready to be laid out.

use std::collections::BTreeMap;

use domain::{
    Bilingual, Language, LegalDate,
    ids::ItemId,
    public_comment::{
        Channel, ChannelCount, Outcome, PassageId, Submitter, SubmitterKindCount, WardCount,
        diff::{self, Run},
        redaction, result_document,
    },
};
use read_models::public_comment::{Case, Item, Submission};
use serde::Serialize;

use crate::{
    desk::Desk,
    files::SealedFile,
    gate::{self, Files, ItemText, Reading, Shut},
    http::ApiError,
    viewer::Viewer,
};

/// The result of a case, as everybody may read it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sheet {
    pub(super) case: String,
    pub(super) number: String,
    pub(super) title: Bilingual,
    pub(super) bureau: String,
    pub(super) contact: String,
    pub(super) legal_basis: String,
    pub(super) drafted_on: LegalDate,
    pub(super) published_on: LegalDate,
    pub(super) outcome: Outcome,
    pub(super) reasons: String,
    pub(super) period: Period,
    pub(super) channels: Vec<&'static str>,
    pub(super) publicity: Vec<String>,
    pub(super) result_method: String,
    /// Rule 4: that nobody submitted anything is said, not left out.
    pub(super) no_submissions: bool,
    pub(super) submissions: Submissions,
    pub(super) items: Items,
    pub(super) summaries_only: bool,
    pub(super) full_opinions_at: Option<String>,
    pub(super) rows: Vec<Row>,
    pub(super) differences: Vec<Difference>,
    pub(super) opinions: Vec<Opinion>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Period {
    pub(super) opens_on: LegalDate,
    pub(super) closes_on: LegalDate,
    pub(super) days: i64,
    pub(super) shortened_because: Option<String>,
}

/// 通.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Submissions {
    pub(super) total: u32,
    pub(super) by_channel: Vec<ChannelCount>,
    pub(super) withdrawn: u32,
    pub(super) late: u32,
    pub(super) by_ward: Vec<WardCount>,
    pub(super) by_submitter_kind: Vec<SubmitterKindCount>,
}

/// 件.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Items {
    pub(super) total: u32,
    pub(super) by_category: Vec<Category>,
    pub(super) changed_policy: u32,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Category {
    pub(super) code: String,
    pub(super) label: String,
    pub(super) items: u32,
}

/// An item with its answer.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row {
    pub(super) number: u32,
    pub(super) id: String,
    pub(super) summary: String,
    pub(super) excerpt: String,
    pub(super) category: String,
    pub(super) response: String,
    pub(super) changed_policy: bool,
}

/// A passage that differs from the draft.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Difference {
    pub(super) passage: PassageId,
    pub(super) heading: Vec<Run>,
    pub(super) text: Vec<Run>,
    pub(super) reasons: Vec<String>,
    /// The numbers of the items that caused it.
    pub(super) caused_by: Vec<u32>,
}

/// An opinion as it is published.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Opinion {
    pub(super) id: String,
    pub(super) body: String,
    pub(super) channel: Channel,
    pub(super) received_on: LegalDate,
    pub(super) passage: String,
    pub(super) categories: Vec<String>,
    pub(super) attachments: Vec<Attached>,
}

/// A file that is published with an opinion. Its name is not here: whoever
/// submitted it gave it, and it may say who they are.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Attached {
    pub(super) path: String,
    pub(super) media_type: String,
    pub(super) size: u64,
    pub(super) sha256: String,
}

impl Sheet {
    /// The sheet of a case whose result is published.
    pub(super) async fn of(desk: &Desk, case: &Case) -> Result<Self, ApiError> {
        let (Some(call), Some(result), Some(closes_on)) =
            (&case.call, &case.result, case.closes_on)
        else {
            return Err(ApiError::NotFound);
        };
        let counts = &result.counts;
        let label = |code: &str| {
            let known = call.categories.iter().find(|one| one.code.as_str() == code);
            known.map_or_else(String::new, |category| category.label.ja.clone())
        };
        let mut reader = StrangersReader {
            desk,
            case,
            submitters: BTreeMap::new(),
        };
        let mut rows = Vec::with_capacity(case.items.len());
        for item in case.items.values() {
            rows.push(reader.row(item).await?);
        }
        let mut opinions = Vec::new();
        for submission in case.submissions.values() {
            opinions.extend(reader.opinion(submission).await?);
        }
        Ok(Self {
            case: case.id.to_string(),
            number: call.content.number.clone(),
            title: call.content.title.clone(),
            bureau: call.content.bureau.clone(),
            contact: call.content.contact.clone(),
            legal_basis: call.content.legal_basis.clone(),
            drafted_on: call.content.drafted_on,
            published_on: result.published_on,
            outcome: result.outcome,
            reasons: result.reasons.clone(),
            period: Period {
                opens_on: call.opens_on,
                closes_on,
                days: result_document::period_days(call.opens_on, closes_on),
                shortened_because: case.shortened.clone(),
            },
            channels: call
                .channels
                .iter()
                .map(|channel| channel.name(Language::Ja))
                .collect(),
            publicity: call.publicity.clone(),
            result_method: call.result_method.clone(),
            no_submissions: result.no_submissions,
            submissions: Submissions {
                total: counts.submissions,
                by_channel: counts.by_channel.clone(),
                withdrawn: counts.withdrawn,
                late: counts.late,
                by_ward: counts.by_ward.clone(),
                by_submitter_kind: counts.by_submitter_kind.clone(),
            },
            items: Items {
                total: counts.items,
                by_category: counts
                    .by_category
                    .iter()
                    .map(|count| Category {
                        code: count.category.as_str().to_owned(),
                        label: label(count.category.as_str()),
                        items: count.items,
                    })
                    .collect(),
                changed_policy: counts.changed_policy,
            },
            summaries_only: result.summaries_only,
            full_opinions_at: result.full_opinions_at.clone(),
            rows,
            differences: differences(case),
            opinions,
        })
    }
}

/// Reads what the gate lets a stranger read, and blots out the submitter where
/// a text still tells who they are: rule 8 holds even where a screening or a
/// summary slipped.
struct StrangersReader<'a> {
    desk: &'a Desk,
    case: &'a Case,
    submitters: BTreeMap<domain::ids::SubmissionId, Option<Submitter>>,
}

impl StrangersReader<'_> {
    async fn text(
        &mut self,
        submission: &Submission,
        reading: Reading,
    ) -> Result<String, ApiError> {
        let text = match reading {
            // Everybody's text is blotted out here, see below.
            Reading::Public(text) | Reading::Open(text) | Reading::Blotted { text, .. } => {
                self.desk.open_text(&text).await?
            }
            Reading::Shut(shut) => return Ok(in_its_place(shut).to_owned()),
        };
        let Some(text) = text else {
            return Ok("（消去済み）".to_owned());
        };
        if !self.submitters.contains_key(&submission.id) {
            let submitter = self.desk.open_json(&submission.submitter).await?;
            self.submitters.insert(submission.id, submitter);
        }
        Ok(match self.submitters.get(&submission.id) {
            Some(Some(submitter)) => redaction::blotted(&text, submitter),
            _ => text,
        })
    }

    async fn row(&mut self, item: &Item) -> Result<Row, ApiError> {
        let submission = self.case.submission(item.submission);
        let submission = submission.ok_or(ApiError::NotFound)?;
        let mut texts = Vec::with_capacity(3);
        for which in [ItemText::Summary, ItemText::Excerpt, ItemText::Response] {
            let reading = gate::item(&Viewer::anybody(self.desk), self.case, item, which);
            texts.push(match reading {
                Some(reading) => self.text(submission, reading).await?,
                None => String::new(),
            });
        }
        let mut texts = texts.into_iter();
        let mut next = || texts.next().unwrap_or_default();
        Ok(Row {
            number: item.order,
            id: item.id.to_string(),
            summary: next(),
            excerpt: next(),
            response: next(),
            category: item
                .answer
                .as_ref()
                .map_or_else(String::new, |answer| answer.category.as_str().to_owned()),
            changed_policy: item
                .answer
                .as_ref()
                .is_some_and(|answer| answer.changed_policy),
        })
    }

    async fn opinion(&mut self, submission: &Submission) -> Result<Option<Opinion>, ApiError> {
        let stranger = Viewer::anybody(self.desk);
        let reading = gate::opinion(&stranger, false, self.case, submission);
        let passage = gate::passage(&stranger, false, self.case, submission);
        let Reading::Public(_) = reading else {
            return Ok(None);
        };
        let passage = match passage {
            Some(passage) => self.text(submission, Reading::Public(passage)).await?,
            None => String::new(),
        };
        let mut categories: Vec<String> = submission
            .items
            .iter()
            .filter_map(|item| self.case.item(*item)?.answer.as_ref())
            .map(|answer| answer.category.as_str().to_owned())
            .collect();
        categories.sort();
        categories.dedup();
        Ok(Some(Opinion {
            id: submission.id.to_string(),
            body: self.text(submission, reading).await?,
            channel: submission.channel,
            received_on: submission.received_on,
            passage,
            categories,
            attachments: self.attachments(submission).await?,
        }))
    }

    async fn attachments(&self, submission: &Submission) -> Result<Vec<Attached>, ApiError> {
        let Some(newest) = submission.text() else {
            return Ok(Vec::new());
        };
        let stranger = Viewer::anybody(self.desk);
        if gate::attachments(&stranger, false, self.case, submission, newest) != Files::Open {
            return Ok(Vec::new());
        }
        let mut attached = Vec::new();
        for (file, description) in &newest.attachments {
            let described: Option<SealedFile> = self.desk.open_json(description).await?;
            attached.extend(described.map(|described| Attached {
                path: format!("/files/{file}"),
                media_type: described.media_type.as_str().to_owned(),
                size: described.size,
                sha256: described.sha256,
            }));
        }
        Ok(attached)
    }
}

fn in_its_place(shut: Shut) -> &'static str {
    match shut {
        Shut::Embargoed => "（公表前）",
        Shut::Withdrawn => "（取下げ）",
        Shut::Late => "（期限後の提出）",
        Shut::Hidden => "（非表示）",
        Shut::TakenDown => "（一部非公開）",
    }
}

fn differences(case: &Case) -> Vec<Difference> {
    if case.final_passages.is_empty() {
        return Vec::new();
    }
    let before: Vec<_> = case.passages.iter().cloned().collect();
    let after: Vec<_> = case.final_passages.iter().cloned().collect();
    let changed = diff::passages(&before, &after).into_iter();
    changed
        .filter(diff::PassageDiff::is_changed)
        .map(|difference| {
            let changes = case.changes.iter();
            let changes: Vec<_> = changes
                .filter(|change| change.passage == difference.passage)
                .collect();
            let number = |item: &ItemId| case.item(*item).map(|item| item.order);
            let mut caused_by: Vec<u32> = changes
                .iter()
                .flat_map(|change| {
                    let groups = change
                        .groups
                        .iter()
                        .filter_map(|group| case.groups.get(group));
                    let grouped = groups.flat_map(|group| group.items.iter().copied());
                    change.items.iter().filter_map(number).chain(grouped)
                })
                .collect();
            caused_by.sort_unstable();
            caused_by.dedup();
            Difference {
                passage: difference.passage,
                heading: difference.heading,
                text: difference.text,
                reasons: changes.iter().map(|change| change.reason.clone()).collect(),
                caused_by,
            }
        })
        .collect()
}
