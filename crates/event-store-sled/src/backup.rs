//! A copy of the log while it is being written.
//!
//! A sealed segment never changes, and of the active one everything up to its
//! durable end stays as it is: so a copy needs no pause, only to know how far
//! the active segment goes.

use std::{
    fs, io,
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use event_store::LogSize;

use crate::{
    format::SegmentHeader,
    segment::{Segment, file_name},
    shared::Shared,
};

const CHUNK: usize = 1 << 20;

/// What belongs to a copy of the log, as it is at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Up to here the log is in the copy, at least.
    pub size: LogSize,
    /// The segment files, in order.
    pub files: Vec<SnapshotFile>,
}

/// A segment file in a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotFile {
    /// Its name in the directory `log`.
    pub name: String,
    /// Where it lies.
    pub place: String,
    /// So many bytes of it belong to the snapshot.
    pub durable: u64,
    /// The file must be so long; what lies behind `durable` is zeros.
    pub length: u64,
    /// Whether it never changes any more.
    pub sealed: bool,
}

impl Shared {
    fn snapshot_segments(&self) -> (LogSize, Vec<(SnapshotFile, Arc<Segment>)>) {
        // The size first: the files then hold at least as much.
        let size = *self.size.borrow();
        let segments = self.segments().clone();
        let last = segments.len();
        let files = (1..).zip(segments).map(|(place, segment)| {
            let file = SnapshotFile {
                name: file_name(segment.header.number),
                place: segment.place.clone(),
                durable: segment.end(),
                length: segment.header.length,
                sealed: place < last,
            };
            (file, segment)
        });
        (size, files.collect())
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        let (size, files) = self.snapshot_segments();
        Snapshot {
            size,
            files: files.into_iter().map(|(file, _)| file).collect(),
        }
    }

    /// Copies the log to `<target>/log`, and tells after each segment how many
    /// are done.
    ///
    /// Segments are copied in order, so a segment that is followed by another
    /// there was sealed when it was copied and need not be copied again.
    pub(crate) fn back_up(
        &self,
        target: &Path,
        mut progress: impl FnMut(usize, usize),
    ) -> io::Result<LogSize> {
        let directory = target.join("log");
        fs::create_dir_all(&directory)?;
        let (size, files) = self.snapshot_segments();
        let following = files.iter().skip(1).map(|(_, next)| Some(next));
        for ((number, (file, segment)), next) in (1..).zip(&files).zip(following.chain([None])) {
            let known = match next {
                Some(next) => is_in_copy(next, &directory)?,
                None => false,
            };
            if !known {
                copy(file, segment, &directory)?;
            }
            progress(number, files.len());
        }
        fs::File::open(&directory)?.sync_all()?;
        fs::File::open(target)?.sync_all()?;
        Ok(size)
    }
}

/// Whether the copy has this segment. Its header names the last frame of the
/// segment before, so a copy of another log, or of one that was set back and
/// went on differently, is not taken for a part of this one.
fn is_in_copy(segment: &Segment, directory: &Path) -> io::Result<bool> {
    let mut found = [0; SegmentHeader::LENGTH];
    match fs::File::open(directory.join(file_name(segment.header.number))) {
        Ok(file) => match file.read_exact_at(&mut found, 0) {
            Ok(()) => Ok(found == segment.header.encode()),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
            Err(error) => Err(error),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn copy(file: &SnapshotFile, segment: &Segment, directory: &Path) -> io::Result<()> {
    let part: PathBuf = directory.join(format!("{}.part", file.name));
    let copy = fs::File::create(&part)?;
    let mut buffer = vec![0; CHUNK];
    let mut at = 0;
    while at < file.durable {
        let wanted = usize::try_from(file.durable - at)
            .unwrap_or(CHUNK)
            .min(CHUNK);
        let read = segment
            .file
            .read_at(buffer.get_mut(..wanted).unwrap_or_default(), at)?;
        if read == 0 {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                format!("{} is too short", file.place),
            ));
        }
        copy.write_all_at(buffer.get(..read).unwrap_or_default(), at)?;
        at += read as u64;
    }
    copy.set_len(file.length)?;
    copy.sync_all()?;
    fs::rename(part, directory.join(&file.name))
}
