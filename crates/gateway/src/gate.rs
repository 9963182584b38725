//! The gate: who may see what. Every query, subscription, export and feed asks
//! here, and nowhere else is it decided.
//!
//! The text and the author of an opinion are under embargo until the result is
//! published (institutions: 公開). That something was submitted is public.

use domain::{Role, ids::FileId, public_comment::WithdrawnText};
use read_models::{
    TextRef,
    public_comment::{Case, Form, Group, Item, Submission},
};

use crate::viewer::Viewer;

/// Roles that work on drafts and opinions while they are under embargo.
const CASE_OFFICERS: &[Role] = &[
    Role::BureauOfficer,
    Role::Approver,
    Role::ImplementingBody,
    Role::Secretariat,
];

/// What may be read in the place of a text.
#[derive(Clone, Debug)]
pub enum Reading {
    /// This text.
    Open(TextRef),
    /// Nothing, for this reason.
    Shut(Shut),
}

/// Why a text may not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shut {
    /// The result is not published yet.
    Embargoed,
    /// The submitter took it back.
    Withdrawn,
    /// It came late: it is kept, and not published.
    Late,
    /// It is hidden from the page.
    Hidden,
    /// It was taken down by order of law.
    TakenDown,
}

/// Whether the viewer works on the opinions of cases.
pub fn is_case_officer(viewer: &Viewer<'_>) -> bool {
    viewer.holds(CASE_OFFICERS)
}

/// Whether the viewer may see that a case exists, and its draft.
pub fn may_see_case(viewer: &Viewer<'_>, case: &Case) -> bool {
    case.is_public() || is_case_officer(viewer)
}

/// Whether the viewer may read a case's texts before their publication.
pub fn may_read_drafts(viewer: &Viewer<'_>) -> bool {
    is_case_officer(viewer)
}

/// Whether the viewer submitted it.
pub fn is_own(viewer: &Viewer<'_>, case: &Case, submission: &Submission) -> bool {
    viewer.subject_in(case.id) == Some(submission.subject)
}

/// Which text of an opinion the viewer may read. `own` tells that the viewer
/// has shown to be its submitter.
pub fn opinion(viewer: &Viewer<'_>, own: bool, case: &Case, submission: &Submission) -> Reading {
    let Some(newest) = submission.text() else {
        return Reading::Shut(Shut::Embargoed);
    };
    if own || is_case_officer(viewer) {
        return Reading::Open(newest.body.clone());
    }
    let body = WithdrawnText::Body {
        submission: submission.id,
    };
    match published(case, submission) {
        Err(shut) => Reading::Shut(shut),
        Ok(()) if case.taken_down.contains(&body) => Reading::Shut(Shut::TakenDown),
        Ok(()) => Reading::Open(match &submission.form {
            Some(Form::Redacted { text, .. }) => text.clone(),
            Some(Form::AsSubmitted) | None => newest.body.clone(),
        }),
    }
}

/// Which passage an opinion speaks of, if the viewer may know.
pub fn passage(
    viewer: &Viewer<'_>,
    own: bool,
    case: &Case,
    submission: &Submission,
) -> Option<TextRef> {
    match opinion(viewer, own, case, submission) {
        Reading::Open(_) => submission.text()?.passage.clone(),
        Reading::Shut(_) => None,
    }
}

/// Whether the attachments of an opinion may be read. A redacted opinion is
/// published without them.
pub fn attachments(viewer: &Viewer<'_>, own: bool, case: &Case, submission: &Submission) -> bool {
    if own || is_case_officer(viewer) {
        return true;
    }
    published(case, submission).is_ok()
        && matches!(submission.form, Some(Form::AsSubmitted))
        && !case.taken_down.contains(&WithdrawnText::Attachments {
            submission: submission.id,
        })
}

/// Whether a document beside a draft may be read: everybody reads what was
/// published, earlier versions too, and the officers of the case the rest.
pub fn document(viewer: &Viewer<'_>, case: &Case, file: FileId) -> bool {
    is_public_document(case, file) || may_read_drafts(viewer)
}

/// Whether everybody may read a document.
pub fn is_public_document(case: &Case, file: FileId) -> bool {
    let mut published = case.materials.values().flatten();
    published.any(|version| version.published.file.file == file)
}

/// Whether everybody may read an opinion; if not, why.
fn published(case: &Case, submission: &Submission) -> Result<(), Shut> {
    if !case.opinions_are_public() {
        Err(Shut::Embargoed)
    } else if submission.withdrawn.is_some() {
        Err(Shut::Withdrawn)
    } else if submission.late.is_some() {
        Err(Shut::Late)
    } else if submission.is_hidden() {
        Err(Shut::Hidden)
    } else if submission.form.is_none() {
        // Nothing is published whose published form was not settled.
        Err(Shut::Embargoed)
    } else {
        Ok(())
    }
}

/// A text of an item: its summary, its excerpt, or the answer to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemText {
    /// The point in the city's words.
    Summary,
    /// The point in the submitter's words.
    Excerpt,
    /// 市の考え方.
    Response,
}

/// Which text of an item the viewer may read; `None` if there is none.
pub fn item(viewer: &Viewer<'_>, case: &Case, item: &Item, which: ItemText) -> Option<Reading> {
    let id = item.id;
    let (text, taken_down) = match which {
        ItemText::Summary => (&item.summary, WithdrawnText::Summary { item: id }),
        ItemText::Excerpt => (&item.excerpt, WithdrawnText::Excerpt { item: id }),
        ItemText::Response => (
            &item.answer.as_ref()?.response,
            WithdrawnText::Response { item: id },
        ),
    };
    if is_case_officer(viewer) {
        return Some(Reading::Open(text.clone()));
    }
    let submission = case.submission(item.submission)?;
    let shut = match published(case, submission) {
        // The point is public in the city's words even where the submitter's
        // own words are hidden.
        Err(Shut::Hidden) if which != ItemText::Excerpt => None,
        Err(shut) => Some(shut),
        Ok(()) => None,
    };
    // What was left out of the opinion must not come back through an excerpt.
    let redacted = which == ItemText::Excerpt
        && matches!(submission.form, Some(Form::Redacted { .. }))
        && !is_own(viewer, case, submission);
    Some(if let Some(shut) = shut {
        Reading::Shut(shut)
    } else if case.taken_down.contains(&taken_down) || redacted {
        Reading::Shut(Shut::TakenDown)
    } else {
        Reading::Open(text.clone())
    })
}

/// Whether the viewer may read what the items of a group have in common.
pub fn group_title(viewer: &Viewer<'_>, case: &Case, group: &Group) -> Reading {
    if case.opinions_are_public() || is_case_officer(viewer) {
        Reading::Open(group.title.clone())
    } else {
        Reading::Shut(Shut::Embargoed)
    }
}
