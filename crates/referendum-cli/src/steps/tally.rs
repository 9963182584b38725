//! `tally`: every ballot is verified, the last one of each voter is counted, still encrypted.

use std::collections::HashMap;
use std::fs::File;

use ballot::archive::Stage;
use ballot::ballot::{Tracker, VerifiedBallot, verify, verify_all};
use ballot::credential::VoterIndex;
use ballot::group::Group;
use ballot::tally::{EncryptedTally, Tally};

use crate::archive::{Archive, BallotAt, Opened, in_group, read_at};
use crate::args::InFolder;
use crate::draft::Draft;
use crate::environment::{Progress, Session};
use crate::parallel;
use crate::problem::{Problem, Problems, StepProblem};
use crate::report::Report;
use crate::text::text;

pub(super) fn run(args: &InFolder, session: &mut Session<'_, '_>) -> Result<Report, Problems> {
    let draft = Draft::in_folder(&args.dir)?;
    let _lock = session.environment.files.enter(&args.dir)?;
    let archive = super::opened(&draft, &args.dir)?;
    if archive.stage() == Stage::Ended {
        in_group!(draft.group(), tally(&archive, session))?;
    } else if archive.tally.is_none() {
        return Err(StepProblem::WrongOrder {
            stage: archive.stage(),
        }
        .into());
    }
    let archive = Archive::read(&archive.path)?;
    let Some((_, sized)) = &archive.tally else {
        return Err(StepProblem::WrongOrder {
            stage: archive.stage(),
        }
        .into());
    };
    let (counted, weight, print) = (
        sized.num_tallied,
        sized.total_weight.0,
        sized.encrypted_tally.to_base64(),
    );
    let (head, shown) = (archive.head(), archive.path.display());
    Ok(Report::new(text!(
        "全ての票を検証し、{counted} 人の票（重みの合計 {weight}）を暗号のまま集計しました。",
        "All ballots were verified; those of {counted} voters (total weight {weight}) are tallied, still encrypted."
    ))
    .line(text!("集計の照合値: {print}", "Fingerprint of the tally: {print}"))
    .line(text!(
        "次: {shown} を鍵の保管者に渡し、`trustee decrypt` を行ってもらいます。",
        "Next: hand {shown} to the trustees for `trustee decrypt`."
    ))
    .fact("voters", counted)
    .fact("total_weight", weight)
    .fact("tally", print)
    .fact("head", head))
}

fn tally<G: Group>(archive: &Archive, session: &mut Session<'_, '_>) -> Result<(), Problems> {
    let opened = Opened::<G>::of(archive)?;
    let total = archive.trackers.len() as u64;
    let progress = session.progress(text!("票の検証と集計", "Ballots tallied"), total);
    let tally = count(archive, &opened, progress)?;
    let event = archive
        .writer()
        .encrypted_tally(tally.to_record().as_bytes(), &tally.sized())
        .map_err(|error| StepProblem::WrongOrder { stage: error.stage })?;
    session.environment.files.append(&archive.path, &event)?;
    Ok(())
}

/// Ballots verified together, on all cores.
const BATCH: usize = 512;

struct Counting<'a, G: Group> {
    archive: &'a Archive,
    opened: &'a Opened<G>,
    file: File,
    tally: Tally<G>,
    /// Where each voter's last ballot lies.
    last: HashMap<VoterIndex, (u64, usize)>,
    findings: Vec<String>,
}

fn count<G: Group>(
    archive: &Archive,
    opened: &Opened<G>,
    mut progress: Progress<'_>,
) -> Result<EncryptedTally<G>, Problem> {
    let unreadable = |error: std::io::Error| crate::problem::FileProblem::Unreadable {
        path: archive.path.clone(),
        detail: error.to_string(),
    };
    let mut counting = Counting {
        archive,
        opened,
        file: File::open(&archive.path).map_err(unreadable)?,
        tally: Tally::new(&opened.election),
        last: HashMap::new(),
        findings: Vec::new(),
    };
    let mut waiting = Vec::with_capacity(BATCH);
    archive.ballots(|ballot| {
        waiting.push(ballot);
        if waiting.len() == BATCH {
            counting.take(&waiting);
            progress.advance(waiting.len() as u64);
            waiting.clear();
        }
    })?;
    counting.take(&waiting);
    progress.advance(waiting.len() as u64);
    if counting.findings.is_empty() {
        Ok(counting.tally.close())
    } else {
        Err(StepProblem::invalid(&archive.path, counting.findings).into())
    }
}

impl<G: Group> Counting<'_, G> {
    fn take(&mut self, ballots: &[BallotAt]) {
        let opened = self.opened;
        let verdicts = parallel::map(ballots, |ballots| {
            let records: Vec<&[u8]> = ballots.iter().map(|at| at.record.as_slice()).collect();
            verify_all(&opened.election, &opened.credentials, &records)
                .into_iter()
                .map(|verdict| verdict.map(|(ballot, _)| ballot))
                .collect()
        });
        for (at, verdict) in ballots.iter().zip(verdicts) {
            match verdict {
                Ok(ballot) => self.add(at, &ballot),
                Err(error) => {
                    self.findings
                        .push(format!("{}: {error}", Tracker::of(&at.record)));
                }
            }
        }
    }

    /// Counts a ballot and takes out the one that it replaces.
    fn add(&mut self, at: &BallotAt, ballot: &VerifiedBallot<G>) {
        if let Some((offset, length)) = self
            .last
            .insert(ballot.voter(), (at.offset, at.record.len()))
        {
            let replaced = read_at(&mut self.file, offset, length)
                .map_err(|error| error.to_string())
                .and_then(|record| {
                    verify(&self.opened.election, &self.opened.credentials, &record)
                        .map_err(|error| error.to_string())
                });
            match replaced {
                Ok(replaced) => self.tally.remove(&replaced),
                Err(error) => self.findings.push(format!(
                    "{}: byte {offset}: {error}",
                    self.archive.path.display()
                )),
            }
        }
        self.tally.add(ballot);
    }
}
