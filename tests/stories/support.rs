//! A city for a story: its own clock, its own persons, everything in memory
//! but the keys and the files.

use std::{
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use application::Clock;
use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use domain::{Role, ordinance::profile::Profile};
use event_store::MemoryStore;
use event_store_sled::{OpenError, Options, SledStore};
use futures::future::BoxFuture;
use gateway::{
    http::{ApiError, Authenticate, GraphQlSettings, IntakeSettings, Manifest},
    identity::{Identity, email::EmailConfirmation},
    personal_data::Decision,
};
use jiff::Timestamp;
use read_models::snapshot::Shelf;
use sealer::{Sealer, Signer};
use serde_json::{Value, json};
use server::{City, Parts};
use tower::ServiceExt;
use ulid::Ulid;
use vault::{
    KeyEncryptionKey, KeyStore,
    files::{FileRules, FileVault, MediaType},
};

/// A clock that a story turns.
#[derive(Debug)]
pub(crate) struct StoryClock(Mutex<Timestamp>);

impl Clock for StoryClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// The persons of the stories. Their token is their name.
const CAST: &[(&str, &[Role])] = &[
    ("hanako", &[Role::Citizen]),
    ("taro", &[Role::Citizen]),
    ("operator", &[Role::Operator]),
    ("clerk", &[Role::BureauOfficer]),
    ("approver", &[Role::Approver]),
    ("mayor", &[Role::ImplementingBody]),
    ("secretariat", &[Role::Secretariat]),
    ("records", &[Role::RecordsManager]),
    ("auditor", &[Role::Auditor]),
];

struct Cast;

impl Authenticate for Cast {
    fn authenticate<'a>(
        &'a self,
        token: &'a str,
    ) -> BoxFuture<'a, Result<Arc<Identity>, ApiError>> {
        let person = CAST.iter().find(|(name, _)| *name == token);
        let identity = person.map(|(name, roles)| Identity {
            issuer: "https://cast.example".to_owned(),
            subject: (*name).to_owned(),
            roles: roles.to_vec(),
            ward: None,
            name: None,
            valid_until: Timestamp::MAX,
        });
        Box::pin(async { identity.map(Arc::new).ok_or_else(ApiError::unauthenticated) })
    }
}

/// A city for a story.
pub(crate) struct Story {
    city: City,
    clock: Arc<StoryClock>,
    commands: AtomicU64,
    sealer: Option<Arc<Sealer>>,
    /// Gone with the story, if nobody else keeps it.
    _folder: Option<tempfile::TempDir>,
}

/// The name of the log of a story in a folder.
pub(crate) const ORIGIN: &str = "city.example/log/1";

impl Story {
    /// A city at 9 o'clock in the morning of this day.
    pub(crate) async fn on(day: &str) -> Self {
        Self::taking(day, IntakeSettings::UNLIMITED).await
    }

    /// The same, with limits on how fast opinions come in.
    pub(crate) async fn taking(day: &str, intake: IntakeSettings) -> Self {
        Self::confirming(day, intake, None).await
    }

    /// The same, where addresses of e-mail may have to be confirmed.
    pub(crate) async fn confirming(
        day: &str,
        intake: IntakeSettings,
        confirmation: Option<EmailConfirmation>,
    ) -> Self {
        let clock = Arc::new(StoryClock(Mutex::new(morning(day))));
        let store = Arc::new(MemoryStore::default());
        let folder = tempfile::tempdir().unwrap();
        let keys = KeyStore::open(
            disk::Disk::new(),
            &folder.path().join("keys"),
            KeyEncryptionKey::from_bytes(&[7; 32]),
        );
        let keys = Arc::new(keys.unwrap());
        let files = files(&folder.path().join("files"), &keys);
        let city = City::start(Parts {
            store: Arc::clone(&store) as _,
            envelopes: store,
            keys,
            files,
            clock: Arc::clone(&clock) as _,
            authenticate: Arc::new(Cast),
            seals: None,
            policy: None,
            profile: Profile::named("kawasaki2009").unwrap(),
            graphql: GraphQlSettings::default(),
            intake,
            confirmation: confirmation.map(Arc::new),
            manifest: Manifest::default(),
            erasing: None,
            snapshots: None,
        });
        let mut city = city.await.unwrap();
        city.follow_calendar().await;
        Self {
            city,
            clock,
            commands: AtomicU64::new(1),
            sealer: None,
            _folder: Some(folder),
        }
    }

