//! Opening a store that is new, that was closed, that somebody else has.

use event_store::{
    Append, CommandId, Direction, EventStore, Expected, NewEvent, Outcome, Position, StreamWrite,
    Vault, Version,
};
use event_store_sled::{Options, SledStore};

fn append(command: u128, stream: &str, expected: Expected, events: &[&str]) -> Append {
    Append {
        command: CommandId(ulid::Ulid(command)),
        writes: vec![StreamWrite {
            stream: stream.parse().unwrap(),
            expected,
            events: events
                .iter()
                .map(|text| NewEvent {
                    payload: text.as_bytes().to_vec().into(),
                    envelope: format!("private {text}").into_bytes().into(),
                })
                .collect(),
        }],
    }
}

#[tokio::test]
async fn what_was_appended_is_read_after_opening_again() {
    let directory = tempfile::tempdir().unwrap();
    let options = Options {
        segment_length: 4096,
        ..Options::default()
    };
    let mut all = Vec::new();
    for opening in 0..6_u128 {
        let store = SledStore::open(directory.path(), options).unwrap();
        assert_eq!(store.opening().cut_off, None);
        assert_eq!(store.opening().damage, None);
        assert_eq!(store.read_all(Position(0), 10_000).await.unwrap(), all);
        for number in 0..50 {
            let id = opening * 1000 + number;
            let outcome = store
                .append(append(
                    id,
                    &format!("a/{}", number % 7),
                    Expected::Any,
                    &["one", "two"],
                ))
                .await
                .unwrap();
            assert!(matches!(outcome, Outcome::Committed(_)));
        }
        all = store.read_all(Position(0), 10_000).await.unwrap();
        assert_eq!(all.len() as u128, (opening + 1) * 100);
        let stream = store
            .read_stream(
                &"a/3".parse().unwrap(),
                Version::LAST,
                Direction::Backwards,
                3,
            )
            .await
            .unwrap();
        assert_eq!(stream.len(), 3);
        assert_eq!(stream[0].payload, "two");
        assert_eq!(
            store.envelope(Position(1)).await.unwrap().unwrap(),
            "private two"
        );
        let again = store
            .append(append(0, "a/0", Expected::Any, &["x"]))
            .await
            .unwrap();
        assert!(matches!(again, Outcome::Duplicate(receipt) if receipt.first == Position(0)));
        println!("{:?}", store.opening());
    }
}
