//! The gateway over HTTP, with a small schema of its own.

mod interop;
mod over_http;
mod support;
