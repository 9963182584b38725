//! What may be asked for an ordinance.

use super::OrdinanceVersion;
use crate::LegalDate;

/// What someone asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Records a version that was enacted. Secretariat, or the system from a
    /// profile. The same version again is nothing new.
    ///
    /// Refused with VERSION_TAKEN, DAY_TAKEN, OTHER_INSTITUTION,
    /// PARAMETERS_INVALID.
    EnactOrdinance(Box<OrdinanceVersion>),
    /// Records that the ordinance was repealed. Secretariat.
    ///
    /// Refused with VERSION_UNKNOWN, NOT_IN_FORCE.
    RepealOrdinance {
        /// The version that ends.
        version: String,
        /// The first day on which it does not hold.
        effective_on: LegalDate,
    },
}
