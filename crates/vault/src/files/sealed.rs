//! A sealed file on disk.
//!
//! ```text
//! "hiroba/file/v1\n", the owner after its length (u8), the file's key under
//! the owner's key; then frames: kind (u8), length (u32), nonce and ciphertext
//! ```
//!
//! A frame of kind 1 holds the next bytes of the file, at most 64 KiB; the last
//! frame is of kind 2 and holds the description. Every frame is bound to the
//! file, its kind, its number and its place.

use std::{
    fs::File,
    io::{self, Seek as _},
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
};

use disk::Disk;
use zeroize::Zeroizing;

use super::{FileDescription, FileError, FileId};
use crate::{
    aead::{KEY_LEN, Key, NONCE_LEN, TAG_LEN},
    bytes::{Reader, push_short_text},
    keys::KeyStore,
    subject::Subject,
};

const MAGIC: &[u8] = b"hiroba/file/v1\n";
const OVERHEAD: usize = NONCE_LEN + TAG_LEN;
const FRAME_HEAD: usize = 1 + 4;
/// Bytes of the file in one frame.
pub(crate) const CHUNK: usize = 1 << 16;
const DATA: u8 = 1;
const END: u8 = 2;

/// Where a frame lies.
#[derive(Clone, Copy)]
struct Frame {
    kind: u8,
    /// Where its ciphertext stands in the sealed file.
    at: u64,
    /// Bytes of ciphertext, nonce and tag included.
    sealed: usize,
    /// Where its bytes stand in the file itself.
    start: u64,
}

impl Frame {
    fn end(&self) -> u64 {
        self.start + (self.sealed - OVERHEAD) as u64
    }
}

/// A sealed file, open.
pub(crate) struct SealedFile {
    id: FileId,
    path: PathBuf,
    file: File,
    key: Key,
    frames: Vec<Frame>,
    /// Where the last frame ends in the sealed file.
    end: u64,
}

impl SealedFile {
    /// Makes the file, durable with its name.
    pub(crate) fn create(
        disk: &Disk,
        path: &Path,
        id: &FileId,
        owner: &Subject,
        keys: &KeyStore,
    ) -> Result<(), FileError> {
        let io = |error| FileError::io(path, error);
        let owner_key = keys.key(owner)?;
        let key = Key::random()?;
        let mut head = MAGIC.to_vec();
        push_short_text(&mut head, owner.as_str()).ok_or(FileError::damaged(id, "its owner"))?;
        head.extend(owner_key.seal(&key_aad(id), key.as_bytes())?);
        disk.replace(path, &head).map_err(io)
    }

    /// The owner of the file at this path.
    pub(crate) fn owner(path: &Path, id: &FileId) -> Result<Subject, FileError> {
        let mut head = [0; MAGIC.len() + 1 + Subject::MAX_LEN];
        let length = File::open(path)
            .and_then(|file| file.read_at(&mut head, 0))
            .map_err(|error| FileError::io(path, error))?;
        head.get(..length)
            .and_then(|head| {
                let mut reader = Reader(head);
                let magic = reader.take(MAGIC.len())? == MAGIC;
                magic.then(|| reader.short_text()?.parse().ok())?
            })
            .ok_or_else(|| FileError::damaged(id, "its head"))
    }

