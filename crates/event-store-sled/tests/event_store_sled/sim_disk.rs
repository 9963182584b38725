//! A disk that can lose power, fill up, and fail to sync.
//!
//! What a program wrote is in memory; what a finished sync covers is on the
//! disk. A power cut keeps the disk and, of everything else, what chance
//! decides: names, lengths and single sectors, in no order.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicU64, Ordering},
    },
};

use event_store_sled::disk::{Disk, DiskFile};

const SECTOR: usize = 512;

/// Numbers that look random and are the same in every run.
#[derive(Clone, Debug)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (word ^ (word >> 31)) % sides
    }

    pub(crate) fn chance(&mut self) -> bool {
        self.roll(2) == 0
    }
}

/// The content of a file in memory, and on the disk.
#[derive(Clone, Debug, Default)]
struct Content {
    seen: Vec<u8>,
    durable: Vec<u8>,
    /// Sectors that the next sync will write.
    dirty: BTreeSet<usize>,
}

type FileId = u64;

#[derive(Clone, Debug, Default)]
struct State {
    files: BTreeMap<FileId, Content>,
    names: BTreeMap<String, FileId>,
    durable_names: BTreeMap<String, FileId>,
    next_file: FileId,
    /// Bytes that still fit; reserving and lengthening take from it.
    room: Option<u64>,
    sync_fails: bool,
    one_write_fails: bool,
    writes_fail: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct SimDisk {
    state: Arc<Mutex<State>>,
    /// Counts what was asked for; from `cut_at` on, nothing happens any more.
    operations: Arc<AtomicU64>,
    cut_at: u64,
}

impl SimDisk {
    pub(crate) fn new() -> Self {
        Self::with(State::default(), u64::MAX)
    }

    fn with(state: State, cut_at: u64) -> Self {
        Self {
            state: Arc::new(Mutex::new(state)),
            operations: Arc::default(),
            cut_at,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// The same disk, whose power is cut after so many operations.
    pub(crate) fn cut_at(&self, operations: u64) -> Self {
        Self::with(self.state().clone(), operations)
    }

    /// The disk after the power came back.
    pub(crate) fn after_power_cut(&self, dice: &mut Dice) -> Self {
        let mut state = self.state().clone();
        let mut names = state.durable_names.clone();
        for (name, file) in &state.names {
            if state.durable_names.get(name) != Some(file) && dice.chance() {
                names.insert(name.clone(), *file);
            }
        }
        for name in state.durable_names.keys() {
            if !state.names.contains_key(name) && dice.chance() {
                names.remove(name);
            }
        }
        state.names = names.clone();
        state.durable_names = names;
        for content in state.files.values_mut() {
            let mut survived = content.durable.clone();
            if dice.chance() {
                survived.resize(content.seen.len(), 0);
            }
            let length = survived.len();
            // All, nothing, or some of the sectors.
            let habit = dice.roll(4);
            let changed = (0..length.div_ceil(SECTOR)).filter(|sector| {
                let range = sector * SECTOR..((sector + 1) * SECTOR).min(length);
                content.seen.get(range.clone()) != survived.get(range)
            });
            for sector in changed.collect::<Vec<_>>() {
                let keep = match habit {
                    0 => true,
                    1 => false,
                    _ => dice.chance(),
                };
                let range = sector * SECTOR..((sector + 1) * SECTOR).min(length);
                if keep && let Some(seen) = content.seen.get(range.clone()) {
                    survived[range].copy_from_slice(seen);
                }
            }
            content.seen = survived.clone();
            content.durable = survived;
            content.dirty.clear();
        }
        state.room = None;
        state.sync_fails = false;
        Self::with(state, u64::MAX)
    }

    /// The disk as another process finds it, with all that was written but not
    /// synced still in memory.
    pub(crate) fn after_restart(&self) -> Self {
        let mut state = self.state().clone();
        state.sync_fails = false;
        Self::with(state, u64::MAX)
    }

    pub(crate) fn limit_room(&self, room: Option<u64>) {
        self.state().room = room;
    }

    /// No byte can be written, not even in place of another: as on a full disk
    /// that copies on write.
    pub(crate) fn fail_writes(&self, fail: bool) {
        self.state().writes_fail = fail;
    }

    /// The next write finds the disk full, the one after that does not.
    pub(crate) fn fail_one_write(&self) {
        self.state().one_write_fails = true;
    }

    /// A sync that fails drops what it should have written, and the next one
    /// knows nothing of it: as kernels do.
    pub(crate) fn fail_syncs(&self) {
        self.state().sync_fails = true;
    }

    /// Flips a bit in the last frame of the last segment.
    pub(crate) fn flip_in_last_frame(&self, dice: &mut Dice) {
        let mut state = self.state();
        let (_, file) = state
            .names
            .iter()
            .rfind(|(name, _)| name.ends_with(".segment"))
            .unwrap();
        let file = *file;
        let content = state.files.get_mut(&file).unwrap();
        let start = content
            .seen
            .chunks(64)
            .rposition(|line| line.starts_with(b"hfrm"))
            .unwrap();
        let length = u32::from_be_bytes(content.seen[start * 64 + 12..][..4].try_into().unwrap());
        let at = start * 64 + dice.roll(64 + u64::from(length)) as usize;
        content.seen[at] ^= 1 << dice.roll(8);
        content.durable = content.seen.clone();
    }

    fn operate(&self) -> io::Result<MutexGuard<'_, State>> {
        if self.cut_at <= self.operations.fetch_add(1, Ordering::SeqCst) {
            return Err(io::Error::other("the power is gone"));
        }
        Ok(self.state())
    }
}

impl Content {
    fn write(&mut self, bytes: &[u8], offset: usize) {
        let end = offset + bytes.len();
        if self.seen.len() < end {
            self.seen.resize(end, 0);
        }
        self.seen[offset..end].copy_from_slice(bytes);
        self.dirty.extend(offset / SECTOR..end.div_ceil(SECTOR));
    }
}

impl State {
    fn take_room(&mut self, bytes: u64) -> io::Result<()> {
        if let Some(room) = &mut self.room {
            *room = room.checked_sub(bytes).ok_or(io::ErrorKind::StorageFull)?;
        }
        Ok(())
    }

