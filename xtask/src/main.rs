//! Tasks of the people who build Hiroba: `cargo xtask <task>`.

mod belenios;
mod bench;
mod packages;
mod run;
mod schema;
mod shell;
mod supply;
mod test;
mod tidy;
mod web;

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
    /// Builds everything and serves the demonstration city.
    ///
    /// Example: cargo xtask run --listen 127.0.0.1:8080
    Run(run::Args),
    /// Runs every test; installs what they need where it is missing.
    ///
    /// Example: cargo xtask test --only rust
    Test(test::Args),
    /// Measures how fast it is, beside peers and physical limits.
    ///
    /// Example: cargo xtask bench --only append,path
    Bench(bench::Args),
    /// Writes schema.graphql as it is served.
    Schema,
    /// Checks that the house is in order: twins in every layer, dependency
    /// directions, golden files, translations.
    Tidy,
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().task {
        Task::Run(args) => run::run(&args),
        Task::Test(args) => test::run(&args),
        Task::Bench(args) => bench::run(&args),
        Task::Schema => schema::write(),
        Task::Tidy => tidy::check(),
    }
}