    /// Opens a file and finds its frames, up to the first that is not whole.
    pub(crate) fn open(path: &Path, id: &FileId, keys: &KeyStore) -> Result<Self, FileError> {
        let io = |error| FileError::io(path, error);
        let owner = Self::owner(path, id)?;
        let owner_key = keys.key(&owner)?;
        let file = File::options()
            .read(true)
            .write(true)
            .open(path)
            .map_err(io)?;
        match file.try_lock_shared() {
            Ok(()) => (),
            Err(std::fs::TryLockError::WouldBlock) => return Err(FileError::Busy(id.clone())),
            Err(std::fs::TryLockError::Error(error)) => return Err(io(error)),
        }
        let mut wrapped = [0; OVERHEAD + KEY_LEN];
        let wrapped_at = MAGIC.len() + 1 + owner.as_str().len();
        let damaged = |_| FileError::damaged(id, "its head");
        file.read_exact_at(&mut wrapped, wrapped_at as u64)
            .map_err(damaged)?;
        let key = owner_key.open(&key_aad(id), &wrapped);
        let key = key.ok_or_else(|| FileError::damaged(id, "its key"))?;
        let key = key
            .first_chunk()
            .map(Key::from_bytes)
            .ok_or_else(|| FileError::damaged(id, "its key"))?;
        let mut sealed = Self {
            id: id.clone(),
            path: path.to_owned(),
            file,
            key,
            frames: Vec::new(),
            end: (wrapped_at + wrapped.len()) as u64,
        };
        sealed.find_frames().map_err(io)?;
        Ok(sealed)
    }

    fn find_frames(&mut self) -> io::Result<()> {
        let length = self.file.metadata()?.len();
        let mut start = 0;
        while self.description_frame().is_none() {
            let mut head = [0; FRAME_HEAD];
            if self.file.read_exact_at(&mut head, self.end).is_err() {
                break;
            }
            let [kind, sealed @ ..] = head;
            let sealed = u32::from_be_bytes(sealed) as usize;
            let at = self.end + FRAME_HEAD as u64;
            let holds = matches!(kind, DATA | END)
                && (OVERHEAD + 1..=OVERHEAD + CHUNK).contains(&sealed)
                && at + sealed as u64 <= length;
            if !holds {
                break;
            }
            let frame = Frame {
                kind,
                at,
                sealed,
                start,
            };
            start = frame.end();
            self.end = at + sealed as u64;
            self.frames.push(frame);
        }
        Ok(())
    }

    fn description_frame(&self) -> Option<Frame> {
        self.frames.last().copied().filter(|last| last.kind == END)
    }

    /// Keeps everybody else out.
    pub(crate) fn lock(&self) -> Result<(), FileError> {
        match self.file.try_lock() {
            Ok(()) => Ok(()),
            Err(std::fs::TryLockError::WouldBlock) => Err(FileError::Busy(self.id.clone())),
            Err(std::fs::TryLockError::Error(error)) => Err(FileError::io(&self.path, error)),
        }
    }

    /// How many bytes of the file are there.
    pub(crate) fn size(&self) -> u64 {
        let data = self.frames.iter().rev().find(|frame| frame.kind == DATA);
        data.map_or(0, Frame::end)
    }

    /// Whether nothing stands behind the last frame.
    pub(crate) fn is_whole(&self) -> Result<bool, FileError> {
        let length = self.file.metadata();
        let length = length.map_err(|error| FileError::io(&self.path, error))?;
        Ok(length.len() == self.end)
    }

    /// Cuts off what an interrupted upload left half written: it was not
    /// acknowledged.
    pub(crate) fn cut(&mut self, disk: &Disk) -> Result<(), FileError> {
        while let Some(last) = self.frames.last().copied()
            && self.open_frame(self.frames.len() - 1, last).is_err()
        {
            self.end = last.at - FRAME_HEAD as u64;
            self.frames.pop();
        }
        if !self.is_whole()? {
            let io = |error| FileError::io(&self.path, error);
            self.file.set_len(self.end).map_err(io)?;
            disk.sync(&self.file).map_err(io)?;
        }
        Ok(())
    }

    /// Appends bytes, durable on return.
    pub(crate) fn append(&mut self, disk: &Disk, bytes: &[u8]) -> Result<(), FileError> {
        let mut written = Vec::with_capacity(bytes.len() + 1024);
        let mut frames = Vec::new();
        let (mut start, mut end) = (self.size(), self.end);
        for chunk in bytes.chunks(CHUNK) {
            let number = self.frames.len() + frames.len();
            let sealed = self.seal_frame(DATA, number, start, chunk)?;
            frames.push(Frame {
                kind: DATA,
                at: end + FRAME_HEAD as u64,
                sealed: sealed.len() - FRAME_HEAD,
                start,
            });
            start += chunk.len() as u64;
            end += sealed.len() as u64;
            written.extend(sealed);
        }
        self.write(disk, &written)?;
        self.frames.extend(frames);
        self.end = end;
        Ok(())
    }

