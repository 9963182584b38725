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
    /// log goes on without it. On a full disk it tries again until there is
    /// room.
    ///
    /// Two checkpoints are at least `least` apart; the first after a silence
    /// comes at once. After `heartbeat` without a new one the last is signed
    /// again: the signature stays the same, as Ed25519 has it, but witnesses
    /// are asked anew and state a new time. It writes files and waits for the
    /// disk: give it a thread of its own.
    pub async fn run(
        &self,
        clock: &dyn Clock,
        (least, heartbeat): (Duration, Duration),
    ) -> SealerError {
        let Err(error) = self.follow(clock, least, heartbeat).await;
        self.stop(&error.to_string());
        error
    }

    async fn follow(
        &self,
        clock: &dyn Clock,
        least: Duration,
        heartbeat: Duration,
    ) -> Result<std::convert::Infallible, SealerError> {
        let from = Position(self.tree().size());
        let mut log = Subscription::new(Arc::clone(self.store()), from);
        let mut last = clock.now();
        let mut full = false;
        loop {
            let wait = if full || self.is_behind() {
                least
            } else {
                heartbeat
            };
            let left = (last + wait).saturating_sub(clock.now());
            if left.is_zero() {
                match self.publish() {
                    Ok(()) => full = false,
                    Err(error) if error.is_full() => {
                        if !full {
                            tracing::error!(%error, "the disk is full: the log is sealed later");
                        }
                        full = true;
                    }
                    Err(error) => return Err(error),
                }
                last = clock.now();
                continue;
            }
            let next = std::pin::pin!(log.next());
            let delivery = match future::select(next, clock.sleep(left)).await {
                Either::Left((delivery, _)) => delivery,
                Either::Right(_) => continue,
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
