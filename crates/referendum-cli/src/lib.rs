//! The steps of a referendum on files, for machines without a network.