    /// Ends the file with its description, durable on return.
    pub(crate) fn finish(
        &mut self,
        disk: &Disk,
        description: &FileDescription,
    ) -> Result<(), FileError> {
        let json = serde_json::to_vec(description)
            .map_err(|error| FileError::damaged(&self.id, &error.to_string()))?;
        let number = self.frames.len();
        let sealed = self.seal_frame(END, number, self.size(), &json)?;
        self.write(disk, &sealed)?;
        self.frames.push(Frame {
            kind: END,
            at: self.end + FRAME_HEAD as u64,
            sealed: sealed.len() - FRAME_HEAD,
            start: self.size(),
        });
        self.end += sealed.len() as u64;
        Ok(())
    }

    fn write(&mut self, disk: &Disk, bytes: &[u8]) -> Result<(), FileError> {
        self.file
            .seek(io::SeekFrom::Start(self.end))
            .and_then(|_| disk.write(&mut self.file, bytes))
            .and_then(|()| disk.sync(&self.file))
            .map_err(|error| FileError::io(&self.path, error))
    }

    fn seal_frame(
        &self,
        kind: u8,
        number: usize,
        start: u64,
        bytes: &[u8],
    ) -> Result<Vec<u8>, FileError> {
        let sealed = self.key.seal(&self.aad(kind, number, start), bytes)?;
        let length = u32::try_from(sealed.len())
            .map_err(|_| FileError::damaged(&self.id, "a frame's length"))?;
        let mut frame = vec![kind];
        frame.extend(length.to_be_bytes());
        frame.extend(sealed);
        Ok(frame)
    }

    fn open_frame(&self, number: usize, frame: Frame) -> Result<Zeroizing<Vec<u8>>, FileError> {
        let mut sealed = vec![0; frame.sealed];
        self.file
            .read_exact_at(&mut sealed, frame.at)
            .map_err(|error| FileError::io(&self.path, error))?;
        self.key
            .open(&self.aad(frame.kind, number, frame.start), &sealed)
            .ok_or_else(|| FileError::damaged(&self.id, &format!("frame {number}")))
    }

    fn aad(&self, kind: u8, number: usize, start: u64) -> Vec<u8> {
        let mut aad = MAGIC.to_vec();
        aad.push(kind);
        aad.extend((number as u64).to_be_bytes());
        aad.extend(start.to_be_bytes());
        aad.extend(self.id.as_str().as_bytes());
        aad
    }

    /// What the file is, if it was finished.
    pub(crate) fn description(&self) -> Result<Option<FileDescription>, FileError> {
        let Some(frame) = self.description_frame() else {
            return Ok(None);
        };
        let json = self.open_frame(self.frames.len() - 1, frame)?;
        let description: FileDescription = serde_json::from_slice(&json)
            .map_err(|_| FileError::damaged(&self.id, "its description"))?;
        if description.size == self.size() {
            Ok(Some(description))
        } else {
            Err(FileError::damaged(&self.id, "its size"))
        }
    }

    /// Gives the bytes from `start` up to `end` to `take`, piece by piece.
    pub(crate) fn read(
        &self,
        start: u64,
        end: u64,
        mut take: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(), FileError> {
        for (number, frame) in self.frames.iter().enumerate() {
            if frame.kind != DATA || frame.end() <= start || end <= frame.start {
                continue;
            }
            let bytes = self.open_frame(number, *frame)?;
            let from = start.saturating_sub(frame.start) as usize;
            let to = (end.min(frame.end()) - frame.start) as usize;
            let piece = bytes.get(from..to).unwrap_or_default();
            take(piece).map_err(|error| FileError::io(&self.path, error))?;
        }
        Ok(())
    }
}

/// What a file's wrapped key is bound to.
fn key_aad(id: &FileId) -> Vec<u8> {
    [MAGIC, id.as_str().as_bytes()].concat()
}
