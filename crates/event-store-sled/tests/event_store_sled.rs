//! The embedded store: what every store promises, and what a disk can do to it.

#[path = "event_store_sled/contract.rs"]
mod contract;
#[path = "event_store_sled/opening.rs"]
mod opening;
