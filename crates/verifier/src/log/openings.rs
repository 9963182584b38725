//! Openings: every text that the log says is published can be read, and is the
//! one that was recorded; what it says is erased or embargoed cannot.
//!
//! Which texts are published is worked out here from the log alone, and not by
//! the code that serves them: where the two disagree, there is a finding.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use domain::{ids::SubjectId, public_comment::WithdrawnText};
use read_models::{
    City, TextRef,
    public_comment::{Case, Form, Submission},
};
use transparency::{
    Hash, Tile, bundle, opening,
    tile::{self, Kind},
};

use super::{
    fold::Fold,
    rebuild::fetch,
    source::{Source, SourceError},
};
use crate::report::Report;

/// A text that has to be readable.
struct Due {
    text: TextRef,
    /// Whose words they are; their erasure excuses that it is not.
    subject: Option<SubjectId>,
}

impl Due {
    fn path(&self) -> String {
        format!("openings/{}/{}.json", self.text.position, self.text.field)
    }
}

/// Checks the openings of a log of `size` events that was folded.
pub(super) fn check(
    source: &Source,
    fold: &Fold,
    size: u64,
    report: &mut Report,
) -> Result<(), SourceError> {
    let mut due = due(&fold.city);
    due.sort_by(|left, right| {
        let key = |due: &Due| (due.text.position, due.text.field.clone());
        key(left).cmp(&key(right))
    });
    due.dedup_by(|left, right| left.text == right.text);
    let mut leaves = Leaves::new(source, fold, size);
    let (mut opened, mut erased) = (0_u64, 0_u64);
    for due in &due {
        let position = due.text.position.0;
        let field = &due.text.field;
        let file = source.get(&due.path())?;
        let is_erased = due
            .subject
            .is_some_and(|subject| fold.city.personal_data.is_erased(subject));
        let at = Some(position);
        match (file, is_erased) {
            (None, true) => erased += 1,
            (Some(_), true) => {
                let message = format!(
                    "The text in {field} of event {position} was erased, and is still published."
                );
                report.error("ERASED_BUT_SHOWN", at, message);
            }
            (None, false) => {
                let message = format!(
                    "The text in {field} of event {position} is published, but cannot be read, and \
                     no event says that it was erased, hidden or taken down."
                );
                report.error("OPENING_MISSING", at, message);
            }
            (Some(json), false) => {
                opened += 1;
                let opening = match opening::from_json(&json) {
                    Ok(opening) => opening,
                    Err(error) => {
                        let message = format!(
                            "The opening of {field} of event {position} cannot be read: {error}."
                        );
                        report.error("OPENING_FORM", at, message);
                        continue;
                    }
                };
                let Some(leaf) = leaves.get(position)? else {
                    let message = format!("Event {position} was not the same when read again.");
                    report.error("LEAF_DIFFERS", at, message);
                    continue;
                };
                let checked = if opening.field == **field {
                    opening::check(&opening, leaf).map_err(|error| error.to_string())
                } else {
                    Err(format!("it is of the field {}", opening.field))
                };
                if let Err(error) = checked {
                    let message = format!(
                        "What is shown for {field} of event {position} is not what was recorded: \
                         {error}."
                    );
                    report.error("OPENING_FALSE", at, message);
                }
            }
        }
    }
    report.fact("openings", opened);
    report.fact("erased", erased);
    if let Some(folder) = source.folder() {
        let due: BTreeSet<PathBuf> = due.iter().map(|due| folder.join(due.path())).collect();
        let listed = others(&folder.join("openings"), &due);
        let unreadable = |error| SourceError::File {
            path: "openings".to_owned(),
            error,
        };
        for path in listed.map_err(unreadable)? {
            let path = path.strip_prefix(folder).unwrap_or(&path).display();
            let message = format!("{path} shows a text that no event has published.");
            report.error("OPENING_UNPUBLISHED", None, message);
        }
    }
    Ok(())
}

/// All texts that have to be readable.
fn due(city: &City) -> Vec<Due> {
    let mut due = Vec::new();
    for case in city.public_comment.iter() {
        // Opinions and answers are under embargo until the result is published.
        if case.result.is_none() {
            continue;
        }
        for submission in case.submissions.values() {
            opinion(case, submission, &mut due);
        }
        due.extend(case.groups.values().map(|group| Due {
            text: group.title.clone(),
            subject: None,
        }));
    }
    due
}

fn opinion(case: &Case, submission: &Submission, due: &mut Vec<Due>) {
    // What came late or was withdrawn is no 提出意見; what was not screened has
    // no form in which it could be published.
    let (true, Some(form), Some(newest)) =
        (submission.counts(), &submission.form, submission.text())
    else {
        return;
    };
    let id = submission.id;
    let subject = Some(submission.subject);
    let down = |text: WithdrawnText| case.taken_down.contains(&text);
    let hidden = submission.is_hidden();
    if !hidden && !down(WithdrawnText::Body { submission: id }) {
        let text = match form {
            Form::AsSubmitted => newest.body.clone(),
            Form::Redacted { text, .. } => text.clone(),
        };
        let passage = newest.passage.clone();
        due.extend(
            [text]
                .into_iter()
                .chain(passage)
                .map(|text| Due { text, subject }),
        );
    }
    let excerpts = !hidden && matches!(form, Form::AsSubmitted);
    for item in submission.items.iter().filter_map(|item| case.item(*item)) {
        if !down(WithdrawnText::Summary { item: item.id }) {
            let text = item.summary.clone();
            due.push(Due { text, subject });
        }
        if excerpts && !down(WithdrawnText::Excerpt { item: item.id }) {
            let text = item.excerpt.clone();
            due.push(Due { text, subject });
        }
        if let Some(answer) = &item.answer
            && !down(WithdrawnText::Response { item: item.id })
        {
            due.push(Due {
                text: answer.response.clone(),
                subject: None,
            });
        }
    }
}

/// Leaves that are read again, a bundle at a time: the same as before, or none.
struct Leaves<'a> {
    source: &'a Source,
    fold: &'a Fold,
    size: u64,
    index: Option<u64>,
    leaves: Vec<Vec<u8>>,
}

impl<'a> Leaves<'a> {
    fn new(source: &'a Source, fold: &'a Fold, size: u64) -> Self {
        Self {
            source,
            fold,
            size,
            index: None,
            leaves: Vec::new(),
        }
    }

    fn get(&mut self, position: u64) -> Result<Option<&[u8]>, SourceError> {
        let width = u64::from(tile::WIDTH);
        let index = position / width;
        if self.index != Some(index) {
            self.index = Some(index);
            let tile = Tile::at_size(Kind::Entries, index, self.size);
            let bytes = tile.map(|tile| fetch(self.source, tile)).transpose()?;
            let bytes = bytes.flatten().unwrap_or_default();
            let entries = bundle::parse(&bytes).unwrap_or_default();
            self.leaves = entries.into_iter().map(<[u8]>::to_vec).collect();
        }
        let place = usize::try_from(position % width).unwrap_or(usize::MAX);
        let known = usize::try_from(position).ok();
        let known = known.and_then(|position| self.fold.hashes.get(position));
        let leaf = self.leaves.get(place);
        Ok(leaf
            .filter(|leaf| known == Some(&Hash::leaf(leaf)))
            .map(Vec::as_slice))
    }
}

/// Files below a folder that are not among the known.
fn others(folder: &Path, known: &BTreeSet<PathBuf>) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if !folder.is_dir() {
        return Ok(found);
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(others(&path, known)?);
        } else if !known.contains(&path) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
