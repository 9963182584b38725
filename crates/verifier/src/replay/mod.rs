//! `hiroba-verify replay`: is what the city shows what the log tells? The read
//! models follow from it, and the published texts are those that were recorded.

mod contents;
mod due;
mod fold;
mod openings;

use std::process::ExitCode;

use clap::Args;
use indicatif::ProgressBar;
use read_models::Digests;
use transparency::VerifierKey;

use crate::{
    log::{self, Place, Source, SourceError},
    report::Report,
};
use fold::Fold;

/// Folds the read models from the leaves alone and compares what the city shows
///
/// Their digests are compared with those that the city publishes, at the log's
/// end or at any earlier size at which it has published them. At the end, also
/// every published text and file is compared with what was recorded, and none may
/// be missing without an event.
///
/// Example: hiroba-verify replay ./export --vkey 'city.example/log/1+…+…' --at 120
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// After this many events instead of all
    #[arg(long, value_name = "EVENTS")]
    at: Option<u64>,
    /// The log's verifier key; without one, nobody's signature is checked
    #[arg(long, value_name = "KEY")]
    vkey: Vec<VerifierKey>,
    /// Answers in JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let source = arguments.place.open()?;
    let progress = log::progress(arguments.json);
    let check = || check(&source, &arguments.vkey, arguments.at, &progress);
    let report = source.without_blaming_the_cache(check, |report| report)?;
    progress.finish_and_clear();
    report.end(arguments.json, std::io::stdout().lock())
}

/// Folds the log, up to a size if one is given, and compares the digests; at the
/// log's end also the published texts, which are there as of now only.
pub fn check(
    source: &Source,
    logs: &[VerifierKey],
    at: Option<u64>,
    progress: &ProgressBar,
) -> Result<Report, SourceError> {
    let mut report = Report::default();
    let mut fold = Fold::until(at.unwrap_or(u64::MAX));
    let Some(size) = log::walk(source, logs, &mut fold, progress, &mut report)? else {
        return Ok(report);
    };
    let at = at.unwrap_or(size);
    if at > size {
        let message = format!("The log has {size} events, and not yet {at}.");
        report.error("TOO_EARLY", None, message);
        return Ok(report);
    }
    if !fold.is_whole(size) {
        // Why, is among the findings already.
        return Ok(report);
    }
    let folded = Digests::of(&fold.city);
    report.fact("folded", at);
    for (model, digest) in &folded.digests {
        report.fact(model, digest.as_str());
    }
    match published(source, at)? {
        Some(Ok(published)) => compare(&folded, &published, &mut report),
        Some(Err(error)) => {
            let message = format!("The published digests at size {at} cannot be read: {error}.");
            report.error("DIGESTS_FORM", None, message);
        }
        None if at == size => {
            let message = format!("No digests are published at size {at}.");
            report.error("DIGESTS_MISSING", None, message);
        }
        None => {
            let message =
                format!("No digests are published at size {at}: there is nothing to compare with.");
            report.warning("DIGESTS_MISSING", None, message);
        }
    }
    if at == size {
        openings::check(source, &fold, size, progress, &mut report)?;
    }
    Ok(report)
}

/// The digests that are published for a size.
fn published(
    source: &Source,
    size: u64,
) -> Result<Option<serde_json::Result<Digests>>, SourceError> {
    for path in [format!("digests/{size}.json"), "digests.json".to_owned()] {
        let Some(bytes) = source.get(&path)? else {
            continue;
        };
        let digests = serde_json::from_slice::<Digests>(&bytes);
        let other = digests.as_ref().is_ok_and(|digests| digests.size.0 != size);
        if !other {
            return Ok(Some(digests));
        }
    }
    Ok(None)
}

fn compare(folded: &Digests, published: &Digests, report: &mut Report) {
    let size = folded.size;
    for (model, digest) in &folded.digests {
        match published.digests.get(model) {
            Some(published) if published == digest => (),
            Some(_) => {
                let message = format!(
                    "The read model {model} that the city publishes at size {size} does not follow \
                     from the log."
                );
                report.error("DIGEST_DIFFERS", None, message);
            }
            None => {
                let message = format!("The digest of {model} is missing at size {size}.");
                report.error("DIGEST_MISSING", None, message);
            }
        }
    }
    for model in published.digests.keys() {
        if !folded.digests.contains_key(model) {
            let message = format!("This release does not know the read model {model}.");
            report.warning("DIGEST_UNKNOWN", None, message);
        }
    }
}
