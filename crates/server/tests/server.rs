//! The program `hiroba` as a process: killed, stopped, backed up, restored.
//!
//! Tests of faults take few rounds; `HIROBA_FAULT_ROUNDS` asks for more.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as the tests do")]

#[path = "server/backup.rs"]
mod backup;
#[path = "server/commands.rs"]
mod commands;
#[path = "server/deploy.rs"]
mod deploy;
#[path = "server/full.rs"]
mod full;
#[path = "server/keys_of.rs"]
mod keys_of;
#[path = "server/kill.rs"]
mod kill;
#[path = "server/proxy.rs"]
mod proxy;
#[path = "server/support.rs"]
mod support;
#[path = "server/telemetry.rs"]
mod telemetry;
#[path = "server/witnesses.rs"]
mod witnesses;
