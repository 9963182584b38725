//! The crate against archives that belenios-tool made, and against its own.

#[path = "ballot/vectors.rs"]
mod vectors;
