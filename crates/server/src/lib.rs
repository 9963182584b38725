//! The program `hiroba`: configuration and wiring, nothing else.
//!
//! [`City`] puts the parts together; the stories in `tests/` start one with a
//! clock of their own.

mod city;
pub mod commands;
mod config;
mod demonstration;
mod export;
mod founding;
mod gauges;
pub mod import;
mod on_disk;
pub mod operate;
mod pages;
mod seals;
pub mod serve;
mod telemetry;
mod timers;
mod witnesses;

pub use city::{City, Parts, RotateError, StartError};
pub use config::{Config, ConfigError, FilesConfig, KeysConfig, LogConfig, RetentionConfig};
pub use export::{ExportError, Exported, export};
pub use founding::FoundingError;
pub use telemetry::{JournalConfig, JournalFormat, TracesConfig};
pub use witnesses::PolicyFile;
