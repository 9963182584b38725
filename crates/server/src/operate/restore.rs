//! `hiroba restore`: a city out of a backup, checked before it is served.
//!
//! The log is put together beside its place and moved there last, so that a
//! restore that was refused or interrupted leaves nothing that could be served.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, bail};
use disk::Disk;
use event_store::EventStore;
use read_models::{City as Snapshot, Projector};
use sealer::Signer;
use transparency::SignedCheckpoint;
use vault::KeyStore;

use super::{
    Progress, Report,
    backup::{CHECKPOINTS, Manifest, copy_files},
    checks,
};
use crate::{
    Config,
    city::erasures,
    on_disk::{OnDisk, Places},
};

/// What is restored, and from what.
#[derive(Clone, Debug)]
pub(super) struct Sources {
    /// A backup.
    pub(super) backup: PathBuf,
    /// A backup of the keys; without, those that are in place are used.
    pub(super) keys: Option<PathBuf>,
    /// The key of a signer that was lost, and the newest checkpoint that
    /// anybody holds.
    pub(super) signer: Option<(PathBuf, PathBuf)>,
}

/// Restores a city, and checks it.
pub(super) async fn restore(
    places: Places,
    config: &Config,
    sources: &Sources,
    progress: &Progress,
) -> anyhow::Result<Report> {
    let manifest = Manifest::read(&sources.backup)?;
    if manifest.origin != config.log.origin {
        bail!(
            "the backup is of {}, and the configuration says {} (log.origin)",
            manifest.origin,
            config.log.origin
        );
    }
    if places.data.exists() && fs::read_dir(&places.data)?.next().is_some() {
        bail!(
            "{} is not empty: a restore writes over nothing. Move it away first",
            places.data.display()
        );
    }
    let disk = Disk::new();
    restore_signer(&disk, &places, &manifest, sources)?;
    restore_keys(&disk, &places, sources)?;
    let unfinished = Places {
        data: disk::with_suffix(&places.data, ".restoring"),
        ..places.clone()
    };
    // Left from a restore that was interrupted; and what can be rebuilt.
    for path in [&unfinished.data, &unfinished.tree] {
        if path.exists() {
            fs::remove_dir_all(path)?;
        }
    }
    copy_log(&disk, &sources.backup, &unfinished.data, progress)?;
    copy_files(
        &disk,
        &sources.backup.join("files"),
        &places.files,
        progress,
    )?;
    let report = check(unfinished.clone(), config, &manifest, progress).await?;
    if report.findings().is_empty() {
        if places.data.exists() {
            // It is empty.
            fs::remove_dir(&places.data)?;
        }
        disk.rename(&unfinished.data, &places.data)?;
        disk.sync_dir(places.data.parent().unwrap_or(Path::new("")))?;
    }
    Ok(report)
}

/// The signer that is there stays, with all that it remembers. One that was lost
/// is made again, but never with a memory that is older than what it signed.
fn restore_signer(
    disk: &Disk,
    places: &Places,
    manifest: &Manifest,
    sources: &Sources,
) -> anyhow::Result<()> {
    let Some((key, newest)) = &sources.signer else {
        if !places.signer.join("state").exists() {
            bail!(
                "there is no signer in {}. Put it back as it was; or, if it is lost, give a copy \
                 of its key with --signer-key and the newest checkpoint that a witness, a citizen \
                 or the gazette has with --newest-checkpoint",
                places.signer.display()
            );
        }
        return Ok(());
    };
    let bytes = fs::read(newest).with_context(|| format!("{} cannot be read", newest.display()))?;
    let checkpoint = SignedCheckpoint::parse(&bytes)
        .with_context(|| format!("{} is no checkpoint", newest.display()))?;
    let of_backup = SignedCheckpoint::parse(manifest.checkpoint.as_bytes())
        .context("the checkpoint of the backup")?;
    let (size, known) = (
        checkpoint.checkpoint().size(),
        of_backup.checkpoint().size(),
    );
    if size < known {
        bail!(
            "{} is of size {size}, and the backup knows one of size {known}: it is not the newest",
            newest.display()
        );
    }
    Signer::recover(disk, &places.signer, key, &checkpoint).context(
        "if a restore that was interrupted has made it, leave --signer-key and \
         --newest-checkpoint out",
    )?;
    let given_out = sources.backup.join(CHECKPOINTS);
    if let Some(bytes) = disk::read(&given_out)? {
        disk.replace(&places.signer.join(CHECKPOINTS), &bytes)?;
    }
    Ok(())
}

fn restore_keys(disk: &Disk, places: &Places, sources: &Sources) -> anyhow::Result<()> {
    match &sources.keys {
        Some(backup) => {
            let kek = places.key_encryption_key(false)?;
            KeyStore::restore(disk.clone(), &places.keys, kek, backup)
                .with_context(|| format!("the keys in {}", backup.display()))
                .context(
                    "if a restore that was interrupted has put them in place, leave --keys out",
                )?;
        }
        None if !places.has_keys()? => bail!(
            "there are no keys in {}: give a backup of them with --keys",
            places.keys.display()
        ),
        None => (),
    }
    Ok(())
}

fn copy_log(disk: &Disk, backup: &Path, data: &Path, progress: &Progress) -> anyhow::Result<()> {
    let (from, to) = (backup.join("log"), data.join("log"));
    disk.create_dir(&to)?;
    let mut names: Vec<_> = fs::read_dir(&from)
        .with_context(|| format!("{} cannot be read", from.display()))?
        .map(|entry| Ok(entry?.file_name()))
        .collect::<io::Result<_>>()?;
    names.retain(|name| name.as_encoded_bytes().ends_with(b".segment"));
    names.sort();
    for (done, name) in (1..).zip(&names) {
        let mut copy = disk.create(&to.join(name))?;
        io::copy(&mut fs::File::open(from.join(name))?, &mut copy)?;
        disk.sync(&copy)?;
        progress("log", done, names.len() as u64);
    }
    disk.sync_dir(&to)?;
    Ok(())
}

/// Opens what was restored, checks it against what was signed, and destroys
/// again what was erased.
async fn check(
    places: Places,
    config: &Config,
    manifest: &Manifest,
    progress: &Progress,
) -> anyhow::Result<Report> {
    let city = OnDisk::open_at(places, config).await?;
    let mut report = Report::default();
    checks::check_frames(&city.store, progress, &mut report).await?;
    checks::check_tree(&city.sealer, progress, &mut report).await?;
    let size = city.store.size().0;
    if size < manifest.events {
        report.finding(format!(
            "the log holds {size} events, and the backup should have {}",
            manifest.events
        ));
    }
    let checkpoint = SignedCheckpoint::parse(manifest.checkpoint.as_bytes())
        .context("the checkpoint of the backup")?;
    if !city.sealer.extends(checkpoint.checkpoint())? {
        report.finding(format!(
            "the log does not extend the checkpoint of size {} that the backup was made under",
            checkpoint.checkpoint().size()
        ));
    }
    let (mut projector, reader) = Projector::new(Arc::clone(&city.store) as _, Snapshot::default());
    projector.catch_up().await?;
    let snapshot = reader.current();
    report.fact("erased", snapshot.personal_data.erased().count());
    let erased_again = city.keys.replay_erasures(erasures(&snapshot)).await?;
    report.fact("erased_again", erased_again);
    let files = Arc::clone(&city.files);
    let swept = tokio::task::spawn_blocking(move || files.sweep()).await??;
    report.fact("files_removed", swept.len());
    report.fact("made_at", manifest.made_at.to_string());
    Ok(report)
}
