//! What the tests of faults have in common.

use std::{collections::BTreeMap, env};

use event_store::{
    Append, CommandId, EventStore, Expected, NewEvent, Position, Receipt, Recorded, StreamName,
    StreamWrite, Vault,
};
use event_store_sled::SledStore;
use ulid::Ulid;

use crate::sim_disk::Dice;

/// How many rounds a test of faults takes: few, or what the environment says.
pub(crate) fn rounds(few: u64) -> u64 {
    match env::var("HIROBA_FAULT_ROUNDS") {
        Ok(rounds) => rounds.parse().expect("HIROBA_FAULT_ROUNDS is a number"),
        Err(_) => few,
    }
}

pub(crate) fn name(text: &str) -> StreamName {
    text.parse().unwrap()
}

/// A command whose bytes follow from its number: what comes back can be checked
/// without keeping it.
pub(crate) fn numbered(number: u64) -> Append {
    let mut dice = Dice(number);
    let streams = 1 + dice.roll(2);
    let first = dice.roll(5);
    let writes = (0..streams)
        .map(|stream| StreamWrite {
            stream: name(&format!("fault/{}", (first + stream) % 5)),
            expected: Expected::Any,
            events: (0..=dice.roll(3))
                .map(|event| {
                    let length = dice.roll(300) as usize;
                    let envelope = vec![b'e'; dice.roll(100) as usize];
                    NewEvent {
                        payload: format!("{number}.{stream}.{event}.{}", "x".repeat(length)).into(),
                        envelope: envelope.into(),
                    }
                })
                .collect(),
        })
        .collect();
    Append {
        command: CommandId(Ulid(u128::from(number))),
        writes,
    }
}

/// A command with one event.
pub(crate) fn single(number: u64, stream: &str, expected: Expected, payload: Vec<u8>) -> Append {
    Append {
        command: CommandId(Ulid(u128::from(number))),
        writes: vec![StreamWrite {
            stream: name(stream),
            expected,
            events: vec![NewEvent {
                payload: payload.into(),
                envelope: "".into(),
            }],
        }],
    }
}

/// All events, page by page.
pub(crate) async fn log(store: &SledStore) -> Vec<Recorded> {
    let mut events: Vec<Recorded> = Vec::new();
    loop {
        let next = Position(events.len() as u64);
        let page = store.read_all(next, 1_000).await.unwrap();
        if page.is_empty() {
            return events;
        }
        events.extend(page);
    }
}

/// Checks that the log consists of whole numbered commands, that those which
/// were acknowledged are all there and where they were said to be, and that
/// streams, envelopes and receipts agree. Answers which commands are there.
pub(crate) async fn check(store: &SledStore, acknowledged: &BTreeMap<u64, Receipt>) -> Vec<u64> {
    let events = log(store).await;
    let mut present = Vec::new();
    let mut streams: BTreeMap<StreamName, Vec<Recorded>> = BTreeMap::new();
    let mut rest = events.as_slice();
    while let Some(first) = rest.first() {
        let number = first.command.0.0 as u64;
        let command = numbered(number);
        let wanted: Vec<(&StreamName, &NewEvent)> = command
            .writes
            .iter()
            .flat_map(|write| write.events.iter().map(|event| (&write.stream, event)))
            .collect();
        assert!(wanted.len() <= rest.len(), "command {number} is torn");
        let (own, others) = rest.split_at(wanted.len());
        for (found, (stream, event)) in own.iter().zip(wanted) {
            let known = streams.entry(found.stream.clone()).or_default();
            assert_eq!(
                found.position.0 as usize,
                events.len() - rest.len() + position(own, found)
            );
            assert_eq!((&found.stream, &found.payload), (stream, &event.payload));
            assert_eq!(found.command, command.command);
            assert_eq!(found.version.0, known.len() as u64 + 1);
            let envelope = store.envelope(found.position).await.unwrap();
            assert_eq!(envelope.unwrap_or_default(), event.envelope);
            known.push(found.clone());
        }
        let receipt = Receipt {
            first: first.position,
            last: own.last().unwrap().position,
        };
        assert_eq!(store.receipt(command.command).await, Ok(Some(receipt)));
        if let Some(said) = acknowledged.get(&number) {
            assert_eq!(*said, receipt);
        }
        assert!(!present.contains(&number), "command {number} stands twice");
        present.push(number);
        rest = others;
    }
    for number in acknowledged.keys() {
        assert!(
            present.contains(number),
            "command {number} was acknowledged and is lost"
        );
    }
    for (stream, events) in streams {
        let read = store
            .read_stream(
                &stream,
                event_store::Version::FIRST,
                event_store::Direction::Forwards,
                usize::MAX,
            )
            .await
            .unwrap();
        assert_eq!(read, events);
    }
    present
}

fn position(own: &[Recorded], found: &Recorded) -> usize {
    own.iter().position(|event| event == found).unwrap()
}
