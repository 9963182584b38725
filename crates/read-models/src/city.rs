//! All views at one size of the log.

use domain::{
    Decider,
    history::{self, Leaf},
    log::Log,
    ordinance::Ordinances,
    personal_data::PersonalData,
    public_comment::PublicComment,
};
use event_store::{LogSize, Position, Recorded};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{log, ordinance, personal_data, public_comment};

/// Everything that queries filter, sort and count on, at one size of the log.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct City {
    /// How many events are in it.
    pub size: LogSize,
    /// When the last of them was recorded.
    pub recorded_at: Option<Timestamp>,
    /// Public comment cases.
    pub public_comment: public_comment::Cases,
    /// Which rules held when.
    pub ordinances: ordinance::Versions,
    /// Looks at personal data, and erasures.
    pub personal_data: personal_data::Subjects,
    /// The log's own history.
    pub log: log::LogHistory,
}

/// Why an event could not be folded.
#[derive(Debug, thiserror::Error)]
pub enum FoldError {
    /// The leaf cannot be read.
    #[error("position {position}: {error}")]
    Leaf {
        /// Its place.
        position: Position,
        /// Why.
        error: history::ReadError,
    },
    /// The events do not follow one another.
    #[error("expected position {expected}, found {found}")]
    Order {
        /// The next position.
        expected: Position,
        /// What came.
        found: Position,
    },
    /// No institution of this release has that name.
    #[error("position {position}: no institution is called {institution:?}")]
    Institution {
        /// Its place.
        position: Position,
        /// The name.
        institution: String,
    },
}

/// An event, with its place in the log and what stands around it.
pub(crate) struct Fact<'a, E> {
    pub position: Position,
    pub kind: &'a str,
    pub metadata: &'a history::Metadata,
    pub event: E,
}

impl City {
    /// Folds the next event.
    pub fn apply(&mut self, recorded: &Recorded) -> Result<(), FoldError> {
        self.apply_leaf(recorded.position, &recorded.payload)
    }

    /// Folds the next leaf: all that the views are made of stands in it.
    pub fn apply_leaf(&mut self, position: Position, leaf: &[u8]) -> Result<(), FoldError> {
        if position < self.size.next_position() {
            return Err(FoldError::Order {
                expected: self.size.next_position(),
                found: position,
            });
        }
        let unreadable = |error| FoldError::Leaf { position, error };
        let leaf = Leaf::parse(leaf).map_err(unreadable)?;
        match leaf.institution() {
            PublicComment::INSTITUTION => {
                let event = leaf.event::<PublicComment>().map_err(unreadable)?;
                self.public_comment.apply(&Fact {
                    position,
                    kind: &leaf.kind,
                    metadata: &leaf.metadata,
                    event,
                });
            }
            Ordinances::INSTITUTION => {
                let event = leaf.event::<Ordinances>().map_err(unreadable)?;
                self.ordinances.apply(&Fact {
                    position,
                    kind: &leaf.kind,
                    metadata: &leaf.metadata,
                    event,
                });
            }
            PersonalData::INSTITUTION => {
                let event = leaf.event::<PersonalData>().map_err(unreadable)?;
                self.personal_data.apply(&Fact {
                    position,
                    kind: &leaf.kind,
                    metadata: &leaf.metadata,
                    event,
                });
            }
            Log::INSTITUTION => {
                let event = leaf.event::<Log>().map_err(unreadable)?;
                self.log.apply(&Fact {
                    position,
                    kind: &leaf.kind,
                    metadata: &leaf.metadata,
                    event,
                });
            }
            unknown => {
                return Err(FoldError::Institution {
                    position,
                    institution: unknown.to_owned(),
                });
            }
        }
        self.recorded_at = Some(leaf.metadata.recorded_at);
        self.size = position.size();
        Ok(())
    }
}
