//! The sealer: makes the event store's log a transparency log.
//!
//! It follows the log, hashes every recorded payload as a leaf, keeps the tree
//! as tiles in files, and signs a checkpoint whenever there is something new,
//! at most once a second. Whatever it keeps of the tree can be rebuilt from the
//! log; what the [`Signer`] keeps cannot, and lies in a directory of its own:
//! the keys, and the size and root that were signed last. A log that does not
//! extend them is never signed.
//!
//! Read in this order: [`Signer`] (what must never be signed), [`Sealer`] (how
//! the log becomes checkpoints and receipts), [`fsck`] and [`export`].
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod error;
mod export;
mod fsck;
mod history;
mod reading;
mod run;
mod sealer;
mod signer;
mod tree;
mod witnesses;

pub use error::SealerError;
pub use export::export;
pub use fsck::{Finding, fsck};
pub use run::Clock;
pub use sealer::Sealer;
pub use signer::{Signer, SignerError};
pub use witnesses::{Answer, Outcome, Submission, WitnessError, Witnesses};
