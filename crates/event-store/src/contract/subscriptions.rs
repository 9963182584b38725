//! Following the log, before and after the reader has caught up.

use std::sync::Arc;

use super::*;
use crate::{Delivery, LogSize, Subscription};

/// Takes deliveries until this many events have come.
async fn collect(subscription: &mut Subscription, events: usize) -> Vec<Recorded> {
    let mut collected = Vec::new();
    while collected.len() < events {
        match subscription.next().await {
            Some(Ok(Delivery::Events(events))) => {
                assert!(!events.is_empty());
                collected.extend(events);
            }
            Some(Ok(Delivery::CaughtUp(_))) => (),
            other => panic!("no delivery: {other:?}"),
        }
    }
    collected
}

/// First the past, then word that it is over, then the present.
pub fn a_subscription_delivers_what_is_there_and_what_comes<B: Backend>(make: impl Fn() -> B) {
    let backend = make();
    run(async {
        let store = Arc::new(backend.open().await);
        let receipt = commit(&*store, append(1, "a/1", Expected::Any, &["one", "two"])).await;
        let mut subscription = Subscription::new(store.clone(), Position::START);
        assert_eq!(
            payloads(&collect(&mut subscription, 2).await),
            ["one", "two"]
        );
        let caught_up = Delivery::CaughtUp(receipt.size());
        assert_eq!(subscription.next().await, Some(Ok(caught_up)));
        commit(&*store, append(2, "a/1", Expected::Any, &["three"])).await;
        assert_eq!(payloads(&collect(&mut subscription, 1).await), ["three"]);
        let caught_up = Delivery::CaughtUp(LogSize(subscription.next_position().0));
        assert_eq!(subscription.next().await, Some(Ok(caught_up)));
    });
}

/// A subscription begins where its reader left off.
pub fn a_subscription_starts_anywhere<B: Backend>(make: impl Fn() -> B) {
    let backend = make();
    run(async {
        let store = Arc::new(backend.open().await);
        for number in 0..10 {
            let payload = number.to_string();
            commit(&*store, append(number, "a/1", Expected::Any, &[&payload])).await;
        }
        for (skipped, event) in log(&*store).await.iter().enumerate() {
            let mut subscription = Subscription::new(store.clone(), event.position);
            let rest = collect(&mut subscription, 10 - skipped).await;
            assert_eq!(rest.first(), Some(event));
        }
    });
}

/// Readers that catch up while others append get every event once, in order.
pub fn appends_during_catching_up_leave_no_seam<B: Backend>(make: impl Fn() -> B) {
    const BEFORE: u128 = 40;
    const DURING: u128 = 120;
    let backend = make();
    run(async {
        let store = Arc::new(backend.open().await);
        for number in 0..BEFORE {
            commit(&*store, append(number, "a/1", Expected::Any, &["x"])).await;
        }
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let store = store.clone();
                tokio::spawn(async move {
                    for number in 0..DURING / 4 {
                        let id = BEFORE + writer * DURING + number;
                        commit(&*store, append(id, "a/1", Expected::Any, &["x"])).await;
                    }
                })
            })
            .collect();
        let readers: Vec<_> = (0..4)
            .map(|_| {
                let mut subscription = Subscription::new(store.clone(), Position::START);
                tokio::spawn(
                    async move { collect(&mut subscription, (BEFORE + DURING) as usize).await },
                )
            })
            .collect();
        for writer in writers {
            assert!(writer.await.is_ok());
        }
        let all = log(&*store).await;
        assert_eq!(all.len() as u128, BEFORE + DURING);
        for reader in readers {
            let read = reader.await;
            assert_eq!(read.ok(), Some(all.clone()));
        }
    });
}
