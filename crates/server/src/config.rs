//! Configuration: a file in TOML, and the environment for secrets.

use std::path::{Path, PathBuf};

use gateway::{
    http::{GraphQlSettings, HttpSettings},
    identity::IdentitySettings,
};
use serde::Deserialize;

/// The configuration of a city.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The profile of ordinances that a new log begins with.
    pub profile: String,
    /// The log.
    pub log: LogConfig,
    /// The keys of subjects.
    pub keys: KeysConfig,
    /// Files: materials, scans, attachments.
    pub files: FilesConfig,
    /// HTTP.
    pub http: HttpSettings,
    /// GraphQL.
    pub graphql: GraphQlSettings,
    /// OpenID Connect providers whose tokens are believed.
    pub identity: Vec<IdentitySettings>,
    /// The folder of the web client; none serves the API alone.
    pub web: Option<PathBuf>,
}

/// The section `[log]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogConfig {
    /// The name of the log in checkpoints, such as `city.example.jp/log/1`.
    pub origin: String,
    /// Where the signer keeps its key and what it signed last; outside the
    /// data directory and its backups. `signer` beside it if absent.
    pub signer: Option<PathBuf>,
}

/// The section `[keys]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KeysConfig {
    /// Where the keys of subjects are kept; outside the data directory.
    /// `keys` beside it if absent.
    pub directory: Option<PathBuf>,
    /// The file with the key that wraps them; made at the first start.
    /// `kek` beside the data directory if absent. The environment variable
    /// `HIROBA_KEK` goes before it.
    pub key_encryption_key: Option<PathBuf>,
}

/// The section `[files]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FilesConfig {
    /// The largest file that is taken, in bytes.
    pub largest_bytes: u64,
}

impl Default for FilesConfig {
    fn default() -> Self {
        Self {
            largest_bytes: 50 << 20,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            profile: "kawasaki2009".to_owned(),
            log: LogConfig::default(),
            keys: KeysConfig::default(),
            files: FilesConfig::default(),
            http: HttpSettings::default(),
            graphql: GraphQlSettings::default(),
            identity: Vec::new(),
            web: None,
        }
    }
}

impl Default for LogConfig {
    fn default() -> Self {
        Self {
            origin: "localhost/log/1".to_owned(),
            signer: None,
        }
    }
}

/// Why a configuration cannot be used. The message names the key.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("the configuration {path} cannot be read: {error}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the operating system says.
        error: std::io::Error,
    },
    /// The file is not a configuration.
    #[error("the configuration {path} is wrong: {error}")]
    Wrong {
        /// The file.
        path: String,
        /// The key and what is wrong with it.
        error: String,
    },
}

impl Config {
    /// Reads a configuration file.
    ///
    /// # Errors
    /// If it cannot be read, or names a key that does not exist or a value that
    /// does not fit.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|error| ConfigError::Unreadable {
            path: path.display().to_string(),
            error,
        })?;
        toml::from_str(&text).map_err(|error| ConfigError::Wrong {
            path: path.display().to_string(),
            error: error.to_string(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_does_not_exist_is_named() {
        let wrong = toml::from_str::<Config>("[log]\norigins = \"a\"\n").unwrap_err();
        assert!(wrong.to_string().contains("origins"), "{wrong}");
        assert!(toml::from_str::<Config>("").is_ok());
    }
}
