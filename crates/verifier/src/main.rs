//! The program `hiroba-verify`: one subcommand per thing that an outsider checks.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use verifier::{diff, log, receipt, referendum, replay};

/// Checks, from outside and without trusting anybody, what a city publishes.
///
/// Ends with 0 if all is as it should be, with 1 if there is a finding, and
/// with 2 if it could not check.
#[derive(Parser)]
#[command(name = "hiroba-verify", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Log(log::Arguments),
    Receipt(receipt::Arguments),
    Replay(replay::Arguments),
    Diff(diff::Arguments),
    /// Checks the archive of a referendum: every ballot, the tally and the
    /// result.
    ///
    /// Example: hiroba-verify referendum referendum.bel --diff yesterday.bel
    Referendum(referendum::Arguments),
}

fn main() -> ExitCode {
    let ended = match Arguments::parse().command {
        Command::Log(arguments) => log::run(&arguments),
        Command::Receipt(arguments) => receipt::run(&arguments),
        Command::Replay(arguments) => replay::run(&arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Referendum(arguments) => referendum::run(&arguments).map(|holds| {
            if holds {
                ExitCode::SUCCESS
            } else {
                ExitCode::from(1)
            }
        }),
    };
    ended.unwrap_or_else(|error| {
        eprintln!("hiroba-verify: {error:#}");
        ExitCode::from(2)
    })
}