    fn named(&self, name: &str) -> io::Result<FileId> {
        let file = self.names.get(name).copied();
        file.ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl Disk for SimDisk {
    fn list(&self) -> io::Result<Vec<String>> {
        Ok(self.operate()?.names.keys().cloned().collect())
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        let file = self.operate()?.named(name)?;
        Ok(Arc::new(SimFile {
            disk: self.clone(),
            file,
        }))
    }

    fn create(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        let mut state = self.operate()?;
        let file = state.next_file;
        state.next_file += 1;
        state.files.insert(file, Content::default());
        state.names.insert(name.to_owned(), file);
        drop(state);
        Ok(Arc::new(SimFile {
            disk: self.clone(),
            file,
        }))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut state = self.operate()?;
        let file = state.named(from)?;
        state.names.remove(from);
        state.names.insert(to.to_owned(), file);
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut state = self.operate()?;
        let file = state.named(name)?;
        let freed = state.files.get(&file).map_or(0, |file| file.seen.len());
        state.names.remove(name);
        if let Some(room) = &mut state.room {
            *room += freed as u64;
        }
        Ok(())
    }

    fn sync_names(&self) -> io::Result<()> {
        let mut state = self.operate()?;
        if state.sync_fails {
            return Err(io::Error::other("the directory could not be synced"));
        }
        state.durable_names = state.names.clone();
        Ok(())
    }

    fn place(&self, name: &str) -> String {
        name.to_owned()
    }
}

#[derive(Debug)]
struct SimFile {
    disk: SimDisk,
    file: FileId,
}

impl DiskFile for SimFile {
    fn length(&self) -> io::Result<u64> {
        let state = self.disk.operate()?;
        Ok(state.files[&self.file].seen.len() as u64)
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let state = self.disk.state();
        let seen = &state.files[&self.file].seen;
        let rest = seen.get(offset as usize..).unwrap_or_default();
        let read = rest.len().min(buffer.len());
        buffer[..read].copy_from_slice(&rest[..read]);
        Ok(read)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let mut state = self.disk.operate()?;
        let offset = offset as usize;
        let end = offset + bytes.len();
        let length = state.files[&self.file].seen.len();
        let full = state.writes_fail;
        if length < end {
            state.take_room((end - length) as u64)?;
        }
        let full = std::mem::take(&mut state.one_write_fails) || full;
        let content = state.files.get_mut(&self.file).unwrap();
        if full {
            // As on a disk that copies on write: half of it still fits.
            content.write(&bytes[..bytes.len() / 2], offset);
            return Err(io::ErrorKind::StorageFull.into());
        }
        content.write(bytes, offset);
        Ok(())
    }

    fn reserve(&self, length: u64) -> io::Result<()> {
        let mut state = self.disk.operate()?;
        let missing = length.saturating_sub(state.files[&self.file].seen.len() as u64);
        state.take_room(missing)?;
        let seen = &mut state.files.get_mut(&self.file).unwrap().seen;
        seen.resize(seen.len().max(length as usize), 0);
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let mut state = self.disk.operate()?;
        let fails = state.sync_fails;
        let content = state.files.get_mut(&self.file).unwrap();
        let dirty = std::mem::take(&mut content.dirty);
        if fails {
            return Err(io::Error::other("the disk does not answer"));
        }
        let length = content.seen.len();
        content.durable.resize(length, 0);
        for sector in dirty {
            let range = sector * SECTOR..((sector + 1) * SECTOR).min(length);
            content.durable[range.clone()].copy_from_slice(&content.seen[range]);
        }
        Ok(())
    }
}
