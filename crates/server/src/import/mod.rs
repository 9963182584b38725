//! `hiroba import opinions`: opinions from a CSV file, entered one by one.
//!
//! Nothing here writes to the log: every row is an `enterOpinion` over GraphQL,
//! under the token of an operator, with a command id that follows from the file
//! and the row. So an import that was cut off is simply run again.

mod client;
mod columns;
mod report;
mod rows;
mod text;

use std::{io::Write, path::PathBuf};

use futures::StreamExt;
use indicatif::{ProgressBar, ProgressStyle};

use self::client::{Client, Entered};
pub use self::{
    columns::{Columns, ColumnsError, Field},
    report::Report,
    rows::{BadRow, Channel, Defaults, Row, Table, TableError},
    text::{Encoding, NotText, decode},
};

/// The largest file that is read, in bytes.
const LARGEST: u64 = 256 << 20;

/// What to import, and how.
#[derive(Clone, Debug)]
pub struct Args {
    /// The address of the server, such as `https://hiroba.example`.
    pub server: String,
    /// The case.
    pub case: String,
    /// The file.
    pub file: PathBuf,
    /// Which columns hold what: `field=header`.
    pub map: Vec<String>,
    /// What holds for rows that do not say it themselves.
    pub defaults: Defaults,
    /// The token of an operator; not needed for a dry run.
    pub token: Option<String>,
    /// Whether rows are only checked.
    pub dry_run: bool,
    /// Whether the report is JSON.
    pub json: bool,
    /// How many rows are under way at once.
    pub at_once: usize,
    /// Whether a progress bar is drawn, on standard error.
    pub progress: bool,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error("{}: {error}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        error: std::io::Error,
    },
    /// The file is too large.
    #[error(
        "ファイルは{LARGEST}バイトまでです。分けてください / a file has at most {LARGEST} bytes: split it"
    )]
    TooLarge,
    /// The file is no text.
    #[error(transparent)]
    Text(#[from] NotText),
    /// The text is no table.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The id of the case is none.
    #[error("--case: {0}")]
    Case(String),
    /// There is no token.
    #[error(
        "--tokenか環境変数HIROBA_TOKENで、受付担当者のトークンを指定してください / give the token of an operator with --token or HIROBA_TOKEN"
    )]
    NoToken,
    /// The server cannot be asked, or does not take what we ask.
    #[error("{0}")]
    Server(String),
    /// The report cannot be written.
    #[error("{0}")]
    Report(std::io::Error),
}

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Every row is in the log, or would be.
    Complete = 0,
    /// Some rows are not: the report says which, and why.
    Incomplete = 1,
    /// Nothing could be done, or not all of it was tried.
    Failed = 2,
}

impl From<Outcome> for std::process::ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(outcome as u8)
    }
}

/// Imports, and reports to `out`; what went wrong as a whole goes to `errors`.
pub async fn run(args: Args, out: &mut dyn Write, errors: &mut dyn Write) -> Outcome {
    match import(&args).await {
        Ok(report) => match report.write(args.json, out) {
            Ok(()) => report.outcome(),
            Err(error) => failed(&ImportError::Report(error), errors),
        },
        Err(error) => failed(&error, errors),
    }
}

fn failed(error: &ImportError, errors: &mut dyn Write) -> Outcome {
    // Where even this cannot be written, the exit code still tells.
    let _ = writeln!(errors, "{error}");
    Outcome::Failed
}

async fn import(args: &Args) -> Result<Report, ImportError> {
    let case: domain::ids::CaseId = args
        .case
        .parse()
        .map_err(|error: domain::ids::IdError| ImportError::Case(error.to_string()))?;
    let (text, encoding) = read(args)?;
    let table = Table::read(&text, &args.map, args.defaults)?;
    drop(text);
    let mut report = Report::new(&args.file, encoding, &table, args.dry_run);
    if args.dry_run {
        return Ok(report);
    }
    let token = args.token.as_deref().ok_or(ImportError::NoToken)?;
    let client = Client::new(&args.server, &case.to_string(), token);
    let bar = bar(args.progress, table.rows.len());
    let entering = table.rows.iter().map(|row| {
        let command = table.command_id(&args.case, row);
        let client = client.clone();
        async move { (row.number, client.enter(command, row.clone()).await) }
    });
    let mut entering = futures::stream::iter(entering).buffer_unordered(args.at_once.clamp(1, 64));
    while let Some((number, entered)) = entering.next().await {
        match entered {
            Ok(entered) => report.add(number, entered),
            // What was entered stays; running again goes on from there.
            Err(reason) => {
                report.stop(reason);
                break;
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(report.sorted())
}

fn read(args: &Args) -> Result<(String, Encoding), ImportError> {
    let io = |error| ImportError::File {
        path: args.file.clone(),
        error,
    };
    let length = std::fs::metadata(&args.file).map_err(io)?.len();
    if LARGEST < length {
        return Err(ImportError::TooLarge);
    }
    Ok(decode(&std::fs::read(&args.file).map_err(io)?)?)
}

fn bar(shown: bool, rows: usize) -> ProgressBar {
    if !shown {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(rows as u64);
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {per_sec} {eta}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
