//! The log itself: its name, its key, the form of its leaves.
//!
//! One stream a log: `log/<origin>`.

mod command;
mod decide;
mod event;
mod refusal;
#[cfg(test)]
mod specs;

pub use command::*;
pub use event::*;
pub use refusal::*;

use crate::{Circumstances, Decider, Role};

/// The form of the leaves that this release writes.
pub const LEAF_SPEC: &str = "hiroba/leaf/v1";

/// The rules for the log.
#[derive(Clone, Copy, Debug)]
pub struct Log;

/// What the rules remember of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Its name, once it exists.
    pub origin: Option<String>,
    /// All verifier keys that it had, the present one last.
    pub vkeys: Vec<String>,
}

impl Decider for Log {
    const INSTITUTION: &'static str = "log";

    type Command = Command;
    type Event = Event;
    type State = State;
    /// No ordinance speaks of the log.
    type Ordinance = ();
    type Refusal = Refusal;

    fn roles(_command: &Command) -> &'static [Role] {
        decide::SYSTEM
    }

    fn decide(
        command: &Command,
        state: &State,
        circumstances: &Circumstances<()>,
    ) -> Result<Vec<Event>, Refusal> {
        decide::decide(command, state, circumstances)
    }

    fn evolve(state: &mut State, event: &Event) {
        match event {
            Event::LogCreated { origin, vkey, .. } => {
                state.origin = Some(origin.clone());
                state.vkeys.push(vkey.clone());
            }
            Event::LogKeyRotated { vkey } => state.vkeys.push(vkey.clone()),
        }
    }
}
