//! `hiroba export`: the log as static files, with everything that belongs to it
//! and is public.
//!
//! ```text
//! checkpoint, checkpoint.<size>, tile/…       C2SP tlog-tiles
//! openings/<position>/<field>.json            what opens published texts
//! digests.json, digests/<size>.json           digests of the read models
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
    http::ApiError,
    log::openings::{self, Shown},
};
use read_models::{AsOfError, City, Digests, Moment};
use sealer::{Sealer, SealerError};
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
    /// Published texts that were erased since.
    pub erased: usize,
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
/// at a fresh checkpoint. What an earlier export left there and is public no
/// longer is removed.
pub async fn export(
    desk: &Desk,
    sealer: &Sealer,
    disk: &Disk,
    dir: &Path,
) -> Result<Exported, ExportError> {
    sealer.seal().await?;
    let checkpoint = sealer::export(sealer, disk, dir).await?;
    let size = checkpoint.checkpoint().size();
    let city = match size.checked_sub(1) {
        Some(last) => desk.reader.as_of(Moment::Position(Position(last))).await?,
        None => Arc::default(),
    };
    let exported = write_openings(desk, &city, disk, dir).await?;
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
) -> Result<Exported, ExportError> {
    let dir = dir.join("openings");
    let mut written = BTreeSet::new();
    let mut exported = Exported {
        events: city.size.0,
        openings: 0,
        erased: 0,
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
                let shown = openings::show(desk, city, &published, recorded).await;
                let shown = shown.map_err(|error: ApiError| wrong(position, &error))?;
                let Shown::Open(opening) = shown else {
                    exported.erased += 1;
                    continue;
                };
                let path = dir
                    .join(position.to_string())
                    .join(format!("{}.json", published.text.field));
                let json = opening::to_json(&opening).map_err(|error| wrong(position, &error))?;
                write(disk, &path, &json)?;
                written.insert(path);
                exported.openings += 1;
            }
            next = position.next();
        }
    }
    let io = |error| ExportError::Io {
        path: dir.display().to_string(),
        error,
    };
    remove_others(disk, &dir, &written).map_err(io)?;
    Ok(exported)
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

fn write(disk: &Disk, path: &Path, text: &str) -> Result<(), ExportError> {
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
