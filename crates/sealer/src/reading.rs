//! What is read of a sealed log: receipts, proofs, checkpoints, tiles.

use std::sync::Arc;

use bytes::Bytes;
use event_store::Position;
use transparency::{
    Checkpoint, Hash, SignedCheckpoint, Tile, bundle,
    proof::{self, HashReader as _, ProveError},
    receipt::Receipt,
    tile::{Kind, WIDTH},
};

use crate::{Sealer, SealerError, sealer::PAGE};

impl Sealer {
    /// Waits for the checkpoint that covers this position, and proves with it
    /// that the event is in the log. Dropping the future loses nothing.
    pub async fn wait_for(&self, position: Position) -> Result<Receipt, SealerError> {
        let checkpoint = self.wait(|published| published.covers(position)).await?;
        self.prove(position, &checkpoint)
    }

    /// The receipt for this position at the checkpoint that is shown, or at the
    /// newest, if no other covers it.
    pub fn receipt(&self, position: Position) -> Result<Receipt, SealerError> {
        let covers =
            |checkpoint: &Arc<SignedCheckpoint>| position.0 < checkpoint.checkpoint().size();
        let known = [self.witnessed(), self.checkpoint()];
        let checkpoint = known.into_iter().find(covers);
        self.prove(position, &*checkpoint.ok_or(SealerError::NotYet(position))?)
    }

    /// The receipt for this position at an earlier checkpoint.
    pub fn receipt_at(&self, position: Position, size: u64) -> Result<Receipt, SealerError> {
        if position.0 >= size {
            return Err(SealerError::NotYet(position));
        }
        self.prove(position, &self.checkpoint_at(size)?)
    }

    fn prove(
        &self,
        position: Position,
        checkpoint: &SignedCheckpoint,
    ) -> Result<Receipt, SealerError> {
        let size = checkpoint.checkpoint().size();
        let tree = self.tree();
        let hashes = tree.hashes(size);
        let proof = proof::inclusion(&hashes, position.0, size).map_err(proof_error)?;
        // A damaged tile must not become a receipt.
        let leaf = hashes.hash(0, position.0)?;
        let root = checkpoint.checkpoint().root();
        proof::check_inclusion(&leaf, position.0, size, &proof, &root)
            .map_err(|_| SealerError::DamagedTree(position))?;
        Ok(Receipt {
            extra: None,
            index: position.0,
            proof,
            checkpoint: checkpoint.clone(),
        })
    }

    /// The proof that the log of `old` events is a beginning of that of `new`.
    pub fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, SealerError> {
        if new > self.size() {
            return Err(SealerError::NoCheckpoint(new));
        }
        proof::consistency(&self.tree().hashes(new), old, new).map_err(proof_error)
    }

    /// Whether the log begins with what this checkpoint says.
    pub fn extends(&self, checkpoint: &Checkpoint) -> Result<bool, SealerError> {
        let (size, tree) = (checkpoint.size(), self.tree());
        Ok(size <= tree.size() && tree.root_at(size)? == checkpoint.root())
    }

    /// The checkpoint of this size, if one was given out.
    pub fn checkpoint_at(&self, size: u64) -> Result<SignedCheckpoint, SealerError> {
        self.signer().checkpoint_at(size)
    }

    /// The first checkpoint after this size that is given out, be it already or
    /// in time: whoever asks again with its size misses none and gets none
    /// twice. An error once there will be none.
    pub async fn checkpoint_after(&self, size: u64) -> Result<SignedCheckpoint, SealerError> {
        loop {
            let given_out = self.signer().checkpoint_after(size)?;
            match given_out {
                Some(checkpoint) => return Ok(checkpoint),
                // What it waits for is not the answer: there may be one before.
                None => self.next_checkpoint(size).await?,
            };
        }
    }

    /// The sizes of all checkpoints that were given out, smallest first.
    pub fn checkpoint_sizes(&self) -> Vec<u64> {
        self.signer().sizes_given_out().collect()
    }

    /// A tile of hashes, as it stands at a published size; `None` if the log
    /// is not that far.
    pub fn tile(&self, level: u8, index: u64, width: u16) -> Result<Option<Bytes>, SealerError> {
        let kind = Kind::Hashes(level);
        if !self.has(kind, index, width) {
            return Ok(None);
        }
        let Ok(tile) = Tile::new(kind, index, width) else {
            return Ok(None);
        };
        self.tree().tile(tile).map(|bytes| Some(bytes.into()))
    }

    /// A bundle of entries, as it stands at a published size; `None` if the log
    /// is not that far.
    pub async fn entries(&self, index: u64, width: u16) -> Result<Option<Bytes>, SealerError> {
        if !self.has(Kind::Entries, index, width) {
            return Ok(None);
        }
        let mut next = Position(index * u64::from(WIDTH));
        let end = next.0 + u64::from(width);
        let mut bytes = Vec::new();
        while next.0 < end {
            let limit = usize::try_from(end - next.0).unwrap_or(PAGE);
            let events = self.store().read_all(next, limit).await?;
            if events.is_empty() {
                return Err(SealerError::Hole(next));
            }
            for event in events {
                if event.position != next {
                    return Err(SealerError::Hole(next));
                }
                bundle::push(&mut bytes, &event.payload).map_err(|error| SealerError::Entry {
                    position: next,
                    reason: error.to_string(),
                })?;
                next = next.next();
            }
        }
        Ok(Some(bytes.into()))
    }

    /// Whether the published log has reached this tile.
    fn has(&self, kind: Kind, index: u64, width: u16) -> bool {
        width > 0
            && Tile::at_size(kind, index, self.size()).is_some_and(|tile| width <= tile.width())
    }
}

pub(crate) fn proof_error(error: ProveError<SealerError>) -> SealerError {
    match error {
        ProveError::Read(error) => error,
        ProveError::Range { of, size } => {
            SealerError::Stopped(format!("it was asked for {of} in a log of {size}"))
        }
    }
}
