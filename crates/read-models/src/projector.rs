//! Follows the log and publishes snapshots.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use domain::history::Leaf;
use event_store::{Delivery, EventStore, LogSize, Position, ReadError, Recorded, Subscription};
use jiff::Timestamp;
use tokio::{
    sync::{RwLock, watch},
    task::{self, JoinError, JoinHandle},
};

use crate::{City, FoldError, TooMany, Turns, snapshot::Shelf};

/// Events replayed at a time.
const PAGE: usize = 1_000;
/// A snapshot is kept in memory at least this often, while there are few.
const FIRST_STRIDE: u64 = 4_096;
/// A snapshot is written to disk when the log has grown by this much at least,
/// and by a sixteenth: so writing costs the same per event however long the log
/// is, and a start after a crash folds a sixteenth of it at most.
const WRITE_STRIDE: u64 = 1 << 16;
/// States of the past that were asked for and are kept at hand.
const REMEMBERED: usize = 8;
/// So many may wait for a long replay.
const WAITING: usize = 16;
/// After a long replay there is none for as long as it took.
const REST: u32 = 1;
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
    /// Too many ask for what has to be replayed for long.
    #[error(transparent)]
    Later(#[from] TooMany),
    /// The replay ended with a panic, or with the program.
    #[error("the replay was broken off: {0}")]
    BrokenOff(#[from] JoinError),
}

/// Nothing new is folded any more: what was folded stays readable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the read models stand at {size} events: {reason}")]
pub struct Stopped {
    /// How many events are folded.
    pub size: LogSize,
    /// Why it went no further.
    pub reason: String,
}

/// Folds the log into a [`City`] as it grows.
pub struct Projector {
    store: Arc<dyn EventStore>,
    city: City,
    published: watch::Sender<Arc<City>>,
    kept: Arc<RwLock<Kept>>,
    stopped: watch::Sender<Option<Stopped>>,
    shelf: Option<Shelf>,
    written: LogSize,
    writing: Option<JoinHandle<()>>,
}

/// Reads snapshots. Cheap to clone.
#[derive(Clone)]
pub struct Reader {
    store: Arc<dyn EventStore>,
    published: watch::Receiver<Arc<City>>,
    kept: Arc<RwLock<Kept>>,
    stopped: watch::Receiver<Option<Stopped>>,
    shelf: Option<Shelf>,
    /// For replays that take long: each holds a city of its own in memory, and
    /// a core while it runs.
    replays: Turns,
}

/// Snapshots of the past, by size of the log. They share what did not change.
#[derive(Debug)]
struct Kept {
    stride: u64,
    snapshots: BTreeMap<LogSize, Arc<City>>,
    /// States that were asked for, the newest last: they share little with the
    /// present, so only a few stay.
    remembered: VecDeque<Arc<City>>,
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
        let kept = self.snapshots.range(..=size).next_back();
        let kept = kept.map(|(_, city)| city);
        let remembered = self.remembered.iter().filter(|city| city.size <= size);
        remembered.chain(kept).max_by_key(|city| city.size).cloned()
    }

    fn remember(&mut self, city: &Arc<City>) {
        if self.remembered.len() == REMEMBERED {
            self.remembered.pop_front();
        }
        self.remembered.push_back(Arc::clone(city));
    }
}

impl Projector {
    /// Folds the log from where a snapshot stands; from the beginning with an
    /// empty one.
    pub fn new(store: Arc<dyn EventStore>, city: City) -> (Self, Reader) {
        let published = watch::Sender::new(Arc::new(city.clone()));
        let begin = Arc::new(city.clone());
        let kept = Arc::new(RwLock::new(Kept {
            stride: FIRST_STRIDE,
            snapshots: BTreeMap::from([(begin.size, begin)]),
            remembered: VecDeque::new(),
        }));
        let stopped = watch::Sender::new(None);
        let reader = Reader {
            store: Arc::clone(&store),
            published: published.subscribe(),
            kept: Arc::clone(&kept),
            stopped: stopped.subscribe(),
            shelf: None,
            replays: Turns::new(WAITING, REST),
        };
        let projector = Self {
            store,
            city,
            published,
            kept,
            stopped,
            shelf: None,
            written: LogSize(0),
            writing: None,
        };
        (projector, reader)
    }

