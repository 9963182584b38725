//! What the program tells its operator while it runs: the lines of its journal,
//! and traces for a collector. Neither tells of people: what may stand in a line
//! or a span is decided where it is written.

use std::{
    io,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use anyhow::Context;
use async_trait::async_trait;
use opentelemetry::{KeyValue, trace::TracerProvider};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{Sampler, SdkTracerProvider},
};
use serde::Deserialize;
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{LevelFilter, Targets},
    fmt,
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

/// The section `[journal]`.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct JournalConfig {
    /// How a line is written.
    pub format: JournalFormat,
}

/// How a line of the journal is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JournalFormat {
    /// For people.
    #[default]
    Text,
    /// For programs: each line an object.
    Json,
}

/// The section `[traces]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TracesConfig {
    /// Where a collector takes OTLP over HTTP, such as
    /// `http://127.0.0.1:4318/v1/traces`; no traces if absent.
    pub endpoint: Option<String>,
    /// The share of requests that are traced, from 0 to 1.
    pub ratio: f64,
}

impl Default for TracesConfig {
    fn default() -> Self {
        Self {
            endpoint: None,
            ratio: 1.0,
        }
    }
}

/// The crates whose spans and lines leave in traces: ours, so that no library
/// puts something there that we do not know of.
const OURS: [&str; 8] = [
    "application",
    "event_store_sled",
    "gateway",
    "hiroba",
    "read_models",
    "sealer",
    "server",
    "vault",
];

/// The longest that a collector may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The journal and the traces of this process.
pub(crate) struct Telemetry(Option<SdkTracerProvider>);

impl Telemetry {
    /// Starts to tell. The variable `RUST_LOG` says which lines, `info` if it is
    /// absent; they go to standard error.
    ///
    /// # Errors
    /// If traces cannot be sent there.
    pub(crate) fn start(journal: JournalConfig, traces: &TracesConfig) -> anyhow::Result<Self> {
        let provider = match &traces.endpoint {
            Some(endpoint) => Some(provider(endpoint, traces.ratio).context("traces.endpoint")?),
            None => None,
        };
        let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
        let lines = match journal.format {
            JournalFormat::Text => fmt::layer().with_writer(io::stderr).boxed(),
            JournalFormat::Json => fmt::layer().json().with_writer(io::stderr).boxed(),
        };
        let spans = provider.as_ref().map(|provider| {
            tracing_opentelemetry::layer()
                .with_tracer(provider.tracer("hiroba"))
                .with_location(false)
                .with_threads(false)
                .with_tracked_inactivity(false)
                .with_filter(
                    Targets::new().with_targets(OURS.map(|ours| (ours, LevelFilter::INFO))),
                )
        });
        tracing_subscriber::registry()
            .with(lines.with_filter(filter))
            .with(spans)
            .init();
        Ok(Self(provider))
    }

    /// Sends what still waits.
    pub(crate) fn stop(self) {
        if let Some(Err(error)) = self.0.map(|provider| provider.shutdown()) {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}

fn provider(endpoint: &str, ratio: f64) -> anyhow::Result<SdkTracerProvider> {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(Collector::default())
        .with_endpoint(endpoint)
        .with_protocol(Protocol::HttpBinary)
        .with_timeout(PATIENCE)
        .build()?;
    let resource = Resource::builder()
        .with_service_name("hiroba")
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    Ok(SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(resource)
        .with_sampler(Sampler::TraceIdRatioBased(ratio))
        .build())
}

/// Hands traces to a collector, on the thread that gathers them. Says once that
/// they cannot be sent, and not with each that is lost.
#[derive(Debug)]
struct Collector {
    agent: ureq::Agent,
    failing: AtomicBool,
}

impl Default for Collector {
    fn default() -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false);
        Self {
            agent: config.build().into(),
            failing: AtomicBool::new(false),
        }
    }
}

impl Collector {
    fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, ureq::Error> {
        let mut response = self.agent.run(request.map(Vec::from))?;
        let bytes = response.body_mut().read_to_vec()?;
        Ok(response.map(|_| bytes.into()))
    }
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let sent = self.send(request);
        let problem = match &sent {
            Ok(response) if response.status().is_success() => None,
            Ok(response) => Some(response.status().to_string()),
            Err(error) => Some(error.to_string()),
        };
        let failed_before = self.failing.swap(problem.is_some(), Ordering::Relaxed);
        match problem {
            Some(problem) if !failed_before => {
                tracing::warn!(problem, "the collector does not take traces; they are lost");
            }
            None if failed_before => tracing::info!("the collector takes traces again"),
            _ => (),
        }
        Ok(sent?)
    }
}
