//! Openings: every text that the log says is published can be read, and is the
//! one that was recorded; what it says is erased or embargoed cannot. Files are
//! texts with bytes beside them.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use indicatif::ProgressBar;
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
    log::{Source, SourceError, fetch, in_order},
    report::Report,
};

/// Checks the openings of a log of `size` events that was folded.
pub(super) fn check(
    source: &Source,
    fold: &Fold,
    size: u64,
    progress: &ProgressBar,
    report: &mut Report,
) -> Result<(), SourceError> {
    let mut due = due(&fold.city);
    due.sort_by(|left, right| {
        let key = |due: &Due| (due.text.position, due.text.field.clone());
        key(left).cmp(&key(right))
    });
    due.dedup_by(|left, right| left.text == right.text);
    progress.set_message("texts");
    progress.set_length(due.len() as u64);
    progress.set_position(0);
    // Those of a bundle together, so that each bundle is read once.
    let groups: Vec<&[Due]> = due
        .chunk_by(|left, right| bundle_of(left) == bundle_of(right))
        .collect();
    let look = |number: u64| {
        let group = usize::try_from(number).ok();
        let group = group.and_then(|number| groups.get(number).copied());
        let mut looked = Looked::default();
        let done = looked.at(source, fold, size, group.unwrap_or_default());
        done.map(|()| (looked, group.map_or(0, <[Due]>::len)))
    };
    let mut seen = Looked::default();
    in_order(source.lanes(), groups.len() as u64, look, |looked| {
        let (looked, count) = looked?;
        seen.opened += looked.opened;
        seen.files += looked.files;
        seen.erased += looked.erased;
        for (code, position, message) in looked.findings {
            report.error(code, Some(position), message);
        }
        progress.inc(count as u64);
        Ok::<_, SourceError>(true)
    })?;
    report.fact("openings", seen.opened);
    report.fact("files", seen.files);
    report.fact("erased", seen.erased);
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

/// The number of the bundle in which the text's event stands.
fn bundle_of(due: &Due) -> u64 {
    due.text.position.0 / u64::from(tile::WIDTH)
}

/// What was seen of some texts.
#[derive(Default)]
pub(super) struct Looked {
    opened: u64,
    files: u64,
    erased: u64,
    /// Code, position, and the sentence.
    findings: Vec<(&'static str, u64, String)>,
}

impl Looked {
    /// Adds a finding.
    pub(super) fn find(&mut self, code: &'static str, due: &Due, message: String) {
        self.findings.push((code, due.text.position.0, message));
    }

    /// Looks at texts whose events stand in one bundle.
    fn at(
        &mut self,
        source: &Source,
        fold: &Fold,
        size: u64,
        group: &[Due],
    ) -> Result<(), SourceError> {
        let mut leaves: Option<Vec<Vec<u8>>> = None;
        for due in group {
            let position = due.text.position.0;
            let field = &due.text.field;
            let file = source.get(&due.path())?;
            let is_erased = due
                .subject
                .is_some_and(|subject| fold.city.personal_data.is_erased(subject));
            match (file, is_erased) {
                (None, true) if !contents::is_there(source, due)? => self.erased += 1,
                (_, true) => {
                    let message = format!(
                        "The text in {field} of event {position} was erased, and is still \
                         published."
                    );
                    self.find("ERASED_BUT_SHOWN", due, message);
                }
                (None, false) => {
                    let message = format!(
                        "The text in {field} of event {position} is published, but cannot be \
                         read, and no event says that it was erased, hidden or taken down."
                    );
                    self.find("OPENING_MISSING", due, message);
                }
                (Some(json), false) => {
                    let leaves = match &mut leaves {
                        Some(leaves) => leaves,
                        None => leaves.insert(read_leaves(source, bundle_of(due), size)?),
                    };
                    let place = (position % u64::from(tile::WIDTH)) as usize;
                    let known = usize::try_from(position).ok();
                    let known = known.and_then(|position| fold.hashes.get(position));
                    let leaf = leaves.get(place);
                    let leaf = leaf.filter(|leaf| known == Some(&Hash::leaf(leaf)));
                    self.open(source, due, &json, leaf.map(Vec::as_slice))?;
                }
            }
        }
        Ok(())
    }

    /// Opens a text with what is shown of it, and looks at its file, if it has
    /// one. There is no leaf if it was not the same as when it was folded.
    fn open(
        &mut self,
        source: &Source,
        due: &Due,
        json: &[u8],
        leaf: Option<&[u8]>,
    ) -> Result<(), SourceError> {
        let position = due.text.position;
        let field = &due.text.field;
        self.opened += 1;
        let opening = match opening::from_json(json) {
            Ok(opening) => opening,
            Err(error) => {
                let message =
                    format!("The opening of {field} of event {position} cannot be read: {error}.");
                self.find("OPENING_FORM", due, message);
                return Ok(());
            }
        };
        let Some(leaf) = leaf else {
            let message = format!("Event {position} was not the same when read again.");
            self.find("LEAF_DIFFERS", due, message);
            return Ok(());
        };
        let checked = if opening.field == **field {
            opening::check(&opening, leaf).map_err(|error| error.to_string())
        } else {
            Err(format!("it is of the field {}", opening.field))
        };
        match checked {
            Ok(()) => self.files += contents::check(source, due, &opening, self)?,
            Err(error) => {
                let message = format!(
                    "What is shown for {field} of event {position} is not what was recorded: \
                     {error}."
                );
                self.find("OPENING_FALSE", due, message);
            }
        }
        Ok(())
    }
}

/// The leaves of a bundle, read again; none if it is not there any more.
fn read_leaves(source: &Source, bundle: u64, size: u64) -> Result<Vec<Vec<u8>>, SourceError> {
    let tile = Tile::at_size(Kind::Entries, bundle, size);
    let bytes = tile.map(|tile| fetch(source, tile)).transpose()?;
    let bytes = bytes.flatten().unwrap_or_default();
    let entries = bundle::parse(&bytes).unwrap_or_default();
    Ok(entries.into_iter().map(<[u8]>::to_vec).collect())
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
