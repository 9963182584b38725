//! The program `hiroba`.

fn main() {}
