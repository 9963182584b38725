//! `hiroba export`: the log as static files, with everything that belongs to it
//! and is public.
//!
//! ```text
//! checkpoint, checkpoint.<size>, tile/…       C2SP tlog-tiles
//! openings/<position>/<field>.json            what opens published texts
//! openings/<position>/<field>.bin             the bytes of published files
//! digests.json, digests/<size>.json           digests of the read models
//! policy                                      who has to have cosigned
//! ```

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use disk::Disk;
use event_store::Position;
use gateway::{
    Desk,
    log::openings::{self, Content, Shown},
};
use read_models::{AsOfError, City, Digests, Moment};
use sealer::{Sealer, SealerError};
use sha2::{Digest as _, Sha256};
use vault::opening;

/// Events that are read from the log at once.
const PAGE: usize = 1_000;

/// What was exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exported {
    /// Events.
    pub events: u64,
    /// Openings of published texts.
    pub openings: usize,
    /// Of these, of files; their bytes are written, too.
    pub files: usize,
    /// Published texts that were erased since.
    pub erased: usize,
    /// Published texts and files that are lost, though nobody erased them:
    /// whoever verifies the export will find them missing.
    pub lost: usize,
}

/// Why an export failed.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The sealed log cannot be written out.
    #[error(transparent)]
    Sealer(#[from] SealerError),
    /// The city cannot be folded.
    #[error(transparent)]
    Fold(#[from] AsOfError),
    /// An event cannot be read.
    #[error("the event at position {position}: {reason}")]
    Event {
        /// Its position.
        position: Position,
        /// Why.
        reason: String,
    },
    /// The operating system refused.
    #[error("{path}: {error}")]
    Io {
        /// The file.
        path: String,
        /// What it said.
        error: io::Error,
    },
}

/// Writes everything that is public of a sealed log into a directory, as it is
/// at a fresh checkpoint, or at the one that its witnesses' quorum has cosigned.
/// What an earlier export left there and is public no
/// longer is removed. `progress` is told how many of how many events are done.
pub async fn export(
    desk: &Desk,
    sealer: &Sealer,
    disk: &Disk,
    dir: &Path,
    progress: &(dyn Fn(u64, u64) + Send + Sync),
) -> Result<Exported, ExportError> {
    sealer.seal().await?;
    let checkpoint = sealer::export(sealer, disk, dir).await?;
    let size = checkpoint.checkpoint().size();
    let city = match size.checked_sub(1) {
        Some(last) => desk.reader.as_of(Moment::Position(Position(last))).await?,
        None => Arc::default(),
    };
    let exported = write_openings(desk, &city, disk, dir, progress).await?;
    let digests =
        serde_json::to_string(&Digests::of(&city)).map_err(|error| ExportError::Event {
            position: Position(size),
            reason: error.to_string(),
        })?;
    let sized = dir.join("digests").join(format!("{size}.json"));
    for path in [sized, dir.join("digests.json")] {
        write(disk, &path, &digests)?;
    }
    Ok(exported)
}

async fn write_openings(
    desk: &Desk,
    city: &City,
    disk: &Disk,
    dir: &Path,
    progress: &(dyn Fn(u64, u64) + Send + Sync),
) -> Result<Exported, ExportError> {
    let dir = dir.join("openings");
    let mut written = BTreeSet::new();
    let mut exported = Exported {
        events: city.size.0,
        openings: 0,
        files: 0,
        erased: 0,
        lost: 0,
    };
    let mut next = Position::START;
    while city.size.holds(next) {
        let wrong = |position, error: &dyn std::fmt::Display| ExportError::Event {
            position,
            reason: error.to_string(),
        };
        let page = desk.store.read_all(next, PAGE).await;
        let page = page.map_err(|error| wrong(next, &error))?;
        if page.is_empty() {
            return Err(wrong(next, &"it is missing"));
        }
        for recorded in page.iter().filter(|event| city.size.holds(event.position)) {
            let position = recorded.position;
            let published = openings::published(desk, city, recorded);
            for published in published.map_err(|error| wrong(position, &error))? {
                let opening = match openings::show(desk, city, &published, recorded).await {
                    Shown::Open(opening) => opening,
                    Shown::Erased(_) => {
                        exported.erased += 1;
                        continue;
                    }
                    Shown::Lost(reason) => {
                        tracing::error!(%position, %reason, "what is published is lost");
                        exported.lost += 1;
                        continue;
                    }
                };
                let field = &published.text.field;
                let path = dir.join(position.to_string()).join(format!("{field}.json"));
                let json = opening::to_json(&opening).map_err(|error| wrong(position, &error))?;
                write(disk, &path, &json)?;
                exported.openings += 1;
                if published.file.is_some() {
                    let content = Content::described(&opening);
                    let content = content.map_err(|error| wrong(position, &error))?;
                    let bytes = path.with_extension("bin");
                    match write_bytes(desk, &content, disk, &bytes).await? {
                        Written::Whole => {
                            written.insert(bytes);
                            exported.files += 1;
                        }
                        Written::Lost(reason) => {
                            tracing::error!(%position, %reason, "a published file is lost");
                            exported.lost += 1;
                        }
                    }
                }
                written.insert(path);
            }
            next = position.next();
        }
        progress(next.0.min(city.size.0), city.size.0);
    }
    let io = |error| ExportError::Io {
        path: dir.display().to_string(),
        error,
    };
    remove_others(disk, &dir, &written).map_err(io)?;
    Ok(exported)
}

/// What became of a file's bytes.
enum Written {
    /// They are there.
    Whole,
    /// The city has lost them.
    Lost(String),
}

/// Writes the bytes of a published file, a piece at a time; what an earlier
/// export wrote of it stays.
async fn write_bytes(
    desk: &Desk,
    content: &Content,
    disk: &Disk,
    path: &Path,
) -> Result<Written, ExportError> {
    let io = |error| ExportError::Io {
        path: path.display().to_string(),
        error,
    };
    if digest_of(path).map_err(io)?.as_ref() == Some(&content.sha256) {
        return Ok(Written::Whole);
    }
    let mut file = disk.write_new(path, &[]).map_err(io)?;
    let mut hash = Sha256::new();
    let mut from = 0;
    while from < content.size {
        let piece = match content.piece(desk, from).await {
            Ok(piece) if piece.is_empty() => return Ok(Written::Lost("its end".to_owned())),
            Ok(piece) => piece,
            Err(error) => return Ok(Written::Lost(format!("{error:?}"))),
        };
        hash.update(&piece);
        disk.write(&mut file, &piece).map_err(io)?;
        from += piece.len() as u64;
    }
    let digest = hex::encode(hash.finalize());
    if digest != content.sha256 {
        return Ok(Written::Lost(format!("its digest is {digest}")));
    }
    disk.sync(&file)
        .and_then(|()| disk.put_new(path))
        .map_err(io)?;
    Ok(Written::Whole)
}

/// The digest of a file, if it is there.
fn digest_of(path: &Path) -> io::Result<Option<String>> {
    let mut file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut hash = Sha256::new();
    let mut piece = vec![0; 1 << 16];
    loop {
        match io::Read::read(&mut file, &mut piece)? {
            0 => return Ok(Some(hex::encode(hash.finalize()))),
            count => hash.update(piece.get(..count).unwrap_or_default()),
        }
    }
}

/// Removes what is not public any more: it was erased, hidden or taken down
/// since an earlier export.
fn remove_others(disk: &Disk, dir: &Path, kept: &BTreeSet<PathBuf>) -> io::Result<()> {
    if !dir.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            remove_others(disk, &path, kept)?;
        } else if !kept.contains(&path) {
            disk.shred(&path)?;
        }
    }
    Ok(())
}

pub(crate) fn write(disk: &Disk, path: &Path, text: &str) -> Result<(), ExportError> {
    let written = match path.parent() {
        Some(parent) => disk.create_dir(parent),
        None => Ok(()),
    };
    written
        .and_then(|()| disk.replace_unsynced(path, text.as_bytes()))
        .map_err(|error| ExportError::Io {
            path: path.display().to_string(),
            error,
        })
}
