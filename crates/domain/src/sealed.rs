//! Text that stands in the log only as a commitment.

use serde::{Deserialize, Serialize};

/// A salted commitment in the place of a text that is personal or embargoed.
///
/// The text and its salt lie encrypted in the vault; whoever is shown both can
/// check that they are what was recorded. The rules never see the text: what
/// they need of it (its length in a decision on items, say) comes with the
/// command.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sealed {
    alg: Algorithm,
    /// The commitment, base64.
    pub c: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
enum Algorithm {
    #[serde(rename = "hiroba/commit/v1")]
    CommitV1,
}

impl Sealed {
    /// A commitment in base64, made by `transparency::commitment`.
    pub fn new(commitment: String) -> Self {
        Self {
            alg: Algorithm::CommitV1,
            c: commitment,
        }
    }
}
