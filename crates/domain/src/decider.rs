//! The shape of an institution's rules.

use serde::{Serialize, de::DeserializeOwned};

use crate::{Circumstances, LegalDate, Role, history::Upcast, refusal::Refusal};

/// One institution's rules: what may happen next, given what has happened.
pub trait Decider {
    /// The institution's name, the same word in folders, streams and logs.
    const INSTITUTION: &'static str;

    /// How events written by earlier versions read today.
    const UPCASTS: &'static [Upcast] = &[];

    /// What someone asks for.
    type Command: Send + Sync;
    /// What has happened. Appended, never changed.
    type Event: Serialize + DeserializeOwned + Send + Sync;
    /// What the rules need to remember, and no more.
    type State: Default + Send;
    /// The parameters that an ordinance sets.
    type Ordinance: Send + Sync;
    /// Why a command is turned down.
    type Refusal: Refusal + Send;

    /// Who may give a command: one of these roles is needed. The first that the
    /// actor holds is the role that stands in the log.
    fn roles(command: &Self::Command) -> &'static [Role];

    /// Turns a command into events, or says why not. No event means that
    /// nothing new was asked for.
    fn decide(
        command: &Self::Command,
        state: &Self::State,
        circumstances: &Circumstances<Self::Ordinance>,
    ) -> Result<Vec<Self::Event>, Self::Refusal>;

    /// Remembers one event. Total, and blind to the ordinance: a new ordinance
    /// must not change the past. In place, because a case may hold hundreds of
    /// thousands of submissions.
    fn evolve(state: &mut Self::State, event: &Self::Event);

    /// The version of the ordinance that this history is bound to, once it is.
    fn pinned_ordinance(_state: &Self::State) -> Option<&str> {
        None
    }

    /// The day to which the law attributes an event, where it is not the day of
    /// recording: a postmark lies before the entry by the clerk.
    fn legal_date(_event: &Self::Event) -> Option<LegalDate> {
        None
    }

    /// The state that a history leads to.
    fn replay<'a>(history: impl IntoIterator<Item = &'a Self::Event>) -> Self::State
    where
        Self::Event: 'a,
    {
        let mut state = Self::State::default();
        for event in history {
            Self::evolve(&mut state, event);
        }
        state
    }
}
