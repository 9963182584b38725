//! The key store on disk: one snapshot, and the journal of what came since.
//!
//! ```text
//! keys-<epoch>     "hiroba/keys/v1\n", epoch (u64), the epoch's key under the
//!                  key-encryption key, frames up to the record `End`
//! journal-<epoch>  frames
//! frame            "frm\n", number (u64), length (u32), records under the epoch's key
//! ```
//!
//! An epoch's key is drawn anew for every snapshot. Whatever is left of an old
//! epoch on a disk that did not let itself be overwritten is under a key that
//! stood in the old snapshot only.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

use disk::Disk;
use zeroize::Zeroizing;

use super::{KeyStoreError, record::Record};
use crate::{
    aead::{KEY_LEN, Key, NONCE_LEN, TAG_LEN},
    bytes::Reader,
    kek::KeyEncryptionKey,
};

const MAGIC: &[u8] = b"hiroba/keys/v1\n";
const MARKER: &[u8; 4] = b"frm\n";
const HEADER_LEN: usize = MARKER.len() + 8 + 4;
/// Bytes of records after which a snapshot starts a new frame: what one
/// damaged sector costs.
const FRAME: usize = 1 << 16;

/// What a frame is part of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Snapshot = 1,
    Journal = 2,
}

/// One generation of the store's files.
pub(crate) struct Epoch {
    pub(crate) number: u64,
    key: Key,
}

/// Where a snapshot lies.
pub(crate) fn snapshot_path(dir: &Path, number: u64) -> PathBuf {
    dir.join(format!("keys-{number}"))
}

/// Where a journal lies.
pub(crate) fn journal_path(dir: &Path, number: u64) -> PathBuf {
    dir.join(format!("journal-{number}"))
}

impl Epoch {
    /// Starts an epoch with a snapshot of these facts, durable on return.
    pub(crate) fn begin(
        disk: &Disk,
        path: &Path,
        kek: &KeyEncryptionKey,
        number: u64,
        records: impl Iterator<Item = Record>,
    ) -> Result<Self, KeyStoreError> {
        let epoch = Self {
            number,
            key: Key::random()?,
        };
        let mut bytes = epoch.head();
        bytes.extend(kek.0.seal(&epoch.head(), epoch.key.as_bytes())?);
        let mut frame = Zeroizing::new(Vec::with_capacity(FRAME + 2048));
        let mut index = 0;
        for record in records {
            record.write(&mut frame).ok_or(KeyStoreError::TooLong)?;
            if frame.len() >= FRAME || matches!(record, Record::End) {
                bytes.extend(epoch.frame(Part::Snapshot, index, &frame)?);
                index += 1;
                zeroize::Zeroize::zeroize(&mut *frame);
            }
        }
        disk.replace(path, &bytes)
            .map_err(|error| KeyStoreError::io(path, error))?;
        Ok(epoch)
    }

    fn head(&self) -> Vec<u8> {
        [MAGIC, &self.number.to_be_bytes()].concat()
    }

    /// Encrypts records as the frame of this number.
    pub(crate) fn frame(
        &self,
        part: Part,
        index: u64,
        records: &[u8],
    ) -> Result<Vec<u8>, KeyStoreError> {
        let sealed = self.key.seal(&self.aad(part, index), records)?;
        let length = u32::try_from(sealed.len()).map_err(|_| KeyStoreError::TooLong)?;
        let mut frame = MARKER.to_vec();
        frame.extend(index.to_be_bytes());
        frame.extend(length.to_be_bytes());
        frame.extend(sealed);
        Ok(frame)
    }

    fn aad(&self, part: Part, index: u64) -> [u8; 17] {
        let mut aad = [part as u8; 17];
        let (_, rest) = aad.split_at_mut(1);
        let (epoch, number) = rest.split_at_mut(8);
        epoch.copy_from_slice(&self.number.to_be_bytes());
        number.copy_from_slice(&index.to_be_bytes());
        aad
    }

