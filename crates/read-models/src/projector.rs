//! Follows the log and publishes snapshots.

use std::{collections::BTreeMap, sync::Arc};

use domain::history::Leaf;
use event_store::{Delivery, EventStore, LogSize, Position, ReadError, Recorded, Subscription};
use jiff::Timestamp;
use tokio::sync::{RwLock, watch};

use crate::{City, FoldError};

/// Events replayed at a time.
const PAGE: usize = 1_000;
/// A snapshot is kept in memory at least this often, while there are few.
const FIRST_STRIDE: u64 = 4_096;
/// More snapshots than this, and every second one is dropped.
const KEPT: usize = 128;

/// A point in the history of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// After this position.
    Position(Position),
    /// After everything that was recorded up to this time.
    Time(Timestamp),
}

/// Why there is no state as of a moment.
#[derive(Debug, thiserror::Error)]
pub enum AsOfError {
    /// The log does not reach that far.
    #[error("the log holds {size} events, position {position} is not among them")]
    Future {
        /// The position asked for.
        position: Position,
        /// The size of the log.
        size: LogSize,
    },
    /// The log cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// An event cannot be folded.
    #[error(transparent)]
    Fold(#[from] FoldError),
}

/// Folds the log into a [`City`] as it grows.
pub struct Projector {
    store: Arc<dyn EventStore>,
    city: City,
    published: watch::Sender<Arc<City>>,
    kept: Arc<RwLock<Kept>>,
}

/// Reads snapshots. Cheap to clone.
#[derive(Clone)]
pub struct Reader {
    store: Arc<dyn EventStore>,
    published: watch::Receiver<Arc<City>>,
    kept: Arc<RwLock<Kept>>,
}

/// Snapshots of the past, by size of the log. They share what did not change.
#[derive(Debug)]
struct Kept {
    stride: u64,
    snapshots: BTreeMap<LogSize, Arc<City>>,
}

impl Kept {
    fn keep(&mut self, city: &City) {
        let newest = self.snapshots.keys().next_back().map_or(0, |size| size.0);
        if city.size.0 < newest + self.stride {
            return;
        }
        self.snapshots.insert(city.size, Arc::new(city.clone()));
        if self.snapshots.len() > KEPT {
            self.stride *= 2;
            let mut index = 0_usize;
            self.snapshots.retain(|_, _| {
                index += 1;
                index.is_multiple_of(2)
            });
        }
    }

    fn before(&self, size: LogSize) -> Option<Arc<City>> {
        let (_, city) = self.snapshots.range(..=size).next_back()?;
        Some(Arc::clone(city))
    }
}

impl Projector {
    /// Folds the log from where a snapshot stands; from the beginning with an
    /// empty one.
    pub fn new(store: Arc<dyn EventStore>, city: City) -> (Self, Reader) {
        let published = watch::Sender::new(Arc::new(city.clone()));
        let kept = Arc::new(RwLock::new(Kept {
            stride: FIRST_STRIDE,
            snapshots: BTreeMap::new(),
        }));
        let reader = Reader {
            store: Arc::clone(&store),
            published: published.subscribe(),
            kept: Arc::clone(&kept),
        };
        let projector = Self {
            store,
            city,
            published,
            kept,
        };
        (projector, reader)
    }

    /// Folds everything that is in the log now.
    pub async fn catch_up(&mut self) -> Result<LogSize, AsOfError> {
        while self.store.size().holds(self.city.size.next_position()) {
            let next = self.city.size.next_position();
            let page = self.store.read_all(next, PAGE).await?;
            if page.is_empty() {
                break;
            }
            self.fold(&page).await?;
        }
        self.publish();
        Ok(self.city.size)
    }

    /// Follows the log until the store is gone; returns why it stopped.
    pub async fn run(mut self) -> Result<(), AsOfError> {
        let next = self.city.size.next_position();
        let mut subscription = Subscription::new(Arc::clone(&self.store), next);
        while let Some(delivery) = subscription.next().await {
            if let Delivery::Events(events) = delivery? {
                self.fold(&events).await?;
                self.publish();
            }
        }
        Ok(())
    }

    async fn fold(&mut self, events: &[Recorded]) -> Result<(), FoldError> {
        for event in events {
            self.city.apply(event)?;
        }
        self.kept.write().await.keep(&self.city);
        Ok(())
    }

    fn publish(&self) {
        self.published.send_replace(Arc::new(self.city.clone()));
    }
}

impl Reader {
    /// The newest snapshot.
    pub fn current(&self) -> Arc<City> {
        Arc::clone(&self.published.borrow())
    }

    /// Follows the newest snapshot.
    pub fn watch(&self) -> watch::Receiver<Arc<City>> {
        self.published.clone()
    }

    /// A snapshot that includes this position, waiting for it; `None` if the
    /// projector has stopped.
    pub async fn at_least(&self, position: Position) -> Option<Arc<City>> {
        let mut published = self.published.clone();
        let city = published
            .wait_for(|city| city.size.holds(position))
            .await
            .ok()?;
        Some(Arc::clone(&city))
    }

    /// The state as of a moment: the nearest snapshot with the rest replayed.
    pub async fn as_of(&self, moment: Moment) -> Result<Arc<City>, AsOfError> {
        let size = match moment {
            Moment::Position(position) => {
                let size = self.store.size();
                if !size.holds(position) {
                    return Err(AsOfError::Future { position, size });
                }
                position.size()
            }
            Moment::Time(time) => self.size_at(time).await?,
        };
        let current = self.current();
        if current.size == size {
            return Ok(current);
        }
        let before = self.kept.read().await.before(size);
        let mut city = before.map_or_else(City::default, |city| City::clone(&city));
        while city.size < size {
            let wanted = usize::try_from(size.0 - city.size.0)
                .unwrap_or(PAGE)
                .min(PAGE);
            let page = self
                .store
                .read_all(city.size.next_position(), wanted)
                .await?;
            if page.is_empty() {
                break;
            }
            for event in page
                .iter()
                .take_while(|event| event.position < size.next_position())
            {
                city.apply(event)?;
            }
        }
        Ok(Arc::new(city))
    }

    /// How many events were recorded up to a time. Times never run backwards
    /// in a log, so this is a binary search.
    async fn size_at(&self, time: Timestamp) -> Result<LogSize, AsOfError> {
        let (mut low, mut high) = (0, self.store.size().0);
        while low < high {
            let middle = low + (high - low) / 2;
            let page = self.store.read_all(Position(middle), 1).await?;
            let Some(recorded) = page.first() else {
                high = middle;
                continue;
            };
            let leaf = Leaf::parse(&recorded.payload).map_err(|error| FoldError::Leaf {
                position: recorded.position,
                error,
            })?;
            if leaf.metadata.recorded_at <= time {
                low = recorded.position.0 + 1;
            } else {
                high = middle;
            }
        }
        Ok(LogSize(low))
    }
}
