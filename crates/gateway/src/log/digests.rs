//! Digests of the read models, worked out beside the requests: they cost a walk
//! over all rows, which is seconds in a large city, and anybody may ask.

use std::{
    collections::VecDeque,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use event_store::LogSize;
use read_models::{City, Digests, Turns};
use tokio::task::{self, JoinError};

use crate::http::ApiError;

/// So many sizes are remembered.
const KEPT: usize = 64;
/// So many may wait for their turn.
const WAITING: usize = 8;
/// For so many times as long as the last ones took, none are worked out: whoever
/// asks for one size after the other takes a fifth of one core at most.
const REST: u32 = 4;

/// What has been worked out, and whose turn it is.
#[derive(Clone)]
pub struct KnownDigests(Arc<Inner>);

struct Inner {
    /// The latest last.
    known: Mutex<VecDeque<Arc<Digests>>>,
    turns: Turns,
}

impl Default for KnownDigests {
    fn default() -> Self {
        Self(Arc::new(Inner {
            known: Mutex::default(),
            turns: Turns::new(WAITING, REST),
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
        let own = self.clone();
        let work = tokio::spawn(async move {
            let _turn = own.0.turns.take().await?;
            // Somebody else may have asked for the same.
            if let Some(known) = own.find(size) {
                return Ok(known);
            }
            let city = city.await?;
            let digests = task::spawn_blocking(move || Digests::of(&city)).await;
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
    async fn what_was_begun_is_ended_though_nobody_waits_for_it() {
        let known = KnownDigests::default();
        let (begun, is_begun) = oneshot::channel();
        let (go, wait) = oneshot::channel();
        let asking = tokio::spawn({
            let known = known.clone();
            let city = async move {
                begun.send(()).unwrap();
                Ok(wait.await.unwrap())
            };
            async move { known.of(LogSize(1), city).await }
        });
        is_begun.await.unwrap();
        asking.abort();
        go.send(city(1)).unwrap();
        let found = known.of(LogSize(1), pending()).await.unwrap();
        assert_eq!(found.size, LogSize(1));
    }
}
