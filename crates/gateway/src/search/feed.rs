//! Follows the log and keeps the index.

use std::{collections::VecDeque, sync::Arc};

use ::search::{Change, Index, IndexError};
use domain::{
    Decider,
    history::{self, Leaf},
    personal_data::{self, PersonalData},
    public_comment::PublicComment,
};
use event_store::{LogSize, ReadError};
use read_models::City;
use tokio::sync::watch;

use super::{Indexed, Search};
use crate::{
    Desk,
    http::ApiError,
    public_comment::search::{self as public_comment, Place},
};

/// Events and documents that are taken at a time.
const PAGE: usize = 4_096;

/// Keeps the index.
pub struct Feed {
    index: Index,
    published: watch::Sender<Indexed>,
    /// What is to be put in besides what the events say.
    backlog: VecDeque<public_comment::Loading>,
}

/// Why the index is not kept any more.
#[derive(Debug, thiserror::Error)]
enum FeedError {
    #[error(transparent)]
    Index(#[from] IndexError),
    #[error(transparent)]
    Log(#[from] ReadError),
    #[error("the log ends at {size} events")]
    Missing { size: LogSize },
    #[error(transparent)]
    Leaf(#[from] history::ReadError),
    #[error("a text could not be read: {0}")]
    Text(#[from] ApiError),
    #[error("the index was lost: {0}")]
    Lost(#[from] tokio::task::JoinError),
}

/// An empty index: what is asked, and what fills it.
///
/// # Errors
/// If threads or memory are refused.
pub fn feed() -> Result<(Search, Feed), IndexError> {
    let index = Index::new()?;
    let published = watch::Sender::new(Indexed {
        size: LogSize(0),
        complete: false,
        searcher: index.searcher()?,
    });
    let search = Search(published.subscribe());
    let feed = Feed {
        index,
        published,
        backlog: VecDeque::new(),
    };
    Ok((search, feed))
}

impl Feed {
    /// Puts in what is public now, and follows the log from there on.
    pub async fn run(self, desk: Desk) {
        if let Err(error) = self.follow(&desk).await {
            tracing::error!(%error, "the search index is not kept any more");
        }
    }

    async fn follow(mut self, desk: &Desk) -> Result<(), FeedError> {
        let mut cities = desk.reader.watch();
        let mut city = Arc::clone(&cities.borrow_and_update());
        let mut size = city.size;
        self.backlog = public_comment::Loading::all(&city).collect();
        loop {
            let mut changes = Vec::new();
            // What was hidden comes before what is still to be put in.
            while size < city.size && changes.len() < PAGE {
                let events = desk.store.read_all(size.next_position(), PAGE).await?;
                if events.is_empty() {
                    return Err(FeedError::Missing { size });
                }
                let events = events
                    .iter()
                    .filter(|event| city.size.holds(event.position));
                for event in events {
                    self.event(desk, &city, &event.payload, &mut changes)
                        .await?;
                    size = event.position.size();
                }
            }
            while let Some(loading) = self.backlog.front_mut()
                && changes.len() < PAGE
            {
                let places = loading.next(desk, &city, PAGE);
                if places.is_empty() {
                    self.backlog.pop_front();
                }
                put(desk, &city, places, &mut changes).await?;
            }
            let complete = self.backlog.is_empty();
            self = self.publish(size, complete, changes).await?;
            let behind = size < city.size || !complete;
            if !behind && cities.changed().await.is_err() {
                // The city stands still; what can be searched stays.
                return std::future::pending().await;
            }
            city = Arc::clone(&cities.borrow_and_update());
        }
    }

    async fn event(
        &mut self,
        desk: &Desk,
        city: &City,
        payload: &[u8],
        changes: &mut Vec<Change>,
    ) -> Result<(), FeedError> {
        let leaf = Leaf::parse(payload)?;
        match leaf.institution() {
            PublicComment::INSTITUTION => {
                let event = leaf.event::<PublicComment>()?;
                let id = leaf.metadata.stream.split('/').nth(1);
                let case = id.and_then(|id| city.public_comment.get(id.parse().ok()?));
                if let Some(case) = case {
                    self.backlog.extend(public_comment::to_load(case, &event));
                    let places = public_comment::touched(desk, case, &event);
                    put(desk, city, places, changes).await?;
                }
            }
            PersonalData::INSTITUTION => {
                let event = leaf.event::<PersonalData>()?;
                if let personal_data::Event::PersonalDataErased { subject, .. } = event {
                    let owner = subject.to_string();
                    changes.push(Change::RemoveOf { owner });
                }
            }
            _ => (),
        }
        Ok(())
    }

    /// Makes changes, and lets them be seen.
    async fn publish(
        mut self,
        size: LogSize,
        complete: bool,
        changes: Vec<Change>,
    ) -> Result<Self, FeedError> {
        let mut searcher = self.published.borrow().searcher.clone();
        let erases = changes
            .iter()
            .any(|change| matches!(change, Change::RemoveOf { .. }));
        if !changes.is_empty() {
            let mut index = self.index;
            let done = tokio::task::spawn_blocking(move || {
                let searcher = index.apply(changes)?;
                Ok::<_, IndexError>((index, searcher))
            });
            (self.index, searcher) = done.await??;
        }
        metrics::gauge!("hiroba_search_documents").set(searcher.len() as f64);
        self.published.send_replace(Indexed {
            size,
            complete,
            searcher,
        });
        if erases {
            self = self.scrub(size, complete).await?;
        }
        Ok(self)
    }

    /// Leaves no trace of what was erased.
    async fn scrub(mut self, size: LogSize, complete: bool) -> Result<Self, FeedError> {
        let mut index = self.index;
        let done = tokio::task::spawn_blocking(move || {
            let searcher = index.scrub()?;
            Ok::<_, IndexError>((index, searcher))
        });
        let (index, searcher) = done.await??;
        self.index = index;
        self.published.send_replace(Indexed {
            size,
            complete,
            searcher,
        });
        Ok(self)
    }
}

/// Puts in what everybody may read of these places, and takes out the rest.
async fn put(
    desk: &Desk,
    city: &City,
    places: Vec<Place>,
    changes: &mut Vec<Change>,
) -> Result<(), FeedError> {
    for place in places {
        changes.push(public_comment::document(desk, city, place).await?);
        // Requests go first.
        tokio::task::yield_now().await;
    }
    Ok(())
}
