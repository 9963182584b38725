//! An issuer for demonstrations: whoever opens its page becomes whom they
//! choose. It is mounted only where the operator asks for a demonstration, and
//! says so in the log, in each answer and on its page.

mod grants;
mod page;
mod persona;
mod routes;

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderName, HeaderValue, Response},
    middleware::Next,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer, SigningKey};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{ClaimSettings, IdentitySettings, KeySet, OpenIdConnect, SettingError};
use crate::http::Clock;
use grants::Grants;
pub use persona::{PERSONAS, Persona};

/// Where the issuer is mounted.
pub const PATH: &str = "/demo/oidc";

/// What the issuer calls this server, and its only client.
pub const CLIENT_ID: &str = "hiroba-demo";

/// The header that every answer of a demonstration carries.
pub const DEMO_HEADER: HeaderName = HeaderName::from_static("x-hiroba-demo");

const KEY_ID: &str = "demo";

/// How long a persona stays signed in.
const TOKEN_VALIDITY: SignedDuration = SignedDuration::from_hours(8);

/// The issuer. Its key is made at the start and never leaves the process.
#[derive(Clone)]
pub struct DemoIssuer(Arc<Inner>);

struct Inner {
    issuer: String,
    key: SigningKey,
    clock: Clock,
    grants: Mutex<Grants>,
}

/// The operating system gives no randomness.
#[derive(Debug, thiserror::Error)]
#[error("no randomness for the key of the demonstration: {0}")]
pub struct NoRandomness(getrandom::Error);

impl DemoIssuer {
    /// An issuer for a server that is reached at `base`, such as
    /// `http://127.0.0.1:8080`. Says loudly what it is.
    ///
    /// # Errors
    /// If there is no randomness.
    pub fn new(base: &str, clock: Clock) -> Result<Self, NoRandomness> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(NoRandomness)?;
        tracing::warn!(
            "DEMONSTRATION: anybody can sign in as anybody, without a password; never use this for real decisions"
        );
        Ok(Self(Arc::new(Inner {
            issuer: format!("{}{PATH}", base.trim_end_matches('/')),
            key: SigningKey::from_bytes(&seed),
            clock,
            grants: Mutex::default(),
        })))
    }

    /// The provider that believes the tokens of this issuer.
    ///
    /// # Errors
    /// If the address of the server is not one on this machine, nor https.
    pub fn provider(&self) -> Result<OpenIdConnect, Vec<SettingError>> {
        let keys = KeySet::read(self.jwks().to_string().as_bytes()).unwrap_or_default();
        OpenIdConnect::with_keys(&self.settings(), keys, self.0.clock.clone())
    }

    fn settings(&self) -> IdentitySettings {
        let roles = domain::Role::ALL
            .into_iter()
            .filter(|role| *role != domain::Role::System)
            .map(|role| (role.word().to_owned(), vec![role.word().to_owned()]))
            .collect();
        IdentitySettings {
            issuer: self.0.issuer.clone(),
            audience: CLIENT_ID.to_owned(),
            clock_skew_seconds: 60,
            claims: ClaimSettings::default(),
            roles,
            default_roles: Vec::new(),
            wards: std::collections::BTreeMap::new(),
        }
    }

    /// The pages and endpoints of the issuer, below [`PATH`].
    pub fn router(&self) -> Router {
        routes::router(self.clone())
    }

    /// The issuer, as its tokens name it.
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// A token of a persona.
    pub fn token(&self, persona: &Persona) -> String {
        self.sign(persona, None)
    }

    fn sign(&self, persona: &Persona, nonce: Option<&str>) -> String {
        let now = (self.0.clock)();
        let mut claims = json!({
            "iss": self.0.issuer,
            "sub": persona.key,
            "aud": CLIENT_ID,
            "iat": now.as_second(),
            "exp": (now.saturating_add(TOKEN_VALIDITY)).map_or(i64::MAX, Timestamp::as_second),
            "name": persona.ja,
            "roles": persona.roles.iter().map(|role| role.word()).collect::<Vec<_>>(),
            "ward": persona.ward,
        });
        if let (Some(nonce), Some(claims)) = (nonce, claims.as_object_mut()) {
            claims.insert("nonce".to_owned(), nonce.into());
        }
        let header = json!({ "alg": "EdDSA", "typ": "JWT", "kid": KEY_ID });
        let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let signature = self.0.key.sign(signed.as_bytes()).to_bytes();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn jwks(&self) -> serde_json::Value {
        let public = self.0.key.verifying_key().to_bytes();
        json!({ "keys": [{
            "kty": "OKP",
            "crv": "Ed25519",
            "alg": "EdDSA",
            "use": "sig",
            "kid": KEY_ID,
            "x": URL_SAFE_NO_PAD.encode(public),
        }] })
    }
}

/// Middleware that marks every answer as one of a demonstration.
pub async fn mark(request: Request, next: Next) -> Response<Body> {
    let mut response = next.run(request).await;
    response.headers_mut().insert(
        DEMO_HEADER,
        HeaderValue::from_static("anybody can sign in as anybody"),
    );
    response
}
