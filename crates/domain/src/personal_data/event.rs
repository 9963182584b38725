//! What happens to somebody's personal data.

use serde::{Deserialize, Serialize};

use super::RecordKind;
use crate::{
    LegalDate,
    ids::{EventId, SubjectId},
};

/// A field of the sealed data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonalField {
    /// 氏名.
    Name,
    /// ふりがな.
    Kana,
    /// 住所.
    Address,
    /// 連絡先.
    Contact,
    /// 区.
    Ward,
    /// The whole words of an opinion, where they tell who wrote them.
    Body,
    /// Attachments, scans among them, before their publication.
    Attachments,
}

/// The end of a retention period as the reason for an erasure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RetentionEnd {
    /// What kind of record the data belonged to.
    pub record: RecordKind,
    /// The last day on which they had to be kept.
    pub kept_until: LegalDate,
}

/// What has happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data", rename_all = "snake_case")]
pub enum Event {
    /// Somebody who works for the city opened the data; who, stands beside
    /// every event.
    PersonalDataOpened {
        /// Whose data.
        subject: SubjectId,
        /// The event whose sealed fields were opened.
        event: EventId,
        /// Which fields.
        fields: Vec<PersonalField>,
        /// Why.
        reason: String,
    },
    /// The person asked that the data be erased.
    ErasureRequested {
        /// Whose data.
        subject: SubjectId,
    },
    /// The key to the data was destroyed, and with it the data.
    PersonalDataErased {
        /// Whose data.
        subject: SubjectId,
        /// The law.
        legal_basis: String,
        /// The number of the decision.
        decision_no: String,
        /// Whether the person asked for it.
        requested_by_person: bool,
        /// The retention period that ended, if that is the reason.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retention: Option<RetentionEnd>,
    },
}
