//! `hiroba serve`: a city on one machine.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context;
use application::{Clock, SystemClock};
use axum::Router;
use event_store::EventStore;
use gateway::{
    http::{self, Authenticate, Metrics, Nobody, Shutdown, graphiql, health},
    identity::{Https, Issuers, OpenIdConnect, demo::DemoIssuer},
    pages::with_screens,
};

use crate::{
    City, Config,
    demonstration::{self, DemonstrationClock, Filling},
    gauges::Gauges,
    on_disk::OnDisk,
    operate::{Operator, control::Control},
    pages,
    telemetry::Telemetry,
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
    let config = Config::load(arguments.config.as_deref())?;
    let telemetry = Telemetry::start(config.journal, &config.traces)?;
    let runtime = tokio::runtime::Runtime::new().context("no runtime")?;
    let served = runtime.block_on(serve(arguments, &config));
    telemetry.stop();
    served
}

async fn serve(arguments: &Arguments, config: &Config) -> anyhow::Result<()> {
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
    let disk = OnDisk::open(&arguments.data, config).await?;
    let filling = match arguments.demo {
        true => Filling::due(&arguments.data, disk.store.size())?,
        false => None,
    };
    if filling.is_some() {
        stage.go_back();
    }
    let demo = arguments
        .demo
        .then(|| {
            let clock = Arc::clone(&clock);
            DemoIssuer::new(&format!("http://{address}"), Arc::new(move || clock.now()))
        })
        .transpose()?;
    let authenticate = authenticate(config, demo.as_ref(), &clock)?;
    let metrics = Metrics::install().context("the metrics cannot be collected")?;
    tokio::spawn(keep_up(metrics.clone()));
    let mut city = City::start(disk.parts(config, Arc::clone(&clock), authenticate)?).await?;
    if let (Some(demo), Some(filling)) = (&demo, filling) {
        filling.fill(&city, demo, &stage).await?;
    }
    city.follow_calendar().await;
    let gauges = Gauges::new(&city, &disk);
    let mut router = around(
        &city,
        config,
        demo.as_ref(),
        address,
        gauges.around(metrics.router()),
    )?;
    if arguments.demo {
        router = router.merge(demonstration::calendar(stage));
    }
    let operating = operate(&arguments.data, disk, clock, &city);
    let shutdown = Shutdown::default();
    // Before anybody knows that the city is there, and stops it.
    let signal = shutdown.clone().on_signal()?;
    println!("ひろば: http://{address}/");
    let served = http::serve(listener, router, &shutdown, GRACE);
    tokio::pin!(served);
    tokio::select! {
        ended = &mut served => ended?,
        () = signal => served.await?,
    }
    // Requests have ended; what was acknowledged is on disk.
    operating.abort();
    city.stop().await;
    println!("ひろば: stopped");
    Ok(())
}

/// Keeps what is counted small, whether or not anybody reads it.
async fn keep_up(metrics: Metrics) {
    let mut ticks = tokio::time::interval(Metrics::UPKEEP);
    loop {
        ticks.tick().await;
        metrics.upkeep();
    }
}

/// Answers operators who ask through the data directory.
fn operate(
    data: &std::path::Path,
    disk: OnDisk,
    clock: Arc<dyn Clock>,
    city: &City,
) -> tokio::task::JoinHandle<()> {
    let operator = Arc::new(Operator::new(disk, clock, Some(city.desk.clone())));
    match Control::open(data) {
        Ok(control) => tokio::spawn(control.serve(operator)),
        Err(error) => {
            tracing::error!(
                %error,
                "there is no control socket: backups need the server to be stopped"
            );
            tokio::spawn(std::future::ready(()))
        }
    }
}

/// Knows whoever shows a token of a configured provider.
pub(crate) fn authenticate(
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
fn around(
    city: &City,
    config: &Config,
    demo: Option<&DemoIssuer>,
    listening: SocketAddr,
    metrics: Router,
) -> anyhow::Result<Router> {
    let mut routes = city
        .routes
        .clone()
        .merge(health(city.readiness()))
        .merge(metrics)
        .merge(graphiql());
    if let Some(demo) = demo {
        routes = routes.merge(demo.router());
    }
    if let Some(folder) = &config.web {
        let address = match &config.address {
            Some(address) => address.clone(),
            None => format!("http://{listening}"),
        };
        let site = pages::site(city, folder, &address)?;
        routes = with_screens(routes, Arc::clone(&site));
        routes = routes.merge(pages::client(folder, site, pages::sign_in(config, demo)));
    }
    Ok(http::around(routes, &config.http, city.reception.clone())?)
}
