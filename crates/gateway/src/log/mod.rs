//! The log, as clients see it: questions about it in GraphQL ([`query`]), what
//! happened to an object ([`history`]), what can be followed ([`subscription`]),
//! the files that an auditor downloads ([`files`]), the texts that belong to them
//! once they are published ([`openings`]), and the digests of the read models
//! ([`digests`]).

pub mod digests;
pub mod files;
mod history;
pub mod openings;
pub(crate) mod query;
mod seals;
mod subscription;

pub use files::log_router;
pub(crate) use query::LogQuery;
pub(crate) use subscription::LogSubscription;