    /// The records of the frame at the beginning of `bytes`, and what follows.
    fn read_frame<'a>(
        &self,
        part: Part,
        index: u64,
        bytes: &'a [u8],
    ) -> Option<(Vec<Record>, &'a [u8])> {
        let mut reader = Reader(bytes);
        let header_holds = reader.array()? == MARKER && reader.u64()? == index;
        let length = usize::try_from(reader.u32()?).ok()?;
        let sealed = header_holds.then(|| reader.take(length))??;
        let opened = self.key.open(&self.aad(part, index), sealed)?;
        let mut records = Vec::new();
        let mut inner = Reader(&opened);
        while !inner.is_empty() {
            records.push(Record::read(&mut inner)?);
        }
        Some((records, reader.0))
    }

    /// Reads a snapshot. Nothing of it may be missing or changed.
    pub(crate) fn read(
        path: &Path,
        kek: &KeyEncryptionKey,
    ) -> Result<(Self, Vec<Record>), KeyStoreError> {
        let bytes = std::fs::read(path).map_err(|error| KeyStoreError::io(path, error))?;
        let damaged = |reason: &str| KeyStoreError::damaged(path, reason);
        let mut reader = Reader(&bytes);
        let magic = reader.take(MAGIC.len());
        let number = reader.u64().filter(|_| magic == Some(MAGIC));
        let number = number.ok_or_else(|| damaged("it is not a key store of this version"))?;
        let wrapped = reader.take(NONCE_LEN + KEY_LEN + TAG_LEN);
        let wrapped = wrapped.ok_or_else(|| damaged("it ends within its head"))?;
        let head = [MAGIC, &number.to_be_bytes()].concat();
        let key = kek.0.open(&head, wrapped);
        let key = key.ok_or_else(|| KeyStoreError::WrongKey(path.display().to_string()))?;
        let key = key.first_chunk().ok_or_else(|| damaged("its key is cut"))?;
        let epoch = Self {
            number,
            key: Key::from_bytes(key),
        };
        let mut records = Vec::new();
        let mut rest = reader.0;
        let mut index = 0;
        while !rest.is_empty() {
            let (read, after) = epoch
                .read_frame(Part::Snapshot, index, rest)
                .ok_or_else(|| damaged(&format!("frame {index} was changed or cut")))?;
            records.extend(read);
            rest = after;
            index += 1;
        }
        match records.last() {
            Some(Record::End) => Ok((epoch, records)),
            _ => Err(damaged("its end is missing")),
        }
    }

    /// Reads this epoch's journal, as far as it was durable: an incomplete
    /// frame at the end was answered to nobody. A bad frame with a good one
    /// behind it is damage.
    pub(crate) fn read_journal(&self, path: &Path) -> Result<Vec<Record>, KeyStoreError> {
        let bytes = disk::read(path).map_err(|error| KeyStoreError::io(path, error))?;
        let mut records = Vec::new();
        let bytes = bytes.unwrap_or_default();
        let mut rest = bytes.as_slice();
        let mut index = 0;
        while let Some((read, after)) = self.read_frame(Part::Journal, index, rest) {
            records.extend(read);
            rest = after;
            index += 1;
        }
        let behind = (1..rest.len())
            .filter_map(|from| rest.get(from..))
            .filter(|rest| rest.starts_with(MARKER))
            .any(|rest| {
                let number = rest.get(MARKER.len()..HEADER_LEN);
                let number = number.and_then(|header| Reader(header).u64());
                number.is_some_and(|number| {
                    number > index && self.read_frame(Part::Journal, number, rest).is_some()
                })
            });
        if behind {
            let reason = format!("frame {index} was changed, and good ones follow");
            return Err(KeyStoreError::damaged(path, &reason));
        }
        Ok(records)
    }
}

/// What lies in the store's directory.
#[derive(Default)]
pub(crate) struct Listing {
    /// Epochs with a snapshot, oldest first.
    pub(crate) snapshots: Vec<u64>,
    /// Epochs with a journal, oldest first.
    pub(crate) journals: Vec<u64>,
    /// Snapshots whose writing was not completed.
    pub(crate) unfinished: Vec<PathBuf>,
}

/// Looks into the directory.
pub(crate) fn list(dir: &Path) -> io::Result<Listing> {
    let mut listing = Listing::default();
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        let number = |prefix: &str| name.strip_prefix(prefix)?.parse().ok();
        if name.ends_with(".new") {
            listing.unfinished.push(entry.path());
        } else if let Some(epoch) = number("keys-") {
            listing.snapshots.push(epoch);
        } else if let Some(epoch) = number("journal-") {
            listing.journals.push(epoch);
        }
    }
    listing.snapshots.sort_unstable();
    listing.journals.sort_unstable();
    Ok(listing)
}

/// The journal of an epoch, open for appending.
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    frames: u64,
    length: u64,
}

impl Journal {
    /// Makes an epoch's journal, its name durable.
    pub(crate) fn create(disk: &Disk, dir: &Path, number: u64) -> Result<Self, KeyStoreError> {
        let path = journal_path(dir, number);
        let file = disk
            .create(&path)
            .and_then(|file| disk.sync_dir(dir).map(|()| file))
            .map_err(|error| KeyStoreError::io(&path, error))?;
        Ok(Self {
            path,
            file,
            frames: 0,
            length: 0,
        })
    }

    /// Appends records, durable on return. If there is no room, the journal is
    /// as it was.
    pub(crate) fn append(
        &mut self,
        disk: &Disk,
        epoch: &Epoch,
        records: &[u8],
    ) -> Result<(), KeyStoreError> {
        let frame = epoch.frame(Part::Journal, self.frames, records)?;
        disk.append(&mut self.file, self.length, &frame)
            .and_then(|()| disk.sync(&self.file))
            .map_err(|error| KeyStoreError::io(&self.path, error))?;
        self.frames += 1;
        self.length += frame.len() as u64;
        Ok(())
    }
}
