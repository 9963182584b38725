//! `hiroba serve`: a city on one machine.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context;
use application::{Clock, SystemClock};
use axum::Router;
use disk::Disk;
use domain::ordinance::profile::Profile;
use event_store::{EventStore, LogSize};
use event_store_sled::{Options, SledStore};
use gateway::{
    http::{self, Authenticate, Metrics, Nobody, Shutdown, graphiql, health, readiness},
    identity::{Https, Issuers, OpenIdConnect, demo::DemoIssuer},
};
use sealer::{Sealer, Signer};
use vault::{
    KeyEncryptionKey, KeyStore,
    files::{FileRules, FileVault, MediaType},
};

use crate::{
    City, Config, Parts,
    demonstration::{self, DemonstrationClock},
    pages,
};

/// How long requests may still take after the word to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Serves a city: GraphQL, pages and the log at one address.
///
/// Example: hiroba serve --data ./data --listen 127.0.0.1:8080 --demo
#[derive(clap::Args, Clone, Debug)]
pub struct Arguments {
    /// The configuration file; the defaults serve a city without sign-in.
    #[arg(long)]
    pub config: Option<PathBuf>,
    /// The directory of the log; made if it is not there.
    #[arg(long)]
    pub data: PathBuf,
    /// The address to listen at.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// A demonstration: seven wards, cases with opinions, and personas that
    /// anybody can sign in as. Never for real decisions.
    #[arg(long)]
    pub demo: bool,
}

/// Serves until it is told to stop.
///
/// # Errors
/// If the city cannot start.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info")),
        )
        .init();
    let runtime = tokio::runtime::Runtime::new().context("no runtime")?;
    runtime.block_on(serve(arguments))
}

async fn serve(arguments: &Arguments) -> anyhow::Result<()> {
    let config = match &arguments.config {
        Some(path) => Config::read(path)?,
        None => Config::default(),
    };
    let listener = tokio::net::TcpListener::bind(arguments.listen)
        .await
        .with_context(|| format!("cannot listen at {}", arguments.listen))?;
    let address = listener.local_addr()?;
    let stage = Arc::new(DemonstrationClock::default());
    let clock: Arc<dyn Clock> = if arguments.demo {
        Arc::clone(&stage) as _
    } else {
        Arc::new(SystemClock)
    };
    let store = open_store(arguments)?;
    if arguments.demo && store.size() == LogSize(0) {
        stage.go_back();
    }
    let demo = arguments
        .demo
        .then(|| {
            let clock = Arc::clone(&clock);
            DemoIssuer::new(&format!("http://{address}"), Arc::new(move || clock.now()))
        })
        .transpose()?;
    let keys = Arc::new(open_keys(arguments, &config)?);
    let files = FileVault::open(
        Disk::new(),
        &beside(arguments, "files"),
        Arc::clone(&keys),
        FileRules {
            largest: config.files.largest_bytes,
            allowed: MediaType::ALL.to_vec(),
        },
    )
    .context("the files cannot be opened")?;
    let signer = config.log.signer.clone();
    let signer = signer.unwrap_or_else(|| beside(arguments, "signer"));
    let signer = Signer::open(Disk::new(), &signer, &config.log.origin)
        .context("the signer of the log cannot be opened")?;
    let tree = beside(arguments, "tree");
    let sealer = Sealer::open(Arc::clone(&store) as _, Disk::new(), &tree, signer)
        .await
        .context("the log cannot be sealed")?;
    let city = City::start(Parts {
        envelopes: Arc::clone(&store) as _,
        store,
        keys,
        files: Arc::new(files),
        clock: Arc::clone(&clock),
        authenticate: authenticate(&config, demo.as_ref(), &clock)?,
        seals: Some(Arc::new(sealer)),
        profile: Profile::named(&config.profile)?,
        graphql: config.graphql.clone(),
    })
    .await?;
    if let Some(demo) = &demo {
        demonstration::prepare(&city, demo, &stage).await?;
    }
    let router = around(&city, &config, demo.as_ref())?;
    println!("ひろば: http://{address}/");
    let shutdown = Shutdown::default();
    let served = http::serve(listener, router, &shutdown, GRACE);
    tokio::pin!(served);
    tokio::select! {
        ended = &mut served => ended?,
        signal = shutdown.clone().on_signal() => {
            signal?;
            served.await?;
        }
    }
    // Requests have ended; what was acknowledged is on disk.
    city.stop();
    println!("ひろば: stopped");
    Ok(())
}

