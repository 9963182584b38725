//! Read models: one pure fold of events per view.
//!
//! [`City`] is everything that queries filter, sort and count on, at one size
//! of the log. It is folded from leaves alone, so anybody who has the log can
//! fold it again and compare [`City::digests`]. Texts are not in it: they are
//! read by reference, through the gate that knows who may see them.
//!
//! A city costs nothing to clone: its collections share what did not change. So
//! a query sees one unchanging snapshot, and the state as of an earlier day is
//! an earlier snapshot with the rest replayed.

mod city;
mod compact;
mod digest;
pub mod log;
pub mod ordinance;
pub mod personal_data;
mod places;
mod projector;
pub mod public_comment;
mod retention;
mod rows;
pub mod snapshot;
mod text;
mod turns;

pub use city::{City, FoldError};
pub use digest::{Digest, Digests};
pub use places::Places;
pub use projector::{AsOfError, Moment, Projector, Reader};
pub use retention::Due;
pub use rows::{KeyRange, Rows};
pub use text::{TextRef, field};
pub use turns::{TooMany, Turn, Turns};
