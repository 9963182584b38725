//! Whose tokens are believed, and for how long.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::Role;
use ed25519_dalek::{Signer, SigningKey};
use futures::future::BoxFuture;
use gateway::{
    http::{ApiError, Authenticate, Clock, Code},
    identity::{Fetch, FetchError, Identity, IdentitySettings, Issuers, OpenIdConnect},
};
use jiff::Timestamp;
use serde_json::{Value, json};

const ISSUER: &str = "https://issuer.example";

/// A provider whose documents stand in a table.
#[derive(Clone, Default)]
struct Published {
    documents: Arc<Mutex<HashMap<String, Value>>>,
    fetched: Arc<AtomicUsize>,
}

impl Fetch for Published {
    fn fetch<'a>(&'a self, address: &'a str) -> BoxFuture<'a, Result<Vec<u8>, FetchError>> {
        Box::pin(async move {
            self.fetched.fetch_add(1, Ordering::SeqCst);
            let documents = self.documents.lock().expect("no test panics meanwhile");
            documents
                .get(address)
                .map(|document| document.to_string().into_bytes())
                .ok_or_else(|| FetchError {
                    address: address.to_owned(),
                    reason: "not found".to_owned(),
                })
        })
    }
}

/// A world with one provider and a clock that the test turns.
struct World {
    published: Published,
    now: Arc<AtomicI64>,
    issuers: Issuers,
}

const NOW: i64 = 1_800_000_000;

impl World {
    fn new() -> Self {
        let published = Published::default();
        let now = Arc::new(AtomicI64::new(NOW));
        let clock: Clock = {
            let now = now.clone();
            Arc::new(move || {
                Timestamp::from_second(now.load(Ordering::SeqCst))
                    .expect("the world is as the test made it")
            })
        };
        let settings: IdentitySettings = serde_json::from_value(json!({
            "issuer": ISSUER,
            "audience": "hiroba",
            "claims": { "roles": "/realm_access/roles" },
            "roles": { "kocho": ["bureau_officer", "approver"] },
            "default_roles": ["citizen"],
            "wards": { "Saiwai": "141321" },
        }))
        .expect("the world is as the test made it");
        let provider = OpenIdConnect::new(&settings, Arc::new(published.clone()), clock)
            .expect("the world is as the test made it");
        let world = Self {
            published,
            now,
            issuers: Issuers::new(vec![provider]),
        };
        world.publish(&[(1, "a")]);
        world
    }

    /// The provider has these keys now.
    fn publish(&self, keys: &[(u8, &str)]) {
        let jwks: Vec<Value> = keys
            .iter()
            .map(|(seed, kid)| {
                let public = SigningKey::from_bytes(&[*seed; 32]).verifying_key().to_bytes();
                json!({ "kty": "OKP", "crv": "Ed25519", "kid": kid, "use": "sig", "x": URL_SAFE_NO_PAD.encode(public) })
            })
            .collect();
        *self
            .published
            .documents
            .lock()
            .expect("no test panics meanwhile") = HashMap::from([
            (
                format!("{ISSUER}/.well-known/openid-configuration"),
                json!({ "issuer": ISSUER, "jwks_uri": format!("{ISSUER}/keys") }),
            ),
            (format!("{ISSUER}/keys"), json!({ "keys": jwks })),
        ]);
    }

    fn is_gone(&self) {
        self.published
            .documents
            .lock()
            .expect("no test panics meanwhile")
            .clear();
    }

    fn passes(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::SeqCst);
    }

    fn fetched(&self) -> usize {
        self.published.fetched.swap(0, Ordering::SeqCst)
    }

    async fn shows(&self, token: &str) -> Result<Arc<Identity>, Code> {
        self.issuers
            .authenticate(token)
            .await
            .map_err(|error: ApiError| error.code())
    }
}

fn token(seed: u8, header: Value, more: Value) -> String {
    let mut claims =
        json!({ "iss": ISSUER, "sub": "hanako", "aud": "hiroba", "exp": NOW + 1_000_000 });
    claims
        .as_object_mut()
        .expect("the world is as the test made it")
        .extend(
            more.as_object()
                .expect("the world is as the test made it")
                .clone(),
        );
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&header), part(&claims));
    let signature = SigningKey::from_bytes(&[seed; 32])
        .sign(signed.as_bytes())
        .to_bytes();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn good(seed: u8, kid: &str) -> String {
    token(seed, json!({ "alg": "EdDSA", "kid": kid }), json!({}))
}

#[tokio::test]
async fn claims_become_roles_and_a_ward_by_the_mapping() {
    let world = World::new();
    let claims = json!({ "realm_access": { "roles": ["kocho", "admin"] }, "ward": "Saiwai", "name": "花子" });
    let identity = world
        .shows(&token(1, json!({ "alg": "EdDSA", "kid": "a" }), claims))
        .await
        .unwrap();
    assert_eq!(
        identity.roles,
        [Role::Citizen, Role::BureauOfficer, Role::Approver]
    );
    assert_eq!(identity.ward.as_deref(), Some("141321"));
    assert_eq!(identity.name.as_deref(), Some("花子"));
    assert!(!format!("{identity:?}").contains("hanako"));
    let plain = world.shows(&good(1, "a")).await.unwrap();
    assert_eq!(
        (plain.roles.as_slice(), plain.ward.as_deref()),
        ([Role::Citizen].as_slice(), None)
    );
}

