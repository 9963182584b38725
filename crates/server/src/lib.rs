//! The program `hiroba`: configuration and wiring, nothing else.
//!
//! [`City`] puts the parts together; the stories in `tests/` start one with a
//! clock of their own.

mod city;
mod founding;
pub mod import;
mod timers;

pub use city::{City, Parts, StartError};
pub use founding::FoundingError;
