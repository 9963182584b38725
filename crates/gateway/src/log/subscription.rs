//! What can be followed of the log.

use std::sync::Arc;

use async_graphql::{Context, SimpleObject};
use event_store::Position;
use futures::{Stream, stream};
use transparency::SignedCheckpoint;

use crate::{Seals, context::Ask, http::ApiError, scalars::LogPosition};

/// A checkpoint: what the city has committed to.
#[derive(Clone, Debug, SimpleObject)]
pub struct Checkpoint {
    /// How many events it covers.
    pub size: String,
    /// The root over them, in base64.
    pub root: String,
    /// The checkpoint, as a signed note. Witnesses may add their lines later:
    /// `checkpoint` and `/log/checkpoint/<size>` have them.
    pub note: String,
    /// The hashes, in base64, that prove that what the client had before is a
    /// beginning of this: the checkpoint that came before, or the one named in
    /// `after`. None for the first, if none is named.
    pub consistency: Vec<String>,
}

/// What can be followed of the log.
#[derive(Default)]
pub struct LogSubscription;

/// What can be followed.
#[async_graphql::Subscription]
impl LogSubscription {
    /// How many events the log holds, whenever it has grown.
    async fn log_grew(&self, ctx: &Context<'_>) -> impl Stream<Item = LogPosition> + use<> {
        let sizes = ctx.desk().reader.watch();
        stream::unfold(sizes, |mut cities| async move {
            cities.changed().await.ok()?;
            let size = cities.borrow().size;
            Some((LogPosition(Position(size.0.saturating_sub(1))), cities))
        })
    }

    /// Every checkpoint that is signed: each once, in order, and without a gap
    /// between those from before and those to come. It begins with the newest,
    /// or after the one that the client has. Nothing comes where the log is not
    /// sealed.
    async fn checkpoint_signed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The size of the newest checkpoint that the client has.")] after: Option<
            String,
        >,
    ) -> Result<impl Stream<Item = Result<Checkpoint, ApiError>> + use<>, ApiError> {
        let following = match &ctx.desk().seals {
            Some(seals) => Some(Following::start(Arc::clone(seals), after).await?),
            None => None,
        };
        Ok(stream::unfold(following, |following| async {
            let mut following = following?;
            Some(match following.next().await {
                Ok(checkpoint) => (Ok(checkpoint), Some(following)),
                // There will be none any more.
                Err(error) => (Err(error), None),
            })
        }))
    }
}

/// Somebody who follows checkpoints.
struct Following {
    seals: Arc<dyn Seals>,
    /// The size of the newest one that they have.
    seen: Option<u64>,
}

impl Following {
    async fn start(seals: Arc<dyn Seals>, after: Option<String>) -> Result<Self, ApiError> {
        let read = |after: String| {
            let seen: Option<u64> = after.parse().ok();
            seen.ok_or_else(|| {
                ApiError::bad_input(
                    "after はチェックポイントの大きさ（件数）で書いてください",
                    "`after` is the size of a checkpoint, a whole number",
                )
            })
        };
        let seen = after.map(read).transpose()?;
        let size = seals.newest_checkpoint().await?.checkpoint().size();
        if let Some(seen) = seen.filter(|seen| size < *seen) {
            return Err(ApiError::bad_input(
                format!(
                    "記録は{size}件です。お持ちのチェックポイント（{seen}件）は、記録が巻き戻された証拠になりえます。保存してください"
                ),
                format!(
                    "the log has {size} events, and your checkpoint {seen}: keep it, for it may prove that the log was cut back"
                ),
            ));
        }
        Ok(Self { seals, seen })
    }

    async fn next(&mut self) -> Result<Checkpoint, ApiError> {
        let signed = match self.seen {
            Some(seen) => self.seals.checkpoint_after(seen).await?,
            None => SignedCheckpoint::clone(&*self.seals.newest_checkpoint().await?),
        };
        let checkpoint = signed.checkpoint();
        let size = checkpoint.size();
        let proof = match self.seen.replace(size) {
            Some(seen) => self.seals.consistency(seen, size).await?,
            None => Vec::new(),
        };
        Ok(Checkpoint {
            size: size.to_string(),
            root: checkpoint.root().to_string(),
            note: signed.to_string(),
            consistency: proof.iter().map(ToString::to_string).collect(),
        })
    }
}
