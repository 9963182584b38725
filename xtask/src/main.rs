//! Tasks of the people who build Hiroba: `cargo xtask <task>`.

mod packages;
mod shell;
mod test;

use clap::{Parser, Subcommand};

/// Tasks of the people who build Hiroba.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Runs every test; installs what they need where it is missing.
    ///
    /// Example: cargo xtask test --only rust
    Test(test::Args),
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().task {
        Task::Test(args) => test::run(&args),
    }
}
