//! The commands of an operator, as they are typed.

use std::{
    io,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context, bail};
use application::{Clock, SystemClock};
use axum::Router;
use domain::ordinance::profile::Profile;
use gateway::http::{self, Reception};
use indicatif::{ProgressBar, ProgressStyle};

use super::{Operation, Operator, Progress, Report, checks, control, restore as restoring};
use crate::{
    Config,
    on_disk::{OnDisk, Places},
    serve,
};

/// How the commands of an operator end, for their help.
const EXIT: &str =
    "Ends with 0 if all is well, with 1 if there is a finding, with 2 if it could not be done.";

/// Which city, and how it is answered.
#[derive(clap::Args, Clone, Debug)]
pub struct Of {
    /// The configuration file that the city is served with.
    #[arg(long)]
    config: Option<PathBuf>,
    /// The directory of the log.
    #[arg(long)]
    data: PathBuf,
    /// Answers in JSON.
    #[arg(long)]
    json: bool,
}

/// Copies a city, while it is served or not: the log with its sealed texts, and
/// files.
///
/// Into a target with an earlier backup only what is new is copied. The keys of
/// subjects go elsewhere, with --keys, and are kept for a short time: erasing a
/// person is complete when the last backup of their key is gone. The
/// key-encryption key and the signer are in no backup.
///
/// Example: hiroba backup --config hiroba.toml --data ./data --keys /mnt/b/keys /mnt/a/hiroba
#[derive(clap::Args, Clone, Debug)]
#[command(after_help = EXIT)]
pub struct BackUpArguments {
    #[command(flatten)]
    of: Of,
    /// The directory for backups of the keys of subjects; another disk or place
    /// than the target. None are made without it.
    #[arg(long)]
    keys: Option<PathBuf>,
    /// Backups of keys that are older are destroyed.
    #[arg(long, default_value_t = 30, value_name = "DAYS")]
    keep_keys: u16,
    /// Where the copy goes: an empty directory, or an earlier backup.
    target: PathBuf,
}

/// Puts a city together from a backup, and checks it before it can be served.
///
/// Reads every frame, compares the log with what the signer has signed and with
/// the checkpoint of the backup, and destroys again the keys of everybody who
/// was erased. The signer that is there stays: a log that is older than what was
/// signed is refused.
///
/// Example: hiroba restore --config hiroba.toml --data ./data --keys /mnt/b/keys/keys-20260701T021500.000Z /mnt/a/hiroba
#[derive(clap::Args, Clone, Debug)]
#[command(after_help = EXIT)]
pub struct RestoreArguments {
    #[command(flatten)]
    of: Of,
    /// The newest backup of the keys of subjects; without, those in place stay.
    #[arg(long)]
    keys: Option<PathBuf>,
    /// A copy of the log's key, where the signer was lost.
    #[arg(long, requires = "newest_checkpoint")]
    signer_key: Option<PathBuf>,
    /// The newest checkpoint that anybody holds, where the signer was lost.
    #[arg(long, requires = "signer_key")]
    newest_checkpoint: Option<PathBuf>,
    /// The backup.
    backup: PathBuf,
}

/// The log.
#[derive(clap::Subcommand, Clone, Debug)]
pub enum LogCommand {
    /// Reads the whole log and compares tree and checkpoints with it.
    ///
    /// Example: hiroba log fsck --config hiroba.toml --data ./data
    #[command(after_help = EXIT)]
    Fsck(Of),
    /// Makes a new key for the log; both sign until the oldest is retired.
    ///
    /// Example: hiroba log rotate-key --config hiroba.toml --data ./data
    #[command(after_help = EXIT)]
    RotateKey(Of),
    /// Destroys the oldest key of the log, some months after a new one was made.
    ///
    /// Example: hiroba log retire-key --config hiroba.toml --data ./data
    #[command(after_help = EXIT)]
    RetireKey(Of),
    /// Removes the index and builds it anew from the log; no server may run.
    ///
    /// Example: hiroba log rebuild-index --data ./data
    #[command(after_help = EXIT)]
    RebuildIndex(Of),
}

/// The keys of subjects.
#[derive(clap::Subcommand, Clone, Debug)]
pub enum KeysCommand {
    /// Wraps the keys of subjects under a new key-encryption key, and destroys
    /// the old one. Backups of keys from before need the old one.
    ///
    /// Example: hiroba keys rotate-kek --config hiroba.toml --data ./data
    #[command(after_help = EXIT)]
    RotateKek(Of),
}

