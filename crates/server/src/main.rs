//! The program `hiroba`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use server::{commands, operate, serve};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// ひろば: the record of how a city listens, deliberates and decides.
///
/// Every command ends with 0 if all is well, with 1 if something is not as it
/// should be and the command says what, and with 2 if it could not be carried
/// out.
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
    Backup(operate::BackUpArguments),
    Restore(operate::RestoreArguments),
    /// Checks the log, and changes its keys.
    #[command(subcommand)]
    Log(operate::LogCommand),
    /// Changes what the keys of subjects are wrapped under.
    #[command(subcommand)]
    Keys(operate::KeysCommand),
    /// Checks and prints a configuration.
    #[command(subcommand)]
    Config(operate::ConfigCommand),
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
        Command::Export(arguments) => commands::export_city(&arguments),
        Command::Backup(arguments) => operate::back_up(&arguments),
        Command::Restore(arguments) => operate::restore(&arguments),
        Command::Log(command) => operate::log(command),
        Command::Keys(command) => operate::keys(command),
        Command::Config(command) => operate::config(command),
        Command::Referendum(arguments) => Ok(referendum_cli::run(arguments)),
        Command::Schema => {
            print!("{}", gateway::sdl());
            Ok(ExitCode::SUCCESS)
        }
    };
    ended.unwrap_or_else(|error| {
        eprintln!("hiroba: {error:#}");
        ExitCode::from(2)
    })
}
