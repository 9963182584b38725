//! `hiroba-verify log`: is the log what was signed, and do its events follow
//! the rules that hold for all events?

mod cache;
mod canonical;
mod events;
mod facts;
mod in_order;
mod rebuild;
mod source;

use std::{fs, path::PathBuf, process::ExitCode};

use anyhow::Context;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use transparency::{Policy, SignedCheckpoint, VerifierKey, policy::Cosigned};

pub use self::{
    canonical::{NotCanonical, members},
    events::EventRules,
    facts::{Facts, Memory},
    rebuild::{Leaf, Rules},
    source::{Line, Place, Source, SourceError},
};
pub(crate) use in_order::in_order;
pub(crate) use rebuild::fetch;

use crate::{receipt::read_policy, report::Report};

/// Checks a whole log: signatures, every tile, every event
///
/// Reads the checkpoint, rebuilds the tree from the entries alone, compares
/// every tile and the root, and checks that each event is in canonical form,
/// unique, and the next of its stream. Published texts, files and read models are
/// checked by `hiroba-verify replay`.
///
/// Example: hiroba-verify log http://127.0.0.1:8080/log --vkey
/// 'city.example/log/1+…+…' --since checkpoint.2026-07 --cache ./seen
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// The log's verifier key; several if the log replaces its key
    #[arg(long, value_name = "KEY", required = true)]
    vkey: Vec<VerifierKey>,
    /// Which witnesses have to have cosigned, as a tlog-policy file
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// A checkpoint kept from before, which the log has to extend; may be
    /// given several times
    #[arg(long, value_name = "CHECKPOINT")]
    since: Vec<PathBuf>,
    /// Answers in JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let source = arguments.place.open()?;
    let policy = arguments.policy.as_ref().map(read_policy).transpose()?;
    let mut since = Vec::new();
    for path in &arguments.since {
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let checkpoint = SignedCheckpoint::parse(&bytes)
            .with_context(|| format!("the checkpoint in {}", path.display()))?;
        since.push(checkpoint);
    }
    let progress = progress(arguments.json);
    let question = Question {
        logs: &arguments.vkey,
        policy: policy.as_ref(),
        since: &since,
    };
    let now = now();
    let check = || check(&source, &question, now, &progress);
    let report = source.without_blaming_the_cache(check, |report| report)?;
    progress.finish_and_clear();
    report.end(arguments.json, std::io::stdout().lock())
}

/// A bar for long work; none where a program reads.
pub(crate) fn progress(json: bool) -> ProgressBar {
    if json {
        return ProgressBar::hidden();
    }
    let style = "{elapsed_precise} {wide_bar} {human_pos}/{human_len} {msg}, {eta} left";
    let style = ProgressStyle::with_template(style);
    ProgressBar::no_length().with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the auditor's own clock bounds the log's times"
)]
fn now() -> Timestamp {
    Timestamp::now()
}

/// Whom the auditor believes, and what was seen before.
pub struct Question<'a> {
    /// The log's keys.
    pub logs: &'a [VerifierKey],
    /// The witnesses that are asked for.
    pub policy: Option<&'a Policy>,
    /// Checkpoints from before.
    pub since: &'a [SignedCheckpoint],
}

/// Checks the log. No event may be from after `now`, nor from after a
/// cosignature under it. An error is a log that cannot be read; everything else
/// is in the report.
pub fn check(
    source: &Source,
    question: &Question<'_>,
    now: Timestamp,
    progress: &ProgressBar,
) -> Result<Report, SourceError> {
    let mut report = Report::default();
    let Some(signed) = read_checkpoint(source, &mut report)? else {
        return Ok(report);
    };
    let checkpoint = signed.checkpoint();
    report.fact("origin", checkpoint.origin());
    report.fact("size", checkpoint.size());
    report.fact("root", checkpoint.root().to_string());
    // Whoever runs this alone is not to think that all was looked at.
    let others = "read models, published texts and files (hiroba-verify replay)";
    report.fact("not_checked", others);

    let cosigned = signatures(&signed, question, &mut report);
    let cosigned_at = cosigned
        .iter()
        .filter_map(|one| i64::try_from(one.time).ok());
    let latest = cosigned_at
        .filter_map(|second| Timestamp::from_second(second).ok())
        .min()
        .map_or(now, |cosigned_at| cosigned_at.min(now));

    let rules = EventRules::new(latest);
    let older: Vec<_> = earlier(&signed, question, &mut report);
    rebuild::rebuild(source, checkpoint, &older, rules, progress, &mut report)?;
    Ok(report)
}

