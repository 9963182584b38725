//! `close`: no more ballots.

use ballot::archive::Stage;

use crate::archive::Archive;
use crate::args::InFolder;
use crate::draft::Draft;
use crate::environment::Session;
use crate::problem::{Problems, StepProblem};
use crate::report::Report;
use crate::text::text;

pub(super) fn run(args: &InFolder, session: &mut Session<'_, '_>) -> Result<Report, Problems> {
    let draft = Draft::in_folder(&args.dir)?;
    let _lock = session.environment.files.enter(&args.dir)?;
    let archive = super::opened(&draft, &args.dir)?;
    let ballots = archive.trackers.len();
    if archive.stage() == Stage::Voting {
        let end = archive
            .writer()
            .end_ballots()
            .map_err(|error| StepProblem::WrongOrder { stage: error.stage })?;
        session.environment.files.append(&archive.path, &end)?;
    }
    let head = Archive::read(&archive.path)?.head();
    Ok(Report::new(text!(
        "投票は締め切られました（受け付けた票 {ballots} 通、書き直しを含む）。",
        "Voting has ended ({ballots} ballots accepted, replaced ones included)."
    ))
    .line(text!(
        "投票記録の末尾: {head}",
        "Head of the archive: {head}"
    ))
    .line(text!(
        "次: `hiroba referendum tally`",
        "Next: `hiroba referendum tally`"
    ))
    .fact("ballots", ballots)
    .fact("head", head))
}
