//! `hiroba referendum …`: the steps of a referendum on files, for machines without a network.
//!
//! Three parties work with it, each in a folder of their own: whoever runs the referendum holds
//! the draft and the archive; the credential authority holds the roll and makes credentials and
//! polling cards; each trustee holds a part of the key. They hand one another files. Every file
//! is written whole or not at all, and a step that was interrupted is simply repeated.
//! `docs/referendum-protocol.md` says who could learn or change what.

mod archive;
mod args;
mod card;
mod definition;
mod document;
mod draft;
mod environment;
mod files;
mod parallel;
mod problem;
mod report;
mod roll;
mod secret;
mod steps;
mod text;
mod trustee;

use std::io;
use std::process::ExitCode;
use std::time::UNIX_EPOCH;

use getrandom::SysRng;
use rand_core::{TryRng, UnwrapErr};

use environment::Session;
use problem::FileProblem;

pub use args::Args;
pub use environment::Environment;
pub use files::{Files, Operation};
pub use report::Exit;
pub use text::Language;

/// Runs a step on this machine.
pub fn run(args: Args) -> ExitCode {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty());
    let mut system = SysRng;
    // A machine without randomness is refused before anything is drawn.
    let mut probe = [0; 32];
    let random = system.try_fill_bytes(&mut probe);
    let mut environment = Environment {
        input: &mut io::stdin(),
        output: &mut io::stdout(),
        errors: &mut io::stderr(),
        randomness: &mut UnwrapErr(system),
        now: UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs()),
        locale,
        files: Files::default(),
    };
    let exit = match random {
        Ok(()) => run_in(&args, &mut environment),
        Err(error) => {
            let problem = FileProblem::Randomness {
                detail: error.to_string(),
            };
            finish(&args, &mut environment, Err(problem.into()))
        }
    };
    ExitCode::from(u8::from(exit))
}

/// How many people a roll (CSV, UTF-8 or CP932) lists, or how many things are wrong with it;
/// `columns` says which header means which column (`name=お名前`), as the command line does.
pub fn count_roll(bytes: &[u8], columns: &[String]) -> Result<usize, usize> {
    match roll::read(bytes, columns) {
        Ok(voters) => Ok(voters.len()),
        Err(problems) => Err(problems.len()),
    }
}

/// Runs a step in an environment.
pub fn run_in(args: &Args, environment: &mut Environment<'_>) -> Exit {
    let language = language(args, environment);
    let outcome = steps::run(
        &args.command,
        &mut Session {
            environment,
            language,
        },
    );
    finish(args, environment, outcome)
}

fn language(args: &Args, environment: &Environment<'_>) -> Language {
    args.lang
        .unwrap_or_else(|| Language::of_locale(environment.locale.as_deref()))
}

fn finish(
    args: &Args,
    environment: &mut Environment<'_>,
    outcome: Result<report::Report, problem::Problems>,
) -> Exit {
    let language = language(args, environment);
    let Environment { output, errors, .. } = environment;
    let step = steps::name(&args.command);
    // Whoever closed the output no longer wants to know.
    report::print(outcome, step, language, args.json, *output, *errors).unwrap_or(Exit::Refused)
}
