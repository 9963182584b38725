//! What a city has on disk: its log, its keys, its files, its signer.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context;
use application::Clock;
use disk::Disk;
use domain::ordinance::profile::Profile;
use event_store_sled::{Options, SledStore};
use gateway::http::{Authenticate, Manifest};
use sealer::{Sealer, Signer};
use vault::{
    KeyEncryptionKey, KeyStore,
    files::{FileRules, FileVault, MediaType},
};

use crate::{Config, Parts};

/// What a city has on disk, opened.
pub(crate) struct OnDisk {
    pub(crate) store: Arc<SledStore>,
    pub(crate) sealer: Arc<Sealer>,
    keys: Arc<KeyStore>,
    files: Arc<FileVault>,
}

impl OnDisk {
    /// Opens everything that belongs to the log in this directory.
    pub(crate) async fn open(data: &Path, config: &Config) -> anyhow::Result<Self> {
        let store = open_store(data)?;
        let keys = Arc::new(open_keys(data, config)?);
        let rules = FileRules {
            largest: config.files.largest_bytes,
            allowed: MediaType::ALL.to_vec(),
        };
        let files = FileVault::open(
            Disk::new(),
            &beside(data, "files"),
            Arc::clone(&keys),
            rules,
        )
        .context("the files cannot be opened")?;
        let signer = config.log.signer.clone();
        let signer = signer.unwrap_or_else(|| beside(data, "signer"));
        let signer = Signer::open(Disk::new(), &signer, &config.log.origin)
            .context("the signer of the log cannot be opened")?;
        let tree = beside(data, "tree");
        let sealer = Sealer::open(Arc::clone(&store) as _, Disk::new(), &tree, signer)
            .await
            .context("the log cannot be sealed")?;
        Ok(Self {
            store,
            sealer: Arc::new(sealer),
            keys,
            files: Arc::new(files),
        })
    }

    /// The parts of a city that stands on it.
    pub(crate) fn parts(
        &self,
        config: &Config,
        clock: Arc<dyn Clock>,
        authenticate: Arc<dyn Authenticate>,
    ) -> anyhow::Result<Parts> {
        Ok(Parts {
            envelopes: Arc::clone(&self.store) as _,
            store: Arc::clone(&self.store) as _,
            keys: Arc::clone(&self.keys),
            files: Arc::clone(&self.files),
            clock,
            authenticate,
            seals: Some(Arc::clone(&self.sealer)),
            profile: Profile::named(&config.profile)?,
            graphql: config.graphql.clone(),
            manifest: manifest(config)?,
        })
    }
}

/// The documents that the pages ask by their ids; none without pages.
fn manifest(config: &Config) -> anyhow::Result<Manifest> {
    let Some(web) = &config.web else {
        return Ok(Manifest::default());
    };
    let path = web.join("persisted-documents.json");
    Manifest::load(&path, &config.graphql.limits)
        .with_context(|| format!("web: {} is not built", web.display()))
}

fn open_store(data: &Path) -> anyhow::Result<Arc<SledStore>> {
    let store = SledStore::open(data, Options::default())
        .with_context(|| format!("the log in {} cannot be opened", data.display()))?;
    let report = store.opening();
    tracing::info!(size = %report.size, "the log is open");
    if let Some(cut) = &report.cut_off {
        tracing::warn!(?cut, "a torn write at the end of the log was cut off");
    }
    Ok(Arc::new(store))
}

/// A directory beside the data directory.
fn beside(data: &Path, name: &str) -> PathBuf {
    let mut path = data.to_owned().into_os_string();
    path.push(format!("-{name}"));
    path.into()
}

fn open_keys(data: &Path, config: &Config) -> anyhow::Result<KeyStore> {
    let directory = config.keys.directory.clone();
    let directory = directory.unwrap_or_else(|| beside(data, "keys"));
    let kek = if std::env::var_os("HIROBA_KEK").is_some() {
        KeyEncryptionKey::from_env("HIROBA_KEK")?
    } else {
        let file = config.keys.key_encryption_key.clone();
        let file = file.unwrap_or_else(|| beside(data, "kek"));
        // A new key opens nothing old: only where there are no keys yet.
        KeyEncryptionKey::from_file(&Disk::new(), &file, !directory.exists())?
    };
    KeyStore::open(Disk::new(), &directory, kek)
        .with_context(|| format!("the keys in {} cannot be opened", directory.display()))
}
