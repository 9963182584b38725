//! The crate against archives that belenios-tool made, and against its own.

#[path = "ballot/elections.rs"]
mod elections;
#[path = "ballot/forging.rs"]
mod forging;
#[path = "ballot/hostile.rs"]
mod hostile;
#[path = "ballot/interop.rs"]
mod interop;
#[path = "ballot/leniency.rs"]
mod leniency;
#[path = "ballot/mutations.rs"]
mod mutations;
#[path = "ballot/properties.rs"]
mod properties;
#[path = "ballot/survey.rs"]
mod survey;
#[path = "ballot/tampering.rs"]
mod tampering;
#[path = "ballot/tool.rs"]
mod tool;
#[path = "ballot/vectors.rs"]
mod vectors;
