//! Where a text is, for whoever may read it.

use std::borrow::Cow;

use domain::ids::EventId;
use event_store::Position;
use serde::{Deserialize, Serialize};

/// A sealed text: the event that it was recorded with, and the field of that
/// event in whose place the commitment stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextRef {
    /// The event's place in the log.
    pub position: Position,
    /// The event.
    pub event: EventId,
    /// The path of the commitment in the event's data, with slashes.
    #[serde(with = "crate::compact::name")]
    pub field: Cow<'static, str>,
}

/// The paths of commitments in the events' data.
///
/// Commitments are bound to these names, so they are part of the format: a
/// verifier finds the commitment by walking the path.
pub mod field {
    use std::borrow::Cow;

    /// The text of an opinion.
    pub const BODY: &str = "body";
    /// The passage that an opinion speaks of.
    pub const PASSAGE: &str = "passage";
    /// The submitter.
    pub const SUBMITTER: &str = "submitter";
    /// The hashed secret of the submitter.
    pub const CLAIM: &str = "claim";
    /// The draft of a case.
    pub const CONTENT: &str = "content";
    /// A title before publication.
    pub const TITLE: &str = "title";
    /// What is committed to of a file before its publication.
    pub const FILE: &str = "file";
    /// What is committed to of a file that is published at once.
    pub const FILE_DIGEST: &str = "file/digest";
    /// A reason before publication.
    pub const REASON: &str = "reason";
    /// What is left of an opinion after redaction.
    pub const REDACTED: &str = "form/redacted/text";
    /// An answer.
    pub const RESPONSE: &str = "response";
    /// The final text before publication.
    pub const FINAL_TEXT: &str = "final_text";
    /// The words of an appeal.
    pub const STATEMENT: &str = "statement";

    /// What is committed to of an attachment.
    pub fn attachment(index: usize) -> Cow<'static, str> {
        format!("attachments/{index}/file").into()
    }

    /// An item's summary.
    pub fn summary(index: usize) -> Cow<'static, str> {
        format!("items/{index}/summary").into()
    }

    /// An item's excerpt.
    pub fn excerpt(index: usize) -> Cow<'static, str> {
        format!("items/{index}/excerpt").into()
    }

    /// The new text of a changed passage.
    pub fn change(index: usize) -> Cow<'static, str> {
        format!("changes/{index}/text").into()
    }
}
