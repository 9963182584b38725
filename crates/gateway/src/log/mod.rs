//! The log, as clients see it: questions about it in GraphQL ([`query`]), the
//! files that an auditor downloads ([`files`]), and the texts that belong to
//! them once they are published ([`openings`]).

pub mod files;
pub mod openings;
pub(crate) mod query;
mod seals;

pub use files::log_router;
pub(crate) use query::LogQuery;
