//! New keys: of the log, and for wrapping the keys of subjects.

use std::path::Path;

use anyhow::{Context, bail};
use disk::Disk;
use gateway::Desk;
use vault::KeyEncryptionKey;

use super::Report;
use crate::{
    founding,
    on_disk::{KEK_VARIABLE, OnDisk, Places},
};

/// Makes a new key for the log. Both sign until the oldest is retired; a city
/// that is not being served records the new one at its next start.
pub(super) async fn rotate_log_key(disk: &OnDisk, desk: Option<&Desk>) -> anyhow::Result<Report> {
    disk.sealer.rotate()?;
    if let Some(desk) = desk {
        founding::open_log(&desk.sequencer, &desk.city().log, &disk.sealer).await?;
    }
    Ok(keys(disk))
}

/// Destroys the oldest key of the log.
pub(super) fn retire_log_key(disk: &OnDisk) -> anyhow::Result<Report> {
    disk.sealer.retire_oldest_key()?;
    Ok(keys(disk))
}

fn keys(disk: &OnDisk) -> Report {
    let keys = disk.sealer.verifiers();
    let keys: Vec<_> = keys.iter().map(ToString::to_string).collect();
    let mut report = Report::default();
    report.fact("keys", keys);
    report
}

/// Writes the keys of subjects under a new key-encryption key, and destroys the
/// one before it.
pub(super) async fn rotate_kek(disk: &OnDisk) -> anyhow::Result<Report> {
    if std::env::var_os(KEK_VARIABLE).is_some() {
        bail!(
            "the key-encryption key comes from {KEK_VARIABLE}, which cannot be changed from here: \
             put it into a file and name that in keys.key_encryption_key"
        );
    }
    let places = &disk.places;
    let next = KeyEncryptionKey::from_file(&Disk::new(), &places.next_kek(), true)
        .context("the new key-encryption key")?;
    disk.keys.rewrap(next).await?;
    settle_kek(places).context("the new key-encryption key is in use and waits for its place")?;
    let mut report = Report::default();
    report.fact("key_encryption_key", places.kek.display().to_string());
    report.fact("subjects", disk.keys.len());
    Ok(report)
}

/// Puts a new key-encryption key that is in use in the place of the old one.
/// Interrupted, it is done when the keys are opened.
pub(crate) fn settle_kek(places: &Places) -> std::io::Result<()> {
    let disk = Disk::new();
    if places.kek.exists() {
        disk.shred(&places.kek)?;
    }
    disk.rename(&places.next_kek(), &places.kek)?;
    disk.sync_dir(places.kek.parent().unwrap_or(Path::new("")))
}
