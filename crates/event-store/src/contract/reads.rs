//! Reading streams, the log, and what lies beside it.

use std::sync::Arc;

use super::*;

/// Every version, every limit, both directions.
pub fn a_stream_is_read_from_any_version_in_both_directions<B: Backend>(make: impl Fn() -> B) {
    let backend = make();
    run(async {
        let store = backend.open().await;
        for number in 0..7 {
            let payload = (number + 1).to_string();
            commit(&store, append(number, "a/1", Expected::Any, &[&payload])).await;
            commit(&store, append(100 + number, "a/2", Expected::Any, &["-"])).await;
        }
        let all: Vec<String> = (1..=7).map(|number| number.to_string()).collect();
        let versions = (0..=9).chain([u64::MAX - 1, u64::MAX]);
        for (from, limit) in versions.flat_map(|from| [0, 1, 3, 7, 100].map(|limit| (from, limit)))
        {
            let read = async |direction| {
                let events = store
                    .read_stream(&name("a/1"), Version(from), direction, limit)
                    .await;
                payloads(&events.unwrap_or_else(|error| panic!("{error}")))
            };
            let at_least =
                |text: &&String| text.parse::<u64>().is_ok_and(|version| from <= version);
            let at_most = |text: &&String| text.parse::<u64>().is_ok_and(|version| version <= from);
            let forwards: Vec<&String> = all.iter().filter(at_least).take(limit).collect();
            let backwards: Vec<&String> = all.iter().rev().filter(at_most).take(limit).collect();
            let context = format!("from {from}, at most {limit}");
            assert_eq!(
                read(Direction::Forwards).await.iter().collect::<Vec<_>>(),
                forwards,
                "{context}"
            );
            assert_eq!(
                read(Direction::Backwards).await.iter().collect::<Vec<_>>(),
                backwards,
                "{context}"
            );
        }
        let version = store.stream_version(&name("a/1")).await;
        assert_eq!(version, Ok(Some(Version(7))));
    });
}

/// Asking for nothing is no error.
pub fn a_stream_that_is_not_there_is_empty<B: Backend>(make: impl Fn() -> B) {
    let backend = make();
    run(async {
        let store = backend.open().await;
        commit(&store, append(1, "a/1", Expected::Any, &["x"])).await;
        for direction in [Direction::Forwards, Direction::Backwards] {
            let absent = name("a/10");
            let events = store.read_stream(&absent, Version::LAST, direction, 10);
            assert_eq!(events.await, Ok(Vec::new()));
        }
        assert_eq!(store.stream_version(&name("a/10")).await, Ok(None));
    });
}

/// Pages of any size, from any position, put together give the log.
pub fn the_log_is_read_in_pages<B: Backend>(make: impl Fn() -> B) {
    let backend = make();
    run(async {
        let store = backend.open().await;
        for number in 0..20 {
            let stream = format!("a/{}", number % 3);
            let payload = number.to_string();
            let events = vec![payload.as_str(); number as usize % 3 + 1];
            commit(&store, append(number, &stream, Expected::Any, &events)).await;
        }
        let all = log(&store).await;
        assert!(all.is_sorted_by(|one, other| one.position < other.position));
        for limit in [1, 2, 7, 1_000] {
            let mut read: Vec<Recorded> = Vec::new();
            loop {
                let next = read
                    .last()
                    .map_or(Position::START, |last| last.position.next());
                let page = store.read_all(next, limit).await;
                let page = page.unwrap_or_else(|error| panic!("{error}"));
                assert!(page.len() <= limit);
                if page.is_empty() {
                    break;
                }
                read.extend(page);
            }
            assert_eq!(read, all);
        }
        for (skipped, event) in all.iter().enumerate() {
            let page = store.read_all(event.position, usize::MAX).await;
            let rest: Vec<Recorded> = all.iter().skip(skipped).cloned().collect();
            assert_eq!(page, Ok(rest));
        }
        assert_eq!(store.read_all(Position::START, 0).await, Ok(Vec::new()));
    });
}

