//! Folding the read models from leaves alone.

use event_store::{LogSize, Position};
use read_models::City;
use transparency::Hash;

use crate::{
    log::{Leaf, Rules},
    report::Report,
};

/// The city as the leaves tell it, up to a size.
pub struct Fold {
    /// How many events are folded at most.
    until: u64,
    /// What was folded.
    pub city: City,
    /// The hash of every leaf, so that one that is read again is the same.
    pub hashes: Vec<Hash>,
    broken: bool,
}

impl Fold {
    /// Folds this many events.
    #[must_use]
    pub fn until(size: u64) -> Self {
        Self {
            until: size,
            city: City::default(),
            hashes: Vec::new(),
            broken: false,
        }
    }

    /// Whether every event up to here was folded.
    #[must_use]
    pub fn is_whole(&self, size: u64) -> bool {
        !self.broken && self.city.size == LogSize(size.min(self.until))
    }
}

impl Rules for &mut Fold {
    type Facts = ();
    type Memory = ();

    fn read(_leaf: &[u8], _memory: &mut ()) -> Self::Facts {}

    fn follow(&mut self, leaf: Leaf<'_>, _facts: (), report: &mut Report) {
        let Leaf {
            position,
            bytes,
            hash,
        } = leaf;
        self.hashes.push(hash);
        if self.broken || position >= self.until {
            return;
        }
        if let Err(error) = self.city.apply_leaf(Position(position), bytes) {
            self.broken = true;
            let message = format!(
                "Event {position} cannot be folded, so nothing after it was: {error}. If the city \
                 runs a newer release, verify with a newer one too."
            );
            report.error("EVENT_NOT_FOLDED", Some(position), message);
        }
    }

    fn finish(self, _report: &mut Report) {}
}
