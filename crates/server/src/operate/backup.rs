//! `hiroba backup`: a copy of a city, made while it is served.
//!
//! ```text
//! <target>/origin           whose backup this is
//! <target>/log/…            the log, sealed texts included
//! <target>/files/sealed/…   files under the keys of their owners
//! <target>/files/clear/…    published files
//! <target>/checkpoints      the checkpoints that were given out
//! <target>/manifest.json    what the copy holds; written last
//! <keys>/keys-<moment>      the keys of subjects, wrapped
//! ```
//!
//! Not in it: the key-encryption key and the signer. Whoever has a backup and
//! the keys beside it still reads nothing without the first; and a signer that
//! is put back with an older memory would sign a fork.
//!
//! The log comes first: whatever an event names, its key and its files, was
//! durable before it, and so is in what is copied later. Into a target with an
//! earlier backup only what is new is copied, and what the city no longer has,
//! because it was erased or taken down, is removed there too.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use disk::Disk;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Progress, Report};
use crate::{gauges, on_disk::OnDisk};

pub(super) const ORIGIN: &str = "origin";
pub(super) const MANIFEST: &str = "manifest.json";
pub(super) const CHECKPOINTS: &str = "checkpoints";
/// The folders of files that are copied; uploads under way are begun again.
pub(super) const FILES: [&str; 2] = ["sealed", "clear"];
const FORMAT: u32 = 1;

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    format: u32,
    /// The name of the log.
    pub(super) origin: String,
    /// When it was made.
    pub(super) made_at: Timestamp,
    /// So many events at least.
    pub(super) events: u64,
    /// So many files.
    pub(super) files: usize,
    /// The newest checkpoint when it was begun, as a signed note.
    pub(super) checkpoint: String,
}

impl Manifest {
    /// Reads the manifest of a backup.
    pub(super) fn read(target: &Path) -> anyhow::Result<Self> {
        let path = target.join(MANIFEST);
        let Some(bytes) = disk::read(&path)? else {
            bail!(
                "{} is missing: this is no backup, or one that was not finished",
                path.display()
            );
        };
        let manifest: Self = serde_json::from_slice(&bytes)
            .with_context(|| format!("{} is not a manifest", path.display()))?;
        if FORMAT < manifest.format {
            bail!(
                "the backup has format {}, this program knows formats up to {FORMAT}: use the newer \
                 program",
                manifest.format
            );
        }
        Ok(manifest)
    }
}

/// Where backups of the keys go.
pub(super) struct KeyBackups {
    pub(super) directory: PathBuf,
    /// Older ones are destroyed: an erasure is complete when the last backup
    /// from before it is gone.
    pub(super) keep_days: u16,
}

/// Copies a city.
pub(super) async fn back_up(
    city: &OnDisk,
    target: &Path,
    keys: Option<&KeyBackups>,
    now: Timestamp,
    progress: &Progress,
) -> anyhow::Result<Report> {
    let disk = Disk::new();
    let checkpoint = city.sealer.checkpoint();
    let origin = checkpoint.checkpoint().origin().to_owned();
    claim(&disk, target, &origin)?;
    let mut report = Report::default();
    let told = std::sync::Arc::clone(progress);
    let segments = move |done, of| told("log", done as u64, of as u64);
    let size = city.store.back_up(target, segments).await?;
    if let Some(keys) = keys {
        let path = back_up_keys(city, &disk, keys, now).await?;
        report.fact("keys", path.display().to_string());
    }
    let (from, to) = (city.places.files.clone(), target.join("files"));
    let told = std::sync::Arc::clone(progress);
    let files = tokio::task::spawn_blocking(move || mirror_files(&Disk::new(), &from, &to, &told))
        .await??;
    copy_checkpoints(&disk, &city.places.signer, target)?;
    let manifest = Manifest {
        format: FORMAT,
        origin,
        made_at: now,
        events: size.0,
        files,
        checkpoint: checkpoint.to_string(),
    };
    let text = serde_json::to_string_pretty(&manifest)?;
    disk.replace(&target.join(MANIFEST), text.as_bytes())?;
    metrics::gauge!(gauges::BACKUP).set(now.as_second() as f64);
    report.fact("target", target.display().to_string());
    report.fact("events", size.0);
    report.fact("files", files);
    Ok(report)
}

/// Makes the target, or finds an earlier backup of the same log there.
fn claim(disk: &Disk, target: &Path, origin: &str) -> anyhow::Result<()> {
    disk.create_dir(target)
        .with_context(|| format!("{} cannot be made", target.display()))?;
    let mark = target.join(ORIGIN);
    match disk::read(&mark)? {
        Some(found) if found == origin.as_bytes() => Ok(()),
        Some(found) => bail!(
            "{} holds a backup of {}, not of {origin}",
            target.display(),
            String::from_utf8_lossy(&found)
        ),
        None if fs::read_dir(target)?.next().is_some() => bail!(
            "{} is not empty, and no backup: name an empty directory",
            target.display()
        ),
        None => Ok(disk.replace(&mark, origin.as_bytes())?),
    }
}

