//! Rebuilds the tree from the entries alone and compares it with every tile
//! and with what was signed. Bundles are read and hashed on all cores; what
//! depends on the order follows behind, in order.

use std::{
    ops::Range,
    sync::{Mutex, PoisonError},
};

use indicatif::ProgressBar;
use transparency::{
    Checkpoint, Edge, Hash, Tile, bundle,
    tile::{self, Kind},
};

use super::{
    in_order::in_order,
    source::{Source, SourceError},
};
use crate::report::Report;

/// Bundles that are read together: threads that wait for one another seldom
/// lose less time.
const TOGETHER: u64 = 8;

/// Rules over leaves. `read` sees one leaf by itself and runs on all cores;
/// `follow` sees them all in order.
pub trait Rules {
    /// What `read` hands to `follow`.
    type Facts: Send;
    /// What one thread remembers from one leaf to the next, to be quicker.
    type Memory: Default + Send;

    /// Reads one leaf. What it finds does not depend on what is remembered.
    fn read(leaf: &[u8], memory: &mut Self::Memory) -> Self::Facts;

    /// Takes the next leaf in order.
    fn follow(&mut self, leaf: Leaf<'_>, facts: Self::Facts, report: &mut Report);

    /// Checks what only the whole log shows.
    fn finish(self, report: &mut Report)
    where
        Self: Sized;
}

/// A leaf in its place.
#[derive(Clone, Copy)]
pub struct Leaf<'a> {
    /// Its place in the log.
    pub position: u64,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Its hash.
    pub hash: Hash,
}

/// One bundle, read and hashed. Its memory serves again for a later one: fresh
/// memory costs about as much as hashing what is read into it.
struct Read<R: Rules> {
    bytes: Vec<u8>,
    /// Where each entry stands in `bytes`, and what was read from it.
    entries: Vec<(Range<usize>, R::Facts)>,
    hashes: Vec<Hash>,
    /// The root above `hashes`.
    root: Hash,
    /// The level-0 tile as it is published.
    tile: Vec<u8>,
    /// Whether that holds the same hashes.
    difference: Difference,
    memory: R::Memory,
}