/// Gives all events of a log to rules, after having checked that they are those
/// of its checkpoint, and whose it is if keys are given. Says how many there
/// are.
pub(crate) fn walk<R: Rules>(
    source: &Source,
    logs: &[VerifierKey],
    rules: R,
    progress: &ProgressBar,
    report: &mut Report,
) -> Result<Option<u64>, SourceError> {
    let Some(signed) = read_checkpoint(source, report)? else {
        return Ok(None);
    };
    let checkpoint = signed.checkpoint();
    report.fact("size", checkpoint.size());
    if logs.is_empty() {
        let message = "Nobody's signature was checked: give the log's key with --vkey.";
        report.warning("NO_KEY", None, message.to_owned());
    } else if let Err(error) = signed.verify(logs) {
        let message = format!("The log's checkpoint is not signed as it should be: {error}.");
        report.error("CHECKPOINT_SIGNATURE", None, message);
    }
    rebuild::rebuild(source, checkpoint, &[], rules, progress, report)?;
    Ok(Some(checkpoint.size()))
}

fn read_checkpoint(
    source: &Source,
    report: &mut Report,
) -> Result<Option<SignedCheckpoint>, SourceError> {
    let Some(bytes) = source.get("checkpoint")? else {
        let message = "The log has no checkpoint.";
        report.error("CHECKPOINT_MISSING", None, message.into());
        return Ok(None);
    };
    match SignedCheckpoint::parse(&bytes) {
        Ok(signed) => Ok(Some(signed)),
        Err(error) => {
            let message = format!("The log's checkpoint cannot be read: {error}.");
            report.error("CHECKPOINT_FORM", None, message);
            Ok(None)
        }
    }
}

/// Checks who signed the checkpoint, and gives those witnesses who did.
fn signatures(
    signed: &SignedCheckpoint,
    question: &Question<'_>,
    report: &mut Report,
) -> Vec<Cosigned> {
    let by_log = signed.verify(question.logs).map(|_| ());
    let by_policy = question
        .policy
        .map_or(Ok(()), |policy| policy.check_log(signed));
    if let Err(error) = by_log.and(by_policy) {
        let message = format!("The log's checkpoint is not signed as it should be: {error}.");
        report.error("CHECKPOINT_SIGNATURE", None, message);
    }
    match question.policy.map(|policy| policy.check_quorum(signed)) {
        None => Vec::new(),
        Some(Ok(cosigned)) => {
            report.fact("cosigned", witnesses(&cosigned));
            cosigned
        }
        Some(Err(error)) => {
            report.error(
                "QUORUM",
                None,
                format!("The policy is not satisfied: {error}."),
            );
            Vec::new()
        }
    }
}

/// The earlier checkpoints that are of this log and not larger than it; the
/// others are findings.
fn earlier<'a>(
    signed: &SignedCheckpoint,
    question: &Question<'a>,
    report: &mut Report,
) -> Vec<&'a transparency::Checkpoint> {
    let size = signed.checkpoint().size();
    let mut earlier = Vec::new();
    for old in question.since {
        let old_size = old.checkpoint().size();
        match old.verify(question.logs) {
            Err(error) => {
                let message =
                    format!("The checkpoint kept at size {old_size} does not count: {error}.");
                report.error("SINCE_SIGNATURE", None, message);
            }
            Ok(_) if old_size > size => {
                let message = format!(
                    "The log has been cut back: it had {old_size} events when the kept checkpoint \
                     was signed, and has {size} now."
                );
                report.error("ROLLED_BACK", None, message);
            }
            Ok(old) => earlier.push(old),
        }
    }
    earlier
}

/// Names and times for a report.
pub(crate) fn witnesses(cosigned: &[Cosigned]) -> Vec<String> {
    let one = |Cosigned { name, time }: &Cosigned| {
        let time = i64::try_from(*time)
            .ok()
            .and_then(|time| Timestamp::from_second(time).ok());
        time.map_or_else(|| name.clone(), |time| format!("{name} at {time}"))
    };
    cosigned.iter().map(one).collect()
}
