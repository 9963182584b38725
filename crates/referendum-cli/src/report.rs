//! What a step says when it is done.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use crate::problem::{Problem, Problems};
use crate::text::{Language, Text};

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The step is done.
    Done,
    /// Something is wrong with what was given, or a step before is missing.
    Refused,
    /// The command was not understood, or a file that it names cannot be read.
    Usage,
}

impl From<Exit> for u8 {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Done => 0,
            Exit::Refused => 1,
            Exit::Usage => 2,
        }
    }
}

/// What was done, for people and for programs.
#[derive(Debug, Default)]
pub(crate) struct Report {
    lines: Vec<Text>,
    facts: Map<String, Value>,
    /// What was left out while the rest was done.
    pub(crate) problems: Problems,
}

impl Report {
    pub(crate) fn new(text: Text) -> Self {
        Self {
            lines: vec![text],
            ..Self::default()
        }
    }

    pub(crate) fn line(mut self, text: Text) -> Self {
        self.lines.push(text);
        self
    }

    /// A fact for `--json`.
    pub(crate) fn fact(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.facts.insert(name.to_owned(), value.into());
        self
    }
}

/// Prints the outcome of a step and says how the command ended.
pub(crate) fn print(
    outcome: Result<Report, Problems>,
    step: &str,
    language: Language,
    as_json: bool,
    output: &mut dyn Write,
    errors: &mut dyn Write,
) -> io::Result<Exit> {
    let (report, done) = match outcome {
        Ok(report) => (report, true),
        Err(problems) => (
            Report {
                problems,
                ..Report::default()
            },
            false,
        ),
    };
    let problems = &report.problems;
    let exit = match problems.iter().any(Problem::is_usage) {
        _ if problems.is_empty() => Exit::Done,
        true => Exit::Usage,
        false => Exit::Refused,
    };
    if as_json {
        let problems: Vec<Value> = problems
            .iter()
            .map(|problem| {
                json!({"code": problem.code(), "message": problem.text().in_language(language)})
            })
            .collect();
        let facts = Value::Object(report.facts);
        let answer = json!({
            "step": step, "done": done, "facts": facts, "problems": problems,
        });
        writeln!(output, "{answer}")?;
        return Ok(exit);
    }
    for line in &report.lines {
        writeln!(output, "{}", line.in_language(language))?;
    }
    for problem in problems {
        writeln!(
            errors,
            "{}: {}",
            problem.code(),
            problem.text().in_language(language)
        )?;
    }
    Ok(exit)
}
