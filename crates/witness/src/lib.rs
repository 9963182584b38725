//! A tlog-witness (C2SP): cosigns checkpoints that extend what it cosigned
//! before, so that a log cannot show two people two histories.
//!
//! It keeps one checkpoint per log and never reads the entries. What it
//! promises holds as long as its data directory does: a witness that forgot
//! what it cosigned would cosign a fork.

pub mod key;
mod run;
pub mod server;
pub mod settings;
pub mod store;
pub mod witness;

pub use run::run;