/// Why a bundle is not there: a finding.
type Lost = (&'static str, String);

/// A bundle and its number, or why there is none.
type Found<R> = Result<(u64, Result<Read<R>, Lost>), SourceError>;

/// Reads everything, gives every event to `rules`, and reports what does not
/// agree: entries with tiles, tiles with entries, the root with `checkpoint`,
/// and earlier roots with the `earlier` checkpoints.
pub(super) fn rebuild<R: Rules>(
    source: &Source,
    checkpoint: &Checkpoint,
    earlier: &[&Checkpoint],
    mut rules: R,
    progress: &ProgressBar,
    report: &mut Report,
) -> Result<(), SourceError> {
    let size = checkpoint.size();
    progress.set_message("events");
    progress.set_length(size);
    progress.set_position(0);
    let mut tree = Tree::new(earlier);
    let used = Mutex::new(Vec::new());
    let spare = || used.lock().unwrap_or_else(PoisonError::into_inner);
    let bundles = size.div_ceil(tile::WIDTH.into());
    let read = |index| {
        let mut read: Read<R> = spare().pop().unwrap_or_default();
        let lost = read.fill(source, index, size)?;
        Ok::<_, SourceError>((index, lost.map(|()| read)))
    };
    let take = |read: Vec<Found<R>>| {
        for read in read {
            let (index, read) = read?;
            let mut read = match read {
                Ok(read) => read,
                Err((code, message)) => {
                    report.error(code, None, message);
                    return Ok(false);
                }
            };
            tell_difference(index, size, &read.difference, report);
            tree.append(read.root, &read.hashes);
            let first = index * u64::from(tile::WIDTH);
            let entries = read.entries.drain(..).zip(&read.hashes);
            for (position, ((place, facts), hash)) in (first..).zip(entries) {
                let leaf = Leaf {
                    position,
                    bytes: read.bytes.get(place).unwrap_or_default(),
                    hash: *hash,
                };
                rules.follow(leaf, facts, report);
            }
            progress.inc(read.hashes.len() as u64);
            spare().push(read);
        }
        Ok::<_, SourceError>(true)
    };
    let whole = in_order(
        source.lanes(),
        bundles.div_ceil(TOGETHER),
        |part| {
            let from = part * TOGETHER;
            (from..bundles.min(from + TOGETHER)).map(read).collect()
        },
        take,
    )?;
    rules.finish(report);
    if whole {
        tree.compare(source, checkpoint, report)?;
    }
    Ok(())
}

/// A file of the log as it stands at `size`. While the log grows, a partial
/// file may give way to the full one, whose beginning it is.
pub(crate) fn fetch(source: &Source, tile: Tile) -> Result<Option<Vec<u8>>, SourceError> {
    let mut bytes = Vec::new();
    Ok(fetch_into(source, tile, &mut bytes)?.then_some(bytes))
}

/// [`fetch`] into memory that is there; says whether there is such a file.
fn fetch_into(source: &Source, tile: Tile, bytes: &mut Vec<u8>) -> Result<bool, SourceError> {
    if source.get_into(&tile.to_string(), bytes)? {
        return Ok(true);
    }
    match Tile::new(tile.kind(), tile.index(), tile::WIDTH) {
        Ok(full) if tile.is_partial() => source.get_into(&full.to_string(), bytes),
        _ => Ok(false),
    }
}

impl<R: Rules> Default for Read<R> {
    fn default() -> Self {
        Self {
            bytes: Vec::new(),
            entries: Vec::new(),
            hashes: Vec::new(),
            root: Hash::empty_tree(),
            tile: Vec::new(),
            difference: Difference::None,
            memory: R::Memory::default(),
        }
    }
}

impl<R: Rules> Read<R> {
    /// Reads a bundle and its tile.
    fn fill(
        &mut self,
        source: &Source,
        index: u64,
        size: u64,
    ) -> Result<Result<(), Lost>, SourceError> {
        let lost = |code, message: String| Ok(Err((code, message)));
        let (Some(tile), Some(hashes)) = (
            Tile::at_size(Kind::Entries, index, size),
            Tile::at_size(Kind::Hashes(0), index, size),
        ) else {
            return lost("ENTRIES_MISSING", format!("There is no bundle {index}."));
        };
        if !fetch_into(source, tile, &mut self.bytes)? {
            return lost(
                "ENTRIES_MISSING",
                format!("{tile} is missing; its events are lost."),
            );
        }
        let entries = match bundle::parse(&self.bytes) {
            Ok(entries) => entries,
            Err(error) => return lost("ENTRIES_FORM", format!("{tile} cannot be read: {error}.")),
        };
        let width = usize::from(tile.width());
        if entries.len() < width {
            let count = entries.len();
            return lost(
                "ENTRIES_MISSING",
                format!("{tile} holds {count} events instead of {width}."),
            );
        }
        self.entries.clear();
        self.hashes.clear();
        let mut end = 0;
        for entry in entries.into_iter().take(width) {
            let start = end + 2;
            end = start + entry.len();
            self.entries
                .push((start..end, R::read(entry, &mut self.memory)));
            self.hashes.push(Hash::leaf(entry));
        }
        self.root = tile::root(&self.hashes);
        let found = fetch_into(source, hashes, &mut self.tile)?;
        self.difference = differing(found.then_some(&self.tile), &self.hashes);
        Ok(Ok(()))
    }
}

fn tell_difference(index: u64, size: u64, difference: &Difference, report: &mut Report) {
    let Some(tile) = Tile::at_size(Kind::Hashes(0), index, size) else {
        return;
    };
    match difference {
        Difference::None => (),
        Difference::Missing => {
            report.error("TILE_MISSING", None, format!("{tile} is missing."));
        }
        Difference::Short => {
            report.error("TILE_FORM", None, format!("{tile} has the wrong length."));
        }
        Difference::At(at) => {
            let position = index * u64::from(tile::WIDTH) + at;
            let message = format!(
                "Event {position} is not the one whose hash stands in {tile}: one of the two was \
                 changed."
            );
            report.error("LEAF_DIFFERS", Some(position), message);
        }
    }
}

enum Difference {
    None,
    Missing,
    Short,
    At(u64),
}

/// Compares a published tile with rebuilt hashes; a longer tile is of a log
/// that has grown.
fn differing(tile: Option<&Vec<u8>>, rebuilt: &[Hash]) -> Difference {
    let Some(tile) = tile else {
        return Difference::Missing;
    };
    let (published, rest) = tile.as_chunks::<{ Hash::LEN }>();
    if published.len() < rebuilt.len() || !rest.is_empty() {
        return Difference::Short;
    }
    match published
        .iter()
        .zip(rebuilt)
        .position(|(published, rebuilt)| *published != rebuilt.0)
    {
        None => Difference::None,
        Some(at) => Difference::At(at as u64),
    }
}

/// The tree above the bundles.
struct Tree<'a> {
    /// Over the roots of full bundles.
    edge: Edge,
    /// Hashes of the levels of tiles from 1 up: `rows[0]` are those of level 1.
    rows: Vec<Vec<Hash>>,
    /// The root of the last bundle, if it is partial.
    rest: Option<Hash>,
    /// Checkpoints whose root is still to come, by size.
    due: Vec<&'a Checkpoint>,
    /// Those, with the root that was rebuilt.
    seen: Vec<(&'a Checkpoint, Hash)>,
}

impl<'a> Tree<'a> {
    fn new(earlier: &[&'a Checkpoint]) -> Self {
        // Every log extends the empty one.
        let mut due: Vec<_> = earlier
            .iter()
            .copied()
            .filter(|old| old.size() > 0)
            .collect();
        due.sort_by_key(|old| std::cmp::Reverse(old.size()));
        Self {
            edge: Edge::new(),
            rows: Vec::new(),
            rest: None,
            due,
            seen: Vec::new(),
        }
    }

    /// Takes the next bundle: its root, and the hashes of its leaves.
    fn append(&mut self, root: Hash, leaves: &[Hash]) {
        let width = usize::from(tile::WIDTH);
        let before = self.edge.size() * u64::from(tile::WIDTH);
        while let Some(old) = self
            .due
            .pop_if(|old| old.size() <= before + leaves.len() as u64)
        {
            let part = (old.size() - before) as usize;
            let part = leaves.get(..part).unwrap_or_default();
            self.seen
                .push((old, self.edge.root_with_rest(tile::root(part))));
        }
        if leaves.len() < width {
            self.rest = Some(root);
            return;
        }
        let rows = &mut self.rows;
        self.edge.append_with(root, |level, _, hash| {
            if level.is_multiple_of(tile::HEIGHT) {
                let row = usize::from(level / tile::HEIGHT);
                rows.resize_with(rows.len().max(row + 1), Vec::new);
                rows.iter_mut()
                    .skip(row)
                    .take(1)
                    .for_each(|row| row.push(hash));
            }
        });
    }

    fn root(&self) -> Hash {
        self.rest
            .map_or_else(|| self.edge.root(), |rest| self.edge.root_with_rest(rest))
    }

    /// Compares with the tiles above level 0 and with all signed roots.
    fn compare(
        &self,
        source: &Source,
        checkpoint: &Checkpoint,
        report: &mut Report,
    ) -> Result<(), SourceError> {
        if self.root() != checkpoint.root() {
            let message = format!(
                "The {} events do not lead to the root that was signed: something was rewritten, \
                 dropped, inserted or moved.",
                checkpoint.size()
            );
            report.error("ROOT", None, message);
        }
        for (old, root) in &self.seen {
            if *root != old.root() {
                let message = format!(
                    "The first {} events are not those of the kept checkpoint: history was \
                     rewritten.",
                    old.size()
                );
                report.error("INCONSISTENT", None, message);
            }
        }
        for (level, row) in (1_u8..).zip(&self.rows) {
            for (index, hashes) in (0..).zip(row.chunks(tile::WIDTH.into())) {
                let width = u16::try_from(hashes.len()).unwrap_or(tile::WIDTH);
                let Ok(tile) = Tile::new(Kind::Hashes(level), index, width) else {
                    continue;
                };
                let (code, message) = match differing(fetch(source, tile)?.as_ref(), hashes) {
                    Difference::None => continue,
                    Difference::Missing => ("TILE_MISSING", format!("{tile} is missing.")),
                    Difference::Short => ("TILE_FORM", format!("{tile} has the wrong length.")),
                    Difference::At(at) => (
                        "TILE_DIFFERS",
                        format!("Hash {at} of {tile} does not follow from the events."),
                    ),
                };
                report.error(code, None, message);
            }
        }
        Ok(())
    }
}
