//! パブリックコメント手続, as clients see it.

mod case;
mod item;
mod mutation;
mod query;
mod result;
mod submission;
mod text;
mod words;

pub use case::PublicCommentCase;
pub use item::Item;
pub use mutation::PublicCommentMutation;
pub use query::PublicCommentQuery;
pub use submission::Submission;
