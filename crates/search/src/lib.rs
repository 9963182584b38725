//! Full-text search: which texts hold the words that a person typed.
//!
//! A text is found if it holds every word as it is typed, but for width and
//! case ([`domain::folded`]): the index of character 1- and 2-grams says what a
//! plain scan of all texts would say. Nothing here knows who may read what;
//! whoever fills the index puts in what everybody may read, and takes it out
//! again. The index lies in memory: nothing of it is ever on a disk, and what is
//! taken out can be made to leave no trace ([`Index::scrub`]).

mod excerpt;
mod find;
mod grams;
mod index;
#[cfg(test)]
mod tests;
mod words;

pub use excerpt::{Excerpt, excerpt};
pub use find::{Asked, Found, Kinds, Rank, Row, Searcher};
pub use index::{Change, Document, Index, IndexError};
pub use words::{NoWords, Words};
