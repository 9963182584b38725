//! The gate: who may see what. Every query, subscription, export and feed asks
//! here, and nowhere else is it decided.
//!
//! The text and the author of an opinion are under embargo until the result is
//! published (institutions: 公開). That something was submitted is public.
//!
//! The officers of a case read opinions to answer them, and need not know whose
//! they are: where a text tells, it is blotted out for them, and files, which
//! cannot be blotted out, stay shut, until they have put on record that they
//! open them, and why.

use domain::{
    ActorId, LegalDate, Role, ids::FileId, personal_data::PersonalField,
    public_comment::WithdrawnText,
};
use event_store::Position;
use read_models::{
    TextRef,
    public_comment::{Case, Form, Group, Item, Submission, TextVersion},
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
    /// This text, which everybody may read.
    Public(TextRef),
    /// This text, which not everybody may read.
    Open(TextRef),
    /// This text, without what tells who its author is.
    Blotted {
        /// The text.
        text: TextRef,
        /// The author.
        author: TextRef,
    },
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

/// Whether files may be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Files {
    /// They may.
    Open,
    /// They may as soon as the viewer has put on record that they open them.
    OnRecord,
    /// They may not.
    Shut,
}

/// Whether the viewer works on the opinions of cases.
pub fn is_case_officer(viewer: &Viewer<'_>) -> bool {
    viewer.holds(CASE_OFFICERS)
}

/// Whether the viewer may ask which submission has a number that stands on a
/// receipt: whoever works on opinions, types them in, or keeps the records.
pub fn may_find_by_receipt(viewer: &Viewer<'_>) -> bool {
    is_case_officer(viewer) || viewer.holds(&[Role::Operator, Role::RecordsManager])
}

/// Whether the viewer may see that a case exists, and its draft.
pub fn may_see_case(viewer: &Viewer<'_>, case: &Case) -> bool {
    case.is_public() || is_case_officer(viewer)
}

/// The place of a case among those that the viewer may see. It never changes,
/// and tells nothing of cases that the viewer may not see: the public counts
/// publications, not drafts.
pub fn place_of_case(viewer: &Viewer<'_>, case: &Case) -> Option<Position> {
    if is_case_officer(viewer) {
        Some(case.drafted)
    } else {
        case.public_since
    }
}

/// Whether the viewer may read a case's texts before their publication.
pub fn may_read_drafts(viewer: &Viewer<'_>) -> bool {
    is_case_officer(viewer)
}

