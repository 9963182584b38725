//! What may be asked for the log.

/// What someone asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Begins the log. System. The same again is nothing new.
    ///
    /// Refused with LOG_EXISTS, NAME_REQUIRED.
    CreateLog {
        /// Its name, as in checkpoints.
        origin: String,
        /// The key that verifies its checkpoints.
        vkey: String,
    },
    /// Takes another key. System. The present key again is nothing new.
    ///
    /// Refused with LOG_UNKNOWN, KEY_RETIRED, NAME_REQUIRED.
    RotateLogKey {
        /// The key that verifies its checkpoints.
        vkey: String,
    },
}
