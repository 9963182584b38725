//! The crate against archives that belenios-tool made, and against its own.

#[path = "ballot/elections.rs"]
mod elections;
#[path = "ballot/interop.rs"]
mod interop;
#[path = "ballot/leniency.rs"]
mod leniency;
#[path = "ballot/properties.rs"]
mod properties;
#[path = "ballot/tampering.rs"]
mod tampering;
#[path = "ballot/vectors.rs"]
mod vectors;
