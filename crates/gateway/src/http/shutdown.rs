//! Stopping without cutting anybody off: new connections are refused, what is
//! being answered is finished, streams are ended so that clients come back.

use std::{future::Future, time::Duration};

use axum::Router;
use tokio::{net::TcpListener, sync::watch};

/// The word that the server stops; cheap to clone.
#[derive(Clone, Debug)]
pub struct Shutdown(watch::Sender<bool>);

impl Default for Shutdown {
    fn default() -> Self {
        Self(watch::Sender::new(false))
    }
}

impl Shutdown {
    /// Gives the word.
    pub fn begin(&self) {
        self.0.send_replace(true);
    }

    /// Waits for the word.
    pub fn begun(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut word = self.0.subscribe();
        async move {
            // The sender lives as long as anybody can give the word; once it is
            // gone, nobody will.
            if word.wait_for(|begun| *begun).await.is_err() {
                std::future::pending().await
            }
        }
    }

    /// Gives the word when the process is asked to stop (Ctrl-C, `SIGTERM`).
    /// From the call on, before the answer is awaited, neither ends the process
    /// by itself.
    ///
    /// # Errors
    /// If the process cannot listen to signals.
    pub fn on_signal(self) -> std::io::Result<impl Future<Output = ()>> {
        use tokio::signal::unix::{SignalKind, signal};
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => (),
                _ = terminate.recv() => (),
            }
            self.begin();
        })
    }
}

/// Serves until the word is given, then for at most `grace` longer.
///
/// # Errors
/// If the listener fails.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: &Shutdown,
    grace: Duration,
) -> std::io::Result<()> {
    let service = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
    let begun = shutdown.begun();
    let too_long = async move {
        begun.await;
        tokio::time::sleep(grace).await;
    };
    tokio::select! {
        finished = axum::serve(listener, service).with_graceful_shutdown(shutdown.begun()) => finished,
        () = too_long => {
            tracing::warn!(grace_seconds = grace.as_secs(), "stopped before everything was answered");
            Ok(())
        }
    }
}
