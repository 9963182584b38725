//! The log's own history: its name and its keys.

use domain::log::Event;
use event_store::Position;
use imbl::Vector;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::city::Fact;

/// The log's name and its keys.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct LogHistory {
    /// Its name, as in checkpoints.
    pub origin: Option<String>,
    /// Its keys, the present one last.
    pub keys: Vector<Key>,
}

/// A key that verified checkpoints from an event on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Key {
    /// The key.
    pub vkey: String,
    /// The event that introduced it.
    pub position: Position,
    /// When.
    pub since: Timestamp,
}

impl LogHistory {
    pub(crate) fn apply(&mut self, fact: &Fact<'_, Event>) {
        let (Event::LogCreated { vkey, .. } | Event::LogKeyRotated { vkey }) = &fact.event;
        if let Event::LogCreated { origin, .. } = &fact.event {
            self.origin = Some(origin.clone());
        }
        self.keys.push_back(Key {
            vkey: vkey.clone(),
            position: fact.position,
            since: fact.metadata.recorded_at,
        });
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = &Key> {
        self.keys.iter()
    }
}
