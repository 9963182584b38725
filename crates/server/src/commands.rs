//! Commands beside `serve`: importing opinions, exporting the public record.

use std::{io, path::PathBuf, process::ExitCode, sync::Arc};

use anyhow::Context;
use application::SystemClock;
use disk::Disk;
use domain::LegalDate;
use gateway::http::Nobody;

use crate::{
    City, Config, export,
    import::{self, Channel, Defaults},
    on_disk::OnDisk,
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
/// the read models. The city must not be running.
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
}

/// Exports.
///
/// # Errors
/// If the city cannot be opened, or the directory not written.
pub fn export_city(arguments: &ExportArguments) -> anyhow::Result<()> {
    let config = match &arguments.config {
        Some(path) => Config::read(path)?,
        None => Config::default(),
    };
    let runtime = tokio::runtime::Runtime::new().context("no runtime")?;
    runtime.block_on(async {
        let disk = OnDisk::open(&arguments.data, &config).await?;
        let parts = disk.parts(&config, Arc::new(SystemClock), Arc::new(Nobody))?;
        let city = City::start(parts).await?;
        let exported = export(&city.desk, &disk.sealer, &Disk::new(), &arguments.directory).await?;
        println!(
            "{}: {} events, {} openings, {} erased",
            arguments.directory.display(),
            exported.events,
            exported.openings,
            exported.erased
        );
        city.stop();
        Ok(())
    })
}
