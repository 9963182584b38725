//! The program `hiroba`: configuration and wiring, nothing else.

fn main() {}
