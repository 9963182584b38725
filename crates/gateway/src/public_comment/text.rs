//! Texts that may be under embargo.

use async_graphql::SimpleObject;

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
}

impl GuardedText {
    /// What the gate lets through.
    pub async fn read(desk: &Desk, reading: Reading) -> Result<Self, ApiError> {
        let text = match reading {
            Reading::Shut(shut) => {
                return Ok(Self {
                    state: shut.into(),
                    text: None,
                });
            }
            Reading::Open(text) => desk.open_text(&text).await?,
        };
        Ok(Self {
            state: if text.is_some() {
                TextState::Readable
            } else {
                TextState::Erased
            },
            text,
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
