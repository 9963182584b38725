//! Work that takes seconds, and that anybody may ask for.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{Mutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore},
    time::{self, Instant},
};

/// When to come back if too many wait.
const LATER: Duration = Duration::from_secs(5);

/// Gives turns, one after the other, with a rest in between that is a multiple
/// of how long the last one took: whoever asks again and again takes a share of
/// one core, and everybody else has the machine.
#[derive(Clone, Debug)]
pub struct Turns {
    waiting: Arc<Semaphore>,
    /// Nobody begins before this moment.
    not_before: Arc<Mutex<Instant>>,
    rest: u32,
}

/// So many wait already that nobody is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many wait for the same; come back in {} s", retry_after.as_secs())]
pub struct TooMany {
    /// When to come back.
    pub retry_after: Duration,
}

/// Whoever has it works; dropping it begins the rest.
#[derive(Debug)]
pub struct Turn {
    not_before: OwnedMutexGuard<Instant>,
    begun: Instant,
    rest: u32,
    _place: OwnedSemaphorePermit,
}

impl Turns {
    /// Lets so many in, one of whom works, and rests for so many times as long
    /// as each turn took.
    pub fn new(waiting: usize, rest: u32) -> Self {
        Self {
            waiting: Arc::new(Semaphore::new(waiting)),
            not_before: Arc::new(Mutex::new(Instant::now())),
            rest,
        }
    }

    /// Waits for a turn, in the order of asking.
    ///
    /// # Errors
    /// If too many wait already.
    pub async fn take(&self) -> Result<Turn, TooMany> {
        let place = Arc::clone(&self.waiting).try_acquire_owned();
        let place = place.map_err(|_| TooMany { retry_after: LATER })?;
        let not_before = Arc::clone(&self.not_before).lock_owned().await;
        time::sleep_until(*not_before).await;
        Ok(Turn {
            not_before,
            begun: Instant::now(),
            rest: self.rest,
            _place: place,
        })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *self.not_before = Instant::now() + self.begun.elapsed() * self.rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_works_at_a_time_and_rests_for_as_long_as_it_is_meant_to() {
        let turns = Turns::new(2, 4);
        let first = turns.take().await.unwrap();
        let next = tokio::spawn({
            let turns = turns.clone();
            async move { turns.take().await.map(|_| Instant::now()) }
        });
        time::advance(Duration::from_secs(3)).await;
        assert!(!next.is_finished());
        let ended = Instant::now();
        drop(first);
        let begun = next.await.unwrap().unwrap();
        assert!(begun >= ended + Duration::from_secs(12));
        assert!(begun < ended + Duration::from_secs(13));
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_comes_when_too_many_wait_is_told_to_come_back() {
        let turns = Turns::new(2, 0);
        let first = turns.take().await.unwrap();
        let next = tokio::spawn({
            let turns = turns.clone();
            async move { turns.take().await.map(drop) }
        });
        while turns.waiting.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let told = turns.take().await.map(drop);
        assert_eq!(told, Err(TooMany { retry_after: LATER }));
        drop(first);
        next.await.unwrap().unwrap();
        turns.take().await.map(drop).unwrap();
    }
}
