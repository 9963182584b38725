//! The program `hiroba-verify`: one subcommand per thing that an outsider checks.

fn main() {}