/// Whether the viewer may see a list of those whose data are due for erasure.
pub fn may_see_what_is_due(viewer: &Viewer<'_>) -> bool {
    viewer.holds(&[Role::RecordsManager, Role::Auditor])
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
    if own {
        return Reading::Open(newest.body.clone());
    }
    if is_case_officer(viewer) {
        return blotted(newest.body.clone(), submission);
    }
    let body = WithdrawnText::Body {
        submission: submission.id,
    };
    match published(viewer, case, submission) {
        Err(shut) => Reading::Shut(shut),
        Ok(()) if is_taken_down(viewer, case, body) => Reading::Shut(Shut::TakenDown),
        Ok(()) => Reading::Public(match &submission.form {
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
        Reading::Public(_) | Reading::Open(_) | Reading::Blotted { .. } => {
            submission.text()?.passage.clone()
        }
        Reading::Shut(_) => None,
    }
}

/// A text in the words of its author, for the officers of the case.
fn blotted(text: TextRef, submission: &Submission) -> Reading {
    Reading::Blotted {
        text,
        author: submission.submitter.clone(),
    }
}

/// Whether the attachments of an opinion, in one of its versions, may be read.
/// The newest version is published, and a redacted one without them.
pub fn attachments(
    viewer: &Viewer<'_>,
    own: bool,
    case: &Case,
    submission: &Submission,
    version: &TextVersion,
) -> Files {
    let attachments = WithdrawnText::Attachments {
        submission: submission.id,
    };
    let newest = submission.text().map(|text| text.body.position);
    let public = newest == Some(version.body.position)
        && published(viewer, case, submission).is_ok()
        && matches!(submission.form, Some(Form::AsSubmitted))
        && !is_taken_down(viewer, case, attachments);
    if own || public {
        Files::Open
    } else if !is_case_officer(viewer) {
        Files::Shut
    } else if has_opened(viewer, submission, PersonalField::Attachments) {
        Files::Open
    } else {
        Files::OnRecord
    }
}

/// Whether the viewer put on record today that they open this of a submission.
/// A reason holds for the day for which it was given.
fn has_opened(viewer: &Viewer<'_>, submission: &Submission, field: PersonalField) -> bool {
    let city = viewer.present();
    let subject = city.personal_data.get(submission.subject);
    let looks = subject.into_iter().flat_map(|subject| &subject.looks);
    let officer = viewer.known_officer();
    looks.rev().any(|look| {
        officer.is_some_and(|officer| look.actor == ActorId::Officer(officer))
            && look.event == submission.submitter.event
            && look.fields.contains(&field)
            && LegalDate::of(look.recorded_at) == viewer.today()
    })
}

/// The words of an appeal, if there are any and the viewer may read them: who
/// decides on it, and who wrote them.
pub fn statement(viewer: &Viewer<'_>, own: bool, submission: &Submission) -> Option<Reading> {
    let statement = submission.hiding.as_ref()?.appeal.clone()?;
    if own {
        Some(Reading::Open(statement))
    } else {
        is_case_officer(viewer).then(|| blotted(statement, submission))
    }
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

/// Whether everybody may read an opinion at the moment that is looked at, and
/// still today; if not, why. The past is no way around what was hidden since.
fn published(viewer: &Viewer<'_>, case: &Case, submission: &Submission) -> Result<(), Shut> {
    published_in(case, submission)?;
    let city = viewer.present();
    let present = city.public_comment.get(case.id);
    if present.is_some_and(|present| std::ptr::eq(present, case)) {
        return Ok(());
    }
    let present = present.and_then(|case| Some((case, case.submission(submission.id)?)));
    present.map_or(Ok(()), |(case, submission)| published_in(case, submission))
}

/// Whether a text was taken down by order of law, at whatever moment the viewer
/// looks.
fn is_taken_down(viewer: &Viewer<'_>, case: &Case, text: WithdrawnText) -> bool {
    let city = viewer.present();
    let present = city.public_comment.get(case.id);
    case.taken_down.contains(&text) || present.is_some_and(|case| case.taken_down.contains(&text))
}

fn published_in(case: &Case, submission: &Submission) -> Result<(), Shut> {
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
    let submission = case.submission(item.submission)?;
    if is_case_officer(viewer) {
        return Some(match which {
            ItemText::Excerpt => blotted(text.clone(), submission),
            // What the city writes was held against it when it was written.
            ItemText::Summary | ItemText::Response => Reading::Open(text.clone()),
        });
    }
    let shut = match published(viewer, case, submission) {
        // The point is public in the city's words even where the submitter's
        // own words are hidden.
        Err(Shut::Hidden) if which != ItemText::Excerpt => None,
        Err(shut) => Some(shut),
        Ok(()) => None,
    };
    // What was left out of the opinion must not come back through an excerpt.
    let redacted =
        which == ItemText::Excerpt && matches!(submission.form, Some(Form::Redacted { .. }));
    // An excerpt is part of the body, and goes with it.
    let body = WithdrawnText::Body {
        submission: submission.id,
    };
    let goes_with_body = which == ItemText::Excerpt && is_taken_down(viewer, case, body);
    Some(if let Some(shut) = shut {
        Reading::Shut(shut)
    } else if is_taken_down(viewer, case, taken_down)
        || goes_with_body
        || (redacted && !is_own(viewer, case, submission))
    {
        Reading::Shut(Shut::TakenDown)
    } else if redacted {
        Reading::Open(text.clone())
    } else {
        Reading::Public(text.clone())
    })
}

/// Whether the viewer may read what the items of a group have in common.
pub fn group_title(viewer: &Viewer<'_>, case: &Case, group: &Group) -> Reading {
    if case.opinions_are_public() {
        Reading::Public(group.title.clone())
    } else if is_case_officer(viewer) {
        Reading::Open(group.title.clone())
    } else {
        Reading::Shut(Shut::Embargoed)
    }
}
