//! Seals the log beside the requests.

use std::{
    io,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use sealer::{Clock, Sealer};
use tokio::sync::oneshot;

/// Checkpoints are at least this far apart.
const LEAST: Duration = Duration::from_secs(1);

/// A sealer at work, on a thread of its own: it waits for the disk. It ends
/// when this is dropped.
pub(crate) struct Sealing {
    sealer: Arc<Sealer>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Sealing {
    /// Starts it.
    pub(crate) fn start(sealer: Arc<Sealer>) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let at_work = Arc::clone(&sealer);
        let work = move || {
            runtime.block_on(async {
                let clock = Monotonic(Instant::now());
                tokio::select! {
                    error = at_work.run(&clock, LEAST) => {
                        tracing::error!(%error, "the log is no longer sealed");
                    }
                    _ = stopped => (),
                }
            });
        };
        let thread = thread::Builder::new()
            .name("sealer".to_owned())
            .spawn(work)?;
        Ok(Self {
            sealer,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Who seals.
    pub(crate) fn sealer(&self) -> &Sealer {
        &self.sealer
    }
}

impl Drop for Sealing {
    fn drop(&mut self) {
        drop(self.stop.take());
        // The signer's lock must be free when the next city starts.
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the sealer had panicked");
        }
    }
}

/// Time since it was made.
struct Monotonic(Instant);

#[async_trait::async_trait]
impl Clock for Monotonic {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