    /// Begins with the newest snapshot that counts, and writes new ones while
    /// it follows the log.
    ///
    /// # Errors
    /// If the log cannot be read.
    pub async fn resume(
        store: Arc<dyn EventStore>,
        shelf: Option<Shelf>,
    ) -> Result<(Self, Reader), ReadError> {
        let found = match &shelf {
            Some(shelf) => shelf.newest(store.as_ref(), store.size()).await?,
            None => None,
        };
        if let Some(city) = &found {
            tracing::info!(size = %city.size, "the read models begin with a snapshot");
        }
        let city = found.unwrap_or_default();
        let written = city.size;
        let (mut projector, mut reader) = Self::new(store, city);
        projector.written = written;
        projector.shelf.clone_from(&shelf);
        reader.shelf = shelf;
        Ok((projector, reader))
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

    /// Follows the log until the store is gone. An event that cannot be read or
    /// folded ends it: the readers are told, and keep what they have.
    pub async fn run(mut self) {
        let ended = self.follow().await;
        let reason = match ended {
            Ok(()) => "the log is closed".to_owned(),
            Err(error) => {
                tracing::error!(%error, "the projector has stopped");
                error.to_string()
            }
        };
        // What came before the event that could not be folded.
        self.publish();
        let size = self.city.size;
        self.stopped.send_replace(Some(Stopped { size, reason }));
    }

    async fn follow(&mut self) -> Result<(), AsOfError> {
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
        self.write();
        Ok(())
    }

    /// Writes a snapshot beside the requests, one at a time.
    fn write(&mut self) {
        let Some(shelf) = self.shelf.clone() else {
            return;
        };
        let stride = WRITE_STRIDE.max(self.city.size.0 / 16);
        let at_work = self
            .writing
            .as_ref()
            .is_some_and(|task| !task.is_finished());
        if at_work || self.city.size.0 < self.written.0 + stride {
            return;
        }
        self.written = self.city.size;
        let (store, city) = (Arc::clone(&self.store), Arc::new(self.city.clone()));
        self.writing = Some(tokio::spawn(async move {
            if let Err(error) = shelf.put(store.as_ref(), city).await {
                tracing::warn!(%error, "a snapshot was not written");
            }
        }));
    }

    fn publish(&self) {
        self.published.send_replace(Arc::new(self.city.clone()));
    }
}

/// Whether what is between can be replayed at once.
fn is_near(city: &City, size: LogSize) -> bool {
    size.0 < city.size.0 + FIRST_STRIDE
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

    /// A snapshot that includes this position, waiting for it.
    ///
    /// # Errors
    /// If the projector has stopped before it.
    #[tracing::instrument(name = "read_models.at_least", skip_all)]
    pub async fn at_least(&self, position: Position) -> Result<Arc<City>, Stopped> {
        let mut published = self.published.clone();
        let waited = published.wait_for(|city| city.size.holds(position)).await;
        match waited {
            Ok(city) => Ok(Arc::clone(&city)),
            Err(_) => Err(self.stopped().unwrap_or_else(|| Stopped {
                size: self.current().size,
                reason: "nothing follows the log".to_owned(),
            })),
        }
    }

    /// Why nothing new is folded, if so.
    pub fn stopped(&self) -> Option<Stopped> {
        let said = self.stopped.borrow().clone();
        // A projector that was dropped on the way says nothing.
        let silent = said.is_none() && self.stopped.has_changed().is_err();
        said.or_else(|| {
            silent.then(|| Stopped {
                size: self.current().size,
                reason: "nothing follows the log".to_owned(),
            })
        })
    }

    /// How many events of the log are not folded yet.
    pub fn behind(&self) -> u64 {
        let folded = self.published.borrow().size.0;
        self.store.size().0.saturating_sub(folded)
    }

    /// Writes the newest snapshot to disk, where there is a place for it.
    ///
    /// # Errors
    /// If the disk refuses; the next start folds more of the log.
    pub async fn write_snapshot(&self) -> std::io::Result<()> {
        match &self.shelf {
            Some(shelf) => shelf.put(self.store.as_ref(), self.current()).await,
            None => Ok(()),
        }
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
        let at_hand = self.at_hand(size).await;
        if is_near(&at_hand, size) {
            return self.replay(at_hand, size).await;
        }
        // It is ended also if nobody waits for it any more: whoever comes back
        // finds it.
        let own = self.clone();
        task::spawn(async move {
            let _turn = own.replays.take().await?;
            let before = own.before(size).await?;
            let is_near = is_near(&before, size);
            let city = own.replay(before, size).await?;
            if !is_near {
                own.kept.write().await.remember(&city);
            }
            Ok(city)
        })
        .await?
    }

    /// The state at a size from one at or before it, folded beside the requests.
    async fn replay(&self, city: Arc<City>, size: LogSize) -> Result<Arc<City>, AsOfError> {
        if city.size == size {
            return Ok(city);
        }
        let mut city = Arc::unwrap_or_clone(city);
        while city.size < size {
            let wanted = usize::try_from(size.0 - city.size.0)
                .unwrap_or(PAGE)
                .min(PAGE);
            let next = city.size.next_position();
            let page = self.store.read_all(next, wanted).await?;
            if page.is_empty() {
                break;
            }
            let fold = move || {
                page.iter()
                    .take_while(|event| event.position < size.next_position())
                    .try_for_each(|event| city.apply(event))
                    .map(|()| city)
            };
            city = task::spawn_blocking(fold).await??;
        }
        Ok(Arc::new(city))
    }

    /// The nearest state at or before a size that is in memory.
    async fn at_hand(&self, size: LogSize) -> Arc<City> {
        let kept = self.kept.read().await;
        kept.before(size).unwrap_or_default()
    }

    /// The nearest state at or before a size: at hand, or else on disk, where a
    /// few of each order of magnitude stay.
    async fn before(&self, size: LogSize) -> Result<Arc<City>, ReadError> {
        let at_hand = self.at_hand(size).await;
        let near = at_hand.size.0 + FIRST_STRIDE;
        if let Some(shelf) = &self.shelf
            && size.0 > near
            && let Some(city) = shelf.newest(self.store.as_ref(), size).await?
            && city.size.0 > near
        {
            let city = Arc::new(city);
            self.kept.write().await.remember(&city);
            return Ok(city);
        }
        Ok(at_hand)
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
