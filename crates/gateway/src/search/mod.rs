//! Full-text search over what everybody may read.
//!
//! [`Feed`] follows the log beside the requests and keeps the index: what
//! becomes public is put in, what is hidden, taken down or erased is taken out.
//! Whether a text is public, the gate says, here as everywhere. A question
//! waits until the index holds all that the city shows; then it is answered for
//! the moment that is looked at: a document is found if it could be read then
//! and may still be read today.

mod feed;
mod hit;
pub(crate) mod page;
mod query;

pub use ::search::IndexError;
use ::search::Searcher;
use event_store::LogSize;
use tokio::sync::watch;

pub use feed::{Feed, feed};
pub(crate) use query::SearchQuery;

use crate::http::{ApiError, Text};

/// What can be searched. Cheap to clone.
#[derive(Clone)]
pub struct Search(watch::Receiver<Indexed>);

/// The index once it holds all events of the log up to a size.
#[derive(Clone)]
pub(crate) struct Indexed {
    /// How many events.
    pub(crate) size: LogSize,
    /// Whether nothing that is public is missing: after a start, and after the
    /// publication of many opinions, texts are put in for a while.
    pub(crate) complete: bool,
    /// To search in.
    pub(crate) searcher: Searcher,
}

impl Search {
    /// The index once it holds this many events.
    pub(crate) async fn at_least(&self, size: LogSize) -> Result<Indexed, ApiError> {
        let mut indexed = self.0.clone();
        let waited = indexed.wait_for(|indexed| size <= indexed.size).await;
        match waited {
            Ok(indexed) => Ok(indexed.clone()),
            Err(_) => Err(ApiError::Unavailable(Text::new(
                "検索は今使えません。時間をおいて試してください",
                "search does not work at the moment; try again later",
            ))),
        }
    }

    /// Waits until the index holds this many events and nothing that is public
    /// is missing.
    pub async fn complete(&self, size: LogSize) {
        let mut indexed = self.0.clone();
        let whole = |indexed: &Indexed| size <= indexed.size && indexed.complete;
        // Nothing to wait for once the feed has ended.
        let _ = indexed.wait_for(whole).await;
    }
}
