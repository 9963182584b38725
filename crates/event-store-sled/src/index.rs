//! The index of sealed segments, kept in sled: where the events of a stream
//! lie, what became of a command, where a position is found.
//!
//! Nothing here is the only copy of anything. sled pays for each sealed segment,
//! not for each event: a segment becomes a sorted *run* of streams and one of
//! commands, and as soon as [`FANOUT`] runs of a level are there they become one
//! of the next level. So a look-up asks a number of runs that grows with the
//! logarithm of the log, and a filter in memory answers for most of them.

mod entry;
mod filter;
mod manifest;
mod run;

use std::{
    fs, io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{PoisonError, RwLock, RwLockReadGuard},
    thread,
    time::Duration,
};

use event_store::{CommandId, Position, Receipt, StreamName, Version};
use sled::{Db, Tree};

use manifest::Manifest;
pub(crate) use manifest::SegmentFacts;
use run::{Run, RunWriter, Space};

use crate::memory_index::{MemoryIndex, Place};

/// So many runs of one level become one of the next.
const FANOUT: usize = 4;

/// Entries of the position index in one value.
const SPARSE_PART: usize = 512;

/// Why the index does not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum IndexError {
    #[error("the index is damaged: {0}")]
    Damaged(&'static str),
    #[error("the index describes another segment {0} than the log has")]
    Stale(u64),
    #[error("the index knows segment {0}, which the log does not have")]
    Ahead(u64),
    #[error("sled failed: {0}")]
    Sled(String),
}

impl IndexError {
    const ENTRY: Self = Self::Damaged("an entry cannot be read");
    const MANIFEST: Self = Self::Damaged("the list of its parts cannot be read");
}

impl From<sled::Error> for IndexError {
    fn from(error: sled::Error) -> Self {
        Self::Sled(error.to_string())
    }
}

/// The index of sealed segments.
#[derive(Debug)]
pub(crate) struct Index {
    state: RwLock<State>,
    blocks: Tree,
    manifest: Tree,
    db: Db,
    /// sled's own file, opened beside it: sled does not sync what it flushes.
    file: fs::File,
}

#[derive(Debug, Default)]
struct State {
    manifest: Manifest,
    /// Newest content first.
    runs: Vec<Run>,
}

/// How an index was opened.
#[derive(Debug)]
pub(crate) enum Opened {
    /// It agrees with the log so far.
    Found(Index),
    /// It could not be used, for this reason.
    Emptied(Index, String),
    /// It covers a segment that the log does not have any more.
    Ahead(u64),
}

impl Index {
    /// Opens the index of these sealed segments; one that cannot be opened or
    /// that describes another log is emptied.
    pub(crate) fn open(path: &Path, cache: u64, sealed: &[SegmentFacts]) -> io::Result<Opened> {
        let why = match Self::open_and_compare(path, cache, sealed) {
            Ok(index) => return Ok(Opened::Found(index)),
            // A segment is sealed before the index hears of it.
            Err(IndexError::Ahead(segment)) => return Ok(Opened::Ahead(segment)),
            Err(why) => why,
        };
        if path.exists() {
            fs::remove_dir_all(path)?;
        }
        let index = Self::open_and_compare(path, cache, sealed).map_err(io::Error::other)?;
        Ok(Opened::Emptied(index, why.to_string()))
    }

    fn open_and_compare(
        path: &Path,
        cache: u64,
        sealed: &[SegmentFacts],
    ) -> Result<Self, IndexError> {
        guarded(|| {
            let db = open_sled(path, cache)?;
            let blocks = db.open_tree("blocks")?;
            let tree = db.open_tree("manifest")?;
            let manifest = Manifest::read(&tree)?;
            for (number, covered) in manifest.segments.iter().enumerate() {
                match sealed.get(number) {
                    Some(segment) if segment == covered => (),
                    Some(_) => return Err(IndexError::Stale(covered.number)),
                    None => return Err(IndexError::Ahead(covered.number)),
                }
            }
            // Parts of a run that was never finished, or not yet removed.
            for id in run::ids(&blocks)? {
                if !manifest.runs.iter().any(|run| run.id == id) {
                    run::remove(&blocks, id)?;
                }
            }
            let mut runs = Vec::new();
            for facts in &manifest.runs {
                runs.push(Run::load(&blocks, facts.clone())?);
            }
            let file = fs::File::open(path.join("db"))
                .map_err(|error| IndexError::Sled(error.to_string()))?;
            let mut state = State { manifest, runs };
            state.sort();
            Ok(Self {
                state: RwLock::new(state),
                blocks,
                manifest: tree,
                db,
                file,
            })
        })
    }

    fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many sealed segments the index covers, from the first on.
    pub(crate) fn covered(&self) -> usize {
        self.state().manifest.segments.len()
    }

