//! From a command to recorded events.
//!
//! [`Sequencer`] is the one writer of a log: it decides in memory, in the order
//! in which commands arrive, and hands what was decided to the event store in
//! batches, so that many commands share one write to the disk. Each institution
//! brings its [`domain::Decider`], and [`Governed`] says which ordinance applies.

pub mod clock;
mod governed;
mod job;
mod sequencer;
mod streams;

pub use clock::{Clock, SystemClock};
pub use governed::Governed;
pub use job::{Accepted, CommandError, Happened, Request};
pub use sequencer::{Sequencer, SequencerClosed};
