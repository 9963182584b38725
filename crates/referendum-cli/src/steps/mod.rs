//! The steps, one file each. Each can be repeated: what is done is found done.

mod close;
mod create;
mod credentials;
mod open;
mod result;
mod status;
mod tally;
mod vote;

use std::path::Path;

use crate::archive::Archive;
use crate::args::{Command, Trustee, Vote};
use crate::draft::Draft;
use crate::environment::Session;
use crate::problem::{Problem, Problems, StepProblem};
use crate::report::Report;
use crate::trustee;

/// The archive of a referendum that has been opened.
fn opened(draft: &Draft, folder: &Path) -> Result<Archive, Problem> {
    let path = draft.archive(folder);
    if !path.exists() {
        return Err(StepProblem::NotOpen.into());
    }
    let archive = Archive::read(&path)?;
    draft.owns(&path, &archive.description()?.uuid)?;
    Ok(archive)
}

pub(crate) fn run(command: &Command, session: &mut Session<'_, '_>) -> Result<Report, Problems> {
    match command {
        Command::Create(args) => create::run(args, session),
        Command::Credentials(args) => credentials::run(args, session),
        Command::Trustee(Trustee::Key(args)) => trustee::single::run(args, session),
        Command::Trustee(Trustee::Certificate(args)) => trustee::certificate::run(args, session),
        Command::Trustee(Trustee::Compare(args)) => trustee::compare::run(args, session),
        Command::Trustee(Trustee::Deal(args)) => trustee::deal::run(args, session),
        Command::Trustee(Trustee::Receive(args)) => trustee::receive::run(args, session),
        Command::Trustee(Trustee::Assemble(args)) => trustee::assemble::run(args, session),
        Command::Trustee(Trustee::Decrypt(args)) => trustee::decrypt::run(args, session),
        Command::Open(args) => open::run(args, session),
        Command::Vote(Vote::Make(args)) => vote::make(args, session),
        Command::Vote(Vote::Accept(args)) => vote::accept(args, session),
        Command::Close(args) => close::run(args, session),
        Command::Tally(args) => tally::run(args, session),
        Command::Result(args) => result::run(args, session),
        Command::Status(args) => status::run(args),
    }
}

/// The step as it is typed.
pub(crate) fn name(command: &Command) -> &'static str {
    match command {
        Command::Create(_) => "create",
        Command::Credentials(_) => "credentials",
        Command::Trustee(Trustee::Key(_)) => "trustee key",
        Command::Trustee(Trustee::Certificate(_)) => "trustee certificate",
        Command::Trustee(Trustee::Compare(_)) => "trustee compare",
        Command::Trustee(Trustee::Deal(_)) => "trustee deal",
        Command::Trustee(Trustee::Receive(_)) => "trustee receive",
        Command::Trustee(Trustee::Assemble(_)) => "trustee assemble",
        Command::Trustee(Trustee::Decrypt(_)) => "trustee decrypt",
        Command::Open(_) => "open",
        Command::Vote(Vote::Make(_)) => "vote make",
        Command::Vote(Vote::Accept(_)) => "vote accept",
        Command::Close(_) => "close",
        Command::Tally(_) => "tally",
        Command::Result(_) => "result",
        Command::Status(_) => "status",
    }
}
