//! HTTP and GraphQL: the only place that knows tokens, requests and the schema.

pub mod http;
pub mod identity;
