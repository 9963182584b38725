//! The newest versions of streams that were asked for lately.

use std::mem;

use event_store::{StreamName, Version};

use crate::map::Map;

/// Keeps between `limit` and twice as many answers about sealed segments; an
/// answer that nobody asks for again is forgotten.
#[derive(Debug)]
pub(crate) struct Heads {
    limit: usize,
    recent: Map<StreamName, Version>,
    older: Map<StreamName, Version>,
}

impl Heads {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit: limit.max(1),
            recent: Map::default(),
            older: Map::default(),
        }
    }

    pub(crate) fn get(&mut self, stream: &StreamName) -> Option<Version> {
        if let Some(version) = self.recent.get(stream) {
            return Some(*version);
        }
        let (stream, version) = self.older.remove_entry(stream)?;
        self.keep(stream, version);
        Some(version)
    }

    pub(crate) fn keep(&mut self, stream: StreamName, version: Version) {
        if self.limit <= self.recent.len() {
            self.older = mem::take(&mut self.recent);
        }
        self.recent.insert(stream, version);
    }

    /// Forgets everything: a segment was sealed, and streams in it have moved
    /// on.
    pub(crate) fn clear(&mut self) {
        self.recent.clear();
        self.older.clear();
    }
}
