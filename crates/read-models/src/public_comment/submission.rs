//! A submission (通), as it is read.

use domain::{
    LegalDate,
    ids::{FileId, ItemId, SubjectId, SubmissionId},
    public_comment::{Channel, HidingReason, LateReason, ReceiptNumber, RedactionReason},
};
use event_store::Position;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::TextRef;

/// A submission.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Submission {
    /// Its id.
    pub id: SubmissionId,
    /// Its place among the submissions of the case, from 1.
    pub arrival: u32,
    /// Who submitted, as a pseudonym of this case.
    pub subject: SubjectId,
    /// The place of what the same person submitted before it, if anything.
    pub earlier: Option<u32>,
    /// How it came.
    pub channel: Channel,
    /// The day on which it reached the city.
    pub received_on: LegalDate,
    /// The day of the postmark.
    pub postmarked_on: Option<LegalDate>,
    /// When it was recorded.
    #[serde(with = "crate::compact::moment")]
    pub recorded_at: Timestamp,
    /// The event that recorded it.
    pub position: Position,
    /// The submitter: kind, name, contact, ward.
    pub submitter: TextRef,
    /// The hashed secret of the submitter.
    pub claim: TextRef,
    /// Its text, the newest last.
    pub versions: Vec<TextVersion>,
    /// Why it is no 提出意見, if it came late.
    pub late: Option<Late>,
    /// When it was withdrawn.
    pub withdrawn: Option<Timestamp>,
    /// Which text will be published, once that is settled.
    pub form: Option<Form>,
    /// Whether it is hidden from the page.
    pub hiding: Option<Hiding>,
    /// Its items.
    pub items: Vec<ItemId>,
    /// Whether it was entered from paper.
    pub entered_from_paper: bool,
    /// All events about it.
    pub trail: Vec<Position>,
}

/// A text of a submission.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TextVersion {
    /// The text.
    pub body: TextRef,
    /// The passage that it speaks of.
    pub passage: Option<TextRef>,
    /// What is attached: the file and the commitment to its bytes.
    pub attachments: Vec<(FileId, TextRef)>,
    /// When it was recorded.
    #[serde(with = "crate::compact::moment")]
    pub recorded_at: Timestamp,
}

/// It came late.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Late {
    /// Why it is late.
    pub reason: LateReason,
}

/// Which text of a submission is published.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Form {
    /// The text as it came.
    AsSubmitted,
    /// The text with parts left out.
    Redacted {
        /// What is left.
        text: TextRef,
        /// Why parts are left out.
        reasons: Vec<RedactionReason>,
    },
}

/// A hiding, and what became of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Hiding {
    /// Why, by its code.
    pub reason: HidingReason,
    /// Why, in words.
    pub note: Option<String>,
    /// When.
    pub hidden_at: Timestamp,
    /// The submitter's words against it.
    pub appeal: Option<TextRef>,
    /// What was decided on the appeal: whether it stays hidden, and why.
    pub decided: Option<(bool, String)>,
}

impl Submission {
    /// Its receipt number.
    pub fn receipt_number(&self) -> ReceiptNumber {
        ReceiptNumber::of(self.id)
    }

    /// Its newest text.
    pub fn text(&self) -> Option<&TextVersion> {
        self.versions.last()
    }

    /// Whether it counts as a 提出意見.
    pub fn counts(&self) -> bool {
        self.late.is_none() && self.withdrawn.is_none()
    }

    /// Whether it is hidden from the page now.
    pub fn is_hidden(&self) -> bool {
        self.hiding
            .as_ref()
            .is_some_and(|hiding| hiding.decided.as_ref().is_none_or(|(stays, _)| *stays))
    }
}
