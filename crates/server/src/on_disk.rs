//! What a city has on disk: its log, its keys, its files, its signer.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use application::Clock;
use disk::Disk;
use domain::ordinance::profile::Profile;
use event_store_sled::{Options, SledStore};
use gateway::{
    http::{Authenticate, Manifest},
    identity::email::EmailConfirmation,
};
use read_models::snapshot::Shelf;
use sealer::{Sealer, Signer};
use vault::{
    KeyEncryptionKey, KeyEncryptionKeyError, KeyStore, KeyStoreError,
    files::{FileRules, FileVault, MediaType},
};

use crate::{Config, Parts, operate::rotation};

/// Where everything lies that a city has on disk.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// The log.
    pub(crate) data: PathBuf,
    /// Files: materials, scans, attachments.
    pub(crate) files: PathBuf,
    /// The tree over the log, which can be rebuilt.
    pub(crate) tree: PathBuf,
    /// Snapshots of the read models, which can be deleted at any time.
    pub(crate) views: PathBuf,
    /// The signer's keys and memory.
    pub(crate) signer: PathBuf,
    /// The keys of subjects.
    pub(crate) keys: PathBuf,
    /// The file with the key that wraps them.
    pub(crate) kek: PathBuf,
}

/// The environment variable that goes before the file with the key-encryption
/// key.
pub(crate) const KEK_VARIABLE: &str = "HIROBA_KEK";

impl Places {
    /// The places of the city whose log lies in this directory.
    pub(crate) fn new(data: &Path, config: &Config) -> Self {
        let or_beside = |configured: &Option<PathBuf>, name| {
            let configured = configured.clone();
            configured.unwrap_or_else(|| beside(data, name))
        };
        Self {
            data: data.to_owned(),
            files: beside(data, "files"),
            tree: beside(data, "tree"),
            views: beside(data, "views"),
            signer: or_beside(&config.log.signer, "signer"),
            keys: or_beside(&config.keys.directory, "keys"),
            kek: or_beside(&config.keys.key_encryption_key, "kek"),
        }
    }

    /// The key-encryption key; made if `create` allows it and there is none.
    pub(crate) fn key_encryption_key(
        &self,
        create: bool,
    ) -> Result<KeyEncryptionKey, KeyEncryptionKeyError> {
        if std::env::var_os(KEK_VARIABLE).is_some() {
            KeyEncryptionKey::from_env(KEK_VARIABLE)
        } else {
            KeyEncryptionKey::from_file(&Disk::new(), &self.kek, create)
        }
    }

    /// Whether there are keys of subjects. The directory by itself says nothing:
    /// whoever installs a city may have made it.
    pub(crate) fn has_keys(&self) -> io::Result<bool> {
        let entries = match std::fs::read_dir(&self.keys) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            entries => entries?,
        };
        for entry in entries {
            if entry?.file_name().as_encoded_bytes().starts_with(b"keys-") {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A new key-encryption key waits here while the key store is rewritten
    /// under it.
    pub(crate) fn next_kek(&self) -> PathBuf {
        disk::with_suffix(&self.kek, ".next")
    }
}

/// What a city has on disk, opened.
pub(crate) struct OnDisk {
    pub(crate) store: Arc<SledStore>,
    pub(crate) sealer: Arc<Sealer>,
    pub(crate) keys: Arc<KeyStore>,
    pub(crate) files: Arc<FileVault>,
    pub(crate) places: Places,
}

impl OnDisk {
    /// Opens everything that belongs to the log in this directory.
    pub(crate) async fn open(data: &Path, config: &Config) -> anyhow::Result<Self> {
        Self::open_at(Places::new(data, config), config).await
    }

    /// Opens what lies at these places.
    pub(crate) async fn open_at(places: Places, config: &Config) -> anyhow::Result<Self> {
        let store = open_store(&places.data)?;
        let keys = Arc::new(open_keys(&places)?);
        let rules = FileRules {
            unclaimed: Duration::from_secs(config.files.unclaimed_days.saturating_mul(86_400)),
            largest: config.files.largest_bytes,
            allowed: MediaType::ALL.to_vec(),
        };
        let files = FileVault::open(Disk::new(), &places.files, Arc::clone(&keys), rules)
            .context("the files cannot be opened")?;
        let signer = Signer::open(Disk::new(), &places.signer, &config.log.origin)
            .context("the signer of the log cannot be opened")?;
        let sealer = Sealer::open(Arc::clone(&store) as _, Disk::new(), &places.tree, signer)
            .await
            .context("the log cannot be sealed")?;
        Ok(Self {
            store,
            sealer: Arc::new(sealer),
            keys,
            files: Arc::new(files),
            places,
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
            erasing: config.retention.decision(),
            envelopes: Arc::clone(&self.store) as _,
            store: Arc::clone(&self.store) as _,
            keys: Arc::clone(&self.keys),
            files: Arc::clone(&self.files),
            clock,
            authenticate,
            seals: Some(Arc::clone(&self.sealer)),
            policy: config.policy()?,
            profile: Profile::named(&config.profile)?,
            graphql: config.graphql.clone(),
            intake: config.intake,
            confirmation: confirmation(config)?,
            manifest: manifest(config)?,
            snapshots: Some(Shelf::new(Disk::new(), &self.places.views)),
        })
    }
}

/// Confirms addresses, if that is asked for.
fn confirmation(config: &Config) -> anyhow::Result<Option<Arc<EmailConfirmation>>> {
    let Some(relay) = config
        .email
        .as_ref()
        .filter(|_| config.intake.confirm_email)
    else {
        return Ok(None);
    };
    let mut key = [0; 32];
    getrandom::fill(&mut key).context("no random key for confirmations")?;
    Ok(Some(Arc::new(EmailConfirmation::new(relay, key)?)))
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

pub(crate) fn open_store(data: &Path) -> anyhow::Result<Arc<SledStore>> {
    let store = SledStore::open(data, Options::default())
        .with_context(|| format!("the log in {} cannot be opened", data.display()))?;
    let report = store.opening();
    tracing::info!(size = %report.size, "the log is open");
    if let Some(why) = &report.index_rebuilt {
        tracing::warn!(why, "the index of the log was built anew");
    }
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

fn open_keys(places: &Places) -> anyhow::Result<KeyStore> {
    let next = places.next_kek();
    let open = |kek| KeyStore::open(Disk::new(), &places.keys, kek);
    let cannot = || format!("the keys in {} cannot be opened", places.keys.display());
    // A new key opens nothing old: only where there are no keys yet.
    let create = !places.has_keys()? && !next.exists();
    match places.key_encryption_key(create) {
        Ok(kek) => match open(kek) {
            Err(KeyStoreError::WrongKey(_)) if next.exists() => (),
            opened => return opened.with_context(cannot),
        },
        Err(KeyEncryptionKeyError::Missing(_)) if next.exists() => (),
        Err(error) => return Err(error.into()),
    }
    // The change of the key-encryption key was interrupted after the key store
    // was rewritten under the new one.
    let opened = open(KeyEncryptionKey::from_file(&Disk::new(), &next, false)?);
    let opened = opened.with_context(cannot)?;
    rotation::settle_kek(places)?;
    Ok(opened)
}
