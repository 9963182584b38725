//! Following the log: first what is there, then what comes, without a seam.

use std::sync::Arc;

use tokio::sync::watch;

use crate::{EventStore, LogSize, Position, ReadError, Recorded};

/// Events per page while catching up.
const PAGE: usize = 1_000;

/// Delivers every event from a position on, once and in order.
///
/// There is one way of reading, before and after the reader has caught up: ask
/// the store for the page at the next position, and wait for the log to grow
/// when the page is empty. So there is no seam to lose an event in.
pub struct Subscription {
    store: Arc<dyn EventStore>,
    size: watch::Receiver<LogSize>,
    next: Position,
    caught_up: bool,
}

/// What a subscription delivers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The next events; never empty.
    Events(Vec<Recorded>),
    /// Everything that was recorded has been delivered; said once, whenever the
    /// reader has caught up with the end of the log.
    CaughtUp(LogSize),
}

impl Subscription {
    /// Follows the log from this position on.
    pub fn new(store: Arc<dyn EventStore>, from: Position) -> Self {
        let size = store.watch_size();
        Self {
            store,
            size,
            next: from,
            caught_up: false,
        }
    }

    /// Where the next event will be looked for.
    pub fn next_position(&self) -> Position {
        self.next
    }

    /// Waits for the next delivery; `None` once the store is gone. Dropping the
    /// future loses nothing.
    pub async fn next(&mut self) -> Option<Result<Delivery, ReadError>> {
        loop {
            let size = *self.size.borrow_and_update();
            if size.holds(self.next) {
                let events = match self.store.read_all(self.next, PAGE).await {
                    Ok(events) => events,
                    Err(error) => return Some(Err(error)),
                };
                if let Some(last) = events.last() {
                    self.next = last.position.next();
                    self.caught_up = false;
                    return Some(Ok(Delivery::Events(events)));
                }
            }
            if !self.caught_up {
                self.caught_up = true;
                return Some(Ok(Delivery::CaughtUp(size)));
            }
            self.size.changed().await.ok()?;
        }
    }
}