/// The configuration.
#[derive(clap::Subcommand, Clone, Debug)]
pub enum ConfigCommand {
    /// Reads a configuration file as a start would, and names what is wrong.
    ///
    /// Example: hiroba config check hiroba.toml
    #[command(after_help = EXIT)]
    Check {
        /// The file.
        file: PathBuf,
        /// Answers in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Prints the configuration that a file makes, with what it leaves out.
    ///
    /// Example: hiroba config print hiroba.toml
    #[command(after_help = EXIT)]
    Print {
        /// The file; without, the defaults are printed.
        file: Option<PathBuf>,
    },
}

/// `hiroba backup`.
///
/// # Errors
/// If it could not be done.
pub fn back_up(arguments: &BackUpArguments) -> anyhow::Result<ExitCode> {
    // The server has another working directory.
    let absolute = |path: &Path| std::path::absolute(path);
    let operation = Operation::BackUp {
        target: absolute(&arguments.target)?,
        keys: arguments.keys.as_deref().map(absolute).transpose()?,
        keep_keys_days: arguments.keep_keys,
    };
    ask(&arguments.of, operation)
}

/// `hiroba restore`.
///
/// # Errors
/// If it could not be done.
pub fn restore(arguments: &RestoreArguments) -> anyhow::Result<ExitCode> {
    let RestoreArguments {
        of,
        keys,
        signer_key,
        newest_checkpoint,
        backup,
    } = arguments.clone();
    let config = of.config()?;
    let places = Places::new(&of.data, &config);
    let sources = restoring::Sources {
        backup,
        keys,
        signer: signer_key.zip(newest_checkpoint),
    };
    let (progress, bar) = of.progress();
    let runtime = runtime()?;
    let report = runtime.block_on(restoring::restore(places, &config, &sources, &progress))?;
    of.end(&report, &bar)
}

/// `hiroba log …`.
///
/// # Errors
/// If it could not be done.
pub fn log(command: LogCommand) -> anyhow::Result<ExitCode> {
    match command {
        LogCommand::Fsck(of) => ask(&of, Operation::Check),
        LogCommand::RotateKey(of) => ask(&of, Operation::RotateLogKey),
        LogCommand::RetireKey(of) => ask(&of, Operation::RetireLogKey),
        LogCommand::RebuildIndex(of) => {
            of.must_exist()?;
            let (_, bar) = of.progress();
            let report = checks::rebuild_index(&of.data)?;
            of.end(&report, &bar)
        }
    }
}

/// `hiroba keys …`.
///
/// # Errors
/// If it could not be done.
pub fn keys(command: KeysCommand) -> anyhow::Result<ExitCode> {
    let KeysCommand::RotateKek(of) = command;
    ask(&of, Operation::RotateKek)
}

/// `hiroba config …`.
///
/// # Errors
/// If there is no such file.
pub fn config(command: ConfigCommand) -> anyhow::Result<ExitCode> {
    match command {
        ConfigCommand::Check { file, json } => {
            let mut report = Report::default();
            report.fact("configuration", file.display().to_string());
            if !file.is_file() {
                bail!("there is no file {}", file.display());
            }
            if let Err(error) = read(&file) {
                report.finding(format!("{error:#}"));
            }
            Ok(report.end(json, std::io::stdout().lock())?)
        }
        ConfigCommand::Print { file } => {
            let config = match file {
                Some(file) => read(&file)?,
                None => Config::load(None)?,
            };
            println!("{config:#?}");
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Reads a configuration, and what it names.
fn read(file: &Path) -> anyhow::Result<Config> {
    let config = Config::load(Some(file))?;
    Profile::named(&config.profile).context("profile")?;
    if let Some(web) = &config.web
        && !web.join("index.html").is_file()
    {
        bail!("web: {} holds no built pages", web.display());
    }
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let authenticate = serve::authenticate(&config, None, &clock)?;
    let reception = Reception::new(Arc::new(move || clock.now()), authenticate);
    let _router = http::around(Router::new(), &config.http, reception)?;
    Ok(config)
}

/// Has the server do it, or does it.
fn ask(of: &Of, operation: Operation) -> anyhow::Result<ExitCode> {
    of.must_exist()?;
    let (progress, bar) = of.progress();
    let report = match control::ask(&of.data, &operation, &progress)? {
        Some(report) => report,
        None => runtime()?.block_on(async {
            let disk = OnDisk::open(&of.data, &of.config()?).await.context(
                "no server answers in this directory, and the city cannot be opened without one",
            )?;
            let operator = Operator::new(disk, Arc::new(SystemClock), None);
            operator.run(operation, &progress).await
        })?,
    };
    of.end(&report, &bar)
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Runtime::new().context("no runtime")
}

/// Which step the bar shows.
type Bar = Arc<Mutex<Option<(String, ProgressBar)>>>;

impl Of {
    fn config(&self) -> anyhow::Result<Config> {
        Ok(Config::load(self.config.as_deref())?)
    }

    /// A mistyped directory must not become a new city.
    fn must_exist(&self) -> anyhow::Result<()> {
        let log = self.data.join("log");
        match std::fs::metadata(&log) {
            Ok(found) if found.is_dir() => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Err(error)
                .with_context(|| format!("{}; run this as the user of the server", log.display())),
            _ => bail!("there is no log in {}", self.data.display()),
        }
    }

    /// A bar for each step, on standard error; none where a program reads.
    fn progress(&self) -> (Progress, Bar) {
        let bar = Bar::default();
        if self.json {
            return (Arc::new(|_, _, _| ()), bar);
        }
        let shown = Arc::clone(&bar);
        let progress = move |what: &str, done: u64, of: u64| {
            let mut shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
            if shown.as_ref().is_none_or(|(step, _)| step != what) {
                if let Some((_, bar)) = shown.take() {
                    bar.finish_and_clear();
                }
                let style = ProgressStyle::with_template("{msg:8} {bar:40} {pos}/{len} {eta}");
                let bar = ProgressBar::new(of)
                    .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
                    .with_message(what.to_owned());
                *shown = Some((what.to_owned(), bar));
            }
            if let Some((_, bar)) = shown.as_ref() {
                bar.set_length(of);
                bar.set_position(done);
            }
        };
        (Arc::new(progress), bar)
    }

    fn end(&self, report: &Report, bar: &Bar) -> anyhow::Result<ExitCode> {
        if let Some((_, bar)) = bar.lock().unwrap_or_else(PoisonError::into_inner).take() {
            bar.finish_and_clear();
        }
        Ok(report.end(self.json, std::io::stdout().lock())?)
    }
}
