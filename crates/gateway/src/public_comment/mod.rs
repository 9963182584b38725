//! パブリックコメント手続, as clients see it.

pub mod case;
pub mod document;
pub mod duplicates;
pub mod item;
pub mod mutation;
pub mod query;
pub mod result;
pub mod statistics;
pub mod submission;
pub mod text;
pub mod words;

pub use case::PublicCommentCase;
pub use item::Item;
pub use mutation::PublicCommentMutation;
pub use query::PublicCommentQuery;
pub use submission::Submission;
