//! What fits in a leaf, and what must not be blank.

use serde::Serialize;

use super::super::{Passage, PublishedChange, Refusal};
use crate::{Bilingual, Checked, canonical};

/// The canonical bytes that the data of an event may have: a leaf's, less what
/// stands around the data.
pub(super) const DATA: usize = 60_000;
/// A passage: twice that and a reason fit in one change.
const PASSAGE: usize = 24_000;
/// A title or a reason.
const NOTE: usize = 6_000;
/// Items, or changes and their links, named in one event.
pub(super) const ITEMS: usize = 1_000;
/// Items of one submission.
pub(super) const CUTS: usize = 150;
/// Submissions screened in one command.
pub(super) const SCREENINGS: usize = 1_000;
/// Attachments of one opinion.
pub(super) const ATTACHMENTS: usize = 20;
/// Changes of one decision.
pub(super) const CHANGES: usize = 100;

/// The canonical length of a value; what has no canonical form fits nowhere.
pub(super) fn bytes_of(value: &impl Serialize) -> usize {
    serde_json::to_value(value)
        .ok()
        .and_then(|value| canonical::to_bytes(&value).ok())
        .map_or(usize::MAX, |bytes| bytes.len())
}

fn fits(bytes: usize, most: usize) -> Result<(), Refusal> {
    if bytes <= most {
        Ok(())
    } else {
        Err(Refusal::TextTooLong { bytes, most })
    }
}

/// A value that must fit in an event by itself.
pub(super) fn fits_in_event(value: &impl Serialize) -> Result<(), Refusal> {
    fits(bytes_of(value), DATA)
}

pub(super) fn at_once(given: usize, most: usize) -> Result<(), Refusal> {
    if given <= most {
        Ok(())
    } else {
        Err(Refusal::TooManyAtOnce { given, most })
    }
}

pub(super) fn reason(text: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::ReasonRequired);
    }
    note(text)
}

/// A reason about what a person submitted: it stands in clear for ever, so it
/// does not tell who the person is (rule 8).
pub(super) fn remark(remark: &Checked<String>) -> Result<(), Refusal> {
    reason(&remark.text)?;
    tells_nobody(remark)
}

/// A text about submitters tells of none of them who they are (rule 8).
pub(super) fn tells_nobody<T>(text: &Checked<T>) -> Result<(), Refusal> {
    if text.repeats_personal_data {
        Err(Refusal::PersonalDataRepeated)
    } else {
        Ok(())
    }
}

pub(super) fn note(text: &str) -> Result<(), Refusal> {
    fits(bytes_of(&text), NOTE)
}

pub(super) fn title(title: &Bilingual) -> Result<(), Refusal> {
    if title.is_blank() {
        return Err(Refusal::TitleRequired);
    }
    fits(bytes_of(title), NOTE)
}

/// What one event holds of a published text.
pub(super) type Part = (Vec<Passage>, Vec<PublishedChange>);

/// Passages and changes in the order of the text, cut so that the first part
/// fits beside `taken` bytes and each further part in an event of its own.
pub(super) fn parts(
    passages: &[Passage],
    changes: &[PublishedChange],
    taken: usize,
) -> Result<Vec<Part>, Refusal> {
    fits(taken, DATA)?;
    let mut parts = vec![];
    let mut part = (vec![], vec![]);
    let mut room = DATA - taken;
    for passage in passages {
        let bytes = bytes_of(passage) + 1;
        fits(bytes, PASSAGE)?;
        if bytes > room {
            parts.push(std::mem::take(&mut part));
            room = DATA;
        }
        room -= bytes;
        part.0.push(passage.clone());
    }
    for change in changes {
        let bytes = bytes_of(change) + 1;
        fits(bytes, DATA)?;
        if bytes > room {
            parts.push(std::mem::take(&mut part));
            room = DATA;
        }
        room -= bytes;
        part.1.push(change.clone());
    }
    parts.push(part);
    Ok(parts)
}
