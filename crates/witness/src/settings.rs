//! The settings file.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};
use serde::Deserialize;
use transparency::{VerifierKey, note::KeyKind};

/// What an operator decides. Paths are relative to the file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The witness's name, as in `library.example/witness`.
    pub name: String,
    /// Where it listens.
    pub listen: SocketAddr,
    /// The path before `/add-checkpoint`; empty or beginning with a slash.
    #[serde(default)]
    pub prefix: String,
    /// The secret key; made at the first start.
    pub key: PathBuf,
    /// What was cosigned; made at the first start.
    pub data: PathBuf,
    /// Verifier keys of the logs that it knows; several of one log while the
    /// log replaces its key.
    pub logs: Vec<String>,
}

impl Settings {
    /// Reads the file.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = fs::read_to_string(path)
            .with_context(|| format!("cannot read the settings in {}", path.display()))?;
        let mut settings: Self = toml::from_str(&text)
            .with_context(|| format!("the settings in {} are not right", path.display()))?;
        let prefix = &settings.prefix;
        ensure!(
            prefix.is_empty() || prefix.starts_with('/') && !prefix.ends_with('/'),
            "prefix is empty, or begins with a slash and ends without one, as in \"/witness\""
        );
        let folder = path.parent().unwrap_or(Path::new("."));
        settings.key = folder.join(&settings.key);
        settings.data = folder.join(&settings.data);
        Ok(settings)
    }

    /// The keys of the logs.
    pub fn log_keys(&self) -> anyhow::Result<Vec<VerifierKey>> {
        let keys = self.logs.iter().map(|text| {
            let key: VerifierKey = text.parse().with_context(|| format!("in logs: {text}"))?;
            ensure!(
                key.kind() == KeyKind::Ed25519,
                "in logs: {text} is a witness's key"
            );
            Ok(key)
        });
        keys.collect()
    }
}
