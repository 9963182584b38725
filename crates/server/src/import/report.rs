//! What became of a file.

use std::{io, path::Path};

use serde_json::json;
use unicode_normalization::UnicodeNormalization;

use super::{BadRow, Encoding, Entered, Outcome, Table};

/// What became of a file, row by row.
#[derive(Clone, Debug)]
pub struct Report {
    file: String,
    encoding: Encoding,
    used: Vec<(&'static str, String)>,
    unused: Vec<String>,
    dry_run: bool,
    /// Rows that can be entered.
    pub good: usize,
    /// Rows that cannot be entered, and why.
    pub bad: Vec<BadRow>,
    /// Rows that are in the log now.
    pub entered: usize,
    /// Of these, rows that were there before.
    pub repeated: usize,
    /// Of these, rows that came late.
    pub late: usize,
    /// Rows that the rules refused, and why.
    pub refused: Vec<BadRow>,
    /// Why not all rows were tried.
    pub stopped: Option<String>,
}

impl Report {
    pub(super) fn new(file: &Path, encoding: Encoding, table: &Table, dry_run: bool) -> Self {
        let used = table.columns.used();
        Self {
            file: file.display().to_string(),
            encoding,
            used: used
                .map(|(field, header)| (field.word(), header.to_owned()))
                .collect(),
            unused: table.columns.unused().map(str::to_owned).collect(),
            dry_run,
            good: table.rows.len(),
            bad: table.bad.clone(),
            entered: 0,
            repeated: 0,
            late: 0,
            refused: Vec::new(),
            stopped: None,
        }
    }

    pub(super) fn add(&mut self, row: usize, entered: Entered) {
        match entered {
            Entered::Recorded { repeated, late } => {
                self.entered += 1;
                self.repeated += usize::from(repeated);
                self.late += usize::from(late);
            }
            Entered::Refused { code, reason } => self.refused.push(BadRow { row, code, reason }),
        }
    }

    pub(super) fn stop(&mut self, reason: String) {
        self.stopped = Some(reason);
    }

    pub(super) fn sorted(mut self) -> Self {
        self.refused.sort_by_key(|bad| bad.row);
        self
    }

    /// How the program ends.
    pub fn outcome(&self) -> Outcome {
        if self.stopped.is_some() {
            Outcome::Failed
        } else if self.bad.is_empty() && self.refused.is_empty() {
            Outcome::Complete
        } else {
            Outcome::Incomplete
        }
    }

    /// Writes the report, for people or for programs.
    pub fn write(&self, as_json: bool, out: &mut dyn io::Write) -> io::Result<()> {
        if as_json {
            let columns: serde_json::Map<_, _> = self
                .used
                .iter()
                .map(|(field, header)| ((*field).to_owned(), json!(header)))
                .collect();
            let report = json!({
                "file": self.file,
                "encoding": self.encoding.name(),
                "columns": columns,
                "ignoredColumns": self.unused,
                "dryRun": self.dry_run,
                "goodRows": self.good,
                "badRows": self.bad,
                "entered": self.entered,
                "repeated": self.repeated,
                "late": self.late,
                "refused": self.refused,
                "stopped": self.stopped,
            });
            return writeln!(out, "{report:#}");
        }
        writeln!(out, "{}（{}）", self.file, self.encoding.name())?;
        for (field, header) in &self.used {
            writeln!(out, "  {field} = {header}")?;
        }
        if !self.unused.is_empty() {
            writeln!(
                out,
                "  取り込まない列 / not imported: {}",
                self.unused.join(", ")
            )?;
        }
        table("読めない行 / bad rows", &self.bad, out)?;
        table("受け付けられなかった行 / refused rows", &self.refused, out)?;
        writeln!(
            out,
            "取り込める行 / good rows: {}、読めない行 / bad rows: {}",
            self.good,
            self.bad.len()
        )?;
        if !self.dry_run {
            writeln!(
                out,
                "登録済み / entered: {}（うち前から / before: {}、期限後 / late: {}）、拒否 / refused: {}",
                self.entered,
                self.repeated,
                self.late,
                self.refused.len()
            )?;
        }
        if let Some(reason) = &self.stopped {
            writeln!(
                out,
                "途中で止まりました。同じコマンドで続きから取り込めます / stopped; run the same command again to go on: {reason}"
            )?;
        }
        Ok(())
    }
}

fn table(title: &str, rows: &[BadRow], out: &mut dyn io::Write) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out, "{title}")?;
    for bad in rows {
        // Whatever a file holds, a terminal is not steered by it.
        let reason: String = bad.reason.nfc().filter(|c| !c.is_control()).collect();
        writeln!(out, "  {:>7}  {:<16}  {reason}", bad.row, bad.code)?;
    }
    Ok(())
}
