//! What an append does: all or nothing, as expected or with the facts.

use super::*;
use crate::limits;

/// Positions and versions follow the order of the events.
pub fn events_go_to_one_stream_in_order<B: Backend>(make: impl Fn() -> B) {
    let backend = make();
    run(async {
        let store = backend.open().await;
        let first = commit(&store, append(1, "a/1", Expected::None, &["one", "two"])).await;
        let second = commit(&store, append(2, "a/1", Expected::Exists, &["three"])).await;
        assert!(first.first <= first.last && first.last < second.first);
        let events = stream(&store, "a/1").await;
        assert_eq!(payloads(&events), ["one", "two", "three"]);
        let versions: Vec<u64> = events.iter().map(|event| event.version.0).collect();
        assert_eq!(versions, [1, 2, 3]);
        let commands: Vec<CommandId> = events.iter().map(|event| event.command).collect();
        assert_eq!(commands, [command(1), command(1), command(2)]);
        assert_eq!(events, log(&store).await);
        if store.capabilities().gapless {
            assert_eq!((first, second), (receipt(0, 1), receipt(2, 2)));
        }
    });
}

/// One command, several streams: its events stand together.
pub fn events_go_to_several_streams_in_the_order_of_the_writes<B: Backend>(make: impl Fn() -> B) {
    let backend = make();
    run(async {
        let store = backend.open().await;
        commit(&store, append(1, "b/1", Expected::None, &["zero"])).await;
        let both = Append {
            command: command(2),
            writes: vec![
                write("c/1", Expected::None, &["one", "two"]),
                write("b/1", Expected::Exact(Version(1)), &["three"]),
                write("a/1", Expected::Any, &["four"]),
            ],
        };
        let receipt = commit(&store, both).await;
        let events = log(&store).await;
        assert_eq!(payloads(&events), ["zero", "one", "two", "three", "four"]);
        let places: Vec<(&str, u64)> = events
            .iter()
            .map(|event| (event.stream.as_str(), event.version.0))
            .collect();
        let expected = [("b/1", 1), ("c/1", 1), ("c/1", 2), ("b/1", 2), ("a/1", 1)];
        assert_eq!(places, expected);
        let own: Vec<&Recorded> = events
            .iter()
            .filter(|event| receipt.first <= event.position && event.position <= receipt.last)
            .collect();
        assert_eq!(own.len(), 4);
        assert!(own.iter().all(|event| event.command == command(2)));
    });
}

/// None, exact, exists and any, on a stream that is there and on one that is
/// not.
pub fn each_expectation_is_checked<B: Backend>(make: impl Fn() -> B) {
    let backend = make();
    run(async {
        let store = backend.open().await;
        commit(&store, append(1, "a/there", Expected::None, &["1", "2"])).await;
        let exact = |version| Expected::Exact(Version(version));
        let cases = [
            ("a/new", Expected::Exists, Some(None)),
            ("a/new", exact(1), Some(None)),
            ("a/new", exact(0), Some(None)),
            ("a/new", Expected::None, None),
            ("a/other", Expected::Any, None),
            ("a/there", Expected::None, Some(Some(2))),
            ("a/there", exact(1), Some(Some(2))),
            ("a/there", exact(3), Some(Some(2))),
            ("a/there", exact(2), None),
            ("a/there", Expected::Exists, None),
            ("a/there", Expected::Any, None),
        ];
        for (number, (stream, expected, conflicts)) in (10..).zip(cases) {
            let answer = store.append(append(number, stream, expected, &["x"])).await;
            match conflicts {
                Some(actual) => assert_eq!(answer, Err(conflict(stream, expected, actual))),
                None => assert!(
                    matches!(answer, Ok(Outcome::Committed(_))),
                    "{stream} {expected:?}: {answer:?}"
                ),
            }
        }
    });
}

/// Nothing of a refused append is to be seen anywhere.
pub fn an_append_that_conflicts_in_one_stream_changes_none<B: Backend>(make: impl Fn() -> B) {
    let backend = make();
    run(async {
        let store = backend.open().await;
        commit(&store, append(1, "a/1", Expected::None, &["one"])).await;
        let before = log(&store).await;
        let size = store.size();
        let refused = Append {
            command: command(2),
            writes: vec![
                write("b/1", Expected::None, &["two"]),
                write("a/1", Expected::None, &["three"]),
            ],
        };
        let answer = store.append(refused).await;
        assert_eq!(answer, Err(conflict("a/1", Expected::None, Some(1))));
        assert_eq!(log(&store).await, before);
        assert_eq!(store.size(), size);
        assert_eq!(store.stream_version(&name("b/1")).await, Ok(None));
        assert_eq!(store.receipt(command(2)).await, Ok(None));
    });
}

/// The facts of a conflict are those of the first stream that disagrees.
pub fn a_conflict_names_the_first_stream_that_is_not_as_expected<B: Backend>(make: impl Fn() -> B) {
    let backend = make();
    run(async {
        let store = backend.open().await;
        commit(&store, append(1, "a/1", Expected::None, &["one", "two"])).await;
        let refused = Append {
            command: command(2),
            writes: vec![
                write("b/1", Expected::Any, &["x"]),
                write("a/1", Expected::Exact(Version(1)), &["x"]),
                write("c/1", Expected::Exists, &["x"]),
            ],
        };
        assert_eq!(
            store.append(refused).await,
            Err(conflict("a/1", Expected::Exact(Version(1)), Some(2)))
        );
    });
}

