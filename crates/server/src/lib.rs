//! The program `hiroba`: configuration and wiring, nothing else.
//!
//! [`City`] puts the parts together; the stories in `tests/` start one with a
//! clock of their own.

mod city;
mod config;
mod demonstration;
mod founding;
mod pages;
pub mod serve;
mod timers;

pub use city::{City, Parts, StartError};
pub use config::{Config, ConfigError, KeysConfig, LogConfig};
pub use founding::FoundingError;