    /// What became of a command.
    pub(crate) fn receipt(&self, command: CommandId) -> Result<Option<Receipt>, IndexError> {
        let key = entry::command_key(command);
        let hash = filter::hash(&key);
        guarded(|| {
            for run in self.state().asked(Space::Commands, hash) {
                if let Some((found, value)) = run.from(&self.blocks, &key)?.peek()?
                    && found == key
                {
                    return entry::receipt(value).map(Some);
                }
            }
            Ok(None)
        })
    }

    /// The newest version of a stream.
    pub(crate) fn head(&self, stream: &StreamName) -> Result<Option<Version>, IndexError> {
        let hash = filter::hash(stream.as_str().as_bytes());
        let key = entry::stream_key(stream, Version::LAST);
        guarded(|| {
            for run in self.state().asked(Space::Streams, hash) {
                let entries = run.from(&self.blocks, &key)?;
                let Some((found, value)) = entries.peek()? else {
                    continue;
                };
                let (name, first) = entry::stream_of(found)?;
                if name == stream.as_str().as_bytes() {
                    let last = first.0.saturating_add(entry::count(value)?);
                    return Ok(Some(Version(last.saturating_sub(1))));
                }
            }
            Ok(None)
        })
    }

    /// Where the versions from `low` to `high` of a stream lie, in no order.
    pub(crate) fn places(
        &self,
        stream: &StreamName,
        low: Version,
        high: Version,
    ) -> Result<Vec<(Version, Place)>, IndexError> {
        let name = stream.as_str().as_bytes();
        let hash = filter::hash(name);
        let key = entry::stream_key(stream, low);
        guarded(|| {
            let mut places = Vec::new();
            for run in self.state().asked(Space::Streams, hash) {
                let mut entries = run.from(&self.blocks, &key)?;
                while let Some((found, value)) = entries.peek()? {
                    let (found, first) = entry::stream_of(found)?;
                    if name < found || (name == found && high < first) {
                        break;
                    }
                    if name == found {
                        let here = (first.0..).map(Version).zip(entry::places(value)?);
                        places.extend(
                            here.filter(|(version, _)| low <= *version && *version <= high),
                        );
                    }
                    entries.step()?;
                }
            }
            Ok(places)
        })
    }

    /// The offset of a frame in this segment at or before a position.
    pub(crate) fn offset(
        &self,
        segment: u64,
        position: Position,
    ) -> Result<Option<u64>, IndexError> {
        guarded(|| {
            let mut after = sparse_key(segment, position);
            after.push(0);
            let found = self.blocks.get_lt(after)?;
            let Some((_, value)) =
                found.filter(|(key, _)| key.starts_with(&sparse_prefix(segment)))
            else {
                return Ok(None);
            };
            let places = entry::places(run::checked(&value)?)?;
            let after = places.partition_point(|place| place.position <= position);
            let place = after.checked_sub(1).and_then(|last| places.get(last));
            Ok(place.map(|place| u64::from(place.offset)))
        })
    }

    /// Takes over a sealed segment, the next one after those covered.
    pub(crate) fn add(&self, facts: SegmentFacts, memory: &MemoryIndex) -> Result<(), IndexError> {
        guarded(|| {
            let mut manifest = self.state().manifest.clone();
            for part in memory.sparse.chunks(SPARSE_PART) {
                if let Some(first) = part.first() {
                    self.blocks.insert(
                        sparse_key(facts.number, first.position),
                        run::with_checksum(&entry::places_value(part)),
                    )?;
                }
            }
            let mut runs = Vec::new();
            for space in [Space::Commands, Space::Streams] {
                let id = manifest.next_run;
                manifest.next_run += 1;
                runs.extend(self.write_run(space, id, memory)?);
            }
            manifest
                .runs
                .extend(runs.iter().map(|run| run.facts.clone()));
            manifest.segments.push(facts);
            self.publish(manifest, runs, &[])?;
            while self.merge()? {}
            Ok(())
        })
    }

    fn write_run(
        &self,
        space: Space,
        id: u64,
        memory: &MemoryIndex,
    ) -> Result<Option<Run>, IndexError> {
        match space {
            Space::Commands => {
                let mut commands: Vec<_> = memory.commands.iter().collect();
                commands.sort_unstable_by_key(|(command, _)| **command);
                let keys = commands.len() as u64;
                let mut writer = RunWriter::new(&self.blocks, id, space, 0, keys);
                for (command, receipt) in commands {
                    writer.push(
                        &entry::command_key(*command),
                        &entry::receipt_value(*receipt),
                    )?;
                }
                writer.finish()
            }
            Space::Streams => {
                let mut streams: Vec<_> = memory.streams.iter().collect();
                // The order of names with a zero byte after them is the order
                // of names: a zero is below everything in a name.
                streams.sort_unstable_by_key(|(stream, _)| *stream);
                let keys = streams.len() as u64;
                let mut writer = RunWriter::new(&self.blocks, id, space, 0, keys);
                for (stream, places) in streams {
                    for (key, value) in entry::stream_entries(stream, places) {
                        writer.push(&key, &value)?;
                    }
                }
                writer.finish()
            }
        }
    }

