//! Commands beside `serve`: importing opinions, exporting the public record.

use std::{io, path::PathBuf, process::ExitCode, sync::Arc};

use anyhow::Context;
use application::SystemClock;
use disk::Disk;
use domain::LegalDate;
use gateway::http::Nobody;
use indicatif::{ProgressBar, ProgressStyle};
use sealer::{Sealer, Witnesses};

use crate::{
    City, Config, PolicyFile,
    export::{self, export},
    import::{self, Channel, Defaults},
    on_disk::OnDisk,
    operate::Report,
    witnesses::Http,
};

/// What is imported.
#[derive(clap::Subcommand, Clone, Debug)]
pub enum Import {
    /// Enters the opinions of a CSV file, in UTF-8 or CP932, one by one.
    ///
    /// Run again, it goes on where it was: no row is entered twice. Ends with 0
    /// if every row is in the log, 1 if some are not, 2 if nothing could be
    /// done.
    ///
    /// Example: hiroba import opinions --server http://127.0.0.1:8080 --case case_01… --dry-run FILE.csv
    Opinions(OpinionsArguments),
}

/// Which opinions, and where they go.
#[derive(clap::Args, Clone, Debug)]
pub struct OpinionsArguments {
    /// The address of the server.
    #[arg(long)]
    server: String,
    /// The case.
    #[arg(long)]
    case: String,
    /// The file.
    file: PathBuf,
    /// Which columns hold what, as `field=header`; may be given several times.
    #[arg(long)]
    map: Vec<String>,
    /// How the opinions came, where the file does not say.
    #[arg(long, value_enum)]
    channel: Option<Channel>,
    /// The day on which they reached the city, where the file does not say.
    #[arg(long)]
    received_on: Option<LegalDate>,
    /// The token of an operator.
    #[arg(long, env = "HIROBA_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Only checks the rows, and lists those that are wrong.
    #[arg(long)]
    dry_run: bool,
    /// Reports as JSON.
    #[arg(long)]
    json: bool,
    /// How many rows are under way at once.
    #[arg(long, default_value_t = 8)]
    at_once: usize,
}

/// Imports.
///
/// # Errors
/// If there is no runtime.
pub fn import(what: Import) -> anyhow::Result<ExitCode> {
    let Import::Opinions(arguments) = what;
    let runtime = tokio::runtime::Runtime::new().context("no runtime")?;
    let args = import::Args {
        server: arguments.server,
        case: arguments.case,
        file: arguments.file,
        map: arguments.map,
        defaults: Defaults {
            channel: arguments.channel,
            received_on: arguments.received_on,
        },
        token: arguments.token,
        dry_run: arguments.dry_run,
        progress: !arguments.json,
        json: arguments.json,
        at_once: arguments.at_once,
    };
    let outcome = runtime.block_on(import::run(args, &mut io::stdout(), &mut io::stderr()));
    Ok(outcome.into())
}

/// Writes everything that is public of a city into a directory: the log with
/// its tree and checkpoint, the openings of published texts, and the digests of
/// the read models. The city must not be running. If it has witnesses, they are
/// asked to cosign what is exported. Ends with 0 if all is written, with 1 if it
/// is and something published is lost or the witnesses' quorum is missing, with
/// 2 if it could not be written.
///
/// Example: hiroba export --data ./data ./public
#[derive(clap::Args, Clone, Debug)]
pub struct ExportArguments {
    /// The configuration file that the city is served with.
    #[arg(long)]
    config: Option<PathBuf>,
    /// The directory of the log.
    #[arg(long)]
    data: PathBuf,
    /// Where to write; made if it is not there.
    directory: PathBuf,
    /// Answers in JSON.
    #[arg(long)]
    json: bool,
}

/// Exports.
///
/// # Errors
/// If the city cannot be opened, or the directory not written.
pub fn export_city(arguments: &ExportArguments) -> anyhow::Result<ExitCode> {
    let config = Config::load(arguments.config.as_deref())?;
    if !arguments.data.join("log").is_dir() {
        anyhow::bail!("there is no log in {}", arguments.data.display());
    }
    let bar = match arguments.json {
        true => ProgressBar::hidden(),
        false => ProgressBar::new(0),
    };
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {eta}");
    let bar = bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let runtime = tokio::runtime::Runtime::new().context("no runtime")?;
    let report = runtime.block_on(async {
        let disk = OnDisk::open(&arguments.data, &config).await?;
        let mut parts = disk.parts(&config, Arc::new(SystemClock), Arc::new(Nobody))?;
        // They are asked below, for what is exported.
        let policy = parts.policy.take();
        let city = City::start(parts).await?;
        let mut report = Report::default();
        let directory = &arguments.directory;
        let disk_of_export = Disk::new();
        if let Some(policy) = &policy {
            have_cosigned(&disk.sealer, policy, &mut report).await?;
            export::write(&disk_of_export, &directory.join("policy"), &policy.text)?;
        }
        let progress = |done, of| {
            bar.set_length(of);
            bar.set_position(done);
        };
        let exported = export(
            &city.desk,
            &disk.sealer,
            &disk_of_export,
            directory,
            &progress,
        );
        let exported = exported.await?;
        bar.finish_and_clear();
        report.fact("directory", directory.display().to_string());
        report.fact("events", exported.events);
        report.fact("openings", exported.openings);
        report.fact("files", exported.files);
        report.fact("erased", exported.erased);
        report.fact("lost", exported.lost);
        if exported.lost > 0 {
            report.finding(format!(
                "{} openings of published texts and files are lost",
                exported.lost
            ));
        }
        city.stop().await;
        anyhow::Ok(report)
    })?;
    Ok(report.end(arguments.json, io::stdout().lock())?)
}

/// Has the witnesses cosign everything that is recorded. Who does not is told
/// where the quorum is missing for it.
async fn have_cosigned(
    sealer: &Sealer,
    file: &PolicyFile,
    report: &mut Report,
) -> anyhow::Result<()> {
    sealer.seal().await?;
    let mut witnesses = Witnesses::new(Arc::new(Http::default()), file.policy.clone());
    let outcomes = witnesses.ask(sealer).await?;
    if let Err(error) = file.policy.check_quorum(&sealer.checkpoint()) {
        report.finding(error.to_string());
        for (name, error) in outcomes
            .iter()
            .filter_map(|(name, outcome)| Some((name, outcome.as_ref().err()?)))
        {
            report.finding(format!("the witness {name} has not cosigned: {error}"));
        }
    }
    Ok(())
}
