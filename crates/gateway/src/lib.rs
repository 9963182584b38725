//! HTTP and GraphQL: the only place that knows tokens, requests and the schema.

mod city;
mod connection;
mod context;
pub mod desk;
pub mod files;
pub mod gate;
pub mod http;
pub mod identity;
pub mod log;
mod node;
mod opened;
mod ordinance;
pub mod pages;
pub mod personal_data;
pub mod public_comment;
mod recent;
mod refusal;
mod scalars;
mod schema;
pub mod search;
mod texts;
mod viewer;

pub use desk::{Desk, Seals};
pub use log::{digests::KnownDigests, log_router};
pub use opened::Opened;
pub use schema::{CityExecutor, CitySchema, schema, sdl};
