use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use event_store::EventStore;
use sealer::{Clock, SealerError};
use tokio::sync::watch;

use super::{City, position, verify};

const EVERY: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(600));

/// A clock that goes on when the test says so.
pub(crate) struct Hand(watch::Sender<Duration>);

impl Hand {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(watch::Sender::new(Duration::ZERO)))
    }

    pub(crate) fn advance(&self, millis: u64) {
        self.0
            .send_modify(|now| *now += Duration::from_millis(millis));
    }
}

#[async_trait]
impl Clock for Hand {
    fn now(&self) -> Duration {
        *self.0.borrow()
    }

    async fn sleep(&self, duration: Duration) {
        let until = self.now() + duration;
        let mut time = self.0.subscribe();
        let _ = time.wait_for(|now| *now >= until).await;
    }
}

/// Lets the other tasks of this thread go as far as they can.
pub(crate) async fn settle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn checkpoints_come_at_once_but_not_more_than_one_a_second() {
    let city = City::new();
    let sealer = Arc::new(city.open().await);
    let clock = Hand::new();
    clock.advance(5_000);
    let running = tokio::spawn({
        let (sealer, clock) = (Arc::clone(&sealer), Arc::clone(&clock));
        async move { sealer.run(&*clock, EVERY).await }
    });
    settle().await;
    clock.advance(1_000);
    city.grow_to(1).await;
    verify(&sealer.wait_for(position(0)).await.unwrap(), &sealer);
    // The next ones share a checkpoint a second later.
    city.grow_to(3).await;
    settle().await;
    city.grow_to(7).await;
    clock.advance(999);
    settle().await;
    assert_eq!(sealer.size(), 1);
    let (first, second) = {
        let waiting =
            async { tokio::join!(sealer.wait_for(position(1)), sealer.wait_for(position(6))) };
        let ticking = async {
            settle().await;
            clock.advance(1);
        };
        tokio::join!(waiting, ticking).0
    };
    assert_eq!(first.unwrap().checkpoint, second.unwrap().checkpoint);
    assert_eq!(sealer.checkpoint_sizes(), [0, 1, 7]);
    running.abort();
}

#[tokio::test]
async fn whoever_waits_is_told_when_the_sealer_stops() {
    let city = City::new();
    let disk = disk::Disk::stopping_after(40);
    let sealer = Arc::new(city.open_with(disk).await.unwrap());
    let clock = Hand::new();
    let run = async {
        loop {
            settle().await;
            clock.advance(1_000);
            if sealer.stopped().is_some() {
                break;
            }
            let size = city.store.size().0;
            city.grow_to(size + 1).await;
        }
    };
    let sealing = sealer.run(&*clock, EVERY);
    let waiting = sealer.wait_for(position(1_000_000));
    let (error, answer, ()) = tokio::join!(sealing, waiting, run);
    assert!(matches!(answer, Err(SealerError::Stopped(_))));
    assert!(
        error.to_string().contains("the machine has stopped"),
        "{error}"
    );
    // What was sealed before is still proved, and the log went on.
    assert!(sealer.size() > 0);
    verify(&sealer.receipt(position(0)).unwrap(), &sealer);
}

#[tokio::test]
async fn on_a_full_disk_the_log_is_sealed_later() {
    // However much of what is written still fits: state, history, tiles.
    for left in (0..1_200).step_by(37).chain((1_200..30_000).step_by(911)) {
        let city = City::new();
        let room = Arc::new(AtomicU64::new(u64::MAX));
        let disk = disk::Disk::with_room(Arc::clone(&room));
        let sealer = Arc::new(city.open_with(disk).await.unwrap());
        let clock = Hand::new();
        let running = tokio::spawn({
            let (sealer, clock) = (Arc::clone(&sealer), Arc::clone(&clock));
            async move { sealer.run(&*clock, EVERY).await }
        });
        room.store(left, Ordering::SeqCst);
        for size in [100, 300, 600] {
            city.grow_to(size).await;
            settle().await;
            clock.advance(1_000);
            settle().await;
        }
        assert_eq!(sealer.stopped(), None, "with room for {left}");
        room.store(u64::MAX, Ordering::SeqCst);
        clock.advance(1_000);
        settle().await;
        assert_eq!(sealer.size(), 600, "with room for {left}");
        running.abort();
        let _ = running.await;
        drop(sealer);
        let sealer = city.open().await;
        assert_eq!(sealer.size(), 600);
        let findings = sealer::fsck(&sealer, &|_, _| ()).await.unwrap();
        assert_eq!(findings, vec![], "with room for {left}");
    }
}
