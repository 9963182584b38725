//! Fetching what a provider publishes.

use std::time::Duration;

use futures::future::BoxFuture;

/// A way to fetch a document from an address.
pub trait Fetch: Send + Sync + 'static {
    /// The bytes at the address.
    fn fetch<'a>(&'a self, address: &'a str) -> BoxFuture<'a, Result<Vec<u8>, FetchError>>;
}

/// Why nothing was fetched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{address}: {reason}")]
pub struct FetchError {
    /// The address.
    pub address: String,
    /// What happened.
    pub reason: String,
}

/// Fetches over HTTPS, without following redirects: the address is checked,
/// and what it leads to would not be.
#[derive(Clone, Debug)]
pub struct Https(ureq::Agent);

/// The longest answer that is read.
const LONGEST: u64 = 512 * 1024;

impl Default for Https {
    fn default() -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(5)))
            .max_redirects(0)
            .max_redirects_will_error(true)
            .user_agent("hiroba")
            .build();
        Self(config.into())
    }
}

impl Fetch for Https {
    fn fetch<'a>(&'a self, address: &'a str) -> BoxFuture<'a, Result<Vec<u8>, FetchError>> {
        let agent = self.0.clone();
        let owned = address.to_owned();
        Box::pin(async move {
            let fetched = tokio::task::spawn_blocking(move || {
                agent
                    .get(&owned)
                    .call()
                    .and_then(|mut answer| {
                        answer.body_mut().with_config().limit(LONGEST).read_to_vec()
                    })
                    .map_err(|error| error.to_string())
            })
            .await
            .unwrap_or_else(|error| Err(error.to_string()));
            fetched.map_err(|reason| FetchError {
                address: address.to_owned(),
                reason,
            })
        })
    }
}
