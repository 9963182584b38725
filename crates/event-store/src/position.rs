//! Places in the log and in a stream.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A place in the global order, counted from 0: the index of the leaf.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Position(pub u64);

impl Position {
    /// The first place.
    pub const START: Self = Self(0);

    /// The size of a log in which this is the last position.
    pub fn size(self) -> LogSize {
        LogSize(self.0 + 1)
    }

    /// The place after this one.
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How many positions a log holds: the next position to be given.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct LogSize(pub u64);

impl LogSize {
    /// The position that the next event will get.
    pub fn next_position(self) -> Position {
        Position(self.0)
    }

    /// Whether a log of this size holds that position.
    pub fn holds(self, position: Position) -> bool {
        position.0 < self.0
    }
}

impl fmt::Display for LogSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A place in a stream, counted from 1 without holes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(pub u64);

impl Version {
    /// The first version of every stream.
    pub const FIRST: Self = Self(1);
    /// Beyond the end of any stream: where reading backwards starts.
    pub const LAST: Self = Self(u64::MAX);

    /// The version after this one.
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