    /// A city whose log, keys and signer lie in a folder: begun there, or
    /// started again. Its commands are numbered from `first_command`.
    pub(crate) async fn in_folder(folder: &Path, day: &str, first_command: u64) -> Self {
        Self::answering(folder, day, first_command, GraphQlSettings::default()).await
    }

    /// The same, erasing by itself what need not be kept any longer.
    pub(crate) async fn erasing(
        folder: &Path,
        day: &str,
        first_command: u64,
        decision: Decision,
    ) -> Self {
        let graphql = GraphQlSettings::default();
        Self::open(folder, day, first_command, graphql, Some(decision)).await
    }

    /// The same, with other limits on what can be asked.
    pub(crate) async fn answering(
        folder: &Path,
        day: &str,
        first_command: u64,
        graphql: GraphQlSettings,
    ) -> Self {
        Self::open(folder, day, first_command, graphql, None).await
    }

    async fn open(
        folder: &Path,
        day: &str,
        first_command: u64,
        graphql: GraphQlSettings,
        erasing: Option<Decision>,
    ) -> Self {
        let clock = Arc::new(StoryClock(Mutex::new(morning(day))));
        let options = Options {
            segment_length: 1 << 20,
            ..Options::default()
        };
        let store = Arc::new(open_store(&folder.join("data"), options).await);
        let keys = KeyStore::open(
            disk::Disk::new(),
            &folder.join("keys"),
            KeyEncryptionKey::from_bytes(&[7; 32]),
        );
        let keys = Arc::new(keys.unwrap());
        let files = files(&folder.join("files"), &keys);
        let signer = Signer::open(disk::Disk::new(), &folder.join("signer"), ORIGIN).unwrap();
        let log = Arc::clone(&store) as _;
        let sealer = Sealer::open(log, disk::Disk::new(), &folder.join("tree"), signer).await;
        let sealer = Arc::new(sealer.unwrap());
        let city = City::start(Parts {
            store: Arc::clone(&store) as _,
            envelopes: store,
            keys,
            files,
            clock: Arc::clone(&clock) as _,
            authenticate: Arc::new(Cast),
            seals: Some(Arc::clone(&sealer)),
            policy: None,
            profile: Profile::named("seed2004").unwrap(),
            graphql,
            intake: IntakeSettings::UNLIMITED,
            confirmation: None,
            manifest: Manifest::default(),
            erasing,
            snapshots: Some(Shelf::new(disk::Disk::new(), &folder.join("views"))),
        });
        let mut city = city.await.unwrap();
        city.follow_calendar().await;
        Self {
            city,
            clock,
            commands: AtomicU64::new(first_command),
            sealer: Some(sealer),
            _folder: None,
        }
    }

    /// The city.
    pub(crate) fn city(&self) -> &City {
        &self.city
    }

    /// Who seals its log.
    pub(crate) fn sealer(&self) -> &Sealer {
        self.sealer.as_ref().unwrap()
    }

    /// Stops the city as a process ends.
    pub(crate) async fn stop(self) {
        self.city.stop().await;
    }

