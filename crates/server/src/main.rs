//! The program `hiroba`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use server::serve;

/// ひろば: the record of how a city listens, deliberates and decides.
#[derive(Parser)]
#[command(name = "hiroba", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Serve(serve::Arguments),
    /// 住民投票 on files, step by step, for machines without a network.
    Referendum(referendum_cli::Args),
    /// Prints the GraphQL schema that is served.
    ///
    /// Example: hiroba schema > schema.graphql
    Schema,
}

fn main() -> ExitCode {
    let ended = match Arguments::parse().command {
        Command::Referendum(arguments) => return referendum_cli::run(arguments),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Schema => {
            print!("{}", gateway::sdl());
            Ok(())
        }
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hiroba: {error:#}");
            ExitCode::FAILURE
        }
    }
}
