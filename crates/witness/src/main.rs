//! The program `hiroba-witness`.

fn main() {}
