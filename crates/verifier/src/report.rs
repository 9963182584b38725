//! What a check has found, for people and for programs.

use std::{collections::BTreeMap, io::Write, process::ExitCode};

use serde::Serialize;
use serde_json::{Map, Value};

/// Findings of one kind that are told in full; the rest is counted.
const TOLD: u64 = 20;

/// Whether a finding decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something that was claimed does not hold.
    Error,
    /// Something to look at, which proves nothing.
    Warning,
}

/// One thing that is not as it should be, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// A stable name for programs.
    pub code: &'static str,
    /// Whether it decides.
    pub severity: Severity,
    /// The event's position in the log, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<u64>,
    /// Position and reason in words.
    pub message: String,
}

/// All findings, and the facts that were established on the way.
#[derive(Debug, Default)]
pub struct Report {
    facts: Map<String, Value>,
    findings: Vec<Finding>,
    counts: BTreeMap<&'static str, u64>,
    failed: bool,
}

impl Report {
    /// Adds a fact, such as the log's size.
    pub fn fact(&mut self, name: &str, value: impl Into<Value>) {
        self.facts.insert(name.to_owned(), value.into());
    }

    /// A fact, if it was established.
    #[must_use]
    pub fn told(&self, name: &str) -> Option<&Value> {
        self.facts.get(name)
    }

    /// Adds a finding that decides.
    pub fn error(&mut self, code: &'static str, position: Option<u64>, message: String) {
        self.add(Finding {
            code,
            severity: Severity::Error,
            position,
            message,
        });
    }

    /// Adds a finding that does not decide.
    pub fn warning(&mut self, code: &'static str, position: Option<u64>, message: String) {
        self.add(Finding {
            code,
            severity: Severity::Warning,
            position,
            message,
        });
    }

    fn add(&mut self, finding: Finding) {
        self.failed |= finding.severity == Severity::Error;
        let count = self.counts.entry(finding.code).or_default();
        *count += 1;
        if *count <= TOLD {
            self.findings.push(finding);
        }
    }

    /// Whether nothing was found that decides.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        !self.failed
    }

    /// The findings, the first few of each kind.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// How many findings there are of each kind.
    #[must_use]
    pub fn counts(&self) -> &BTreeMap<&'static str, u64> {
        &self.counts
    }

    /// Writes the report, as JSON or as lines, and says how the program ends.
    pub fn end(&self, json: bool, mut out: impl Write) -> anyhow::Result<ExitCode> {
        if json {
            let mut object = self.facts.clone();
            object.insert("ok".into(), self.is_ok().into());
            object.insert("findings".into(), serde_json::to_value(&self.findings)?);
            object.insert("counts".into(), serde_json::to_value(&self.counts)?);
            writeln!(out, "{}", Value::Object(object))?;
        } else {
            for (name, value) in &self.facts {
                match value {
                    Value::String(text) => writeln!(out, "{name}: {text}")?,
                    value => writeln!(out, "{name}: {value}")?,
                }
            }
            for finding in &self.findings {
                let Finding { code, message, .. } = finding;
                let weight = if finding.severity == Severity::Error {
                    "FINDING"
                } else {
                    "warning"
                };
                writeln!(out, "{weight} {code}: {message}")?;
            }
            for (code, count) in self.counts.iter().filter(|(_, count)| **count > TOLD) {
                writeln!(out, "… and {} more of {code}.", count - TOLD)?;
            }
            writeln!(out, "{}", if self.is_ok() { "OK" } else { "NOT OK" })?;
        }
        Ok(if self.is_ok() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}
