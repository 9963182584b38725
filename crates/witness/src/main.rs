//! The program `hiroba-witness`.

use std::{io::Write, path::PathBuf, sync::Arc, time::SystemTime};

use anyhow::Context;
use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};
use witness::{server, settings::Settings, witness::Witness};

/// Watches over logs: cosigns a log's checkpoint if it extends the one before.
#[derive(Parser)]
#[command(version, after_help = EXAMPLE)]
struct Arguments {
    /// The settings file.
    settings: PathBuf,
}

const EXAMPLE: &str = r#"Example of a settings file:

  name = "library.example/witness"
  listen = "127.0.0.1:7380"
  prefix = "/witness"               # may be left out
  key = "witness.key"               # made at the first start; keep it secret
  data = "witness-data"             # made at the first start; never lose it
  logs = ["city.example/log/1+6b1f3b8a+ATwH…"]   # as the city prints it

At the start the program prints its own verifier key; give it to the city.
The log is sent to <listen><prefix>/add-checkpoint; the last cosigned checkpoint
is at <prefix>/<SHA-256 of the log's origin, in hexadecimal>/checkpoint."#;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    let settings = Settings::read(&Arguments::parse().settings)?;
    let witness = Arc::new(Witness::open(&settings, now)?);
    let listener = tokio::net::TcpListener::bind(settings.listen)
        .await
        .with_context(|| format!("cannot listen on {}", settings.listen))?;
    let mut out = std::io::stdout();
    writeln!(out, "key {}", witness.verifier())?;
    writeln!(
        out,
        "listening on {}{}",
        listener.local_addr()?,
        settings.prefix
    )?;
    out.flush()?;

    let mut terminate = signal(SignalKind::terminate())?;
    let router = server::router(witness, &settings.prefix);
    axum::serve(listener, router)
        .with_graceful_shutdown(async move {
            tokio::select! {
                _ = terminate.recv() => (),
                _ = tokio::signal::ctrl_c() => (),
            }
        })
        .await?;
    Ok(())
}

/// The moment that a cosignature states.
#[expect(clippy::disallowed_methods, reason = "a witness states its own time")]
fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}