/// The end of the log is an empty page, however far beyond it one asks.
pub fn a_reader_beyond_the_end_gets_nothing<B: Backend>(make: impl Fn() -> B) {
    let backend = make();
    run(async {
        let store = backend.open().await;
        assert_eq!(store.read_all(Position::START, 10).await, Ok(Vec::new()));
        let receipt = commit(&store, append(1, "a/1", Expected::Any, &["x"])).await;
        for position in [
            receipt.last.next(),
            Position(1 << 40),
            Position(u64::MAX - 1),
        ] {
            assert_eq!(store.read_all(position, 10).await, Ok(Vec::new()));
            assert_eq!(store.envelope(position).await, Ok(None));
        }
    });
}

/// Bytes are bytes: empty, zeros, not text, long.
pub fn payloads_come_back_as_they_were<B: Backend>(make: impl Fn() -> B) {
    let backend = make();
    run(async {
        let store = backend.open().await;
        let mut dice = Dice(1);
        let mut contents = vec![Vec::new(), vec![0], vec![0; 5_000], vec![0xff; 600]];
        for length in [1, 63, 64, 65, 511, 512, 513, 4_095, 4_096, 4_097, 65_535] {
            contents.push((0..length).map(|_| dice.roll(256) as u8).collect());
        }
        for (number, content) in (0..).zip(&contents) {
            let mut one = append(number, "a/1", Expected::Any, &[""]);
            for event in one.writes.iter_mut().flat_map(|write| &mut write.events) {
                event.payload = Bytes::from(content.clone());
            }
            commit(&store, one).await;
        }
        let read: Vec<Vec<u8>> = log(&store)
            .await
            .iter()
            .map(|event| event.payload.to_vec())
            .collect();
        assert_eq!(read, contents);
        assert_eq!(stream(&store, "a/1").await, log(&store).await);
    });
}

/// An envelope belongs to its event and is nowhere in what is read.
pub fn envelopes_lie_beside_their_events<B: Backend>(make: impl Fn() -> B) {
    let backend = make();
    run(async {
        let store = backend.open().await;
        for number in 0..10 {
            let mut some = append(number, "a/1", Expected::Any, &["public", "public"]);
            let events = some.writes.iter_mut().flat_map(|write| &mut write.events);
            for (event, part) in events.zip(["", "private"]) {
                if !part.is_empty() {
                    event.envelope = Bytes::from(format!("{part} {number}"));
                }
            }
            commit(&store, some).await;
        }
        for (number, event) in log(&store).await.iter().enumerate() {
            assert_eq!(event.payload, "public");
            let envelope = store.envelope(event.position).await;
            let expected =
                (number % 2 == 1).then(|| Bytes::from(format!("private {}", number / 2)));
            assert_eq!(envelope, Ok(expected));
        }
    });
}

/// Nothing at or above the size is visible, everything below is.
pub fn the_size_is_what_can_be_read<B: Backend>(make: impl Fn() -> B) {
    let backend = make();
    run(async {
        let store = backend.open().await;
        let watched = store.watch_size();
        assert_eq!(store.size().0, 0);
        for number in 0..5 {
            let receipt = commit(&store, append(number, "a/1", Expected::Any, &["x", "y"])).await;
            assert_eq!(store.size(), receipt.size());
            assert_eq!(*watched.borrow(), receipt.size());
            let last = log(&store).await.last().map(|event| event.position.size());
            assert_eq!(last, Some(store.size()));
        }
        assert_eq!(store.read_only(), None);
    });
}

/// What was visible once stays where it is, while others append.
pub fn what_is_visible_is_final<B: Backend>(make: impl Fn() -> B) {
    let backend = make();
    run(async {
        let store = Arc::new(backend.open().await);
        let writers: Vec<_> = (0..4)
            .map(|writer: u128| {
                let store = store.clone();
                tokio::spawn(async move {
                    for number in 0..30 {
                        let stream = format!("a/{}", number % 3);
                        let id = writer * 1_000 + number;
                        commit(&*store, append(id, &stream, Expected::Any, &["x", "y"])).await;
                    }
                })
            })
            .collect();
        let mut before: Vec<Recorded> = Vec::new();
        loop {
            let done = writers.iter().all(tokio::task::JoinHandle::is_finished);
            let size = store.size();
            let now = log(&*store).await;
            assert!(now.starts_with(&before));
            assert!(now.last().is_none_or(|last| size <= last.position.size()));
            before = now;
            if done {
                break;
            }
        }
        assert_eq!(before.len(), 240);
        for writer in writers {
            assert!(writer.await.is_ok());
        }
    });
}
