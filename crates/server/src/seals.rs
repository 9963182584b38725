//! Seals the log beside the requests, and has witnesses cosign it.

use std::{
    io,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use application::Clock as Calendar;
use sealer::{Clock, Sealer, Witnesses};
use tokio::sync::oneshot;
use transparency::Policy;

use crate::witnesses::{Http, Watch};

/// Checkpoints are at least this far apart; after so long a silence the last
/// one is signed again.
const EVERY: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(600));

/// A witness is asked this often at most; after so long without a quorum the
/// newest checkpoint is shown without one.
const WITNESSES: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(60));

/// A sealer at work. It ends when this is dropped.
pub(crate) struct Sealing {
    sealer: Arc<Sealer>,
    _sealing: Beside,
    _witnesses: Option<Beside>,
}

impl Sealing {
    /// Starts it, and asks the witnesses of a policy.
    pub(crate) fn start(
        sealer: Arc<Sealer>,
        policy: Option<&Policy>,
        calendar: Arc<dyn Calendar>,
    ) -> io::Result<Self> {
        let at_work = Arc::clone(&sealer);
        let sealing = Beside::start("sealer", async move {
            let clock = Monotonic(Instant::now());
            let error = at_work.run(&clock, EVERY).await;
            tracing::error!(%error, "the log is no longer sealed");
        })?;
        let ask = |policy: &Policy| {
            let sealer = Arc::clone(&sealer);
            let watch = Watch::new(calendar, policy);
            let witnesses = Witnesses::new(Arc::new(Http::default()), policy.clone());
            Beside::start("witnesses", async move {
                let clock = Monotonic(Instant::now());
                let report = |witness: &str, outcome: &_| watch.report(witness, outcome);
                let error = witnesses.run(&sealer, &clock, WITNESSES, &report).await;
                tracing::error!(%error, "witnesses are no longer asked");
            })
        };
        Ok(Self {
            _witnesses: policy.map(ask).transpose()?,
            _sealing: sealing,
            sealer,
        })
    }

    /// Who seals.
    pub(crate) fn sealer(&self) -> &Sealer {
        &self.sealer
    }
}

/// Work on a thread of its own: it waits for the disk, or for others. It ends
/// when this is dropped.
struct Beside {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Beside {
    fn start(name: &str, work: impl Future<Output = ()> + Send + 'static) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let work = move || {
            runtime.block_on(async {
                tokio::select! {
                    () = work => (),
                    _ = stopped => (),
                }
            });
            // Whoever is asked now is not waited for.
            runtime.shutdown_background();
        };
        let thread = thread::Builder::new().name(name.to_owned()).spawn(work)?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        drop(self.stop.take());
        // The signer's lock must be free when the next city starts.
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("work beside the requests had panicked");
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
