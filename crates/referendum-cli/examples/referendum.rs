//! The steps without the rest of Hiroba: `cargo run -p referendum-cli --example referendum -- --help`.

use std::process::ExitCode;

use clap::Parser;
use referendum_cli::{Args, run};

fn main() -> ExitCode {
    run(Args::parse())
}
