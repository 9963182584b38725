//! The program from its settings file to its end.

use std::{io::Write, path::Path, sync::Arc, time::SystemTime};

use anyhow::Context;
use tokio::signal::unix::{SignalKind, signal};

use crate::{server, settings::Settings, witness::Witness};

/// Watches until it is told to stop. First it says, on `out`, its verifier key
/// and where it listens.
pub async fn run(settings: &Path, mut out: impl Write) -> anyhow::Result<()> {
    let settings = Settings::read(settings)?;
    let witness = Arc::new(Witness::open(&settings, now)?);
    let listener = tokio::net::TcpListener::bind(settings.listen)
        .await
        .with_context(|| format!("cannot listen on {}", settings.listen))?;
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
