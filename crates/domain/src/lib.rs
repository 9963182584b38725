//! The rules of every institution: pure, without I/O, clock or randomness.
//!
//! Whatever a decision depends on stands in its three arguments: the command,
//! the state that the history leads to, and the [`Circumstances`]. So a
//! decision can be repeated for an audit.

pub mod canonical;
pub mod circumstances;
pub mod decider;
pub mod history;
pub mod ids;
pub mod legal_date;
pub mod sealed;

pub use circumstances::{Actor, ActorId, Circumstances, Role};
pub use decider::Decider;
pub use legal_date::LegalDate;
pub use sealed::Sealed;
