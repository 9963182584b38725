//! Digests of the read models, worked out beside the requests: they cost a walk
//! over all rows, which is seconds in a large city, and anybody may ask.

use std::{
    collections::VecDeque,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use event_store::LogSize;
use read_models::{City, Digests};
use tokio::{
    sync::Semaphore,
    task::{self, JoinError},
    time::{self, Instant},
};

use crate::http::ApiError;

/// So many sizes are remembered.
const KEPT: usize = 64;
/// So many may wait for their turn.
const WAITING: usize = 8;
/// For so many times as long as the last ones took, none are worked out: whoever
/// asks for one size after the other takes a fifth of one core at most.
const REST: u32 = 4;
/// When to come back if too many wait.
const LATER: Duration = Duration::from_secs(5);

/// What has been worked out, and whose turn it is.
#[derive(Clone)]
pub struct KnownDigests(Arc<Inner>);

struct Inner {
    /// The latest last.
    known: Mutex<VecDeque<Arc<Digests>>>,
    /// One size at a time; not before this moment.
    turn: tokio::sync::Mutex<Instant>,
    waiting: Arc<Semaphore>,
}

impl Default for KnownDigests {
    fn default() -> Self {
        Self(Arc::new(Inner {
            known: Mutex::default(),
            turn: tokio::sync::Mutex::new(Instant::now()),
            waiting: Arc::new(Semaphore::new(WAITING)),
        }))
    }
}

impl KnownDigests {
    /// The digests at a size, of the city at that size. The city is asked for
    /// only if they are not known. What was begun is ended, also if nobody waits
    /// for it any more: whoever comes back finds it.
    ///
    /// # Errors
    /// `RateLimited` if too many wait already, and why there is no such city.
    pub(crate) async fn of<C>(&self, size: LogSize, city: C) -> Result<Arc<Digests>, ApiError>
    where
        C: Future<Output = Result<Arc<City>, ApiError>> + Send + 'static,
    {
        if let Some(known) = self.find(size) {
            return Ok(known);
        }
        let place = Arc::clone(&self.0.waiting).try_acquire_owned();
        let place = place.map_err(|_| ApiError::RateLimited { retry_after: LATER })?;
        let own = self.clone();
        let work = tokio::spawn(async move {
            let _place = place;
            let mut not_before = own.0.turn.lock().await;
            if let Some(known) = own.find(size) {
                return Ok(known);
            }
            time::sleep_until(*not_before).await;
            let city = city.await?;
            let begun = Instant::now();
            let digests = task::spawn_blocking(move || Digests::of(&city)).await;
            *not_before = Instant::now() + begun.elapsed() * REST;
            let digests = Arc::new(digests.map_err(broken)?);
            let mut known = own.known();
            known.push_back(Arc::clone(&digests));
            if known.len() > KEPT {
                known.pop_front();
            }
            drop(known);
            Ok(digests)
        });
        work.await.map_err(broken)?
    }

    fn known(&self) -> MutexGuard<'_, VecDeque<Arc<Digests>>> {
        self.0.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, size: LogSize) -> Option<Arc<Digests>> {
        let known = self.known();
        known.iter().find(|known| known.size == size).cloned()
    }
}

fn broken(error: JoinError) -> ApiError {
    ApiError::internal(error)
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use tokio::sync::oneshot;

    use super::*;

    fn city(size: u64) -> Arc<City> {
        Arc::new(City {
            size: LogSize(size),
            ..City::default()
        })
    }

    #[tokio::test]
    async fn a_size_is_worked_out_once() {
        let known = KnownDigests::default();
        let first = known.of(LogSize(7), ready(Ok(city(7)))).await.unwrap();
        assert_eq!(*first, Digests::of(&city(7)));
        let again = known.of(LogSize(7), pending()).await.unwrap();
        assert!(Arc::ptr_eq(&first, &again));
    }

    #[tokio::test]
    async fn a_city_that_is_not_there_is_told_and_not_remembered() {
        let known = KnownDigests::default();
        let absent = known.of(LogSize(7), ready(Err(ApiError::NotFound))).await;
        assert!(matches!(absent, Err(ApiError::NotFound)));
        let found = known.of(LogSize(7), ready(Ok(city(7)))).await.unwrap();
        assert_eq!(found.size, LogSize(7));
    }

    #[tokio::test]
    async fn only_so_many_wait_and_what_was_begun_is_ended() {
        let known = KnownDigests::default();
        let (go, wait) = oneshot::channel();
        let asked = |size: u64, city: oneshot::Receiver<Arc<City>>| {
            let known = known.clone();
            let city = async { Ok(city.await.unwrap()) };
            tokio::spawn(async move { known.of(LogSize(size), city).await })
        };
        let mut waiting = vec![asked(1, wait)];
        let mut others = Vec::new();
        for size in 2..=WAITING as u64 {
            let (go, wait) = oneshot::channel();
            waiting.push(asked(size, wait));
            others.push((size, go));
        }
        while known.0.waiting.available_permits() > 0 {
            task::yield_now().await;
        }
        let refused = known.of(LogSize(99), pending()).await.unwrap_err();
        assert!(matches!(refused, ApiError::RateLimited { .. }));
        // Nobody waits for the first any more.
        waiting.remove(0).abort();
        go.send(city(1)).unwrap();
        for (size, go) in others {
            go.send(city(size)).unwrap();
        }
        for one in waiting {
            one.await.unwrap().unwrap();
        }
        let first = known.of(LogSize(1), pending()).await.unwrap();
        assert_eq!(first.size, LogSize(1));
    }
}
