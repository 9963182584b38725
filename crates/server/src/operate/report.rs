//! What an operation did and found, for people and for programs.

use std::{io::Write, process::ExitCode};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Facts, and what is not as it should be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    facts: Map<String, Value>,
    findings: Vec<String>,
}

impl Report {
    /// Adds a fact.
    pub(crate) fn fact(&mut self, name: &str, value: impl Into<Value>) {
        self.facts.insert(name.to_owned(), value.into());
    }

    /// Adds something that is not as it should be, in one sentence.
    pub(crate) fn finding(&mut self, finding: String) {
        self.findings.push(finding);
    }

    /// What is not as it should be.
    pub fn findings(&self) -> &[String] {
        &self.findings
    }

    /// Writes it, as one line of JSON or as lines, and says how the program
    /// ends: with 0, or with 1 if there is a finding.
    pub(crate) fn end(&self, json: bool, mut out: impl Write) -> std::io::Result<ExitCode> {
        if json {
            let mut object = self.facts.clone();
            object.insert("ok".to_owned(), self.findings.is_empty().into());
            object.insert("findings".to_owned(), self.findings.clone().into());
            writeln!(out, "{}", Value::Object(object))?;
        } else {
            for (name, value) in &self.facts {
                match value {
                    Value::String(text) => writeln!(out, "{name}: {text}")?,
                    value => writeln!(out, "{name}: {value}")?,
                }
            }
            for finding in &self.findings {
                writeln!(out, "FINDING {finding}")?;
            }
        }
        Ok(match self.findings.is_empty() {
            true => ExitCode::SUCCESS,
            false => ExitCode::from(1),
        })
    }
}
