//! The program `hiroba`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use server::{commands, serve};

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
    /// Brings opinions in from files.
    #[command(subcommand)]
    Import(commands::Import),
    Export(commands::ExportArguments),
    /// 住民投票 on files, step by step, for machines without a network.
    Referendum(referendum_cli::Args),
    /// Prints the GraphQL schema that is served.
    ///
    /// Example: hiroba schema > schema.graphql
    Schema,
}

fn main() -> ExitCode {
    let done = |()| ExitCode::SUCCESS;
    let ended = match Arguments::parse().command {
        Command::Serve(arguments) => serve::run(&arguments).map(done),
        Command::Import(what) => commands::import(what),
        Command::Export(arguments) => commands::export_city(&arguments).map(done),
        Command::Referendum(arguments) => Ok(referendum_cli::run(arguments)),
        Command::Schema => {
            print!("{}", gateway::sdl());
            Ok(ExitCode::SUCCESS)
        }
    };
    ended.unwrap_or_else(|error| {
        eprintln!("hiroba: {error:#}");
        ExitCode::FAILURE
    })
}