    /// Merges the runs of a level that is full; whether there was one.
    fn merge(&self) -> Result<bool, IndexError> {
        let (mut manifest, merged) = {
            let state = self.state();
            let Some(merged) = state.full_level() else {
                return Ok(false);
            };
            (state.manifest.clone(), merged)
        };
        let Some(first) = merged.first() else {
            return Ok(false);
        };
        let id = manifest.next_run;
        manifest.next_run += 1;
        let keys = merged.iter().map(|run| run.facts.entries).sum();
        let mut writer = RunWriter::new(
            &self.blocks,
            id,
            first.facts.space,
            first.facts.level + 1,
            keys,
        );
        let mut sources = Vec::new();
        for run in &merged {
            sources.push(run.all(&self.blocks)?);
        }
        loop {
            let mut least: Option<(usize, &[u8], &[u8])> = None;
            for (number, source) in sources.iter().enumerate() {
                if let Some((key, value)) = source.peek()?
                    && least.is_none_or(|(_, smallest, _)| key < smallest)
                {
                    least = Some((number, key, value));
                }
            }
            let Some((number, key, value)) = least else {
                break;
            };
            writer.push(key, value)?;
            if let Some(source) = sources.get_mut(number) {
                source.step()?;
            }
        }
        let run = writer.finish()?;
        let gone: Vec<u64> = merged.iter().map(|run| run.facts.id).collect();
        manifest.runs.retain(|run| !gone.contains(&run.id));
        manifest
            .runs
            .extend(run.iter().map(|run| run.facts.clone()));
        self.publish(manifest, run.into_iter().collect(), &gone)?;
        for run in merged {
            run.remove(&self.blocks)?;
        }
        Ok(true)
    }

    /// Makes new runs durable, then the manifest that names them, then visible.
    fn publish(&self, manifest: Manifest, new: Vec<Run>, gone: &[u64]) -> Result<(), IndexError> {
        self.sync()?;
        manifest.replace(&self.state().manifest, &self.manifest)?;
        self.sync()?;
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.manifest = manifest;
        state.runs.retain(|run| !gone.contains(&run.facts.id));
        state.runs.extend(new);
        state.sort();
        Ok(())
    }

    fn sync(&self) -> Result<(), IndexError> {
        self.db.flush()?;
        self.file
            .sync_data()
            .map_err(|error| IndexError::Sled(error.to_string()))
    }
}

impl State {
    /// The runs that may hold a key, newest content first.
    fn asked(&self, space: Space, hash: u64) -> impl Iterator<Item = &Run> {
        self.runs
            .iter()
            .filter(move |run| run.facts.space == space && run.may_hold(hash))
    }

    /// All content of a level is newer than that of the level above, because a
    /// level is merged as a whole.
    fn sort(&mut self) {
        self.runs
            .sort_by_key(|run| (run.facts.level, std::cmp::Reverse(run.facts.id)));
    }

    fn full_level(&self) -> Option<Vec<Run>> {
        self.runs.iter().find_map(|first| {
            let of_level: Vec<Run> = self
                .runs
                .iter()
                .filter(|run| {
                    run.facts.level == first.facts.level && run.facts.space == first.facts.space
                })
                .cloned()
                .collect();
            (FANOUT <= of_level.len()).then_some(of_level)
        })
    }
}

fn sparse_prefix(segment: u64) -> Vec<u8> {
    let mut key = vec![b'p'];
    key.extend_from_slice(&segment.to_be_bytes());
    key
}

fn sparse_key(segment: u64, position: Position) -> Vec<u8> {
    let mut key = sparse_prefix(segment);
    key.extend_from_slice(&position.0.to_be_bytes());
    key
}

/// sled panics where it finds what it did not expect, and an index is not worth
/// a process.
fn guarded<T>(work: impl FnOnce() -> Result<T, IndexError>) -> Result<T, IndexError> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(IndexError::Damaged("sled panicked")))
}

fn open_sled(path: &Path, cache: u64) -> Result<Db, IndexError> {
    // Threads of a sled that was closed a moment ago may hold its lock for a
    // little longer; nobody else can, because the store's lock is ours.
    let mut patience = 200;
    loop {
        let opened = sled::Config::new()
            .path(path)
            .cache_capacity(cache)
            .flush_every_ms(None)
            .open();
        match opened {
            Err(sled::Error::Io(error))
                if 0 < patience && error.to_string().contains("could not acquire lock") =>
            {
                patience -= 1;
                thread::sleep(Duration::from_millis(10));
            }
            opened => return Ok(opened?),
        }
    }
}

#[cfg(test)]
mod tests;
