//! What may be asked for somebody's personal data.

use super::{PersonalField, Record};
use crate::{
    Checked,
    ids::{EventId, SubjectId},
};

/// What someone asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Opens sealed fields: whoever works with people's addresses may open
    /// those, whoever works with opinions their whole words and attachments.
    ///
    /// Refused with REASON_REQUIRED, PERSONAL_DATA_REPEATED, FIELDS_REQUIRED,
    /// ERASED.
    OpenPersonalData {
        /// Whose data.
        subject: SubjectId,
        /// The event whose sealed fields are opened.
        event: EventId,
        /// Which fields.
        fields: Vec<PersonalField>,
        /// Why.
        reason: Checked<String>,
    },
    /// Asks for the erasure. The person, or an operator at their wish; the
    /// records manager decides. Asking again is nothing new.
    ///
    /// Refused with OTHER_SUBJECT.
    RequestErasure {
        /// Whose data.
        subject: SubjectId,
    },
    /// Erases the data for good. Records manager; by schedule the system, too.
    ///
    /// Refused with LEGAL_BASIS_REQUIRED, PERSONAL_DATA_REPEATED,
    /// GROUND_REQUIRED, RETENTION_NOT_OVER. Erasing again is nothing new.
    ErasePersonalData {
        /// Whose data.
        subject: SubjectId,
        /// The law.
        legal_basis: Checked<String>,
        /// The number of the decision.
        decision_no: Checked<String>,
        /// Why it may be done.
        ground: Ground,
    },
}

/// Why data may be erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ground {
    /// The person asked for it.
    Request,
    /// The records that the data belong to need not be kept any longer: all
    /// that there are, as the log tells. None if one of them is not completed
    /// yet.
    Schedule(Option<Vec<Record>>),
}
