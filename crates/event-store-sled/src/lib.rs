//! The embedded event store: our log in segment files, sled for what can be
//! rebuilt from it.
//!
//! - The truth lies in segment files, byte for byte as
//!   `docs/on-disk-format.md` says. One thread writes; whatever arrives while
//!   the disk is busy goes into one checksummed frame and becomes durable with
//!   one sync. An append is answered after that sync.
//! - sled holds an index of sealed segments, never the only copy of anything.
//!   If it is lost, stale or corrupt, opening rebuilds it.
//! - Opening cuts off a write that a crash interrupted, and says so. Damage is
//!   told from that, reported with its position, and never served.

#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod backup;
pub mod disk;
pub mod format;
mod heads;
mod index;
mod map;
mod memory_index;
mod prepare;
mod read;
mod recover;
mod report;
mod segment;
mod shared;
mod store;
mod tail;
mod verify;
mod writer;

pub use backup::{Snapshot, SnapshotFile};
pub use report::{CutOff, OpenError, OpeningReport};
pub use store::{Options, SledStore};
pub use verify::Verification;
