//! The sealer.
