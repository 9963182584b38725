//! The archive of an election: a tar of records in a hash chain, byte for byte (§10).

mod chain;
mod contents;
mod event;
mod grammar;
pub mod tar;
mod writer;

pub use chain::{Chain, Fault, Links, Setup, Step};
pub use contents::{ArchiveError, Contents};
pub use event::{Event, EventKind, Header, SetupData};
pub use grammar::{OutOfOrder, Stage};
pub use writer::Writer;
