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
mod ordinance;
pub mod personal_data;
pub mod public_comment;
mod refusal;
mod scalars;
mod schema;
mod texts;
mod viewer;

pub use desk::{Desk, Seals};
pub use log::log_router;
pub use schema::{CityExecutor, CitySchema, schema, sdl};
