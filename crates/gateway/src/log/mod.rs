//! The log, as clients see it.

pub(crate) mod query;

pub(crate) use query::LogQuery;
