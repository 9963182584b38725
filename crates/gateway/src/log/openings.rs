//! Which sealed texts of an event everybody may read, and what opens them.
//!
//! An opening (salt and text) is shown beside the log once its text is
//! published, so that anybody can check that it is what was recorded. Of a file
//! the log commits to a description with the digest of its bytes: that is
//! opened, and the bytes are shown beside it. Whether something is published,
//! the gate says.

use axum::body::Body;
use domain::{
    Decider,
    history::{Leaf, ReadError},
    ids::{FileId, MaterialId, SubjectId, SubmissionId},
    public_comment::{Event, PublicComment},
};
use event_store::{Position, Recorded};
use read_models::{City, TextRef, personal_data::Erasure, public_comment::Case};
use vault::{Opening, opening};

use crate::{
    Desk,
    files::{self, SealedFile},
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
    /// The file that it describes, if it describes one.
    pub file: Option<FileId>,
}

/// What there is to show for a published text.
#[derive(Debug)]
pub enum Shown {
    /// Its opening.
    Open(Opening),
    /// Nothing any more: it was erased, by this event if it is recorded.
    Erased(Option<Erasure>),
    /// Nothing, though nobody erased it. Whoever verifies the log finds it
    /// missing.
    Lost(String),
}

/// What a published description says of the bytes of its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// The file.
    pub file: FileId,
    /// SHA-256, in lower-case hexadecimal.
    pub sha256: String,
    /// The size in bytes.
    pub size: u64,
}

impl Content {
    /// What the opened description of a file says.
    pub fn described(opening: &Opening) -> Result<Self, serde_json::Error> {
        let described: SealedFile = serde_json::from_slice(&opening.plaintext)?;
        Ok(Self {
            file: described.file,
            sha256: described.sha256,
            size: described.size,
        })
    }

    /// The next bytes of the file, from here on; none at its end.
    pub async fn piece(&self, desk: &Desk, from: u64) -> Result<Vec<u8>, ApiError> {
        let piece = files::piece(desk, self.file, from..self.size).await;
        piece.map_err(ApiError::internal)
    }

    /// The bytes of the file, read as they are taken. An error if not even the
    /// first can be read.
    pub(crate) async fn body(&self, desk: &Desk) -> Result<Body, ApiError> {
        let body = files::body(desk, self.file, 0..self.size).await;
        body.map_err(ApiError::internal)
    }
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
        Event::MaterialAttached { material, .. }
        | Event::MaterialAdded { material, .. }
        | Event::MaterialCorrected { material, .. } => documents(viewer, case, *material),
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
                    .map(move |text| Published {
                        text,
                        subject,
                        file: None,
                    })
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
    let texts = body.into_iter().chain(passage).map(|text| (text, None));
    let attachments = submission
        .text()
        .filter(|newest| {
            gate::attachments(viewer, false, case, submission, newest) == gate::Files::Open
        })
        .into_iter()
        .flat_map(|newest| &newest.attachments)
        .map(|(file, text)| (text.clone(), Some(*file)));
    texts
        .chain(attachments)
        .map(|(text, file)| Published {
            text,
            subject: Some(submission.subject),
            file,
        })
        .collect()
}

/// The versions of a document that were published.
fn documents(viewer: &Viewer<'_>, case: &Case, material: MaterialId) -> Vec<Published> {
    let versions = case.materials.get(&material).into_iter().flatten();
    versions
        .filter_map(|version| {
            let file = version.published.file.file;
            gate::document(viewer, case, file).then_some(Published {
                text: version.file.clone()?,
                subject: None,
                file: Some(file),
            })
        })
        .collect()
}

fn open(reading: Reading) -> Option<TextRef> {
    match reading {
        Reading::Public(text) => Some(text),
        // What is not shown whole to everybody cannot be opened.
        Reading::Open(_) | Reading::Blotted { .. } | Reading::Shut(_) => None,
    }
}

fn city_text(text: TextRef) -> Published {
    Published {
        text,
        subject: None,
        file: None,
    }
}

/// Opens a published text, and makes sure that it is the one in the leaf.
pub async fn show(desk: &Desk, city: &City, published: &Published, recorded: &Recorded) -> Shown {
    let subject = published
        .subject
        .and_then(|subject| city.personal_data.get(subject));
    let erasure = subject.and_then(|subject| subject.erasure.clone());
    if erasure.is_some() {
        return Shown::Erased(erasure);
    }
    let opening = match desk.open(&published.text).await {
        Ok(Some(opening)) => opening,
        Ok(None) => return Shown::Erased(None),
        Err(error) => return Shown::Lost(format!("{error:?}")),
    };
    match opening::check(&opening, &recorded.payload) {
        Ok(()) => Shown::Open(opening),
        Err(error) => Shown::Lost(error.to_string()),
    }
}
