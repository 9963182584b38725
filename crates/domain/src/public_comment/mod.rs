//! パブリックコメント手続: the city shows a draft, everybody may say what they
//! think of it, every point is answered, and the result is published with the
//! difference that it made. It is not a vote: what is said counts, not how many
//! say it.
//!
//! Drafting → Open → Closed → UnderReview → Decided → ResultPublished; a case
//! may end as Exempted or Abandoned.

mod arguments;
mod command;
mod content;
mod decide;
pub mod diff;
pub mod duplicates;
mod event;
mod evolve;
mod mismatch;
mod ordinance;
pub mod redaction;
mod refusal;
pub mod result_document;
pub mod retention;
mod state;
mod upcasts;
mod words;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod invariants;
#[cfg(test)]
mod specs;

pub use arguments::*;
pub use command::*;
pub use content::*;
pub use event::*;
pub use mismatch::*;
pub use ordinance::*;
pub use refusal::*;
pub use state::*;
pub use words::*;

use crate::{Circumstances, Decider, LegalDate, Role, history::Upcast, ordinance::InForce};

/// The rules of public comment cases. One stream a case:
/// `public_comment/case_…`.
#[derive(Clone, Copy, Debug)]
pub struct PublicComment;

impl Decider for PublicComment {
    const INSTITUTION: &'static str = "public_comment";
    const UPCASTS: &'static [Upcast] = upcasts::UPCASTS;

    type Command = Command;
    type Event = Event;
    type State = State;
    type Ordinance = InForce<Ordinance>;
    type Refusal = Refusal;

    fn roles(command: &Command) -> &'static [Role] {
        command.roles()
    }

    fn decide(
        command: &Command,
        state: &State,
        circumstances: &Circumstances<InForce<Ordinance>>,
    ) -> Result<Vec<Event>, Refusal> {
        decide::decide(command, state, circumstances)
    }

    fn evolve(state: &mut State, event: &Event) {
        evolve::evolve(state, event);
    }

    fn pinned_ordinance(state: &State) -> Option<&str> {
        state.call().map(|call| call.ordinance.as_str())
    }

    fn legal_date(event: &Event) -> Option<LegalDate> {
        event.legal_date()
    }
}
