//! What a store that outlives its process shows when it is opened again.

use super::*;

/// Events, envelopes, streams and receipts are as they were.
pub fn everything_is_there_after_opening_again<B: Backend>(make: impl Fn() -> B) {
    let backend = make();
    run(async {
        let store = backend.open().await;
        for number in 0..60 {
            let stream = format!("a/{}", number % 7);
            let mut some = append(number, &stream, Expected::Any, &["one", "two"]);
            for event in some.writes.iter_mut().flat_map(|write| &mut write.events) {
                event.envelope = Bytes::from(format!("private {number}"));
            }
            commit(&store, some).await;
        }
        let before = log(&store).await;
        let size = store.size();
        drop(store);
        for _ in 0..2 {
            let store = backend.open().await;
            assert_eq!(store.size(), size);
            assert_eq!(log(&store).await, before);
            for number in 0..7 {
                let name = format!("a/{number}");
                let own: Vec<Recorded> = before
                    .iter()
                    .filter(|event| event.stream.as_str() == name)
                    .cloned()
                    .collect();
                assert_eq!(stream(&store, &name).await, own);
            }
            for event in &before {
                let envelope = store.envelope(event.position).await;
                let number = event.command.0.0;
                assert_eq!(envelope, Ok(Some(Bytes::from(format!("private {number}")))));
            }
        }
    });
}

/// No position is given twice, no version left out.
pub fn positions_and_versions_continue_after_opening_again<B: Backend>(make: impl Fn() -> B) {
    let backend = make();
    run(async {
        let mut last = None;
        for opening in 0..6_u128 {
            let store = backend.open().await;
            for number in 0..12 {
                let expected = match opening * 12 + number {
                    0 => Expected::None,
                    before => Expected::Exact(Version(before as u64)),
                };
                let id = opening * 100 + number;
                let receipt = commit(&store, append(id, "a/1", expected, &["x"])).await;
                assert!(last < Some(receipt.first));
                last = Some(receipt.last);
            }
            let conflict = append(opening * 100 + 99, "a/1", Expected::None, &["x"]);
            assert!(store.append(conflict).await.is_err());
        }
        let store = backend.open().await;
        let events = log(&store).await;
        assert_eq!(events.len(), 72);
        assert_eq!(events, stream(&store, "a/1").await);
    });
}

/// For ever means longer than a process.
pub fn a_repeated_command_gets_the_first_answer_after_opening_again<B: Backend>(
    make: impl Fn() -> B,
) {
    let backend = make();
    run(async {
        let mut receipts = Vec::new();
        for opening in 0..5_u128 {
            let store = backend.open().await;
            for (id, receipt) in (0..).zip(&receipts) {
                let again = append(id, "a/2", Expected::None, &["never", "never"]);
                assert_eq!(store.append(again).await, Ok(Outcome::Duplicate(*receipt)));
                assert_eq!(store.receipt(command(id)).await, Ok(Some(*receipt)));
            }
            for number in 0..20 {
                let id = opening * 20 + number;
                receipts.push(commit(&store, append(id, "a/1", Expected::Any, &["x"])).await);
            }
        }
    });
}
