//! Hiding with a reason, appeal, and texts taken down by order of law. The
//! original stays, and the number in the counts.

use super::{
    super::{
        Event, Hiding, HidingReason, Refusal, SealedText, Stage, Standing, State, WithdrawnText,
    },
    Context, Decision, at, intake, limits,
};
use crate::{
    Checked,
    ids::{OfficerId, SubmissionId},
};

pub(super) fn hide(
    id: SubmissionId,
    reason: HidingReason,
    note: Option<&Checked<String>>,
    hidden_by: OfficerId,
    state: &State,
) -> Decision {
    at(state, &[Stage::ResultPublished])?;
    published(id, state)?;
    match state.hiding(id) {
        Hiding::Shown => (),
        Hiding::Hidden { .. } | Hiding::Appealed { .. } => return Ok(vec![]),
        Hiding::Upheld | Hiding::Restored => {
            return Err(Refusal::AlreadySettled { submission: id });
        }
    }
    if let Some(note) = note {
        limits::note(&note.text)?;
        limits::tells_nobody(note)?;
    }
    Ok(vec![Event::OpinionHidden {
        submission: id,
        reason,
        note: note.map(|note| note.text.clone()),
        hidden_by,
    }])
}

/// A submission whose text the result shows.
fn published(id: SubmissionId, state: &State) -> Result<(), Refusal> {
    match state.submissions.get(&id).map(|known| known.standing) {
        Some(Standing::InTime) => Ok(()),
        Some(Standing::Late) => Err(Refusal::SubmissionLate { submission: id }),
        Some(Standing::Withdrawn) => Err(Refusal::SubmissionWithdrawn { submission: id }),
        None => Err(Refusal::SubmissionUnknown { submission: id }),
    }
}

pub(super) fn appeal(
    id: SubmissionId,
    statement: &SealedText,
    state: &State,
    context: Context,
) -> Decision {
    intake::own(id, state, context)?;
    match state.hiding(id) {
        Hiding::Hidden { .. } => (),
        Hiding::Appealed { .. } => return Ok(vec![]),
        Hiding::Upheld => return Err(Refusal::AlreadySettled { submission: id }),
        Hiding::Shown | Hiding::Restored => return Err(Refusal::NotHidden { submission: id }),
    }
    if statement.chars == 0 {
        return Err(Refusal::TextEmpty);
    }
    Ok(vec![Event::HidingAppealed {
        submission: id,
        statement: statement.sealed.clone(),
    }])
}

pub(super) fn reverse(
    id: SubmissionId,
    reason: &Checked<String>,
    officer: OfficerId,
    state: &State,
) -> Decision {
    at(state, &[Stage::ResultPublished])?;
    published(id, state)?;
    match state.hiding(id) {
        // Who hid it may see their own error.
        Hiding::Hidden { .. } => (),
        Hiding::Appealed { by } if by == officer => return Err(Refusal::SamePerson),
        Hiding::Appealed { .. } => (),
        Hiding::Upheld => return Err(Refusal::AlreadySettled { submission: id }),
        Hiding::Shown | Hiding::Restored => return Err(Refusal::NotHidden { submission: id }),
    }
    limits::remark(reason)?;
    Ok(vec![Event::HidingReversed {
        submission: id,
        reason: reason.text.clone(),
    }])
}

pub(super) fn uphold(
    id: SubmissionId,
    reason: &Checked<String>,
    officer: OfficerId,
    state: &State,
) -> Decision {
    at(state, &[Stage::ResultPublished])?;
    published(id, state)?;
    match state.hiding(id) {
        Hiding::Appealed { by } if by == officer => return Err(Refusal::SamePerson),
        Hiding::Appealed { .. } => (),
        Hiding::Upheld => return Ok(vec![]),
        Hiding::Hidden { .. } | Hiding::Shown | Hiding::Restored => {
            return Err(Refusal::NotAppealed { submission: id });
        }
    }
    limits::remark(reason)?;
    Ok(vec![Event::HidingUpheld {
        submission: id,
        reason: reason.text.clone(),
    }])
}

pub(super) fn withdraw_publication(
    text: WithdrawnText,
    legal_basis: &Checked<String>,
    decision_no: &Checked<String>,
    state: &State,
) -> Decision {
    at(state, &[Stage::ResultPublished])?;
    match text {
        WithdrawnText::Body { submission } | WithdrawnText::Attachments { submission } => {
            published(submission, state)?;
        }
        WithdrawnText::Summary { item }
        | WithdrawnText::Excerpt { item }
        | WithdrawnText::Response { item } => {
            if !state.items.contains_key(&item) {
                return Err(Refusal::ItemUnknown { item });
            }
        }
    }
    if state.withdrawn_texts.contains(&text) {
        return Ok(vec![]);
    }
    limits::remark(legal_basis)?;
    limits::remark(decision_no)?;
    Ok(vec![Event::PublicationWithdrawn {
        text,
        legal_basis: legal_basis.text.clone(),
        decision_no: decision_no.text.clone(),
    }])
}
