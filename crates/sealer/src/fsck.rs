//! Rebuilds everything from the log and compares.

use std::fmt;

use event_store::Position;
use transparency::Tile;

use crate::{
    Sealer, SealerError,
    sealer::{self, PAGE},
    tree::{self, Tree},
};

/// Something that is not as the log says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// A tile's file is missing or holds other hashes.
    Tile(Tile),
    /// A checkpoint that was given out has another root than the log had at
    /// that size.
    Checkpoint(u64),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tile(tile) => write!(f, "{tile} is missing or does not follow from the log"),
            Self::Checkpoint(size) => write!(
                f,
                "the checkpoint of size {size} that was given out does not follow from the log"
            ),
        }
    }
}

/// Hashes the whole log again, up to the newest checkpoint, and compares every
/// tile's file and every checkpoint that was given out. Nothing found means
/// that all of them follow from the log. `progress` is told how many of how many
/// events were hashed.
pub async fn fsck(
    sealer: &Sealer,
    progress: &(dyn Fn(u64, u64) + Send + Sync),
) -> Result<Vec<Finding>, SealerError> {
    let size = sealer.size();
    // Tiles follow their checkpoint a moment later.
    sealer.write_tiles()?;
    let mut findings = Vec::new();
    let mut checkpoints = sealer.checkpoint_sizes().into_iter().peekable();
    let mut tree = Tree::empty(sealer.dir());
    loop {
        while let Some(given_out) = checkpoints.next_if_eq(&tree.size()) {
            let checkpoint = sealer.checkpoint_at(given_out)?;
            if checkpoint.checkpoint().root() != tree.root() {
                findings.push(Finding::Checkpoint(given_out));
            }
        }
        if tree.size() >= size {
            return Ok(findings);
        }
        let next = Position(tree.size());
        let end = checkpoints.peek().map_or(size, |end| size.min(*end));
        let limit = usize::try_from(end - next.0).map_or(PAGE, |limit| limit.min(PAGE));
        let events = sealer.store().read_all(next, limit).await?;
        if events.is_empty() {
            return Err(SealerError::Hole(next));
        }
        for event in &events {
            sealer::append(&mut tree, event)?;
        }
        progress(tree.size(), size);
        for (tile, bytes) in tree.take_unwritten() {
            let path = tree::tile_path(sealer.dir(), tile);
            let found = disk::read(&path).map_err(|error| SealerError::io(&path, error))?;
            if found.as_deref() != Some(&*bytes) {
                findings.push(Finding::Tile(tile));
            }
        }
    }
}
