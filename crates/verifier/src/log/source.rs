//! Where the log's files come from.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use ureq::Agent;

/// The largest file of a log: a bundle of 256 entries of 65,535 bytes.
const LARGEST: u64 = 256 * (2 + 65_535);

/// A folder or an address with the files of tlog-tiles below it.
pub struct Source(Kind);

enum Kind {
    Folder(PathBuf),
    Http { agent: Agent, base: String },
}

/// A source that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// No such folder.
    #[error("{0} is neither a folder nor an address beginning with http://")]
    Unknown(String),
    /// Encrypted transport.
    #[error(
        "this program speaks plain HTTP only, since nothing it believes depends on the transport; \
         fetch {0} with another program and verify the folder"
    )]
    Https(String),
    /// A file cannot be read.
    #[error("cannot read {path}: {error}")]
    File {
        /// The file.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// The server does not answer, or with an error.
    #[error("cannot fetch {url}: {reason}")]
    Http {
        /// The address.
        url: String,
        /// Why.
        reason: String,
    },
}

impl Source {
    /// A folder's path, or an address.
    pub fn new(place: &str) -> Result<Self, SourceError> {
        if place.starts_with("https://") {
            return Err(SourceError::Https(place.to_owned()));
        }
        if place.starts_with("http://") {
            let agent = Agent::config_builder()
                .http_status_as_error(false)
                .timeout_global(Some(Duration::from_secs(60)))
                .user_agent("hiroba-verify")
                .build();
            let base = place.trim_end_matches('/').to_owned();
            return Ok(Self(Kind::Http {
                agent: agent.into(),
                base,
            }));
        }
        let folder = PathBuf::from(place);
        if !folder.is_dir() {
            return Err(SourceError::Unknown(place.to_owned()));
        }
        Ok(Self(Kind::Folder(folder)))
    }

    /// The folder, if it is one: its files can be listed.
    pub(super) fn folder(&self) -> Option<&Path> {
        match &self.0 {
            Kind::Folder(folder) => Some(folder),
            Kind::Http { .. } => None,
        }
    }

    /// A file's bytes, or `None` if there is no such file.
    pub fn get(&self, path: &str) -> Result<Option<Vec<u8>>, SourceError> {
        match &self.0 {
            Kind::Folder(folder) => match fs::read(folder.join(path)) {
                Ok(bytes) => Ok(Some(bytes)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(SourceError::File {
                    path: path.to_owned(),
                    error,
                }),
            },
            Kind::Http { agent, base } => {
                let url = format!("{base}/{path}");
                let failed = |reason: String| SourceError::Http {
                    url: url.clone(),
                    reason,
                };
                let mut answer = agent
                    .get(&url)
                    .call()
                    .map_err(|error| failed(error.to_string()))?;
                match answer.status().as_u16() {
                    200 => {
                        let body = answer
                            .body_mut()
                            .with_config()
                            .limit(LARGEST + 1)
                            .read_to_vec();
                        body.map(Some).map_err(|error| failed(error.to_string()))
                    }
                    // 410 says that it was erased.
                    404 | 410 => Ok(None),
                    status => Err(failed(format!("status {status}"))),
                }
            }
        }
    }
}