    /// Anybody fetches a file.
    pub(crate) async fn fetch(&self, path: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = self.send(request).await;
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 24).await.unwrap();
        (parts.status, parts.headers, bytes.to_vec())
    }

    /// Turns the calendar to 9 o'clock in the morning of this day.
    pub(crate) fn turn_to(&self, day: &str) {
        *self.clock.0.lock().unwrap() = morning(day);
    }

    /// Turns the clock to a moment.
    pub(crate) fn turn_to_moment(&self, moment: &str) {
        *self.clock.0.lock().unwrap() = moment.parse().unwrap();
    }

    /// A fresh command id.
    pub(crate) fn command(&self) -> String {
        let count = self.commands.fetch_add(1, Ordering::Relaxed);
        Ulid::from_parts(1_700_000_000_000, u128::from(count) << 40 | 0x5eed).to_string()
    }

    /// Serves on a free port of this machine until what comes back is dropped.
    pub(crate) async fn serve(&self) -> Served {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let service = self.city.bare_router();
        let task = tokio::spawn(async move {
            let _ = axum::serve(listener, service).await;
        });
        Served { address, task }
    }

    /// Any request; the router answers.
    pub(crate) async fn send(&self, request: Request<Body>) -> axum::http::Response<Body> {
        self.city.bare_router().oneshot(request).await.unwrap()
    }

    /// Somebody asks; the whole answer comes back.
    pub(crate) async fn ask(&self, who: &str, query: &str, variables: Value) -> Value {
        let mut request = Request::post("/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/graphql-response+json");
        if who != "nobody" {
            request = request.header(header::AUTHORIZATION, format!("Bearer {who}"));
        }
        let body = json!({"query": query, "variables": variables}).to_string();
        let request = request.body(Body::from(body)).unwrap();
        let response = self.city.bare_router().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = to_bytes(response.into_body(), 1 << 24).await.unwrap();
        let answer: Value = serde_json::from_slice(&bytes).unwrap();
        assert!(
            status == StatusCode::OK || answer.get("errors").is_some(),
            "{status} without errors: {answer}"
        );
        answer
    }

    /// Somebody asks, and nothing goes wrong.
    #[track_caller]
    pub(crate) fn get<'a>(
        &'a self,
        who: &'a str,
        query: &'a str,
        variables: Value,
    ) -> impl Future<Output = Value> + 'a {
        let place = std::panic::Location::caller();
        async move {
            let mut answer = self.ask(who, query, variables).await;
            assert!(answer.get("errors").is_none(), "{place}: {answer:#}");
            answer["data"].take()
        }
    }

    /// Somebody gives a command, named as its mutation; the payload comes back.
    #[track_caller]
    pub(crate) fn does<'a>(
        &'a self,
        who: &'a str,
        mutation: &'a str,
        input: Value,
        selection: &'a str,
    ) -> impl Future<Output = Value> + 'a {
        let place = std::panic::Location::caller();
        async move {
            let outcome = self.tries(who, mutation, input, selection).await;
            assert_ne!(outcome["__typename"], "Refusal", "{place}: {outcome:#}");
            outcome
        }
    }

    /// Somebody gives a command and is refused; the code comes back.
    #[track_caller]
    pub(crate) fn is_refused<'a>(
        &'a self,
        who: &'a str,
        mutation: &'a str,
        input: Value,
    ) -> impl Future<Output = String> + 'a {
        let place = std::panic::Location::caller();
        async move {
            let outcome = self.tries(who, mutation, input, "__typename").await;
            assert_eq!(outcome["__typename"], "Refusal", "{place}: {outcome:#}");
            for message in ["messageJa", "messageEn"] {
                assert!(
                    !outcome[message].as_str().unwrap().is_empty(),
                    "{place}: {outcome:#}"
                );
            }
            outcome["code"].as_str().unwrap().to_owned()
        }
    }

    /// Somebody gives a command; the payload or the refusal comes back.
    pub(crate) async fn tries(
        &self,
        who: &str,
        mutation: &str,
        input: Value,
        selection: &str,
    ) -> Value {
        let mut answer = self.asks_for(who, mutation, input, selection).await;
        assert!(answer.get("errors").is_none(), "{mutation}: {answer:#}");
        answer["data"][mutation].take()
    }

    /// Somebody gives a command; the whole answer comes back.
    pub(crate) async fn asks_for(
        &self,
        who: &str,
        mutation: &str,
        mut input: Value,
        selection: &str,
    ) -> Value {
        if input.get("commandId").is_none() {
            input["commandId"] = json!(self.command());
        }
        let mut capital = mutation.chars();
        let name = capital.next().unwrap().to_uppercase().to_string() + capital.as_str();
        let query = format!(
            "mutation($input: {name}Input!) {{ {mutation}(input: $input) {{
                __typename
                ... on {name}Payload {{ {selection} }}
                ... on Refusal {{ code messageJa messageEn }}
            }} }}"
        );
        self.ask(who, &query, json!({"input": input})).await
    }
}

fn files(folder: &Path, keys: &Arc<KeyStore>) -> Arc<FileVault> {
    let rules = FileRules {
        unclaimed: std::time::Duration::from_secs(30 * 86_400),
        largest: 4 << 20,
        allowed: MediaType::ALL.to_vec(),
    };
    let files = FileVault::open(disk::Disk::new(), folder, Arc::clone(keys), rules);
    Arc::new(files.unwrap())
}

/// A city that listens.
pub(crate) struct Served {
    address: std::net::SocketAddr,
    task: tokio::task::JoinHandle<()>,
}

impl Served {
    /// Where it listens.
    pub(crate) fn address(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Opens the store as soon as the city that was stopped has let go of it: its
/// tasks end when they are scheduled next.
async fn open_store(folder: &Path, options: Options) -> SledStore {
    for _ in 0..100_000 {
        match SledStore::open(folder, options) {
            Err(OpenError::Locked { .. }) => tokio::task::yield_now().await,
            opened => return opened.unwrap(),
        }
    }
    panic!("the city that was stopped still holds its store");
}

fn morning(day: &str) -> Timestamp {
    format!("{day}T09:00:00+09:00").parse().unwrap()
}