/// Writes a backup of the keys, and destroys those that are too old.
async fn back_up_keys(
    city: &OnDisk,
    disk: &Disk,
    keys: &KeyBackups,
    now: Timestamp,
) -> anyhow::Result<PathBuf> {
    disk.create_dir(&keys.directory)
        .with_context(|| format!("{} cannot be made", keys.directory.display()))?;
    let path = keys.directory.join(key_backup_name(now));
    city.keys.backup(&path).await?;
    let oldest = now - SignedDuration::from_hours(24 * i64::from(keys.keep_days));
    for entry in fs::read_dir(&keys.directory)? {
        let entry = entry?;
        let made = entry.file_name().to_str().and_then(made_at);
        if made.is_some_and(|made| made < oldest) {
            disk.shred(&entry.path())?;
            tracing::info!(path = %entry.path().display(), "an old backup of the keys is destroyed");
        }
    }
    disk.sync_dir(&keys.directory)?;
    Ok(path)
}

fn key_backup_name(moment: Timestamp) -> String {
    format!("keys-{}", moment.strftime("%Y%m%dT%H%M%S.%3fZ"))
}

/// When a backup of keys was made, from its name.
fn made_at(name: &str) -> Option<Timestamp> {
    let moment = name.strip_prefix("keys-")?;
    let moment = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%S%.fZ", moment).ok()?;
    moment
        .to_zoned(jiff::tz::TimeZone::UTC)
        .ok()
        .map(|at| at.timestamp())
}

/// Makes the copy of the files like the files; says how many there are.
fn mirror_files(disk: &Disk, from: &Path, to: &Path, progress: &Progress) -> anyhow::Result<usize> {
    let count = copy_files(disk, from, to, progress)?;
    for part in FILES {
        let (from, to) = (from.join(part), to.join(part));
        for name in names(&to)?.difference(&names(&from)?) {
            disk.remove(&to.join(name))?;
        }
    }
    Ok(count)
}

/// Copies the files that are not there yet; says how many there are.
///
/// A file keeps its content as long as it has its name. Sealed ones come first:
/// one that is published meanwhile is then found among the clear ones.
pub(super) fn copy_files(
    disk: &Disk,
    from: &Path,
    to: &Path,
    progress: &Progress,
) -> anyhow::Result<usize> {
    let mut count = 0;
    for part in FILES {
        let (from, to) = (from.join(part), to.join(part));
        disk.create_dir(&to)?;
        let names = names(&from)?;
        for (done, name) in (1..).zip(&names) {
            copy_file(disk, &from.join(name), &to.join(name))?;
            progress("files", done, names.len() as u64);
        }
        disk.sync_dir(&to)?;
        count += names.len();
    }
    Ok(count)
}

/// The files of a folder, as far as they are finished; none if it is not there.
fn names(folder: &Path) -> io::Result<BTreeSet<std::ffi::OsString>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        entries => entries?,
    };
    let names = entries.map(|entry| Ok(entry?.file_name()));
    let finished = |name: &io::Result<std::ffi::OsString>| {
        !name
            .as_ref()
            .is_ok_and(|name| name.as_encoded_bytes().ends_with(b".new"))
    };
    names.filter(finished).collect()
}

fn copy_file(disk: &Disk, from: &Path, to: &Path) -> anyhow::Result<()> {
    let mut source = match fs::File::open(from) {
        // It was published, erased or taken down meanwhile.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        source => source.with_context(|| format!("{} cannot be read", from.display()))?,
    };
    let length = source.metadata()?.len();
    if fs::metadata(to).is_ok_and(|known| known.len() == length) {
        return Ok(());
    }
    let new = disk::with_suffix(to, ".new");
    if new.exists() {
        disk.remove(&new)?;
    }
    let written = disk
        .create(&new)
        .and_then(|mut copy| io::copy(&mut source, &mut copy).and_then(|_| disk.sync(&copy)));
    written.with_context(|| format!("{} cannot be written", new.display()))?;
    disk.rename(&new, to)?;
    Ok(())
}

/// Copies the checkpoints that were given out. The last may be cut off: it is
/// then given out anew.
fn copy_checkpoints(disk: &Disk, signer: &Path, target: &Path) -> anyhow::Result<()> {
    if let Some(bytes) = disk::read(&signer.join(CHECKPOINTS))? {
        disk.replace(&target.join(CHECKPOINTS), &bytes)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_key_backup_tells_when_it_was_made() {
        let moment: Timestamp = "2026-07-01T12:34:56.789Z".parse().unwrap();
        assert_eq!(key_backup_name(moment), "keys-20260701T123456.789Z");
        assert_eq!(made_at(&key_backup_name(moment)), Some(moment));
        for other in ["keys-1", "keys-", "kek", "keys-20260701T123456"] {
            assert_eq!(made_at(other), None, "{other}");
        }
    }

    #[test]
    fn a_copy_of_files_follows_what_is_added_and_removed() {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (from, to) = (from.path(), to.path());
        let progress: Progress = std::sync::Arc::new(|_, _, _| ());
        let mirror = || mirror_files(&Disk::new(), from, to, &progress).unwrap();
        assert_eq!(mirror(), 0);
        for part in FILES {
            fs::create_dir_all(from.join(part)).unwrap();
        }
        fs::write(from.join("sealed/a"), "sealed").unwrap();
        fs::write(from.join("sealed/b"), "erased soon").unwrap();
        fs::write(from.join("sealed/c.new"), "half").unwrap();
        assert_eq!(mirror(), 2);
        fs::remove_file(from.join("sealed/b")).unwrap();
        fs::rename(from.join("sealed/a"), from.join("clear/a")).unwrap();
        assert_eq!(mirror(), 1);
        assert!(names(&to.join("sealed")).unwrap().is_empty());
        assert_eq!(fs::read(to.join("clear/a")).unwrap(), b"sealed");
    }
}
