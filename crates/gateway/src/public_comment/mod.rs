//! パブリックコメント手続, as clients see it.

pub mod attachment;
pub(crate) mod authors;
pub mod case;
pub mod document;
pub mod duplicates;
pub mod item;
pub mod kept;
pub mod mutation;
pub(crate) mod pages;
pub mod query;
pub mod ready;
pub mod result;
pub(crate) mod search;
pub mod statistics;
pub mod submission;
pub mod text;
pub mod words;

pub use case::PublicCommentCase;
pub use item::Item;
pub use mutation::PublicCommentMutation;
pub use query::PublicCommentQuery;
pub use submission::Submission;
