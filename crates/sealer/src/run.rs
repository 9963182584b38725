//! When checkpoints are signed.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use event_store::{Delivery, Position, Subscription};
use futures::future::{self, Either};

use crate::{Sealer, SealerError};

/// The clock of the sealer.
#[async_trait]
pub trait Clock: Send + Sync {
    /// Time since some moment in the past.
    fn now(&self) -> Duration;

    /// Waits.
    async fn sleep(&self, duration: Duration);
}

impl Sealer {
    /// Follows the log and publishes checkpoints until the store is gone or
    /// something fails; whoever waits for a checkpoint then is told why. The
    /// log goes on without it.
    ///
    /// Two checkpoints are at least `least` apart; the
    /// first after a silence comes at once. It writes files and waits for the
    /// disk: give it a thread of its own.
    pub async fn run(&self, clock: &dyn Clock, least: Duration) -> SealerError {
        let Err(error) = self.follow(clock, least).await;
        self.stop(&error.to_string());
        error
    }

    async fn follow(
        &self,
        clock: &dyn Clock,
        least: Duration,
    ) -> Result<std::convert::Infallible, SealerError> {
        let from = Position(self.tree().size());
        let mut log = Subscription::new(Arc::clone(self.store()), from);
        let mut last = clock.now();
        loop {
            let delivery = if self.is_behind() {
                let left = (last + least).saturating_sub(clock.now());
                if left.is_zero() {
                    self.publish()?;
                    last = clock.now();
                    continue;
                }
                let next = std::pin::pin!(log.next());
                match future::select(next, clock.sleep(left)).await {
                    Either::Left((delivery, _)) => delivery,
                    Either::Right(_) => continue,
                }
            } else {
                log.next().await
            };
            match delivery {
                Some(Ok(Delivery::Events(events))) => self.take_in(&events)?,
                Some(Ok(Delivery::CaughtUp(_))) => (),
                Some(Err(error)) => return Err(error.into()),
                None => return Err(SealerError::Stopped("the store is gone".to_owned())),
            }
        }
    }
}
