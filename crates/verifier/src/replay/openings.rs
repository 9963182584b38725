//! Openings: every text that the log says is published can be read, and is the
//! one that was recorded; what it says is erased or embargoed cannot. Files are
//! texts with bytes beside them.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use transparency::{
    Hash, Tile, bundle, opening,
    tile::{self, Kind},
};

use super::{
    contents,
    due::{Due, due},
    fold::Fold,
};
use crate::{
    log::{Source, SourceError, fetch},
    report::Report,
};

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
    let (mut opened, mut erased, mut files) = (0_u64, 0_u64, 0_u64);
    for due in &due {
        let position = due.text.position.0;
        let field = &due.text.field;
        let file = source.get(&due.path())?;
        let is_erased = due
            .subject
            .is_some_and(|subject| fold.city.personal_data.is_erased(subject));
        let at = Some(position);
        match (file, is_erased) {
            (None, true) if !contents::is_there(source, due)? => erased += 1,
            (_, true) => {
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
                match checked {
                    Ok(()) => files += contents::check(source, due, &opening, report)?,
                    Err(error) => {
                        let message = format!(
                            "What is shown for {field} of event {position} is not what was \
                             recorded: {error}."
                        );
                        report.error("OPENING_FALSE", at, message);
                    }
                }
            }
        }
    }
    report.fact("openings", opened);
    report.fact("files", files);
    report.fact("erased", erased);
    if let Some(folder) = source.folder() {
        let files = due.iter().filter(|due| due.file.is_some());
        let files = files.map(|due| folder.join(due.bytes_path()));
        let due = due.iter().map(|due| folder.join(due.path()));
        let due: BTreeSet<PathBuf> = due.chain(files).collect();
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
