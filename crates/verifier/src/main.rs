//! The program `hiroba-verify`: one subcommand per thing that an outsider checks.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use verifier::referendum;

/// Checks what a city published. Exit status: 0 all is well, 1 something is wrong (all of it is
/// listed), 2 the program was called wrongly or a file cannot be read.
#[derive(Parser)]
#[command(name = "hiroba-verify", version)]
struct Arguments {
    #[command(subcommand)]
    subject: Subject,
}

#[derive(Subcommand)]
enum Subject {
    /// Checks the archive of a referendum: every ballot, the tally and the result.
    Referendum(referendum::Arguments),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().subject {
        Subject::Referendum(arguments) => referendum::run(&arguments),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("hiroba-verify: {error:#}");
            ExitCode::from(2)
        }
    }
}