fn open_store(arguments: &Arguments) -> anyhow::Result<Arc<SledStore>> {
    let store = SledStore::open(&arguments.data, Options::default())
        .with_context(|| format!("the log in {} cannot be opened", arguments.data.display()))?;
    let report = store.opening();
    tracing::info!(size = %report.size, "the log is open");
    if let Some(cut) = &report.cut_off {
        tracing::warn!(?cut, "a torn write at the end of the log was cut off");
    }
    Ok(Arc::new(store))
}

/// A directory beside the data directory.
fn beside(arguments: &Arguments, name: &str) -> PathBuf {
    let mut path = arguments.data.clone().into_os_string();
    path.push(format!("-{name}"));
    path.into()
}

fn open_keys(arguments: &Arguments, config: &Config) -> anyhow::Result<KeyStore> {
    let directory = config.keys.directory.clone();
    let directory = directory.unwrap_or_else(|| beside(arguments, "keys"));
    let kek = if std::env::var_os("HIROBA_KEK").is_some() {
        KeyEncryptionKey::from_env("HIROBA_KEK")?
    } else {
        let file = config.keys.key_encryption_key.clone();
        let file = file.unwrap_or_else(|| beside(arguments, "kek"));
        // A new key opens nothing old: only where there are no keys yet.
        KeyEncryptionKey::from_file(&Disk::new(), &file, !directory.exists())?
    };
    KeyStore::open(Disk::new(), &directory, kek)
        .with_context(|| format!("the keys in {} cannot be opened", directory.display()))
}

fn authenticate(
    config: &Config,
    demo: Option<&DemoIssuer>,
    clock: &Arc<dyn Clock>,
) -> anyhow::Result<Arc<dyn Authenticate>> {
    let wrong = |errors: Vec<gateway::identity::SettingError>| {
        let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("identity: {}", errors.join("; "))
    };
    let mut providers = Vec::new();
    for settings in &config.identity {
        let clock = Arc::clone(clock);
        let now: http::Clock = Arc::new(move || clock.now());
        let provider = OpenIdConnect::new(settings, Arc::new(Https::default()), now);
        providers.push(provider.map_err(wrong)?);
    }
    if let Some(demo) = demo {
        providers.push(demo.provider().map_err(wrong)?);
    }
    if providers.is_empty() {
        tracing::warn!("no OpenID Connect provider is configured: nobody can sign in");
        return Ok(Arc::new(Nobody));
    }
    Ok(Arc::new(Issuers::new(providers)))
}

/// Everything that is served, with what every request passes through.
fn around(city: &City, config: &Config, demo: Option<&DemoIssuer>) -> anyhow::Result<Router> {
    let metrics = Metrics::install().context("the metrics cannot be collected")?;
    let store = Arc::clone(&city.desk.store);
    let ready = readiness(move || {
        let reason = store.read_only();
        async move { reason.map_or(Ok(()), Err) }
    });
    let mut routes = city
        .routes
        .clone()
        .merge(health(ready))
        .merge(metrics.router())
        .merge(graphiql());
    if let Some(demo) = demo {
        routes = routes.merge(demo.router());
    }
    if let Some(folder) = &config.web {
        routes = routes.merge(pages::client(folder, pages::sign_in(config, demo)));
    }
    Ok(http::around(routes, &config.http, city.reception.clone())?)
}
