//! The suite that every store passes.
//!
//! A backend implements [`Backend`] and lists the suite in its tests with one
//! line:
//!
//! ```text
//! event_store::contract_tests!(|| MyBackend::empty());
//! event_store::durable_contract_tests!(|| MyBackend::empty());
//! ```
//!
//! Every test gets a function that makes an empty backend each time it is
//! called.

mod appends;
mod duplicates;
mod durability;
mod model;
mod reads;
mod subscriptions;
mod tasks;

use std::future::Future;

use bytes::Bytes;
use ulid::Ulid;

pub use appends::*;
pub use duplicates::*;
pub use durability::*;
pub use model::*;
pub use reads::*;
pub use subscriptions::*;
pub use tasks::*;

use crate::{
    Append, AppendError, CommandId, Direction, EventStore, Expected, NewEvent, Outcome, Position,
    Receipt, Recorded, StreamName, StreamWrite, Vault, Version,
};

/// A kind of store, with a place of its own for one log.
pub trait Backend: Send + Sync + 'static {
    /// The store.
    type Store: EventStore + Vault + 'static;

    /// Whether a store that is opened again shows what was recorded before.
    const DURABLE: bool;

    /// Opens the store; the one that was opened before has been dropped.
    fn open(&self) -> impl Future<Output = Self::Store> + Send;
}

/// Makes one test of each promise that every store keeps.
#[macro_export]
macro_rules! contract_tests {
    ($make:expr) => {
        $crate::contract_tests! { @each $make;
            events_go_to_one_stream_in_order
            events_go_to_several_streams_in_the_order_of_the_writes
            each_expectation_is_checked
            an_append_that_conflicts_in_one_stream_changes_none
            a_conflict_names_the_first_stream_that_is_not_as_expected
            a_malformed_append_is_refused
            an_append_beyond_the_limits_is_refused
            an_append_at_the_limits_is_taken
            several_appends_see_those_before_them
            a_refused_append_does_not_hinder_those_after_it
            a_repeated_command_gets_the_first_answer
            a_repeated_command_gets_the_first_answer_whatever_it_carries
            a_refused_command_may_be_tried_again
            commands_repeated_at_once_are_recorded_once
            a_command_repeated_in_one_batch_is_recorded_once
            a_receipt_says_where_a_command_stands
            a_stream_is_read_from_any_version_in_both_directions
            a_stream_that_is_not_there_is_empty
            the_log_is_read_in_pages
            a_reader_beyond_the_end_gets_nothing
            payloads_come_back_as_they_were
            envelopes_lie_beside_their_events
            the_size_is_what_can_be_read
            what_is_visible_is_final
            a_subscription_delivers_what_is_there_and_what_comes
            a_subscription_starts_anywhere
            appends_during_catching_up_leave_no_seam
            many_tasks_agree_on_one_order
            any_sequence_of_commands_does_what_a_simple_model_does
        }
    };
    (@each $make:expr; $($name:ident)+) => {
        $(
            #[test]
            fn $name() {
                $crate::contract::$name($make);
            }
        )+
    };
}

/// Makes one test of each promise that a store keeps which outlives a process.
#[macro_export]
macro_rules! durable_contract_tests {
    ($make:expr) => {
        $crate::contract_tests! { @each $make;
            everything_is_there_after_opening_again
            positions_and_versions_continue_after_opening_again
            a_repeated_command_gets_the_first_answer_after_opening_again
        }
    };
}

/// Runs a test on a runtime of its own.
fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap_or_else(|error| panic!("no runtime: {error}"))
        .block_on(test);
}

fn command(number: u128) -> CommandId {
    CommandId(Ulid(number))
}

fn name(text: &str) -> StreamName {
    match text.parse() {
        Ok(name) => name,
        Err(error) => panic!("{error}"),
    }
}

fn event(payload: &str) -> NewEvent {
    NewEvent {
        payload: Bytes::from(payload.to_owned()),
        envelope: Bytes::new(),
    }
}

/// What goes to one stream.
fn write(stream: &str, expected: Expected, payloads: &[&str]) -> StreamWrite {
    StreamWrite {
        stream: name(stream),
        expected,
        events: payloads.iter().map(|payload| event(payload)).collect(),
    }
}

/// A command that writes to one stream.
fn append(number: u128, stream: &str, expected: Expected, payloads: &[&str]) -> Append {
    Append {
        command: command(number),
        writes: vec![write(stream, expected, payloads)],
    }
}

/// A receipt with these positions.
fn receipt(first: u64, last: u64) -> Receipt {
    Receipt {
        first: Position(first),
        last: Position(last),
    }
}

/// Appends a command that must be recorded.
async fn commit(store: &impl EventStore, append: Append) -> Receipt {
    match store.append(append).await {
        Ok(Outcome::Committed(receipt)) => receipt,
        other => panic!("not committed: {other:?}"),
    }
}

/// The whole log, page by page.
async fn log(store: &impl EventStore) -> Vec<Recorded> {
    let mut events: Vec<Recorded> = Vec::new();
    loop {
        let next = events
            .last()
            .map_or(Position::START, |last| last.position.next());
        match store.read_all(next, 100).await {
            Ok(page) if page.is_empty() => return events,
            Ok(page) => events.extend(page),
            Err(error) => panic!("the log cannot be read: {error}"),
        }
    }
}

/// Everything in a stream.
async fn stream(store: &impl EventStore, stream: &str) -> Vec<Recorded> {
    store
        .read_stream(
            &name(stream),
            Version::FIRST,
            Direction::Forwards,
            usize::MAX,
        )
        .await
        .unwrap_or_else(|error| panic!("the stream cannot be read: {error}"))
}

/// The payloads of events, as text.
fn payloads(events: &[Recorded]) -> Vec<String> {
    events
        .iter()
        .map(|event| String::from_utf8_lossy(&event.payload).into_owned())
        .collect()
}

/// The first answer, which must be a conflict.
fn conflict(stream: &str, expected: Expected, actual: Option<u64>) -> AppendError {
    AppendError::Conflict {
        stream: name(stream),
        expected,
        actual: actual.map(Version),
    }
}

/// Numbers that look random and are the same in every run.
#[derive(Clone, Debug)]
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (word ^ (word >> 31)) % sides.max(1)
    }
}
