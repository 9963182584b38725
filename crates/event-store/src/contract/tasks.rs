//! Many tasks append at once, each on conditions; afterwards an oracle replays
//! the log and checks that every answer was right at its place.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use super::*;

const TASKS: u64 = 40;
const APPENDS: u64 = 25;
const STREAMS: u64 = 6;

/// A random command to one or two streams, with what the task believes of them.
fn random(dice: &mut Dice, id: u128, known: &BTreeMap<u64, u64>) -> Append {
    let first = dice.roll(STREAMS);
    let second = dice.roll(STREAMS * 2);
    let mut streams = vec![first];
    if second < STREAMS && second != first {
        streams.push(second);
    }
    let writes = streams
        .into_iter()
        .map(|stream| {
            let believed = known.get(&stream).copied();
            let expected = match dice.roll(8) {
                0 => Expected::None,
                1 => Expected::Exists,
                2 => Expected::Any,
                3 => Expected::Exact(Version(dice.roll(20))),
                _ => believed.map_or(Expected::None, |version| Expected::Exact(Version(version))),
            };
            let payload = format!("{id}");
            let events = vec![payload.as_str(); dice.roll(3) as usize + 1];
            write(&format!("task/{stream}"), expected, &events)
        })
        .collect();
    Append {
        command: command(id),
        writes,
    }
}

/// Every outcome of forty tasks fits one order of all commands.
pub fn many_tasks_agree_on_one_order<B: Backend>(make: impl Fn() -> B) {
    let backend = make();
    run(async {
        let store = Arc::new(backend.open().await);
        let tasks: Vec<_> = (0..TASKS)
            .map(|task| {
                let store = store.clone();
                tokio::spawn(async move { one_task(&*store, task).await })
            })
            .collect();
        let mut answers = Vec::new();
        for task in tasks {
            match task.await {
                Ok(more) => answers.extend(more),
                Err(error) => panic!("a task failed: {error}"),
            }
        }
        check(&log(&*store).await, &answers);
    });
}

type Answered = (Append, Result<Outcome, AppendError>);

async fn one_task(store: &impl EventStore, task: u64) -> Vec<Answered> {
    let mut dice = Dice(task);
    let mut known = BTreeMap::new();
    let mut answers: Vec<Answered> = Vec::new();
    for number in 0..APPENDS {
        let id = u128::from(task * 1_000 + number);
        // Now and then a command is sent again.
        let asked = match answers.last() {
            Some((last, _)) if dice.roll(10) == 0 => last.clone(),
            _ => random(&mut dice, id, &known),
        };
        let answer = store.append(asked.clone()).await;
        answers.push((asked, answer));
        for stream in 0..STREAMS {
            let version = store.stream_version(&name(&format!("task/{stream}"))).await;
            if let Ok(Some(version)) = version {
                known.insert(stream, version.0);
            }
        }
    }
    answers
}

/// Replays the log and holds every answer against it.
fn check(log: &[Recorded], answers: &[Answered]) {
    let mut committed: HashMap<CommandId, (&Append, Receipt)> = HashMap::new();
    for (asked, answer) in answers {
        if let Ok(Outcome::Committed(receipt)) = answer {
            let before = committed.insert(asked.command, (asked, *receipt));
            assert!(before.is_none(), "command {} twice", asked.command);
        }
    }
    let mut versions: HashMap<&StreamName, Version> = HashMap::new();
    let mut rest = log;
    while let Some(first) = rest.first() {
        let Some((asked, receipt)) = committed.get(&first.command) else {
            panic!("nobody was told of command {}", first.command);
        };
        assert_eq!(first.position, receipt.first);
        for write in &asked.writes {
            let actual = versions.get(&write.stream).copied();
            assert!(
                write.expected.holds(actual),
                "{:?} was not so: {actual:?}",
                write.expected
            );
        }
        let count = asked.writes.iter().map(|write| write.events.len()).sum();
        let (own, others) = rest.split_at_checked(count).unwrap_or((rest, &[]));
        let wanted = asked
            .writes
            .iter()
            .flat_map(|write| write.events.iter().map(|event| (&write.stream, event)));
        assert_eq!(own.len(), count);
        for (found, (stream, event)) in own.iter().zip(wanted) {
            let version = versions
                .get(stream)
                .map_or(Version::FIRST, |last| last.next());
            assert_eq!(
                (&found.stream, found.version, &found.payload, found.command),
                (stream, version, &event.payload, asked.command)
            );
            versions.insert(stream, version);
        }
        assert_eq!(own.last().map(|last| last.position), Some(receipt.last));
        rest = others;
    }
    let in_log = log.iter().map(|event| event.command);
    assert!(
        committed
            .keys()
            .all(|id| in_log.clone().any(|found| found == *id))
    );
    for (asked, answer) in answers {
        match answer {
            Ok(outcome) => {
                let first = committed.get(&asked.command).map(|(_, receipt)| *receipt);
                assert_eq!(first, Some(outcome.receipt()));
            }
            Err(AppendError::Conflict {
                stream,
                expected,
                actual,
            }) => {
                assert!(!expected.holds(*actual));
                assert!(actual <= &versions.get(stream).copied());
            }
            Err(error) => panic!("command {}: {error}", asked.command),
        }
    }
}
