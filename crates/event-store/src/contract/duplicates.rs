//! A command id is remembered.

use std::sync::Arc;

use super::*;

/// The answer to a retry is the first answer, and nothing is recorded.
pub fn a_repeated_command_gets_the_first_answer<B: Backend>(make: impl Fn() -> B) {
    let backend = make();
    run(async {
        let store = backend.open().await;
        let asked = append(1, "a/1", Expected::None, &["one", "two"]);
        let first = commit(&store, asked.clone()).await;
        commit(&store, append(2, "a/1", Expected::Exists, &["three"])).await;
        // Its expectation does not hold any more: that is no conflict.
        let again = store.append(asked).await;
        assert_eq!(again, Ok(Outcome::Duplicate(first)));
        assert_eq!(payloads(&log(&store).await), ["one", "two", "three"]);
    });
}

/// The id is the command, not what comes with it.
pub fn a_repeated_command_gets_the_first_answer_whatever_it_carries<B: Backend>(
    make: impl Fn() -> B,
) {
    let backend = make();
    run(async {
        let store = backend.open().await;
        let first = commit(&store, append(1, "a/1", Expected::None, &["one"])).await;
        let other = append(1, "b/1", Expected::Exists, &["two", "three"]);
        assert_eq!(store.append(other).await, Ok(Outcome::Duplicate(first)));
        assert_eq!(payloads(&log(&store).await), ["one"]);
    });
}

/// Only what was recorded is remembered.
pub fn a_refused_command_may_be_tried_again<B: Backend>(make: impl Fn() -> B) {
    let backend = make();
    run(async {
        let store = backend.open().await;
        let refused = append(1, "a/1", Expected::Exists, &["one"]);
        assert!(store.append(refused.clone()).await.is_err());
        commit(&store, append(2, "a/1", Expected::None, &["zero"])).await;
        commit(&store, refused).await;
        assert_eq!(payloads(&log(&store).await), ["zero", "one"]);
    });
}

/// Of the same command from many tasks at once, one is recorded and all get
/// its receipt.
pub fn commands_repeated_at_once_are_recorded_once<B: Backend>(make: impl Fn() -> B) {
    let backend = make();
    run(async {
        let store = Arc::new(backend.open().await);
        let tasks: Vec<_> = (0..32_u128)
            .map(|task| {
                let store = store.clone();
                let asked = append(task % 4, "a/1", Expected::Any, &["one", "two"]);
                tokio::spawn(async move { store.append(asked).await })
            })
            .collect();
        let mut committed = 0;
        for (number, task) in (0..).zip(tasks) {
            let outcome = match task.await {
                Ok(Ok(outcome)) => outcome,
                other => panic!("no outcome: {other:?}"),
            };
            committed += usize::from(matches!(outcome, Outcome::Committed(_)));
            let receipt = store.receipt(command(number % 4)).await;
            assert_eq!(receipt, Ok(Some(outcome.receipt())));
        }
        assert_eq!(committed, 4);
        assert_eq!(log(&*store).await.len(), 8);
    });
}

/// The second of two equal commands in a batch sees the first.
pub fn a_command_repeated_in_one_batch_is_recorded_once<B: Backend>(make: impl Fn() -> B) {
    let backend = make();
    run(async {
        let store = backend.open().await;
        let asked = append(1, "a/1", Expected::None, &["one"]);
        let answers = store
            .append_all(vec![asked.clone(), asked.clone(), asked])
            .await;
        let [Ok(Outcome::Committed(first)), second, third] = answers.as_slice() else {
            panic!("not committed: {answers:?}");
        };
        assert_eq!(second, &Ok(Outcome::Duplicate(*first)));
        assert_eq!(third, &Ok(Outcome::Duplicate(*first)));
        assert_eq!(payloads(&log(&store).await), ["one"]);
    });
}

/// Whoever does not know what became of a command can ask.
pub fn a_receipt_says_where_a_command_stands<B: Backend>(make: impl Fn() -> B) {
    let backend = make();
    run(async {
        let store = backend.open().await;
        commit(&store, append(1, "a/1", Expected::None, &["one"])).await;
        let receipt = commit(&store, append(2, "a/1", Expected::Any, &["two", "three"])).await;
        assert_eq!(store.receipt(command(2)).await, Ok(Some(receipt)));
        assert_eq!(store.receipt(command(3)).await, Ok(None));
        let events = store.read_all(receipt.first, 2).await;
        let events = events.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(payloads(&events), ["two", "three"]);
        assert_eq!(
            events.last().map(|event| event.position),
            Some(receipt.last)
        );
    });
}
