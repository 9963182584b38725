//! The rules of every institution: pure, without I/O, clock or randomness.
//!
//! Whatever a decision depends on stands in its three arguments: the command,
//! the state that the history leads to, and the [`Circumstances`]. So a
//! decision can be repeated for an audit.

pub mod calendar;
pub mod canonical;
pub mod checked;
pub mod circumstances;
pub mod decider;
pub mod folded;
#[cfg(test)]
mod golden;
pub mod history;
pub mod holidays;
pub mod ids;
pub mod language;
pub mod legal_date;
pub mod log;
pub mod ordinance;
pub mod personal_data;
pub mod public_comment;
pub mod ratio;
pub mod refusal;
pub mod sealed;
#[cfg(any(test, feature = "spec"))]
pub mod spec;
pub mod visibility;
pub mod ward;
pub mod yen;

pub use checked::Checked;
pub use circumstances::{Actor, ActorId, Circumstances, Role};
pub use decider::Decider;
pub use language::{Bilingual, Language};
pub use legal_date::LegalDate;
pub use ratio::Ratio;
pub use refusal::Refusal;
pub use sealed::Sealed;
pub use visibility::Visibility;
pub use ward::WardCode;
pub use yen::Yen;
