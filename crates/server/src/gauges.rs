//! What an operator watches, measured when somebody asks for `/metrics`.
//!
//! Nothing here tells of a person, a case or an address.

use std::{path::PathBuf, sync::Arc};

use axum::{
    Router,
    extract::Request,
    middleware::{Next, from_fn},
};
use gateway::Desk;
use sealer::Sealer;
use transparency::Policy;

use crate::{City, on_disk::OnDisk, witnesses};

const EVENTS: &str = "hiroba_log_events";
const SEALED: &str = "hiroba_log_sealed_events";
const PROJECTED: &str = "hiroba_projected_events";
const READ_MODELS_STOPPED: &str = "hiroba_read_models_stopped";
const READ_ONLY: &str = "hiroba_log_read_only";
const SEALER_STOPPED: &str = "hiroba_sealer_stopped";
const COSIGNATURES: &str = "hiroba_checkpoint_cosignatures";
const QUORUM: &str = "hiroba_checkpoint_quorum";
const FREE: &str = "hiroba_disk_free_bytes";
const MAILS: &str = "hiroba_confirmation_mails_total";
const CLOCK: &str = "hiroba_clock_seconds";
const BUILD: &str = "hiroba_build_info";
/// When the last backup was finished that this process made.
pub(crate) const BACKUP: &str = "hiroba_backup_timestamp_seconds";

/// What is measured.
pub(crate) struct Gauges {
    desk: Desk,
    sealer: Arc<Sealer>,
    policy: Option<Policy>,
    places: [(&'static str, PathBuf); 4],
}

impl Gauges {
    /// Of this city.
    pub(crate) fn new(city: &City, disk: &OnDisk) -> Self {
        describe();
        // There from the beginning, and not only after the first stream.
        metrics::gauge!("hiroba_graphql_streams").increment(0.0);
        metrics::counter!(MAILS, "outcome" => "taken").absolute(0);
        metrics::gauge!(BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        let places = &disk.places;
        Self {
            desk: city.desk.clone(),
            sealer: Arc::clone(&disk.sealer),
            policy: city.policy.clone(),
            places: [
                ("log", places.data.clone()),
                ("files", places.files.clone()),
                ("keys", places.keys.clone()),
                ("signer", places.signer.clone()),
            ],
        }
    }

    /// Measures before each answer of these routes.
    pub(crate) fn around(self, routes: Router) -> Router {
        let gauges = Arc::new(self);
        let measured = move |request: Request, next: Next| {
            gauges.measure();
            next.run(request)
        };
        routes.layer(from_fn(measured))
    }

    fn measure(&self) {
        let set = |name: &'static str, value: u64| metrics::gauge!(name).set(value as f64);
        metrics::gauge!(CLOCK).set(self.desk.now().as_millisecond() as f64 / 1e3);
        set(EVENTS, self.desk.store.size().0);
        set(PROJECTED, self.desk.city().size.0);
        let stopped = self.desk.reader.stopped().is_some();
        set(READ_MODELS_STOPPED, stopped.into());
        set(READ_ONLY, self.desk.read_only().is_some().into());
        set(SEALED, self.sealer.size());
        set(SEALER_STOPPED, self.sealer.stopped().is_some().into());
        // Whatever is not a line of ours comes from a witness.
        let checkpoint = self.sealer.witnessed();
        let own = self.sealer.verifiers();
        let lines = checkpoint.note().signatures().iter();
        let others = lines.filter(|line| !own.iter().any(|key| key.matches(line)));
        set(COSIGNATURES, others.count() as u64);
        if let Some(policy) = &self.policy {
            set(QUORUM, policy.check_quorum(&checkpoint).is_ok().into());
        }
        for (place, path) in &self.places {
            if let Ok(found) = rustix::fs::statvfs(path) {
                let free = found.f_bavail.saturating_mul(found.f_frsize);
                metrics::gauge!(FREE, "place" => *place).set(free as f64);
            }
        }
    }
}

fn describe() {
    use metrics::{describe_counter as counter, describe_gauge as gauge};
    gauge!(EVENTS, "Events in the log.");
    gauge!(SEALED, "Events that the newest checkpoint covers.");
    gauge!(PROJECTED, "Events that queries see.");
    gauge!(
        READ_MODELS_STOPPED,
        "1 if what queries see stands still for good."
    );
    gauge!(READ_ONLY, "1 while nothing can be recorded.");
    gauge!(SEALER_STOPPED, "1 if there will be no further checkpoint.");
    gauge!(
        COSIGNATURES,
        "Cosignatures of witnesses on the checkpoint that is shown."
    );
    gauge!(
        QUORUM,
        "1 if enough witnesses have cosigned the checkpoint that is shown."
    );
    gauge!(
        witnesses::COSIGNED,
        "When a witness last cosigned, in seconds of Unix time."
    );
    counter!(
        witnesses::ASKED,
        "What became of asking a witness to cosign."
    );
    gauge!(FREE, "Bytes that are free where a part of the city lies.");
    gauge!(CLOCK, "The server's clock, in seconds of Unix time.");
    gauge!(BUILD, "The version that runs.");
    gauge!(
        BACKUP,
        "When this process last finished a backup, in seconds of Unix time."
    );
    counter!(
        "hiroba_log_appends_total",
        "What became of commands in the log."
    );
    metrics::describe_histogram!(
        "hiroba_log_sync_duration_seconds",
        "How long the disk took to make a write durable."
    );
    counter!(
        "hiroba_refusals_total",
        "Commands that a rule refused, by its code."
    );
    counter!(
        "hiroba_http_requests_total",
        "Requests, by method, route and status."
    );
    metrics::describe_histogram!(
        "hiroba_http_request_duration_seconds",
        "How long requests took, by route."
    );
    counter!(
        "hiroba_graphql_operations_total",
        "Operations of GraphQL, by type and outcome."
    );
    counter!(
        MAILS,
        "Confirmations of addresses, by what became of the mail."
    );
    gauge!("hiroba_graphql_streams", "Subscriptions that are open.");
}
