//! The program `hiroba`: configuration and wiring, nothing else.
//!
//! [`City`] puts the parts together; the stories in `tests/` start one with a
//! clock of their own.

mod city;
mod config;
mod demonstration;
mod export;
mod founding;
pub mod import;
mod pages;
mod seals;
pub mod serve;
mod timers;

pub use city::{City, Parts, RotateError, StartError};
pub use config::{Config, ConfigError, FilesConfig, KeysConfig, LogConfig};
pub use export::{ExportError, Exported, export};
pub use founding::FoundingError;
