//! `vote make` and `vote accept`: ballots, made and taken in.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use ballot::archive::Stage;
use ballot::ballot::{Tracker, cast, verify_all};
use ballot::credential::{PublicCredentials, SecretCredential};
use ballot::election::{Description, Election};
use ballot::group::Group;
use ballot::question::Question;
use serde::Deserialize;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::archive::{Archive, Opened, in_group};
use crate::args::{AcceptBallots, MakeBallot};
use crate::draft::Draft;
use crate::environment::Session;
use crate::files::{self, Readers};
use crate::parallel;
use crate::problem::{FileProblem, Problem, Problems, StepProblem, VoteProblem};
use crate::report::Report;
use crate::text::text;

pub(super) fn make(args: &MakeBallot, session: &mut Session<'_, '_>) -> Result<Report, Problems> {
    let (record, list) = election(&args.election)?;
    let invalid = |error| StepProblem::ElectionInvalid {
        detail: format!("{error}"),
    };
    let group = Description::parse(&record)
        .and_then(|description| description.group_name())
        .map_err(|error: ballot::election::ElectionError| invalid(error))?;
    in_group!(group, make_in(&record, list.as_deref(), args, session))
}

/// The election record of an `election.json` or of an archive; an archive has the public
/// credentials, too.
fn election(path: &Path) -> Result<(Vec<u8>, Option<Vec<u8>>), Problem> {
    if path.extension().is_some_and(|extension| extension == "bel") {
        let archive = Archive::read(path)?;
        return Ok((archive.setup.election, Some(archive.setup.credentials)));
    }
    let record = files::read(path)?;
    Ok((record.trim_ascii_end().to_vec(), None))
}

fn make_in<G: Group>(
    record: &[u8],
    list: Option<&[u8]>,
    args: &MakeBallot,
    session: &mut Session<'_, '_>,
) -> Result<Report, Problems> {
    let invalid = |detail| StepProblem::ElectionInvalid { detail };
    let election = Election::<G>::parse(record).map_err(|error| invalid(error.to_string()))?;
    let typed = read_input(&args.credential, session)?;
    let credential: SecretCredential = str::from_utf8(&typed)
        .ok()
        .and_then(|typed| typed.trim().parse().ok())
        .ok_or(VoteProblem::CredentialMalformed)?;
    let key = credential.key::<G>(election.uuid());
    if let Some(list) = list {
        let first = |errors: Vec<_>| errors.first().map(ToString::to_string).unwrap_or_default();
        let listed = PublicCredentials::<G>::parse(list)
            .map_err(|errors: Vec<ballot::credential::CredentialsError>| invalid(first(errors)))?;
        if listed.find(key.public().as_str()).is_none() {
            return Err(VoteProblem::CredentialUnknown.into());
        }
    }
    let choices = read_input(&args.choices, session)?;
    let vote = choose(election.questions(), &choices)?;
    let ballot =
        cast(&election, &key, &vote, &mut *session.environment.randomness).map_err(|error| {
            VoteProblem::ChoicesMalformed {
                detail: error.to_string(),
            }
        })?;
    if args.out.exists() {
        return Err(FileProblem::Exists {
            path: args.out.clone(),
        }
        .into());
    }
    session
        .environment
        .files
        .write(&args.out, ballot.as_bytes(), Readers::Everybody)?;
    let (tracker, shown) = (ballot.tracker(), args.out.display());
    Ok(Report::new(text!(
        "票ができました: {shown}",
        "The ballot stands: {shown}"
    ))
    .line(text!(
        "控え番号: {tracker}（公開される投票記録で同じ番号を探せます）",
        "Tracker: {tracker} (look for it in the published archive)"
    ))
    .fact("ballot", shown.to_string())
    .fact("tracker", tracker.to_string()))
}

fn read_input(
    path: &Path,
    session: &mut Session<'_, '_>,
) -> Result<Zeroizing<Vec<u8>>, FileProblem> {
    if path != Path::new("-") {
        return files::read(path);
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(4096));
    session
        .environment
        .input
        .read_to_end(&mut bytes)
        .map_err(|error| FileProblem::Unreadable {
            path: path.into(),
            detail: error.to_string(),
        })?;
    Ok(bytes)
}

/// The answers to one question as a person writes them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Chosen {
    Word(String),
    Answers(Vec<Answer>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Answer {
    /// Place among the answers, from 1.
    Place(usize),
    Label(String),
}

/// One 0 or 1 for each choice of each question.
fn choose(questions: &[Question], bytes: &[u8]) -> Result<Vec<Vec<u64>>, VoteProblem> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let chosen: Vec<Chosen> =
        serde_json::from_slice(bytes).map_err(|error| VoteProblem::ChoicesMalformed {
            detail: error.to_string(),
        })?;
    if chosen.len() != questions.len() {
        let (expected, found) = (questions.len(), chosen.len());
        return Err(VoteProblem::ChoicesNumber { expected, found });
    }
    let numbered = questions.iter().zip(1..);
    numbered
        .zip(chosen)
        .map(|((question, number), chosen)| answer(question, number, chosen))
        .collect()
}

