//! Random sequences of commands, held against a model that is too simple to be
//! wrong: a list that is searched from one end to the other.

use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};

use super::*;

/// What is asked of store and model.
#[derive(Clone, Debug)]
enum Ask {
    Append(Append),
    AppendAll(Vec<Append>),
    ReadStream(u8, u64, bool, usize),
    ReadAll(u64, usize),
    Version(u8),
    Receipt(u8),
    Envelope(u64),
    Reopen,
}

fn stream_name(number: u8) -> StreamName {
    name(&format!("model/{number}"))
}

fn appends() -> impl Strategy<Value = Append> {
    let expected = prop_oneof![
        1 => Just(Expected::None),
        1 => Just(Expected::Exists),
        3 => Just(Expected::Any),
        2 => (0..12_u64).prop_map(|version| Expected::Exact(Version(version))),
    ];
    let event = (vec(any::<u8>(), 0..40), vec(any::<u8>(), 0..20));
    let write = (0..4_u8, expected, vec(event, 0..4));
    (0..40_u8, vec(write, 0..3)).prop_map(|(id, writes)| Append {
        command: command(u128::from(id)),
        writes: writes
            .into_iter()
            .map(|(stream, expected, events)| StreamWrite {
                stream: stream_name(stream),
                expected,
                events: events
                    .into_iter()
                    .map(|(payload, envelope)| NewEvent {
                        payload: payload.into(),
                        envelope: envelope.into(),
                    })
                    .collect(),
            })
            .collect(),
    })
}

fn asks() -> impl Strategy<Value = Ask> {
    prop_oneof![
        6 => appends().prop_map(Ask::Append),
        2 => vec(appends(), 0..5).prop_map(Ask::AppendAll),
        2 => (0..5_u8, 0..15_u64, any::<bool>(), 0..6_usize)
            .prop_map(|(stream, from, back, limit)| Ask::ReadStream(stream, from, back, limit)),
        2 => (0..30_u64, 0..8_usize).prop_map(|(from, limit)| Ask::ReadAll(from, limit)),
        1 => (0..5_u8).prop_map(Ask::Version),
        1 => (0..40_u8).prop_map(Ask::Receipt),
        1 => (0..30_u64).prop_map(Ask::Envelope),
        1 => Just(Ask::Reopen),
    ]
}

/// Events in order, with their envelopes.
#[derive(Debug, Default)]
struct Model(Vec<(Recorded, Bytes)>);

impl Model {
    fn stream(&self, stream: &StreamName) -> Vec<Recorded> {
        let events = self.0.iter().map(|(event, _)| event);
        events
            .filter(|event| event.stream == *stream)
            .cloned()
            .collect()
    }

    fn version(&self, stream: &StreamName) -> Option<Version> {
        self.stream(stream).last().map(|event| event.version)
    }

    fn receipt(&self, command: CommandId) -> Option<Receipt> {
        let mut own = self.0.iter().filter(|(event, _)| event.command == command);
        let first = own.next()?.0.position;
        let last = own.last().map_or(first, |(event, _)| event.position);
        Some(Receipt { first, last })
    }

    fn append(&mut self, append: &Append) -> Result<Outcome, AppendError> {
        append.check()?;
        if let Some(receipt) = self.receipt(append.command) {
            return Ok(Outcome::Duplicate(receipt));
        }
        for write in &append.writes {
            let actual = self.version(&write.stream);
            if !write.expected.holds(actual) {
                return Err(AppendError::Conflict {
                    stream: write.stream.clone(),
                    expected: write.expected,
                    actual,
                });
            }
        }
        let first = Position(self.0.len() as u64);
        for write in &append.writes {
            for event in &write.events {
                let version = self.version(&write.stream);
                let recorded = Recorded {
                    position: Position(self.0.len() as u64),
                    stream: write.stream.clone(),
                    version: version.map_or(Version::FIRST, Version::next),
                    command: append.command,
                    payload: event.payload.clone(),
                };
                self.0.push((recorded, event.envelope.clone()));
            }
        }
        let last = Position(self.0.len() as u64 - 1);
        Ok(Outcome::Committed(Receipt { first, last }))
    }
}

/// Positions of stores with holes are counted, to compare them with those of
/// the model.
async fn play<B: Backend>(backend: &B, asks: Vec<Ask>) {
    let mut store = backend.open().await;
    let mut model = Model::default();
    assert!(
        store.capabilities().gapless,
        "the model gives positions without holes"
    );
    for ask in asks {
        match ask {
            Ask::Append(append) => {
                let expected = model.append(&append);
                // Messages are for people; the kind of the error is the promise.
                assert_eq!(kind(store.append(append).await), kind(expected));
            }
            Ask::AppendAll(appends) => {
                let expected: Vec<_> = appends.iter().map(|one| kind(model.append(one))).collect();
                let answers = store.append_all(appends).await;
                assert_eq!(answers.into_iter().map(kind).collect::<Vec<_>>(), expected);
            }
            Ask::ReadStream(number, from, back, limit) => {
                let name = stream_name(number);
                let mut expected = model.stream(&name);
                let direction = if back {
                    expected.reverse();
                    expected.retain(|event| event.version.0 <= from);
                    Direction::Backwards
                } else {
                    expected.retain(|event| from <= event.version.0);
                    Direction::Forwards
                };
                expected.truncate(limit);
                let read = store.read_stream(&name, Version(from), direction, limit);
                assert_eq!(read.await, Ok(expected));
            }
            Ask::ReadAll(from, limit) => {
                let all = model.0.iter().map(|(event, _)| event.clone());
                let expected: Vec<_> = all.skip(from as usize).take(limit).collect();
                assert_eq!(store.read_all(Position(from), limit).await, Ok(expected));
            }
            Ask::Version(number) => {
                let name = stream_name(number);
                assert_eq!(store.stream_version(&name).await, Ok(model.version(&name)));
            }
            Ask::Receipt(id) => {
                let id = command(u128::from(id));
                assert_eq!(store.receipt(id).await, Ok(model.receipt(id)));
            }
            Ask::Envelope(position) => {
                let envelope = model.0.get(position as usize).map(|(_, envelope)| envelope);
                let expected = envelope.filter(|envelope| !envelope.is_empty()).cloned();
                assert_eq!(store.envelope(Position(position)).await, Ok(expected));
            }
            Ask::Reopen if B::DURABLE => {
                drop(store);
                store = backend.open().await;
            }
            Ask::Reopen => (),
        }
        assert_eq!(store.size().0, model.0.len() as u64);
    }
    let all: Vec<Recorded> = model.0.into_iter().map(|(event, _)| event).collect();
    assert_eq!(log(&store).await, all);
}

fn kind(answer: Result<Outcome, AppendError>) -> Result<Outcome, AppendError> {
    answer.map_err(|error| match error {
        AppendError::TooLarge(_) => AppendError::TooLarge(String::new()),
        AppendError::Malformed(_) => AppendError::Malformed(String::new()),
        other => other,
    })
}

/// Whatever is asked in whatever order, store and model give the same answers.
pub fn any_sequence_of_commands_does_what_a_simple_model_does<B: Backend>(make: impl Fn() -> B) {
    let config = Config {
        cases: 24,
        failure_persistence: None,
        ..Config::default()
    };
    let outcome = TestRunner::new(config).run(&vec(asks(), 1..60), |asks| {
        let backend = make();
        run(play(&backend, asks));
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}
