//! What may be asked for somebody's personal data.

use super::{PersonalField, RecordKind};
use crate::{
    LegalDate,
    ids::{EventId, SubjectId},
};

/// What someone asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Opens sealed fields. Operator, bureau officer, secretariat or records
    /// manager.
    ///
    /// Refused with REASON_REQUIRED, FIELDS_REQUIRED, ERASED.
    OpenPersonalData {
        /// Whose data.
        subject: SubjectId,
        /// The event whose sealed fields are opened.
        event: EventId,
        /// Which fields.
        fields: Vec<PersonalField>,
        /// Why.
        reason: String,
    },
    /// Erases the data for good. Records manager.
    ///
    /// Refused with LEGAL_BASIS_REQUIRED, GROUND_REQUIRED, RETENTION_NOT_OVER. Erasing again is
    /// nothing new.
    ErasePersonalData {
        /// Whose data.
        subject: SubjectId,
        /// The law.
        legal_basis: String,
        /// The number of the decision.
        decision_no: String,
        /// Whether the person asked for it.
        requested_by_person: bool,
        /// The record that the data belonged to, and the day on which it was
        /// completed, if its retention period is the reason.
        record: Option<(RecordKind, LegalDate)>,
    },
}