fn answer(question: &Question, number: usize, chosen: Chosen) -> Result<Vec<u64>, VoteProblem> {
    let unknown = |answer: String| VoteProblem::UnknownAnswer {
        question: number,
        answer,
        known: question.answers.clone(),
    };
    let answer = match chosen {
        Chosen::Word(word) if word == "blank" => question
            .choose_blank()
            .ok_or(VoteProblem::NoBlank { question: number })?,
        Chosen::Word(word) => return Err(unknown(word)),
        Chosen::Answers(answers) => {
            let places = answers.into_iter().map(|answer| match answer {
                Answer::Place(place) => place
                    .checked_sub(1)
                    .filter(|place| *place < question.answers.len())
                    .ok_or_else(|| unknown(place.to_string())),
                Answer::Label(label) => question
                    .answers
                    .iter()
                    .position(|answer| *answer == label)
                    .ok_or_else(|| unknown(label)),
            });
            question.choose(&places.collect::<Result<Vec<_>, _>>()?)
        }
    };
    // Only the number can be wrong: a blank vote was made as a whole.
    let chosen = answer.iter().filter(|choice| **choice == 1).count();
    question
        .allows(&answer)
        .map_err(|_| VoteProblem::NotAllowed {
            question: number,
            chosen,
            least: question.min,
            most: question.max,
        })?;
    Ok(answer)
}

/// A ballot that somebody hands in.
struct HandedIn<'a> {
    path: &'a PathBuf,
    line: usize,
    record: Vec<u8>,
}

pub(super) fn accept(
    args: &AcceptBallots,
    session: &mut Session<'_, '_>,
) -> Result<Report, Problems> {
    let draft = Draft::in_folder(&args.dir)?;
    let _lock = session.environment.files.enter(&args.dir)?;
    let archive = super::opened(&draft, &args.dir)?;
    archive.demand(&[Stage::Voting])?;
    let mut ballots = Vec::new();
    for path in &args.ballots {
        let bytes = files::read(path)?;
        let lines = bytes
            .split(|byte| *byte == b'\n')
            .map(<[u8]>::trim_ascii)
            .zip(1..);
        ballots.extend(
            lines
                .filter(|(record, _)| !record.is_empty())
                .map(|(record, line)| HandedIn {
                    path,
                    line,
                    record: record.to_vec(),
                }),
        );
    }
    in_group!(draft.group(), accept_in(&archive, &ballots, session))
}

/// Ballots verified between two lines of progress.
const BATCH: usize = 1024;

fn accept_in<G: Group>(
    archive: &Archive,
    ballots: &[HandedIn<'_>],
    session: &mut Session<'_, '_>,
) -> Result<Report, Problems> {
    let opened = Opened::<G>::of(archive)?;
    let mut writer = archive.writer();
    let mut bytes = Vec::new();
    let mut known: HashSet<_> = archive.trackers.clone();
    let (mut already, mut trackers, mut refused) = (0_usize, Vec::new(), Problems::new());
    let mut progress =
        session.progress(text!("票の検証", "Ballots verified"), ballots.len() as u64);
    for batch in ballots.chunks(BATCH) {
        let verdicts = parallel::map(batch, |batch| {
            let records: Vec<&[u8]> = batch
                .iter()
                .map(|ballot| ballot.record.as_slice())
                .collect();
            verify_all(&opened.election, &opened.credentials, &records)
                .into_iter()
                .map(|verdict| verdict.map(|_| ()))
                .collect()
        });
        for (ballot, verdict) in batch.iter().zip(verdicts) {
            let tracker = Tracker::of(&ballot.record);
            match verdict {
                Err(error) => refused.push(
                    VoteProblem::Refused {
                        path: ballot.path.clone(),
                        line: ballot.line,
                        detail: error.to_string(),
                    }
                    .into(),
                ),
                Ok(()) if !known.insert(tracker.hash()) => already += 1,
                Ok(()) => {
                    let event = writer
                        .ballot(&ballot.record)
                        .map_err(|error| StepProblem::WrongOrder { stage: error.stage })?;
                    bytes.extend(event);
                    trackers.push(tracker.to_string());
                }
            }
        }
        progress.advance(batch.len() as u64);
    }
    if !bytes.is_empty() {
        session.environment.files.append(&archive.path, &bytes)?;
    }
    let (added, all, out) = (trackers.len(), known.len(), refused.len());
    let mut report = Report::new(text!(
        "票を {added} 通加えました（すでにあった票 {already} 通、加えなかった票 {out} 通、全部で {all} 通）。",
        "{added} ballots were added ({already} were there already, {out} were refused; {all} in all)."
    ))
    .fact("added", added)
    .fact("already_there", already)
    .fact("refused", out)
    .fact("ballots", all);
    for tracker in &trackers {
        report = report.line(text!("  控え番号 {tracker}", "  tracker {tracker}"));
    }
    report = report.fact(
        "trackers",
        trackers.into_iter().map(Value::from).collect::<Vec<_>>(),
    );
    report.problems = refused;
    Ok(report)
}
