//! `hiroba-verify diff`: what happened between two sizes of the log?

use std::{collections::BTreeMap, io::Write, process::ExitCode};

use clap::Args;
use domain::{
    Decider,
    history::Leaf,
    personal_data::{self, PersonalData},
};
use indicatif::ProgressBar;
use serde::Serialize;
use serde_json::json;
use transparency::VerifierKey;

use crate::{
    log::{self, Place, Rules, Source, SourceError},
    report::Report,
};

/// Kinds of events that correct or take back what was said before.
const CORRECTIONS: &[&str] = &[
    "draft_revised",
    "hiding_reversed",
    "log_key_rotated",
    "material_corrected",
    "opinion_hidden",
    "opinion_replaced",
    "opinion_withdrawn",
    "ordinance_repealed",
    "period_extended",
    "publication_withdrawn",
    "response_revoked",
];

/// Tells what happened between two sizes of the log
///
/// Events are counted by institution, kind and the role of whoever acted; every
/// correction and every erasure is told by itself.
///
/// Example: hiroba-verify diff ./export --vkey 'city.example/log/1+…+…' --from
/// 120 --to 190
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// The size of the earlier checkpoint
    #[arg(long, value_name = "EVENTS")]
    from: u64,
    /// The size of the later checkpoint
    #[arg(long, value_name = "EVENTS")]
    to: u64,
    /// The log's verifier key; without one, nobody's signature is checked
    #[arg(long, value_name = "KEY")]
    vkey: Vec<VerifierKey>,
    /// Answers in JSON
    #[arg(long)]
    json: bool,
}

/// Events of one sort.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Sort {
    /// The institution.
    pub institution: String,
    /// The kind of event.
    pub kind: String,
    /// The role of whoever acted.
    pub role: &'static str,
}

/// A correction or an erasure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remarkable {
    /// Its place in the log.
    pub position: u64,
    /// When it was recorded.
    pub recorded_at: String,
    /// The stream that it belongs to.
    pub stream: String,
    /// The kind of event.
    pub kind: String,
    /// The role of whoever acted.
    pub role: &'static str,
    /// The law and the number of the decision, of an erasure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
}

/// What happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    from: u64,
    to: u64,
    /// How many events there are of each sort.
    pub counts: BTreeMap<Sort, u64>,
    /// Corrections, in order.
    pub corrections: Vec<Remarkable>,
    /// Erasures, in order.
    pub erasures: Vec<Remarkable>,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let source = arguments.place.open()?;
    anyhow::ensure!(
        arguments.from <= arguments.to,
        "--from {} is after --to {}: exchange them",
        arguments.from,
        arguments.to
    );
    let progress = log::progress(arguments.json);
    let range = (arguments.from, arguments.to);
    let check = || check(&source, &arguments.vkey, range, &progress);
    let (mut report, changes) = source.without_blaming_the_cache(check, |(report, _)| report)?;
    progress.finish_and_clear();
    let mut out = std::io::stdout().lock();
    if arguments.json {
        changes.add_to(&mut report);
    } else {
        changes.print(&mut out)?;
    }
    report.end(arguments.json, out)
}

/// Reads the log, and tells what happened from one size to another.
pub fn check(
    source: &Source,
    logs: &[VerifierKey],
    (from, to): (u64, u64),
    progress: &ProgressBar,
) -> Result<(Report, Changes), SourceError> {
    let mut report = Report::default();
    let mut changes = Changes {
        from,
        to,
        ..Changes::default()
    };
    let size = log::walk(source, logs, &mut changes, progress, &mut report)?;
    if let Some(size) = size.filter(|size| *size < to) {
        let message = format!("The log has {size} events, and not yet {to}.");
        report.error("TOO_EARLY", None, message);
    }
    Ok((report, changes))
}

impl Rules for &mut Changes {
    type Facts = ();
    type Memory = ();

    fn read(_leaf: &[u8], _memory: &mut ()) -> Self::Facts {}

    fn follow(&mut self, leaf: log::Leaf<'_>, _facts: (), report: &mut Report) {
        let position = leaf.position;
        if position < self.from || position >= self.to {
            return;
        }
        let leaf = match Leaf::parse(leaf.bytes) {
            Ok(leaf) => leaf,
            Err(error) => {
                let message = format!("Event {position} cannot be read: {error}.");
                report.error("EVENT_FORM", Some(position), message);
                return;
            }
        };
        let role = leaf.metadata.role.word();
        *self
            .counts
            .entry(Sort {
                institution: leaf.institution().to_owned(),
                kind: leaf.kind.to_string(),
                role,
            })
            .or_default() += 1;
        let remarkable = |basis| Remarkable {
            position,
            recorded_at: leaf.metadata.recorded_at.to_string(),
            stream: leaf.metadata.stream.clone(),
            kind: leaf.kind.to_string(),
            role,
            basis,
        };
        if CORRECTIONS.contains(&&*leaf.kind) {
            self.corrections.push(remarkable(None));
        }
        if leaf.institution() == PersonalData::INSTITUTION
            && let Ok(personal_data::Event::PersonalDataErased {
                legal_basis,
                decision_no,
                retention,
                ..
            }) = leaf.event::<PersonalData>()
        {
            let rules = &leaf.metadata.basis;
            let ground = match retention {
                Some(end) => format!("kept until {} under {rules}", end.kept_until),
                None => "asked for by the person".to_owned(),
            };
            let basis = format!("{legal_basis}, {decision_no}, {ground}");
            self.erasures.push(remarkable(Some(basis)));
        }
    }

    fn finish(self, _report: &mut Report) {}
}

impl Changes {
    fn add_to(&self, report: &mut Report) {
        let counts: Vec<_> = self
            .counts
            .iter()
            .map(|(sort, count)| {
                json!({
                    "institution": sort.institution,
                    "kind": sort.kind,
                    "role": sort.role,
                    "count": count,
                })
            })
            .collect();
        report.fact("from", self.from);
        report.fact("to", self.to);
        report.fact("events", counts);
        report.fact("corrections", json!(self.corrections));
        report.fact("erasures", json!(self.erasures));
    }

    /// Writes the table.
    pub fn print(&self, mut out: impl Write) -> std::io::Result<()> {
        writeln!(out, "From {} to {} events:", self.from, self.to)?;
        writeln!(
            out,
            "{:>8}  {:<16} {:<26} role",
            "events", "institution", "kind"
        )?;
        for (sort, count) in &self.counts {
            let Sort {
                institution,
                kind,
                role,
            } = sort;
            writeln!(out, "{count:>8}  {institution:<16} {kind:<26} {role}")?;
        }
        for (title, events) in [
            ("Corrections", &self.corrections),
            ("Erasures", &self.erasures),
        ] {
            writeln!(out, "{title}: {}", events.len())?;
            for event in events {
                let Remarkable {
                    position,
                    recorded_at,
                    stream,
                    kind,
                    role,
                    basis,
                } = event;
                let basis = basis.as_deref().unwrap_or_default();
                writeln!(
                    out,
                    "{position:>8}  {recorded_at} {kind} by {role} in {stream} {basis}"
                )?;
            }
        }
        Ok(())
    }
}
