//! Given, when, then: rules as sentences that run.

use std::fmt::Debug;

use crate::{Circumstances, Decider};

/// What has happened so far.
pub fn given<D: Decider>(history: impl IntoIterator<Item = D::Event>) -> Given<D> {
    Given {
        history: history.into_iter().collect(),
    }
}

/// What has happened so far.
#[must_use]
pub struct Given<D: Decider> {
    history: Vec<D::Event>,
}

impl<D: Decider> Given<D> {
    /// More that has happened.
    pub fn and(mut self, events: impl IntoIterator<Item = D::Event>) -> Self {
        self.history.extend(events);
        self
    }

    /// Somebody asks for something.
    pub fn when(
        &self,
        command: &D::Command,
        circumstances: &Circumstances<D::Ordinance>,
    ) -> Answer<D> {
        Answer(D::decide(command, &self.state(), circumstances))
    }

    /// What the rules remember.
    pub fn state(&self) -> D::State {
        D::replay(&self.history)
    }

    /// All that has happened.
    pub fn history(&self) -> &[D::Event] {
        &self.history
    }

    /// Goes on with what the rules allow.
    ///
    /// # Panics
    /// If they refuse.
    #[track_caller]
    pub fn after(
        mut self,
        command: &D::Command,
        circumstances: &Circumstances<D::Ordinance>,
    ) -> Self
    where
        D::Event: Debug,
        D::Refusal: Debug,
    {
        let events = self.when(command, circumstances).events();
        self.history.extend(events);
        self
    }
}

/// The rules' answer.
#[must_use]
pub struct Answer<D: Decider>(Result<Vec<D::Event>, D::Refusal>);

impl<D: Decider> Answer<D>
where
    D::Event: Debug,
    D::Refusal: Debug,
{
    /// Exactly this happens.
    ///
    /// # Panics
    /// If something else does.
    #[track_caller]
    pub fn then(self, expected: impl IntoIterator<Item = D::Event>)
    where
        D::Event: PartialEq,
    {
        let expected: Vec<_> = expected.into_iter().collect();
        assert_eq!(self.events(), expected);
    }

    /// It is refused, for this reason.
    ///
    /// # Panics
    /// If it is not.
    #[track_caller]
    pub fn refused(self, expected: D::Refusal)
    where
        D::Refusal: PartialEq,
    {
        assert_eq!(self.refusal(), expected);
    }

    /// What happens.
    ///
    /// # Panics
    /// If it is refused.
    #[track_caller]
    pub fn events(self) -> Vec<D::Event> {
        match self.0 {
            Ok(events) => events,
            Err(refusal) => panic!("refused: {refusal:?}"),
        }
    }

    /// Why it is refused.
    ///
    /// # Panics
    /// If it is not.
    #[track_caller]
    pub fn refusal(self) -> D::Refusal {
        match self.0 {
            Ok(events) => panic!("not refused: {events:?}"),
            Err(refusal) => refusal,
        }
    }
}
