//! `hiroba-verify referendum`: the archive of a referendum, checked from tar to result.

mod diff;
mod print;
mod source;

use std::fs::File;
use std::io::{Read, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use ballot::archive::Stage;
use ballot::ballot::Tracker;
use ballot::verify::{Options, Verifier};
use clap::{Args, ValueEnum};

use source::ArchiveSource;

/// What to check, and how.
#[derive(Args, Debug)]
pub struct Arguments {
    /// The archive: a .bel file, a directory with exactly one, or - for standard input.
    archive: PathBuf,
    /// Print one JSON object (with --follow: one a line) instead of text.
    #[arg(long)]
    json: bool,
    /// Keep the archive under observation; only what is appended is checked again.
    #[arg(long)]
    follow: bool,
    /// With --follow: stop when the election has come this far.
    #[arg(long, value_enum, default_value = "finished", requires = "follow")]
    until: Until,
    /// With --follow: seconds between two looks.
    #[arg(long, default_value_t = 10, requires = "follow")]
    interval: u64,
    /// With --follow: stop after this many looks.
    #[arg(long, requires = "follow")]
    looks: Option<u64>,
    /// An earlier copy of the archive: prove that nothing in it was removed or changed.
    #[arg(long, value_name = "OLD.bel", conflicts_with = "follow")]
    diff: Option<PathBuf>,
    /// Look up a ballot by its tracker (43 characters, or 64 hex digits); may be repeated.
    #[arg(long, value_name = "TRACKER", value_parser = tracker)]
    tracker: Vec<Tracker>,
    /// How many threads check ballots [default: all cores].
    #[arg(long)]
    threads: Option<NonZeroUsize>,
    /// A record of commitments, which makes the check faster without being trusted.
    #[arg(long, value_name = "FILE", conflicts_with = "write_commitments")]
    commitments: Option<PathBuf>,
    /// Write the record of commitments for later checks.
    #[arg(long, value_name = "FILE")]
    write_commitments: Option<PathBuf>,
}

/// How far an election has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Until {
    /// Voting is closed.
    Ended,
    /// The encrypted tally stands.
    Tallied,
    /// The result stands.
    Finished,
}

impl Until {
    fn stage(self) -> Stage {
        match self {
            Self::Ended => Stage::Ended,
            Self::Tallied => Stage::Tallied,
            Self::Finished => Stage::Finished,
        }
    }
}

fn tracker(text: &str) -> Result<Tracker, String> {
    Tracker::parse(text).ok_or_else(|| "a tracker has 43 characters, or 64 hex digits".to_owned())
}

/// Bytes read at once.
const PIECE: usize = 1 << 20;

/// Checks an archive and prints what was found; false if something is wrong.
pub fn run(arguments: &Arguments) -> Result<bool> {
    run_to(arguments, &mut std::io::stdout().lock())
}

/// [`run`], printing somewhere else.
fn run_to(arguments: &Arguments, out: &mut impl Write) -> Result<bool> {
    let path = source::locate(&arguments.archive)?;
    if arguments.follow && path.is_none() {
        bail!("--follow needs a file or a directory: standard input has an end");
    }
    let mut archive = match &path {
        Some(path) => {
            File::open(path).with_context(|| format!("cannot open {}", path.display()))?
        }
        None => source::spool(&mut std::io::stdin().lock())?,
    };
    let threads = match arguments.threads {
        Some(threads) => threads.get(),
        None => thread::available_parallelism().map_or(1, NonZeroUsize::get),
    };
    let source = ArchiveSource::new(
        archive.try_clone()?,
        arguments.commitments.as_deref(),
        arguments.write_commitments.as_deref(),
    )?;
    let mut verifier = Verifier::new(
        source,
        Options {
            threads,
            ..Options::default()
        },
    );
    let mut printer = print::Printer::new(arguments.json);

    let mut looks = 0;
    let mut fed = 0;
    loop {
        let read = feed(&mut verifier, &mut archive, fed)?;
        fed += read;
        looks += 1;
        let over = !arguments.follow
            || verifier.stage() >= arguments.until.stage()
            || arguments.looks.is_some_and(|limit| limit <= looks);
        if over {
            break;
        }
        if read > 0 || looks == 1 {
            verifier.settle();
            printer.progress(out, &verifier.report())?;
        }
        thread::sleep(Duration::from_secs(arguments.interval));
        if archive.metadata()?.len() < fed {
            // The chain would show it too, but only when the archive has grown again.
            printer.shrunk(out, fed)?;
            return Ok(false);
        }
    }
    // Somebody may be writing a record while we look; only a finished file must end cleanly.
    let report = if arguments.follow && verifier.stage() < arguments.until.stage() {
        verifier.settle();
        verifier.report()
    } else {
        verifier.end()
    };
    let trackers: Vec<_> = arguments
        .tracker
        .iter()
        .map(|tracker| (*tracker, verifier.find(*tracker)))
        .collect();
    let difference = match &arguments.diff {
        Some(old) => Some(diff::compare(old, &mut archive)?),
        None => None,
    };
    printer.report(out, &report, &trackers, difference.as_ref())?;
    let found_all = trackers.iter().all(|(_, status)| status.is_some());
    Ok(report.is_valid()
        && found_all
        && difference.is_none_or(|difference| difference.is_extension()))
}

/// Pushes what the file has beyond `from` into the verifier; returns how many bytes.
fn feed(verifier: &mut Verifier<ArchiveSource>, archive: &mut File, from: u64) -> Result<u64> {
    use std::io::{Seek, SeekFrom};
    archive.seek(SeekFrom::Start(from))?;
    let mut piece = vec![0; PIECE];
    let mut fed = 0;
    loop {
        let read = archive
            .read(&mut piece)
            .context("cannot read the archive")?;
        if read == 0 {
            return Ok(fed);
        }
        verifier.feed(piece.get(..read).unwrap_or_default());
        fed += read as u64;
    }
}

#[cfg(test)]
mod tests;
