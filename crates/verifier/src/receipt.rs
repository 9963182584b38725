//! `hiroba-verify receipt`: is this leaf in the log?

use std::{fs, path::PathBuf, process::ExitCode};

use anyhow::{Context, ensure};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use clap::Args;
use serde::Deserialize;
use serde_json::value::RawValue;
use transparency::{Policy, Receipt, VerifierKey, opening};

use crate::report::Report;

/// Checks a receipt against the leaf that it is for
///
/// A receipt proves, without a connection, that a leaf (the event as it was
/// recorded, byte for byte) stands in the log at a certain position. An opening
/// shows what was written there.
///
/// Example: hiroba-verify receipt 17.tlog-proof --leaf leaf.json --opening
/// body.json --vkey 'city.example/log/1+…+…'
#[derive(Args)]
pub struct Arguments {
    /// The receipt, a file that ends in .tlog-proof; or what a citizen keeps of
    /// a submission, JSON with the members "proof", "leaf" (in base64) and
    /// "openings"
    file: PathBuf,
    /// The leaf's bytes, if they are not in the file
    #[arg(long, value_name = "FILE")]
    leaf: Option<PathBuf>,
    /// What opens a sealed text of the leaf; may be given several times
    #[arg(long, value_name = "FILE")]
    opening: Vec<PathBuf>,
    /// The log's verifier key; several if the log replaces its key
    #[arg(long, value_name = "KEY", required = true)]
    vkey: Vec<VerifierKey>,
    /// Which witnesses have to have cosigned, as a tlog-policy file
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Answers in JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let read =
        |path: &PathBuf| fs::read(path).with_context(|| format!("cannot read {}", path.display()));
    let policy = arguments.policy.as_ref().map(read_policy).transpose()?;
    let file = read(&arguments.file)?;
    let mut openings = Vec::new();
    for path in &arguments.opening {
        openings.push(read(path)?);
    }
    let (receipt, leaf) = if file.trim_ascii_start().starts_with(b"{") {
        ensure!(
            arguments.leaf.is_none(),
            "{} holds the leaf itself: leave out --leaf",
            arguments.file.display()
        );
        let kept = Kept::parse(&file)
            .with_context(|| format!("what is kept in {}", arguments.file.display()))?;
        openings.extend(kept.openings);
        (kept.proof, kept.leaf)
    } else {
        let leaf = arguments.leaf.as_ref();
        let leaf = leaf.context("give the leaf that the receipt is for, with --leaf")?;
        (file, read(leaf)?)
    };
    let mut report = check(&receipt, &leaf, &arguments.vkey, policy.as_ref());
    for opening in &openings {
        check_opening(opening, &leaf, &mut report);
    }
    report.end(arguments.json, std::io::stdout().lock())
}

/// What a citizen keeps of a submission: the answer to it, as it came.
pub struct Kept {
    /// The receipt.
    pub proof: Vec<u8>,
    /// The leaf.
    pub leaf: Vec<u8>,
    /// What opens its sealed texts, as JSON.
    pub openings: Vec<Vec<u8>>,
}

impl Kept {
    /// Reads it; other members of the answer are passed over.
    pub fn parse(json: &[u8]) -> anyhow::Result<Self> {
        #[derive(Deserialize)]
        struct Answer<'a> {
            proof: Option<String>,
            leaf: String,
            #[serde(borrow, default)]
            openings: Vec<&'a RawValue>,
        }
        let answer: Answer<'_> = serde_json::from_slice(json)?;
        let proof = answer.proof.context(
            "there is no proof in it yet: download it by the position, from /log/receipt/",
        )?;
        let leaf = STANDARD.decode(answer.leaf);
        Ok(Self {
            proof: proof.into_bytes(),
            leaf: leaf.context("the leaf is not base64")?,
            openings: answer
                .openings
                .iter()
                .map(|opening| opening.get().as_bytes().to_vec())
                .collect(),
        })
    }
}

/// Checks that an opening opens its place in the leaf, and tells what it says.
pub fn check_opening(json: &[u8], leaf: &[u8], report: &mut Report) {
    let opening = match opening::from_json(json) {
        Ok(opening) => opening,
        Err(error) => {
            let message = format!("This is not an opening: {error}.");
            report.error("OPENING_FORM", None, message);
            return;
        }
    };
    match opening::check(&opening, leaf) {
        Ok(()) => {
            let text = String::from_utf8(opening.plaintext);
            let text = text.unwrap_or_else(|error| {
                format!("{} bytes that are no text", error.as_bytes().len())
            });
            report.fact(&opening.field, text);
        }
        Err(error) => {
            let message = format!("The opening does not show what was recorded: {error}.");
            report.error("OPENING_FALSE", None, message);
        }
    }
}

/// Reads a policy file.
pub(crate) fn read_policy(path: &PathBuf) -> anyhow::Result<Policy> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Policy::parse(&bytes).with_context(|| format!("the policy in {}", path.display()))
}

/// Checks that the receipt proves the leaf.
#[must_use]
pub fn check(receipt: &[u8], leaf: &[u8], logs: &[VerifierKey], policy: Option<&Policy>) -> Report {
    let mut report = Report::default();
    let receipt = match Receipt::parse(receipt) {
        Ok(receipt) => receipt,
        Err(error) => {
            report.error(
                "RECEIPT_FORM",
                None,
                format!("This is not a receipt: {error}."),
            );
            return report;
        }
    };
    let position = Some(receipt.index);
    match receipt.verify(leaf, logs, policy) {
        Ok(proven) => {
            report.fact("origin", proven.origin);
            report.fact("position", proven.index);
            report.fact("size", proven.size);
            report.fact("cosigned", crate::log::witnesses(&proven.cosigned));
        }
        Err(error) => {
            use transparency::receipt::Unproven;
            let (code, message) = match error {
                Unproven::Checkpoint(error) => ("CHECKPOINT_SIGNATURE", error.to_string()),
                Unproven::Quorum(error) => ("QUORUM", error.to_string()),
                Unproven::Inclusion { .. } => {
                    let without = leaf.strip_suffix(b"\n");
                    let proves = |leaf| receipt.verify(leaf, logs, policy).is_ok();
                    let hint = match without.is_some_and(proves) {
                        true => "; without the line's end at the end of the leaf's file it is",
                        false => "",
                    };
                    ("NOT_INCLUDED", format!("{error}{hint}"))
                }
            };
            report.error(
                code,
                position,
                format!("The receipt proves nothing: {message}."),
            );
        }
    }
    report
}
