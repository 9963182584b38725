//! Which sealed texts of an event everybody may read, and what opens them.
//!
//! An opening (salt and text) is shown beside the log once its text is
//! published, so that anybody can check that it is what was recorded. Whether
//! it is published, the gate says.

use domain::{
    Decider,
    history::{Leaf, ReadError},
    ids::{SubjectId, SubmissionId},
    public_comment::{Event, PublicComment},
};
use event_store::{Position, Recorded};
use read_models::{City, TextRef, personal_data::Erasure, public_comment::Case};
use vault::{Opening, opening};

use crate::{
    Desk,
    gate::{self, ItemText, Reading},
    http::ApiError,
    viewer::Viewer,
};

/// A text that everybody may read.
#[derive(Clone, Debug)]
pub struct Published {
    /// Where it stands.
    pub text: TextRef,
    /// Whose words they are, if they are a citizen's: their erasure erases it.
    pub subject: Option<SubjectId>,
}

/// What there is to show for a published text.
#[derive(Debug)]
pub enum Shown {
    /// Its opening.
    Open(Opening),
    /// Nothing any more: it was erased, by this event if it is recorded.
    Erased(Option<Erasure>),
}

/// The sealed texts of an event that everybody may read in this state of the
/// city.
pub fn published(
    desk: &Desk,
    city: &City,
    recorded: &Recorded,
) -> Result<Vec<Published>, ReadError> {
    let leaf = Leaf::parse(&recorded.payload)?;
    if leaf.institution() != PublicComment::INSTITUTION {
        return Ok(Vec::new());
    }
    let id = leaf.metadata.stream.split('/').nth(1);
    let case = id.and_then(|id| city.public_comment.get(id.parse().ok()?));
    let Some(case) = case else {
        return Ok(Vec::new());
    };
    let anybody = Viewer::anybody(desk);
    let mut texts = texts(
        &anybody,
        case,
        recorded.position,
        &leaf.event::<PublicComment>()?,
    );
    // Of what was replaced since, nothing is public.
    texts.retain(|published| published.text.position == recorded.position);
    Ok(texts)
}

fn texts(viewer: &Viewer<'_>, case: &Case, position: Position, event: &Event) -> Vec<Published> {
    match event {
        Event::OpinionSubmitted(opinion) | Event::OpinionRegisteredLate { opinion, .. } => {
            opinion_texts(viewer, case, opinion.submission)
        }
        Event::OpinionReplaced { submission, .. } | Event::OpinionScreened { submission, .. } => {
            opinion_texts(viewer, case, *submission)
        }
        Event::SubmissionItemized { items, .. } => items
            .iter()
            .filter_map(|item| case.item(item.item))
            .flat_map(|item| {
                let subject = case
                    .submission(item.submission)
                    .map(|submission| submission.subject);
                [ItemText::Summary, ItemText::Excerpt]
                    .into_iter()
                    .filter_map(|which| open(gate::item(viewer, case, item, which)?))
                    .map(move |text| Published { text, subject })
            })
            .collect(),
        Event::ItemsGrouped { group, .. } => case
            .groups
            .get(group)
            .and_then(|group| open(gate::group_title(viewer, case, group)))
            .map(city_text)
            .into_iter()
            .collect(),
        Event::ResponseAssigned { items, group, .. } => {
            // An answer is public where any of the items that have it is. A
            // group's items keep it, also when the group is taken apart.
            let of_group = case.items.values().filter(|_| group.is_some());
            let named = items.iter().filter_map(|item| case.item(*item));
            named
                .chain(of_group)
                .filter(|item| {
                    let answer = item.answer.as_ref();
                    answer.is_some_and(|answer| answer.response.position == position)
                })
                .find_map(|item| open(gate::item(viewer, case, item, ItemText::Response)?))
                .map(city_text)
                .into_iter()
                .collect()
        }
        _ => Vec::new(),
    }
}

fn opinion_texts(viewer: &Viewer<'_>, case: &Case, submission: SubmissionId) -> Vec<Published> {
    let Some(submission) = case.submission(submission) else {
        return Vec::new();
    };
    let body = open(gate::opinion(viewer, false, case, submission));
    let passage = gate::passage(viewer, false, case, submission);
    body.into_iter()
        .chain(passage)
        .map(|text| Published {
            text,
            subject: Some(submission.subject),
        })
        .collect()
}

fn open(reading: Reading) -> Option<TextRef> {
    match reading {
        Reading::Open(text) => Some(text),
        Reading::Shut(_) => None,
    }
}

fn city_text(text: TextRef) -> Published {
    Published {
        text,
        subject: None,
    }
}

/// Opens a published text, and makes sure that it is the one in the leaf.
pub async fn show(
    desk: &Desk,
    city: &City,
    published: &Published,
    recorded: &Recorded,
) -> Result<Shown, ApiError> {
    let subject = published
        .subject
        .and_then(|subject| city.personal_data.get(subject));
    let erasure = subject.and_then(|subject| subject.erasure.clone());
    if erasure.is_some() {
        return Ok(Shown::Erased(erasure));
    }
    let Some(opening) = desk.open(&published.text).await? else {
        return Ok(Shown::Erased(None));
    };
    opening::check(&opening, &recorded.payload).map_err(ApiError::internal)?;
    Ok(Shown::Open(opening))
}
