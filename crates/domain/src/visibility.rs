//! Who may see what, in classes.

use serde::{Deserialize, Serialize};

/// How far a piece of information reaches, from the widest to the narrowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Everybody.
    Public,
    /// Those who take part in the case.
    Participants,
    /// Whoever works for the city on cases of this kind.
    Office,
    /// Named officers of the case.
    Restricted,
    /// Nobody: ballots, signature sheets, embargoed texts.
    Sealed,
}
