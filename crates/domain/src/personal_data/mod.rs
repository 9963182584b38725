//! What becomes of somebody's personal data: every opening by staff is an
//! event, and so is the erasure. The data themselves lie in the vault.
//!
//! One stream a person: `personal_data/subject_…`.

mod command;
mod decide;
mod event;
mod refusal;
mod retention;
#[cfg(test)]
mod specs;

pub use command::*;
pub use event::*;
pub use refusal::*;
pub use retention::*;

use crate::{Circumstances, Decider, Role, ids::SubjectId, ordinance::InForce};

/// The rules for a person's data.
#[derive(Clone, Copy, Debug)]
pub struct PersonalData;

/// What the rules remember of a person's data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Whose data they are, once anything has happened to them.
    pub subject: Option<SubjectId>,
    /// How often staff opened them.
    pub opened: u32,
    /// Whether the person asked for the erasure.
    pub erasure_requested: bool,
    /// Whether they were erased.
    pub erased: bool,
}

impl Decider for PersonalData {
    const INSTITUTION: &'static str = "personal_data";

    type Command = Command;
    type Event = Event;
    type State = State;
    type Ordinance = InForce<Retention>;
    type Refusal = Refusal;

    fn roles(command: &Command) -> &'static [Role] {
        decide::roles(command)
    }

    fn decide(
        command: &Command,
        state: &State,
        circumstances: &Circumstances<InForce<Retention>>,
    ) -> Result<Vec<Event>, Refusal> {
        decide::decide(command, state, circumstances)
    }

    fn evolve(state: &mut State, event: &Event) {
        match event {
            Event::PersonalDataOpened { subject, .. } => {
                state.subject = Some(*subject);
                state.opened = state.opened.saturating_add(1);
            }
            Event::ErasureRequested { subject } => {
                state.subject = Some(*subject);
                state.erasure_requested = true;
            }
            Event::PersonalDataErased { subject, .. } => {
                state.subject = Some(*subject);
                state.erased = true;
            }
        }
    }
}
