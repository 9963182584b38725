//! The sealer, as resolvers ask it.

use std::{sync::Arc, time::Duration};

use event_store::Position;
use sealer::{Sealer, SealerError};
use transparency::{Hash, SignedCheckpoint};

use crate::{Seals, http::ApiError};

/// How long an answer waits for its checkpoint. There is one a second, so
/// whoever waits longer is better off with an answer and no receipt yet.
const PATIENCE: Duration = Duration::from_secs(3);

#[async_trait::async_trait]
impl Seals for Sealer {
    async fn checkpoint(&self) -> Result<Arc<SignedCheckpoint>, ApiError> {
        Ok(self.witnessed())
    }

    async fn newest_checkpoint(&self) -> Result<Arc<SignedCheckpoint>, ApiError> {
        Ok(Sealer::checkpoint(self))
    }

    async fn checkpoint_after(&self, size: u64) -> Result<SignedCheckpoint, ApiError> {
        let next = Sealer::checkpoint_after(self, size).await;
        next.map_err(ApiError::internal)
    }

    async fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, ApiError> {
        Sealer::consistency(self, old, new).map_err(ApiError::internal)
    }

    async fn receipt(&self, position: Position) -> Result<Option<String>, ApiError> {
        match Sealer::receipt(self, position) {
            Ok(receipt) => Ok(Some(receipt.to_string())),
            Err(SealerError::NotYet(_)) => Ok(None),
            Err(error) => Err(ApiError::internal(error)),
        }
    }

    async fn wait_for_receipt(&self, position: Position) -> Result<Option<String>, ApiError> {
        match tokio::time::timeout(PATIENCE, self.wait_for(position)).await {
            Ok(Ok(receipt)) => Ok(Some(receipt.to_string())),
            // The event is recorded whatever became of its checkpoint: an
            // error would tell the citizen otherwise.
            Ok(Err(error)) => {
                tracing::error!(%position, %error, "no receipt can be made");
                Ok(None)
            }
            Err(_) => {
                tracing::warn!(%position, "the checkpoint is late; answered without a receipt");
                Ok(None)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use event_store::MemoryStore;
    use sealer::Signer;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_answer_does_not_wait_for_ever_for_its_checkpoint() {
        let folder = tempfile::tempdir().unwrap();
        let disk = disk::Disk::new;
        let (keys, tree) = (folder.path().join("signer"), folder.path().join("tree"));
        let signer = Signer::open(disk(), &keys, "city.example/log/1").unwrap();
        let store = Arc::new(MemoryStore::default());
        let sealer = Sealer::open(store, disk(), &tree, signer).await.unwrap();
        // Nobody seals, so position 0 never comes.
        assert_eq!(sealer.wait_for_receipt(Position(0)).await.unwrap(), None);
        assert_eq!(Seals::receipt(&sealer, Position(0)).await.unwrap(), None);
        let checkpoint = Seals::checkpoint(&sealer).await.unwrap().to_string();
        assert!(
            checkpoint.starts_with("city.example/log/1\n0\n"),
            "{checkpoint}"
        );
    }
}
