//! The checkpoints that were given out, one after the other in one file:
//! `checkpoint <bytes>` on a line, then the signed note. A later note of the
//! same size, with more cosignatures, takes the place of an earlier one.

use std::{
    collections::BTreeMap,
    fs::File,
    io::Seek as _,
    ops::Bound,
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
};

use disk::Disk;
use transparency::SignedCheckpoint;

use crate::signer::SignerError;

pub(crate) struct History {
    path: PathBuf,
    file: File,
    /// Where the note of each size lies: offset and length.
    notes: BTreeMap<u64, (u64, usize)>,
    /// After a failure nobody knows where the file ends.
    stopped: bool,
}

impl History {
    /// Opens the file, or makes it. A note that was not written to its end was
    /// given to nobody, and is cut off.
    pub(crate) fn open(disk: &Disk, dir: &Path) -> Result<Self, SignerError> {
        let path = dir.join("checkpoints");
        let io = |error| SignerError::io(&path, error);
        if !path.exists() {
            disk.create(&path).map_err(io)?;
            disk.sync_dir(dir).map_err(io)?;
        }
        let mut file = File::options()
            .read(true)
            .write(true)
            .open(&path)
            .map_err(io)?;
        let bytes = std::fs::read(&path).map_err(io)?;
        let (mut notes, mut at) = (BTreeMap::new(), 0);
        while let Some((size, head, length)) = bytes.get(at..).and_then(note) {
            notes.insert(size, ((at + head) as u64, length));
            at += head + length;
        }
        if at < bytes.len() {
            file.set_len(at as u64).map_err(io)?;
            disk.sync(&file).map_err(io)?;
        }
        file.seek(std::io::SeekFrom::End(0)).map_err(io)?;
        Ok(Self {
            path,
            file,
            notes,
            stopped: false,
        })
    }

    /// Appends a note, durable on return.
    pub(crate) fn push(
        &mut self,
        disk: &Disk,
        checkpoint: &SignedCheckpoint,
    ) -> Result<(), SignerError> {
        if self.stopped {
            let stopped = std::io::Error::other("an earlier write failed");
            return Err(SignerError::io(&self.path, stopped));
        }
        let note = checkpoint.to_string();
        let head = format!("checkpoint {}\n", note.len());
        let frame = format!("{head}{note}");
        let written = self.file.stream_position().and_then(|at| {
            disk.append(&mut self.file, at, frame.as_bytes())?;
            disk.sync(&self.file)?;
            Ok(at)
        });
        // Without room the file is as it was.
        self.stopped = written.as_ref().is_err_and(|error| !disk::is_full(error));
        let at = written.map_err(|error| SignerError::io(&self.path, error))?;
        let place = (at + head.len() as u64, note.len());
        self.notes.insert(checkpoint.checkpoint().size(), place);
        Ok(())
    }

    /// The note of a size, as it was given out last.
    pub(crate) fn get(&self, size: u64) -> Result<Option<String>, SignerError> {
        let Some((offset, length)) = self.notes.get(&size) else {
            return Ok(None);
        };
        let mut note = vec![0; *length];
        self.file
            .read_exact_at(&mut note, *offset)
            .map_err(|error| SignerError::io(&self.path, error))?;
        let note = String::from_utf8(note)
            .map_err(|_| SignerError::damaged(&self.path, "a note is not text"))?;
        Ok(Some(note))
    }

    /// The smallest size above this one that there is a checkpoint of.
    pub(crate) fn after(&self, size: u64) -> Option<u64> {
        let above = (Bound::Excluded(size), Bound::Unbounded);
        self.notes.range(above).next().map(|(size, _)| *size)
    }

    /// The sizes of all checkpoints, smallest first.
    pub(crate) fn sizes(&self) -> impl DoubleEndedIterator<Item = u64> {
        self.notes.keys().copied()
    }
}

/// The size of the note at the beginning of `bytes`, the length of the line
/// before it, and its own.
fn note(bytes: &[u8]) -> Option<(u64, usize, usize)> {
    let end = bytes.iter().take(32).position(|byte| *byte == b'\n')?;
    let line = str::from_utf8(bytes.get(..end)?).ok()?;
    let length: usize = line.strip_prefix("checkpoint ")?.parse().ok()?;
    let head = end + 1;
    let note = bytes.get(head..head.checked_add(length)?)?;
    let checkpoint = SignedCheckpoint::parse(note).ok()?;
    Some((checkpoint.checkpoint().size(), head, length))
}
