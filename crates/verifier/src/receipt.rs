//! `hiroba-verify receipt`: is this leaf in the log?

use std::{fs, path::PathBuf, process::ExitCode};

use anyhow::Context;
use clap::Args;
use transparency::{Policy, Receipt, VerifierKey};

use crate::report::Report;

/// Checks a receipt against the leaf that it is for
///
/// A receipt proves, without a connection, that a leaf (the event as it was
/// recorded, byte for byte) stands in the log at a certain position.
#[derive(Args)]
pub struct Arguments {
    /// The receipt, a file that ends in .tlog-proof
    file: PathBuf,
    /// The leaf's bytes
    #[arg(long, value_name = "FILE")]
    leaf: PathBuf,
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
    let (receipt, leaf) = (read(&arguments.file)?, read(&arguments.leaf)?);
    let report = check(&receipt, &leaf, &arguments.vkey, policy.as_ref());
    report.end(arguments.json, std::io::stdout().lock())
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
