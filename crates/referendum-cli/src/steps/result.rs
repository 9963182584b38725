//! `result`: the trustees' decryptions are collected; when they suffice, the result follows.

use ballot::archive::{Stage, Writer};
use ballot::decryption::{Owned, VerifiedDecryption, combine};
use ballot::group::Group;
use ballot::hash::Hash;
use ballot::question::Question;
use ballot::result::ElectionResult;
use ballot::trustee::{Missing, Owner, Trustees};
use serde_json::{Value, json};

use crate::archive::{Archive, Opened, in_group, verify};
use crate::args::ResultArgs;
use crate::draft::Draft;
use crate::environment::Session;
use crate::files;
use crate::problem::{Problem, Problems, StepProblem, TrusteeProblem};
use crate::report::Report;
use crate::text::{Text, text};

pub(super) fn run(args: &ResultArgs, session: &mut Session<'_, '_>) -> Result<Report, Problems> {
    let draft = Draft::in_folder(&args.dir)?;
    let _lock = session.environment.files.enter(&args.dir)?;
    let archive = super::opened(&draft, &args.dir)?;
    archive.demand(&[Stage::Tallied, Stage::Decrypting, Stage::Finished])?;
    if archive.stage() != Stage::Finished {
        in_group!(draft.group(), decrypt(&archive, args, session))?;
    }
    let archive = Archive::read(&archive.path)?;
    let Some(result) = &archive.result else {
        return Err(StepProblem::WrongOrder {
            stage: archive.stage(),
        }
        .into());
    };
    let result = ElectionResult::parse(result)
        .map_err(|error| StepProblem::invalid(&archive.path, [error]))?;
    let report = Report::new(text!("結果が確定しました。", "The result stands."));
    let report = counts(report, &draft.questions, &result.counts());
    let (head, shown) = (archive.head(), archive.path.display());
    Ok(report
        .line(text!("投票記録の末尾: {head}", "Head of the archive: {head}"))
        .line(text!(
            "次: {shown} を公開します。だれでも `hiroba-verify referendum` などで検証できます。",
            "Next: publish {shown}. Anybody can verify it, with `hiroba-verify referendum` or another tool."
        ))
        .fact("archive", shown.to_string())
        .fact("head", head))
}

/// One line an answer, and the same for programs.
pub(super) fn counts(mut report: Report, questions: &[Question], counts: &[Vec<u64>]) -> Report {
    let mut facts = Vec::new();
    for ((question, counts), number) in questions.iter().zip(counts).zip(1..) {
        let asked = &question.text;
        report = report.line(text!(
            "問い {number}: {asked}",
            "Question {number}: {asked}"
        ));
        let blank = question.has_blank().then(|| text!("白票", "blank"));
        let labels = blank.into_iter().chain(
            question
                .answers
                .iter()
                .map(|answer| text!("{answer}", "{answer}")),
        );
        let mut answers = Vec::new();
        for (Text { ja, en }, count) in labels.zip(counts) {
            answers.push(json!({"answer": ja, "count": count}));
            report = report.line(text!("  {ja}: {count}", "  {en}: {count}"));
        }
        facts.push(json!({"question": asked, "answers": answers}));
    }
    report.fact("result", Value::from(facts))
}

fn decrypt<G: Group>(
    archive: &Archive,
    args: &ResultArgs,
    session: &mut Session<'_, '_>,
) -> Result<(), Problems> {
    let opened = Opened::<G>::of(archive)?;
    let tally = opened.tally(archive)?;
    let mut collected: Vec<VerifiedDecryption<G>> = Vec::new();
    for (_, record) in &archive.decryptions {
        let verified = opened
            .decryption(&tally, record)
            .map_err(|detail| StepProblem::invalid(&archive.path, [detail]))?;
        collected.push(verified);
    }
    let mut writer = archive.writer();
    let mut bytes = Vec::new();
    for path in &args.decryptions {
        let file = files::read(path)?;
        let invalid = |detail| TrusteeProblem::DecryptionInvalid {
            path: path.clone(),
            detail,
        };
        let record = without_owner(&file).map_err(invalid)?;
        let verified = opened.decryption(&tally, record).map_err(invalid)?;
        // A trustee who has decrypted need not do so again.
        if collected
            .iter()
            .all(|known| known.owner() != verified.owner())
        {
            bytes.extend(write(&mut writer, verified.owner(), record)?);
            collected.push(verified);
        }
    }
    let opening = match combine(&opened.trustees, &tally, &collected) {
        Ok(opening) => opening,
        Err(missing) => {
            if !bytes.is_empty() {
                session.environment.files.append(&archive.path, &bytes)?;
            }
            let owners: Vec<_> = collected.iter().map(VerifiedDecryption::owner).collect();
            return Err(missing_trustees(&opened.trustees, &missing, &owners).into());
        }
    };
    let result = ElectionResult::compute(&opening).map_err(|error| StepProblem::NoResult {
        detail: error.to_string(),
    })?;
    let event = writer
        .result(result.to_record().as_bytes())
        .map_err(|error| StepProblem::WrongOrder { stage: error.stage })?;
    bytes.extend(event);
    // Nothing is written that our own verifier would refuse.
    let size = archive.path.metadata().map_or(0, |metadata| metadata.len());
    let mut progress = session.progress(
        text!("投票記録の検証（バイト）", "Archive verified (bytes)"),
        size,
    );
    verify(&archive.path, &bytes, &mut progress)?;
    session.environment.files.append(&archive.path, &bytes)?;
    Ok(())
}

/// The decryption in a file. belenios-tool adds a line that says whose it is; the proofs say so
/// anyway, but a line that contradicts them is no slip.
fn without_owner(bytes: &[u8]) -> Result<&[u8], String> {
    let mut lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let mut lines = lines.by_ref().filter(|line| !line.is_empty());
    let record = lines.next().unwrap_or_default();
    match lines.next().map(Owned::parse) {
        None => Ok(record),
        Some(Ok(owned)) if owned.payload == Hash::of(record) => Ok(record),
        Some(Ok(_)) => Err("its second line is about another decryption".to_owned()),
        Some(Err(error)) => Err(error.to_string()),
    }
}

fn write(writer: &mut Writer, owner: Owner, record: &[u8]) -> Result<Vec<u8>, Problem> {
    writer
        .partial_decryption(owner, record)
        .map_err(|error| StepProblem::WrongOrder { stage: error.stage }.into())
}

/// Who has to decrypt before there is a result.
pub(super) fn missing_trustees<G: Group>(
    trustees: &Trustees<G>,
    missing: &[Missing],
    decrypted: &[Owner],
) -> TrusteeProblem {
    let name = |owner: Owner| match trustees.name(owner) {
        Some(name) => name.to_owned(),
        None => format!("#{}", owner.0),
    };
    let (mut single, mut members, mut more) = (Vec::new(), Vec::new(), 0);
    for missing in missing {
        match missing {
            Missing::Single(owner) => single.push(name(*owner)),
            Missing::Threshold {
                present,
                threshold,
                members: group,
            } => {
                more += threshold - present;
                let absent = (group.start().0..=group.end().0)
                    .map(Owner)
                    .filter(|owner| !decrypted.contains(owner));
                members.extend(absent.map(name));
            }
        }
    }
    TrusteeProblem::DecryptionsMissing {
        single,
        members,
        more,
    }
}
