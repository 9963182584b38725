//! `hiroba log fsck`: whether everything that is kept follows from the log.

use std::{fs::File, path::Path, sync::Arc};

use anyhow::{Context, bail};
use event_store::EventStore;
use event_store_sled::{Options, SledStore};
use sealer::Sealer;

use super::{Progress, Report};
use crate::on_disk::OnDisk;

/// Reads every frame, and compares tree and checkpoints with the leaves.
pub(super) async fn check(disk: &OnDisk, progress: &Progress) -> anyhow::Result<Report> {
    let mut report = Report::default();
    check_frames(&disk.store, progress, &mut report).await?;
    check_tree(&disk.sealer, progress, &mut report).await?;
    Ok(report)
}

/// Reads every frame of the log.
pub(super) async fn check_frames(
    store: &SledStore,
    progress: &Progress,
    report: &mut Report,
) -> anyhow::Result<()> {
    progress("frames", 0, store.size().0);
    let found = store.verify().await?;
    progress("frames", found.events, store.size().0);
    report.fact("events", found.size.0);
    report.fact("segments", found.segments);
    report.fact("frames", found.frames);
    for damage in found.damages {
        report.finding(damage.to_string());
    }
    Ok(())
}

/// Hashes every leaf again, and compares tiles and checkpoints.
pub(super) async fn check_tree(
    sealer: &Arc<Sealer>,
    progress: &Progress,
    report: &mut Report,
) -> anyhow::Result<()> {
    let checkpoint = sealer.checkpoint();
    report.fact("sealed", checkpoint.checkpoint().size());
    report.fact("root", checkpoint.checkpoint().root().to_string());
    let sealer = Arc::clone(sealer);
    let progress = Arc::clone(progress);
    let runtime = tokio::runtime::Handle::current();
    // It reads many small files.
    let work = move || {
        runtime
            .block_on(async { sealer::fsck(&sealer, &|done, of| progress("tree", done, of)).await })
    };
    for finding in tokio::task::spawn_blocking(work).await?? {
        report.finding(finding.to_string());
    }
    Ok(())
}

/// Removes the index of a log that nobody has open, and builds it anew.
pub(super) fn rebuild_index(data: &Path) -> anyhow::Result<Report> {
    let lock = data.join("lock");
    let held = File::options()
        .write(true)
        .open(&lock)
        .with_context(|| format!("{} cannot be opened", lock.display()))?;
    if held.try_lock().is_err() {
        bail!(
            "{} is in use by another process: stop the server first",
            data.display()
        );
    }
    let index = data.join("index");
    if index.exists() {
        std::fs::remove_dir_all(&index)
            .with_context(|| format!("{} cannot be removed", index.display()))?;
    }
    drop(held);
    let store = SledStore::open(data, Options::default())?;
    let mut report = Report::default();
    report.fact("events", store.size().0);
    report.fact("segments", store.opening().segments);
    if let Some(damage) = &store.opening().damage {
        report.finding(damage.to_string());
    }
    Ok(report)
}
