//! The states of recently used streams.

use std::{any::Any, collections::HashMap};

use domain::{Decider, history::Leaf};
use event_store::{Direction, EventStore, StreamName, Version};

/// Events read at a time while a state is folded.
const PAGE: usize = 1_000;

/// A folded stream.
pub(crate) struct Loaded {
    /// The newest version that the state includes.
    pub version: Option<Version>,
    /// The decider's state.
    pub state: Box<dyn Any + Send>,
    used: u64,
}

/// Keeps the states of the streams that were used last, so that a decision
/// costs the same however long the stream has become.
pub(crate) struct Streams {
    loaded: HashMap<StreamName, Loaded>,
    capacity: usize,
    turn: u64,
}

impl Streams {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            loaded: HashMap::new(),
            capacity,
            turn: 0,
        }
    }

    /// The state of a stream, folded from the log if it is not at hand.
    pub(crate) async fn load<D>(
        &mut self,
        store: &dyn EventStore,
        stream: &StreamName,
    ) -> Result<&mut Loaded, LoadError>
    where
        D: Decider<State: 'static>,
    {
        self.turn += 1;
        if !self.loaded.contains_key(stream) {
            self.make_room();
            let loaded = fold::<D>(store, stream).await?;
            self.loaded.insert(stream.clone(), loaded);
        }
        let turn = self.turn;
        let loaded = self.loaded.get_mut(stream).ok_or(LoadError::Foreign)?;
        loaded.used = turn;
        if !loaded.state.is::<D::State>() {
            return Err(LoadError::Foreign);
        }
        Ok(loaded)
    }

    /// The state, if it is at hand.
    pub(crate) fn get(&mut self, stream: &StreamName) -> Option<&mut Loaded> {
        self.loaded.get_mut(stream)
    }

    /// Forgets a state that holds more than the log.
    pub(crate) fn forget(&mut self, stream: &StreamName) {
        self.loaded.remove(stream);
    }

    fn make_room(&mut self) {
        if self.loaded.len() < self.capacity {
            return;
        }
        let oldest = self
            .loaded
            .iter()
            .min_by_key(|(_, loaded)| loaded.used)
            .map(|(stream, _)| stream.clone());
        if let Some(oldest) = oldest {
            self.loaded.remove(&oldest);
        }
    }
}

/// Why a state could not be folded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoadError {
    #[error(transparent)]
    Store(#[from] event_store::ReadError),
    #[error("stream {stream} version {version}: {error}")]
    Leaf {
        stream: StreamName,
        version: Version,
        error: domain::history::ReadError,
    },
    #[error("the stream belongs to another institution")]
    Foreign,
}

async fn fold<D>(store: &dyn EventStore, stream: &StreamName) -> Result<Loaded, LoadError>
where
    D: Decider<State: 'static>,
{
    let mut state = D::State::default();
    let mut version = None;
    let mut from = Version::FIRST;
    loop {
        let page = store
            .read_stream(stream, from, Direction::Forwards, PAGE)
            .await?;
        let Some(last) = page.last() else { break };
        from = last.version.next();
        version = Some(last.version);
        for recorded in &page {
            let event = Leaf::parse(&recorded.payload).and_then(|leaf| leaf.event::<D>());
            let event = event.map_err(|error| LoadError::Leaf {
                stream: stream.clone(),
                version: recorded.version,
                error,
            })?;
            D::evolve(&mut state, &event);
        }
    }
    Ok(Loaded {
        version,
        state: Box::new(state),
        used: 0,
    })
}
