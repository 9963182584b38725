//! The vault: what is personal or embargoed, encrypted under a key per subject,
//! apart from the log.
//!
//! A leaf shows a salted commitment only. Text and salt lie in the [`Envelope`]
//! of the event, encrypted under the key of the [`Subject`] they belong to; the
//! keys lie in the [`KeyStore`], outside the log's directory. Destroying a key
//! erases every text under it and breaks no proof.
//!
//! Read in this order: [`Subject`], [`KeyStore`] (whose keys there are),
//! [`Sealing`] and [`Envelope`] (how a text is sealed and opened), [`opening`]
//! (how it is shown), [`files`] (what is too large for an envelope).
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod aead;
mod bytes;
mod envelope;
pub mod files;
mod kek;
mod keys;
mod padding;
mod sealing;
mod subject;

pub use aead::CannotEncrypt;
pub use envelope::{Entry, Envelope, EnvelopeError};
pub use kek::{KeyEncryptionKey, KeyEncryptionKeyError};
pub use keys::{Account, Erasure, KeyError, KeyStore, KeyStoreError};
pub use sealing::{OpenError, SealError, SealedField, Sealing};
pub use subject::{Subject, SubjectError};
pub use transparency::{Commitment, Opening, Salt, opening};
