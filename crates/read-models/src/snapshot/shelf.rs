//! Where snapshots lie on disk.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use disk::Disk;
use event_store::{EventStore, LogSize, ReadError};

use super::{Binding, HEAD, parse, read, write};
use crate::City;

/// The ending of a snapshot's name.
const ENDING: &str = "views";

/// A directory of snapshots, each named by its size. All of it can be deleted
/// at any time: it costs a fold of the log.
#[derive(Clone, Debug)]
pub struct Shelf {
    disk: Disk,
    directory: PathBuf,
}

impl Shelf {
    /// The snapshots in a directory, which is made when the first is written.
    pub fn new(disk: Disk, directory: &Path) -> Self {
        Self {
            disk,
            directory: directory.to_owned(),
        }
    }

    /// The newest snapshot of the log in this store that counts, up to a size.
    ///
    /// # Errors
    /// If the log cannot be read. A snapshot that cannot be read is passed over.
    pub async fn newest(
        &self,
        store: &dyn EventStore,
        up_to: LogSize,
    ) -> Result<Option<City>, ReadError> {
        for (size, path) in self.list().into_iter().rev() {
            if size > up_to {
                continue;
            }
            let Some(binding) = Binding::of(store, size).await? else {
                tracing::warn!(path = %path.display(), "a snapshot reaches further than the log");
                continue;
            };
            let name = path.display().to_string();
            let reading = tokio::task::spawn_blocking(move || {
                let bytes = std::fs::read(&path).map_err(|error| error.to_string())?;
                read(&bytes, &binding).map_err(|useless| useless.to_string())
            });
            match reading.await {
                Ok(Ok(city)) => return Ok(Some(city)),
                Ok(Err(reason)) => {
                    tracing::warn!(path = %name, %reason, "a snapshot does not count");
                }
                Err(panicked) => {
                    tracing::error!(path = %name, %panicked, "a snapshot was not read")
                }
            }
        }
        Ok(None)
    }

    /// Writes a city down and removes what is no longer needed. The name comes
    /// last: a snapshot is whole and was read to its last row, or is not there.
    ///
    /// # Errors
    /// If the log cannot be read or the disk refuses; nothing is lost by it.
    pub async fn put(&self, store: &dyn EventStore, city: Arc<City>) -> io::Result<()> {
        let binding = Binding::of(store, city.size)
            .await
            .map_err(io::Error::other)?;
        let Some(binding) = binding else {
            return Ok(());
        };
        let shelf = self.clone();
        tokio::task::spawn_blocking(move || shelf.write(&city, &binding))
            .await
            .map_err(io::Error::other)?
    }

    fn write(&self, city: &City, binding: &Binding) -> io::Result<()> {
        let path = self.path(city.size);
        let bytes = write(city, binding).map_err(io::Error::other)?;
        let again = read(&bytes, binding).map_err(io::Error::other)?;
        if !again.public_comment.can_be_read() {
            return Err(io::Error::other("a row cannot be read back"));
        }
        self.disk.create_dir(&self.directory)?;
        self.disk.replace(&path, &bytes)?;
        self.tidy(binding);
        Ok(())
    }

    fn path(&self, size: LogSize) -> PathBuf {
        self.directory.join(format!("{:020}.{ENDING}", size.0))
    }

    fn list(&self) -> BTreeMap<LogSize, PathBuf> {
        let entries = std::fs::read_dir(&self.directory).into_iter().flatten();
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
        paths
            .filter(|path| path.extension().is_some_and(|ending| ending == ENDING))
            .filter_map(|path| {
                let size = path.file_stem()?.to_str()?.parse().ok()?;
                Some((LogSize(size), path))
            })
            .collect()
    }

    /// Removes what no start and no look into the past needs: everything but
    /// the two newest and, for each power of two and the half way to the next,
    /// the newest below it; and what other releases or other logs left behind.
    fn tidy(&self, newest: &Binding) {
        let all = self.list();
        let mut kept = Vec::new();
        let mut slots = Vec::new();
        for (size, path) in all.iter().rev().filter(|(size, _)| **size <= newest.size) {
            let ours = head(path).is_some_and(|of| of.first == newest.first);
            let slot = slot(*size);
            if ours && (kept.len() < 2 || !slots.contains(&slot)) {
                kept.push(*size);
                slots.push(slot);
            }
        }
        for (_, path) in all.iter().filter(|(size, _)| !kept.contains(size)) {
            if let Err(error) = self.disk.remove(path) {
                tracing::warn!(path = %path.display(), %error, "an old snapshot stays");
            }
        }
    }
}

/// The half of an octave that a size is in.
fn slot(size: LogSize) -> (u32, bool) {
    let octave = size.0.max(1).ilog2();
    let half = octave
        .checked_sub(1)
        .is_some_and(|bit| size.0 >> bit & 1 == 1);
    (octave, half)
}

/// What a snapshot says of itself, if this release would read it.
fn head(path: &Path) -> Option<Binding> {
    use std::io::Read as _;
    let file = std::fs::File::open(path).ok()?;
    let length = file.metadata().ok()?.len();
    let mut head = Vec::with_capacity(HEAD);
    file.take(HEAD as u64).read_to_end(&mut head).ok()?;
    let head = parse(&head).ok()?;
    (head.length + HEAD as u64 == length).then_some(head.binding)
}
