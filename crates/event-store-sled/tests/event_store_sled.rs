//! The embedded store: what every store promises, and what a disk can do to it.
//!
//! Tests of faults take few rounds; `HIROBA_FAULT_ROUNDS` asks for more.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as the tests do")]

#[path = "event_store_sled/backup.rs"]
mod backup;
#[path = "event_store_sled/contract.rs"]
mod contract;
#[path = "event_store_sled/damage.rs"]
mod damage;
#[path = "event_store_sled/failures.rs"]
mod failures;
#[path = "event_store_sled/kill.rs"]
mod kill;
#[path = "event_store_sled/layout.rs"]
mod layout;
#[path = "event_store_sled/opening.rs"]
mod opening;
#[path = "event_store_sled/power.rs"]
mod power;
#[path = "event_store_sled/sim_disk.rs"]
mod sim_disk;
#[path = "event_store_sled/support.rs"]
mod support;
