//! The embedded event store: our log in segment files, sled for what can be rebuilt from it.
