//! What happens to the log.

use serde::{Deserialize, Serialize};

/// What has happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data", rename_all = "snake_case")]
pub enum Event {
    /// The log began: this is its first leaf.
    LogCreated {
        /// Its name, as in checkpoints.
        origin: String,
        /// The key that verifies its checkpoints.
        vkey: String,
        /// The form of its leaves.
        leaf_spec: String,
    },
    /// Checkpoints are signed with another key from now on.
    LogKeyRotated {
        /// The key that verifies them.
        vkey: String,
    },
}
