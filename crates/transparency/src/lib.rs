//! The transparency log: tree hashing, proofs, tiles, notes, checkpoints,
//! witnesses and receipts, as RFC 6962, RFC 9162 and the C2SP specifications
//! define them, and the salted commitments that stand in leaves for what is
//! personal.
//!
//! Everything here is pure: no input or output, no clock, no randomness. Every
//! parser is strict, so that a text has one reading and a value one text.
//!
//! Read in this order: [`hash`], [`edge`], [`proof`], [`tile`] and [`bundle`]
//! (the tree); [`note`], [`checkpoint`], [`cosignature`], [`policy`] (who says
//! so); [`receipt`], [`witness`] (what is handed out and asked for);
//! [`commitment`] and [`opening`] (what a leaf does not show, and how it is
//! shown).
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

pub mod bundle;
pub mod checkpoint;
pub mod commitment;
pub mod cosignature;
pub mod edge;
pub mod hash;
pub mod note;
pub mod opening;
pub mod policy;
pub mod proof;
pub mod receipt;
pub mod tile;
pub mod witness;

mod text;

pub use checkpoint::{Checkpoint, SignedCheckpoint};
pub use commitment::{Commitment, Opening, Salt};
pub use edge::Edge;
pub use hash::Hash;
pub use note::{Note, SignerKey, VerifierKey};
pub use policy::Policy;
pub use receipt::Receipt;
pub use tile::Tile;
