//! Ordinances as data: each version of the parameters that the law sets is an
//! event with the day on which it takes effect. Which rules held on a day can
//! be asked for ever after.
//!
//! One stream an institution: `ordinance/public_comment`.

mod command;
mod decide;
mod event;
pub mod profile;
mod refusal;
#[cfg(test)]
mod specs;
mod state;

pub use command::*;
pub use event::*;
pub use refusal::*;
pub use state::*;

use crate::{Circumstances, Decider, LegalDate, Role};

/// The parameters that hold for a case, and the version that sets them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce<Parameters> {
    /// The version, such as "kawasaki2009/1".
    pub version: String,
    /// What it sets.
    pub parameters: Parameters,
}

/// The rules for the versions of an institution's ordinance.
#[derive(Clone, Copy, Debug)]
pub struct Ordinances;

impl Decider for Ordinances {
    const INSTITUTION: &'static str = "ordinance";

    type Command = Command;
    type Event = Event;
    type State = State;
    /// What makes ordinances is not itself configured.
    type Ordinance = ();
    type Refusal = Refusal;

    fn roles(command: &Command) -> &'static [Role] {
        decide::roles(command)
    }

    fn decide(
        command: &Command,
        state: &State,
        circumstances: &Circumstances<()>,
    ) -> Result<Vec<Event>, Refusal> {
        decide::decide(command, state, circumstances)
    }

    fn evolve(state: &mut State, event: &Event) {
        state.evolve(event);
    }

    fn legal_date(event: &Event) -> Option<LegalDate> {
        match event {
            Event::OrdinanceEnacted(version) => version.promulgated_on,
            Event::OrdinanceRepealed { .. } => None,
        }
    }
}
