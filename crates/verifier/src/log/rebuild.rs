//! Rebuilds the tree from the entries alone and compares it with every tile
//! and with what was signed. Bundles are read and hashed on all cores; what
//! depends on the order follows behind, in order.

use std::{
    collections::BTreeMap,
    num::NonZero,
    ops::Range,
    sync::{Mutex, mpsc},
    thread,
};

use indicatif::ProgressBar;
use transparency::{
    Checkpoint, Edge, Hash, Tile, bundle,
    tile::{self, Kind},
};

use super::source::{Source, SourceError};
use crate::report::Report;

/// Bundles that are under way at once for each core.
const AHEAD: u64 = 16;

/// Rules over leaves. `read` sees one leaf by itself and runs on all cores;
/// `follow` sees them all in order.
pub trait Rules {
    /// What `read` hands to `follow`.
    type Facts: Send;

    /// Reads one leaf.
    fn read(leaf: &[u8]) -> Self::Facts;

    /// Takes the next leaf in order.
    fn follow(&mut self, position: u64, leaf: &[u8], facts: Self::Facts, report: &mut Report);

    /// Checks what only the whole log shows.
    fn finish(self, report: &mut Report)
    where
        Self: Sized;
}

/// One bundle, read and hashed.
struct Read<F> {
    bytes: Vec<u8>,
    /// Where each entry stands in `bytes`, and what was read from it.
    entries: Vec<(Range<usize>, F)>,
    hashes: Vec<Hash>,
    /// The level-0 tile as it is published.
    tile: Option<Vec<u8>>,
}

/// Why a bundle is not there: a finding.
type Lost = (&'static str, String);

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
    progress.set_length(size);
    let mut tree = Tree::new(earlier);
    let whole = in_order(
        size.div_ceil(tile::WIDTH.into()),
        |index| read::<R>(source, index, size),
        |index, read| {
            let read = match read? {
                Ok(read) => read,
                Err((code, message)) => {
                    report.error(code, None, message);
                    return Ok(false);
                }
            };
            compare_leaves(index, size, &read, report);
            tree.append(&read.hashes);
            let first = index * u64::from(tile::WIDTH);
            let entries = read.entries.into_iter();
            for (position, (place, facts)) in (first..).zip(entries) {
                let leaf = read.bytes.get(place).unwrap_or_default();
                rules.follow(position, leaf, facts, report);
            }
            progress.inc(read.hashes.len() as u64);
            Ok(true)
        },
    )?;
    rules.finish(report);
    if whole {
        tree.compare(source, checkpoint, report)?;
    }
    Ok(())
}

/// Does `work` for each number below `count` on all cores and hands the results
/// to `take` in order, until that says no. Never more than a few are waiting.
fn in_order<T: Send, E: Send>(
    count: u64,
    work: impl Fn(u64) -> T + Sync,
    mut take: impl FnMut(u64, T) -> Result<bool, E>,
) -> Result<bool, E> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let window = AHEAD * cores as u64;
    let (jobs, queue) = mpsc::channel::<u64>();
    let (done, results) = mpsc::channel();
    let queue = Mutex::new(queue);
    thread::scope(|scope| {
        for _ in 0..cores {
            let (queue, done, work) = (&queue, done.clone(), &work);
            scope.spawn(move || {
                loop {
                    let Ok(job) = queue
                        .lock()
                        .map_err(|_| ())
                        .and_then(|queue| queue.recv().map_err(|_| ()))
                    else {
                        return;
                    };
                    if done.send((job, work(job))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(done);
        // Owned in here: workers end when it is dropped, also after an early return.
        let jobs = jobs;
        let (mut issued, mut waiting) = (0, BTreeMap::new());
        for next in 0..count {
            while issued < count && issued < next + window {
                // Cannot fail while a worker lives, and they live until `jobs` is dropped.
                if jobs.send(issued).is_err() {
                    return Ok(false);
                }
                issued += 1;
            }
            let result = loop {
                if let Some(result) = waiting.remove(&next) {
                    break result;
                }
                let Ok((job, result)) = results.recv() else {
                    return Ok(false);
                };
                waiting.insert(job, result);
            };
            if !take(next, result)? {
                return Ok(false);
            }
        }
        Ok(true)
    })
}

/// A file of the log as it stands at `size`. While the log grows, a partial
/// file may give way to the full one, whose beginning it is.
pub(super) fn fetch(source: &Source, tile: Tile) -> Result<Option<Vec<u8>>, SourceError> {
    match source.get(&tile.to_string())? {
        None if tile.is_partial() => {
            let full = Tile::new(tile.kind(), tile.index(), tile::WIDTH);
            full.map_or(Ok(None), |full| source.get(&full.to_string()))
        }
        found => Ok(found),
    }
}

fn read<R: Rules>(
    source: &Source,
    index: u64,
    size: u64,
) -> Result<Result<Read<R::Facts>, Lost>, SourceError> {
    let lost = |code, message: String| Ok(Err((code, message)));
    let Some(tile) = Tile::at_size(Kind::Entries, index, size) else {
        return lost("ENTRIES_MISSING", format!("There is no bundle {index}."));
    };
    let Some(bytes) = fetch(source, tile)? else {
        return lost(
            "ENTRIES_MISSING",
            format!("{tile} is missing; its events are lost."),
        );
    };
    let entries = match bundle::parse(&bytes) {
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
    let mut hashes = Vec::with_capacity(width);
    let mut facts = Vec::with_capacity(width);
    let mut end = 0;
    for entry in entries.into_iter().take(width) {
        let start = end + 2;
        end = start + entry.len();
        facts.push((start..end, R::read(entry)));
        hashes.push(Hash::leaf(entry));
    }
    let tile = Tile::at_size(Kind::Hashes(0), index, size);
    let tile = tile.map(|tile| fetch(source, tile)).transpose()?.flatten();
    Ok(Ok(Read {
        bytes,
        entries: facts,
        hashes,
        tile,
    }))
}

fn compare_leaves<F>(index: u64, size: u64, read: &Read<F>, report: &mut Report) {
    let Some(tile) = Tile::at_size(Kind::Hashes(0), index, size) else {
        return;
    };
    match differing(read.tile.as_deref(), &read.hashes) {
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
fn differing(tile: Option<&[u8]>, rebuilt: &[Hash]) -> Difference {
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

    /// Takes the leaf hashes of the next bundle.
    fn append(&mut self, leaves: &[Hash]) {
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
        let root = tile::root(leaves);
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
                let (code, message) = match differing(fetch(source, tile)?.as_deref(), hashes) {
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