/// No event, no stream, or the same stream twice.
pub fn a_malformed_append_is_refused<B: Backend>(make: impl Fn() -> B) {
    let backend = make();
    run(async {
        let store = backend.open().await;
        let twice = vec![
            write("a/1", Expected::Any, &["x"]),
            write("b/1", Expected::Any, &["x"]),
            write("a/1", Expected::Any, &["y"]),
        ];
        let empty = vec![
            write("a/1", Expected::Any, &["x"]),
            write("b/1", Expected::Any, &[]),
        ];
        for writes in [twice, empty, Vec::new()] {
            let malformed = Append {
                command: command(1),
                writes,
            };
            let answer = store.append(malformed.clone()).await;
            assert!(
                matches!(answer, Err(AppendError::Malformed(_))),
                "{answer:?}"
            );
            let answers = store
                .append_all(vec![malformed, append(2, "a/1", Expected::Any, &["z"])])
                .await;
            assert!(matches!(
                answers.as_slice(),
                [Err(AppendError::Malformed(_)), Ok(_)]
            ));
        }
        assert_eq!(payloads(&log(&store).await), ["z"]);
    });
}

/// A payload, a number of events, and a sum of bytes beyond the limits.
pub fn an_append_beyond_the_limits_is_refused<B: Backend>(make: impl Fn() -> B) {
    let backend = make();
    run(async {
        let store = backend.open().await;
        let long = "x".repeat(limits::PAYLOAD + 1);
        let many = vec!["x"; limits::EVENTS + 1];
        let half = "x".repeat(limits::PAYLOAD);
        let large = vec![half.as_str(); limits::BYTES / limits::PAYLOAD + 1];
        for payloads in [vec![long.as_str()], many, large] {
            let answer = store
                .append(append(1, "a/1", Expected::Any, &payloads))
                .await;
            assert!(
                matches!(answer, Err(AppendError::TooLarge(_))),
                "{answer:?}"
            );
        }
        assert_eq!(log(&store).await, []);
    });
}

/// The limits themselves are allowed, and come back whole.
pub fn an_append_at_the_limits_is_taken<B: Backend>(make: impl Fn() -> B) {
    let backend = make();
    run(async {
        let store = backend.open().await;
        let longest = "y".repeat(limits::PAYLOAD);
        commit(&store, append(1, "a/1", Expected::None, &[&longest])).await;
        commit(
            &store,
            append(2, "a/2", Expected::None, &vec!["x"; limits::EVENTS]),
        )
        .await;
        let mut large = append(3, "a/3", Expected::None, &[""]);
        for write in &mut large.writes {
            for event in &mut write.events {
                event.envelope = Bytes::from(vec![7; limits::BYTES]);
            }
        }
        let receipt = commit(&store, large).await;
        assert_eq!(payloads(&stream(&store, "a/1").await), [longest]);
        assert_eq!(stream(&store, "a/2").await.len(), limits::EVENTS);
        let envelope = store.envelope(receipt.first).await;
        assert_eq!(envelope, Ok(Some(Bytes::from(vec![7; limits::BYTES]))));
        assert_eq!(log(&store).await.len(), limits::EVENTS + 2);
    });
}

/// Later appends of a batch meet the versions that earlier ones left.
pub fn several_appends_see_those_before_them<B: Backend>(make: impl Fn() -> B) {
    let backend = make();
    run(async {
        let store = backend.open().await;
        let exact = |version| Expected::Exact(Version(version));
        let answers = store
            .append_all(vec![
                append(1, "a/1", Expected::None, &["one", "two"]),
                append(2, "a/1", exact(2), &["three"]),
                append(3, "b/1", Expected::None, &["four"]),
                append(4, "a/1", exact(3), &["five"]),
            ])
            .await;
        let receipts: Vec<Receipt> = answers
            .into_iter()
            .map(|answer| match answer {
                Ok(Outcome::Committed(receipt)) => receipt,
                other => panic!("not committed: {other:?}"),
            })
            .collect();
        assert!(receipts.is_sorted_by(|one, other| one.last < other.first));
        let expected = ["one", "two", "three", "four", "five"];
        assert_eq!(payloads(&log(&store).await), expected);
        assert_eq!(store.append_all(Vec::new()).await, []);
    });
}

/// Each append of a batch stands for itself.
pub fn a_refused_append_does_not_hinder_those_after_it<B: Backend>(make: impl Fn() -> B) {
    let backend = make();
    run(async {
        let store = backend.open().await;
        let answers = store
            .append_all(vec![
                append(1, "a/1", Expected::None, &["one"]),
                append(2, "a/1", Expected::None, &["never"]),
                append(3, "a/1", Expected::Exact(Version(1)), &["two"]),
            ])
            .await;
        assert!(matches!(
            answers.as_slice(),
            [
                Ok(Outcome::Committed(_)),
                Err(AppendError::Conflict {
                    actual: Some(Version(1)),
                    ..
                }),
                Ok(Outcome::Committed(_)),
            ]
        ));
        assert_eq!(payloads(&log(&store).await), ["one", "two"]);
    });
}
