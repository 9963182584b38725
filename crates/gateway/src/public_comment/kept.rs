//! What a submitter keeps of what was recorded: with it, `hiroba-verify
//! receipt` shows to anybody what was handed in, and that the log holds it.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use event_store::Position;
use read_models::{TextRef, public_comment::Submission};

use crate::{context::Ask, http::ApiError, scalars::LogPosition};

/// What opens one sealed text of a leaf: whoever has the leaf can check that
/// this text, and no other, was recorded in it.
#[derive(Clone, Debug, SimpleObject)]
pub struct Opening {
    /// The scheme of the commitment, `hiroba/commit/v1`.
    pub alg: &'static str,
    /// The event that it belongs to.
    pub event: String,
    /// The place of the commitment in the event's data.
    pub field: String,
    /// The salt, 32 bytes in base64.
    pub salt: String,
    /// The text.
    pub text: Option<String>,
    /// What is not text, in base64, in the place of the text.
    pub bytes: Option<String>,
}

impl From<vault::Opening> for Opening {
    fn from(opening: vault::Opening) -> Self {
        let (text, bytes) = match String::from_utf8(opening.plaintext) {
            Ok(text) => (Some(text), None),
            Err(error) => (None, Some(STANDARD.encode(error.as_bytes()))),
        };
        Self {
            alg: transparency::commitment::ALGORITHM,
            event: opening.event_id,
            field: opening.field,
            salt: opening.salt.to_string(),
            text,
            bytes,
        }
    }
}

/// What a submitter keeps of an event of theirs.
pub struct Kept {
    position: Position,
    submission: Arc<Submission>,
    /// Whether whoever asks has just shown to be the submitter.
    own: bool,
}

impl Kept {
    /// Of the event at this position, which recorded or replaced the opinion.
    /// `own` tells that whoever asks has shown to be its submitter.
    pub(crate) fn new(position: Position, submission: Arc<Submission>, own: bool) -> Self {
        Self {
            position,
            submission,
            own,
        }
    }

    /// The sealed texts of that event.
    fn texts(&self) -> impl Iterator<Item = &TextRef> {
        let submission = &self.submission;
        let versions = submission.versions.iter().flat_map(|version| {
            let attachments = version.attachments.iter().map(|(_, file)| file);
            [&version.body]
                .into_iter()
                .chain(&version.passage)
                .chain(attachments)
        });
        versions
            .chain([&submission.submitter])
            .filter(|text| text.position == self.position)
    }
}

/// What the submitter keeps. The members `leaf`, `proof` and `openings` of it,
/// saved as JSON, are what `hiroba-verify receipt` reads.
#[Object]
impl Kept {
    /// The number on the receipt.
    async fn receipt_number(&self) -> String {
        self.submission.receipt_number().to_string()
    }

    /// The place of the recorded event in the log.
    async fn position(&self) -> LogPosition {
        LogPosition(self.position)
    }

    /// The leaf of the log, as base64: the recorded event, byte for byte.
    async fn leaf(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        let page = ctx.desk().store.read_all(self.position, 1).await;
        let page = page.map_err(ApiError::internal)?;
        let recorded = page.first().ok_or(ApiError::NotFound)?;
        Ok(STANDARD.encode(&recorded.payload))
    }

    /// The proof that the log holds the leaf (tlog-proof). Asking for it makes
    /// the answer wait for the next checkpoint, a second as a rule; none if
    /// there is no checkpoint after three: then it can be fetched later, by
    /// the position.
    async fn proof(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        match &ctx.desk().seals {
            Some(seals) => seals.wait_for_receipt(self.position).await,
            None => Ok(None),
        }
    }

    /// What opens the sealed texts of the leaf: the opinion, the passage, the
    /// submitter, and what was committed to of each attachment. For the
    /// submitter alone; empty where an officer acts for them. To be kept secret
    /// by whoever does not wish to be known.
    async fn openings(&self, ctx: &Context<'_>) -> Result<Vec<Opening>, ApiError> {
        let mut openings = Vec::new();
        if !self.own {
            return Ok(openings);
        }
        for text in self.texts() {
            openings.extend(ctx.desk().open(text).await?.map(Opening::from));
        }
        Ok(openings)
    }
}
