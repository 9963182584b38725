//! The sealer, as resolvers ask it.

use std::time::Duration;

use event_store::Position;
use sealer::{Sealer, SealerError};

use crate::{Seals, http::ApiError};

/// How long an answer waits for its checkpoint. There is one a second, so
/// whoever waits longer is better off with an answer and no receipt yet.
const PATIENCE: Duration = Duration::from_secs(3);

#[async_trait::async_trait]
impl Seals for Sealer {
    async fn checkpoint(&self) -> Result<Option<String>, ApiError> {
        Ok(Some(Sealer::checkpoint(self).to_string()))
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
