//! Texts that may be under embargo.

use async_graphql::SimpleObject;
use domain::public_comment::{Submitter, redaction};

use super::words::TextState;
use crate::{
    desk::Desk,
    gate::{Reading, Shut},
    http::ApiError,
};

/// A text that may be under embargo, hidden, or gone; and why.
#[derive(Clone, Debug, SimpleObject)]
pub struct GuardedText {
    /// What stands in its place.
    pub state: TextState,
    /// The text, if it may be read. Plain text as it was written: never to be
    /// taken for markup.
    pub text: Option<String>,
    /// Whether what tells who wrote it is blotted out (■). The officers of a
    /// case see it whole with `openPersonalData`.
    pub blotted: bool,
}

impl GuardedText {
    /// What the gate lets through.
    pub async fn read(desk: &Desk, reading: Reading) -> Result<Self, ApiError> {
        let (text, author) = match reading {
            Reading::Shut(shut) => {
                return Ok(Self {
                    state: shut.into(),
                    text: None,
                    blotted: false,
                });
            }
            Reading::Public(text) => (desk.open_public(&text).await?, None),
            Reading::Open(text) => (desk.open_text(&text).await?, None),
            Reading::Blotted { text, author } => (
                desk.open_text(&text).await?,
                desk.open_json::<Submitter>(&author).await?,
            ),
        };
        let Some(whole) = text else {
            return Ok(Self {
                state: TextState::Erased,
                text: None,
                blotted: false,
            });
        };
        let shown = match &author {
            Some(author) => redaction::blotted(&whole, author),
            None => whole.clone(),
        };
        Ok(Self {
            state: TextState::Readable,
            blotted: shown != whole,
            text: Some(shown),
        })
    }
}

impl From<Shut> for TextState {
    fn from(shut: Shut) -> Self {
        match shut {
            Shut::Embargoed => Self::Embargoed,
            Shut::Withdrawn => Self::Withdrawn,
            Shut::Late => Self::Late,
            Shut::Hidden => Self::Hidden,
            Shut::TakenDown => Self::TakenDown,
        }
    }
}