#[tokio::test]
async fn only_the_key_that_the_token_names_confirms_it() {
    let world = World::new();
    world.publish(&[(1, "a"), (2, "b")]);
    assert!(world.shows(&good(1, "a")).await.is_ok());
    assert!(world.shows(&good(2, "b")).await.is_ok());
    assert_eq!(world.shows(&good(2, "a")).await, Err(Code::Unauthenticated));
    let nameless = token(1, json!({ "alg": "EdDSA" }), json!({}));
    assert_eq!(world.shows(&nameless).await, Err(Code::Unauthenticated));
    world.publish(&[(1, "a")]);
    world.passes(3600);
    assert!(world.shows(&nameless).await.is_ok());
}

#[tokio::test]
async fn a_token_cannot_choose_how_it_is_checked() {
    let world = World::new();
    for alg in ["none", "HS256", "RS256", "ES256"] {
        let token = token(1, json!({ "alg": alg, "kid": "a" }), json!({}));
        assert_eq!(
            world.shows(&token).await,
            Err(Code::Unauthenticated),
            "{alg}"
        );
    }
    let unsigned = good(1, "a");
    let unsigned = format!("{}.", unsigned.rsplit_once('.').unwrap().0);
    assert_eq!(world.shows(&unsigned).await, Err(Code::Unauthenticated));
    let mut changed = good(1, "a");
    changed.insert(60, 'A');
    assert_eq!(world.shows(&changed).await, Err(Code::Unauthenticated));
}

#[tokio::test]
async fn a_new_key_of_the_provider_is_found() {
    let world = World::new();
    assert!(world.shows(&good(1, "a")).await.is_ok());
    world.passes(60);
    world.publish(&[(1, "a"), (2, "b")]);
    assert!(world.shows(&good(2, "b")).await.is_ok());
    assert!(world.shows(&good(1, "a")).await.is_ok());
}

#[tokio::test]
async fn a_key_that_the_provider_has_withdrawn_is_not_believed_for_long() {
    let world = World::new();
    assert!(world.shows(&good(1, "a")).await.is_ok());
    world.publish(&[(2, "b")]);
    world.passes(15 * 60);
    assert_eq!(world.shows(&good(1, "a")).await, Err(Code::Unauthenticated));
}

#[tokio::test]
async fn invented_key_ids_do_not_make_us_a_burden() {
    let world = World::new();
    assert!(world.shows(&good(1, "a")).await.is_ok());
    assert_eq!(world.fetched(), 2);
    world.passes(60);
    for n in 0..50 {
        assert_eq!(
            world.shows(&good(3, &format!("invented-{n}"))).await,
            Err(Code::Unauthenticated)
        );
    }
    assert_eq!(world.fetched(), 2);
    assert!(world.shows(&good(1, "a")).await.is_ok());
    assert_eq!(world.fetched(), 0);
    // Whatever is not for us is refused before any key is looked for.
    world.passes(60);
    world
        .shows(&token(
            1,
            json!({ "alg": "EdDSA", "kid": "x" }),
            json!({ "aud": "other" }),
        ))
        .await
        .unwrap_err();
    assert_eq!(world.fetched(), 0);
}

#[tokio::test]
async fn a_provider_that_is_gone_is_believed_for_a_while() {
    let world = World::new();
    assert!(world.shows(&good(1, "a")).await.is_ok());
    world.is_gone();
    world.passes(3600);
    assert!(world.shows(&good(1, "a")).await.is_ok());
    world.passes(12 * 3600);
    assert_eq!(world.shows(&good(1, "a")).await, Err(Code::Unavailable));
    world.publish(&[(1, "a")]);
    world.passes(60);
    assert!(world.shows(&good(1, "a")).await.is_ok());
}

#[tokio::test]
async fn a_provider_that_names_itself_otherwise_is_refused_at_the_start() {
    let published = Published::default();
    let settings: IdentitySettings =
        serde_json::from_value(json!({ "issuer": ISSUER, "audience": "hiroba" })).unwrap();
    let clock: Clock = Arc::new(|| Timestamp::UNIX_EPOCH);
    let provider = OpenIdConnect::new(&settings, Arc::new(published.clone()), clock).unwrap();
    assert!(provider.reach().await.unwrap_err().contains("not found"));
    let discovery = |issuer: &str, jwks: &str| {
        let document = json!({ "issuer": issuer, "jwks_uri": jwks });
        published.documents.lock().unwrap().insert(
            format!("{ISSUER}/.well-known/openid-configuration"),
            document,
        );
    };
    discovery("https://issuer.example/", "https://issuer.example/keys");
    assert!(
        provider
            .reach()
            .await
            .unwrap_err()
            .contains("identity.issuer")
    );
    discovery(ISSUER, "http://issuer.example/keys");
    assert!(provider.reach().await.unwrap_err().contains("not https"));
}
