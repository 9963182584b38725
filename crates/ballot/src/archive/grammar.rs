//! The order of events that a count demands (§10); no version of belenios-tool enforces it.
//!
//! `Setup Ballot* (EndBallots (EncryptedTally (PartialDecryption+ Result?)?)?)?`

use thiserror::Error;

use super::EventKind;

/// How far an election has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Nothing has happened.
    Empty,
    /// Ballots are accepted.
    Voting,
    /// No more ballots are accepted.
    Ended,
    /// The encrypted tally stands.
    Tallied,
    /// At least one trustee has decrypted.
    Decrypting,
    /// The result stands.
    Finished,
}

/// An event at a place where it may not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{event:?} is not allowed when the election is at the stage {stage:?}")]
pub struct OutOfOrder {
    /// How far the election had come.
    pub stage: Stage,
    /// What came then.
    pub event: EventKind,
}

impl Stage {
    /// The stage after an event.
    pub fn after(self, event: EventKind) -> Result<Self, OutOfOrder> {
        match (self, event) {
            (Self::Empty, EventKind::Setup) | (Self::Voting, EventKind::Ballot) => Ok(Self::Voting),
            (Self::Voting, EventKind::EndBallots) => Ok(Self::Ended),
            (Self::Ended, EventKind::EncryptedTally) => Ok(Self::Tallied),
            (Self::Tallied | Self::Decrypting, EventKind::PartialDecryption) => {
                Ok(Self::Decrypting)
            }
            (Self::Decrypting, EventKind::Result) => Ok(Self::Finished),
            (stage, event) => Err(OutOfOrder { stage, event }),
        }
    }

    /// Where reading goes on after an event at a wrong place: as if what it presupposes had
    /// happened, so that one missing event is one finding.
    pub(super) fn despite(self, event: EventKind) -> Self {
        let reached = match event {
            EventKind::Setup | EventKind::Ballot => Self::Voting,
            EventKind::EndBallots => Self::Ended,
            EventKind::EncryptedTally => Self::Tallied,
            EventKind::PartialDecryption => Self::Decrypting,
            EventKind::Result => Self::Finished,
            EventKind::Shuffle | EventKind::EndShuffles => self,
        };
        self.max(reached)
    }
}
