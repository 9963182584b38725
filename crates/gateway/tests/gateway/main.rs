//! The gateway over HTTP, with a small schema of its own.

mod around;
mod demonstration;
mod interop;
mod over_http;
mod over_sse;
mod over_websocket;
mod support;
mod tokens;
