//! Tasks of the people who build Hiroba.

fn main() {}
