//! An OpenID Connect provider: what it publishes, and whom it vouches for.

use std::sync::Arc;

use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use tokio::sync::{Mutex, RwLock};

use super::{
    Fetch, Identity, IdentitySettings, KeySet, SettingError, Token, TokenError,
    settings::{Mapping, is_safe_address},
};
use crate::http::{ApiError, Authenticate, Clock, Text};

/// Keys are fetched again after so long, so that a key that the provider has
/// withdrawn is not believed for ever.
const FRESH: SignedDuration = SignedDuration::from_mins(15);

/// Keys that cannot be fetched again are believed for so long.
const STALE: SignedDuration = SignedDuration::from_hours(12);

/// Between two attempts lies at least so long: tokens with invented key ids
/// must not make us a burden to the provider.
const PAUSE: SignedDuration = SignedDuration::from_secs(10);

/// A provider whose tokens are believed.
pub struct OpenIdConnect {
    issuer: String,
    audience: String,
    skew: SignedDuration,
    mapping: Mapping,
    clock: Clock,
    keys: Keys,
}

enum Keys {
    /// The provider is part of this process.
    Known(KeySet),
    Fetched {
        fetch: Arc<dyn Fetch>,
        held: RwLock<Option<Held>>,
        /// When the last attempt was made; whoever holds the lock fetches.
        attempted: Mutex<Option<Timestamp>>,
    },
}

#[derive(Clone)]
struct Held {
    set: Arc<KeySet>,
    since: Timestamp,
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

impl OpenIdConnect {
    /// A provider that publishes its keys at its address.
    ///
    /// # Errors
    /// Every setting that cannot be used.
    pub fn new(
        settings: &IdentitySettings,
        fetch: Arc<dyn Fetch>,
        clock: Clock,
    ) -> Result<Self, Vec<SettingError>> {
        let keys = Keys::Fetched {
            fetch,
            held: RwLock::new(None),
            attempted: Mutex::new(None),
        };
        Self::with(settings, clock, keys)
    }

    /// A provider whose keys are known beforehand.
    ///
    /// # Errors
    /// Every setting that cannot be used.
    pub fn with_keys(
        settings: &IdentitySettings,
        keys: KeySet,
        clock: Clock,
    ) -> Result<Self, Vec<SettingError>> {
        Self::with(settings, clock, Keys::Known(keys))
    }

    fn with(
        settings: &IdentitySettings,
        clock: Clock,
        keys: Keys,
    ) -> Result<Self, Vec<SettingError>> {
        let mapping = settings.check()?;
        Ok(Self {
            issuer: settings.issuer.clone(),
            audience: settings.audience.clone(),
            skew: SignedDuration::from_secs(settings.clock_skew_seconds.into()),
            mapping,
            clock,
            keys,
        })
    }

    /// Fetches the keys now, so that a wrong address is noticed at the start
    /// and not with the first token.
    ///
    /// # Errors
    /// What is wrong, for the operator.
    pub async fn reach(&self) -> Result<(), String> {
        match &self.keys {
            Keys::Known(_) => Ok(()),
            Keys::Fetched { fetch, held, .. } => {
                let set = self.published(&**fetch).await?;
                *held.write().await = Some(Held {
                    set: Arc::new(set),
                    since: (self.clock)(),
                });
                Ok(())
            }
        }
    }

    /// Who holds the token.
    ///
    /// # Errors
    /// Why the token is worth nothing, or that the keys cannot be had.
    pub async fn identify(&self, token: &Token<'_>) -> Result<Identity, ApiError> {
        let now = (self.clock)();
        token
            .claims
            .check(&self.issuer, &self.audience, now, self.skew)
            .map_err(refused)?;
        match &self.keys {
            Keys::Known(set) => set.confirm(token).map_err(refused)?,
            Keys::Fetched {
                fetch,
                held,
                attempted,
            } => self.confirm(token, now, &**fetch, held, attempted).await?,
        }
        Ok(self.mapping.identity(&token.claims))
    }

    async fn confirm(
        &self,
        token: &Token<'_>,
        now: Timestamp,
        fetch: &dyn Fetch,
        held: &RwLock<Option<Held>>,
        attempted: &Mutex<Option<Timestamp>>,
    ) -> Result<(), ApiError> {
        let known = held.read().await.clone();
        if let Some(held) = &known
            && now.duration_since(held.since) < FRESH
        {
            match held.set.confirm(token) {
                // The provider may have a new key.
                Err(TokenError::UnknownKey) => (),
                verdict => return verdict.map_err(refused),
            }
        }
        let mut last_attempt = attempted.lock().await;
        // Somebody else may have fetched while we waited for the lock.
        let mut current = held.read().await.clone();
        let has_changed = match (&known, &current) {
            (Some(known), Some(current)) => known.since != current.since,
            (None, current) => current.is_some(),
            (Some(_), None) => false,
        };
        let rested = last_attempt.is_none_or(|last| PAUSE <= now.duration_since(last));
        if !has_changed && rested {
            *last_attempt = Some(now);
            match self.published(fetch).await {
                Ok(set) => {
                    current = Some(Held {
                        set: Arc::new(set),
                        since: now,
                    });
                    held.write().await.clone_from(&current);
                }
                Err(reason) => tracing::warn!(%reason, "the keys of the issuer cannot be fetched"),
            }
        }
        drop(last_attempt);
        match current {
            Some(held) if now.duration_since(held.since) < STALE => {
                held.set.confirm(token).map_err(refused)
            }
            _ => Err(ApiError::Unavailable(Text::new(
                "いまサインインを確認できません。しばらくしてからもう一度お試しください",
                "sign-ins cannot be checked just now; try again later",
            ))),
        }
    }

    async fn published(&self, fetch: &dyn Fetch) -> Result<KeySet, String> {
        let address = format!(
            "{}/.well-known/openid-configuration",
            self.issuer.trim_end_matches('/')
        );
        let bytes = fetch
            .fetch(&address)
            .await
            .map_err(|error| error.to_string())?;
        let discovery: Discovery =
            serde_json::from_slice(&bytes).map_err(|error| format!("{address}: {error}"))?;
        if discovery.issuer != self.issuer {
            return Err(format!(
                "{address} names the issuer {:?}; write it like that in identity.issuer",
                discovery.issuer
            ));
        }
        if !is_safe_address(&discovery.jwks_uri) {
            return Err(format!(
                "{address}: jwks_uri {:?} is not https",
                discovery.jwks_uri
            ));
        }
        let bytes = fetch
            .fetch(&discovery.jwks_uri)
            .await
            .map_err(|error| error.to_string())?;
        KeySet::read(&bytes).map_err(|error| format!("{}: {error}", discovery.jwks_uri))
    }
}

/// All providers whose tokens are believed; each token is for one of them.
#[derive(Default)]
pub struct Issuers(Vec<OpenIdConnect>);

impl Issuers {
    /// With these providers.
    pub fn new(providers: Vec<OpenIdConnect>) -> Self {
        Self(providers)
    }
}

impl Authenticate for Issuers {
    fn authenticate<'a>(&'a self, text: &'a str) -> BoxFuture<'a, Result<Arc<Identity>, ApiError>> {
        Box::pin(async move {
            let token = Token::read(text).map_err(refused)?;
            let provider = self
                .0
                .iter()
                .find(|provider| provider.issuer == token.claims.iss)
                .ok_or_else(|| refused(TokenError::Issuer))?;
            provider.identify(&token).await.map(Arc::new)
        })
    }
}

fn refused(error: TokenError) -> ApiError {
    let ja = match error {
        TokenError::Malformed(_) => "トークンの形が正しくありません",
        TokenError::Algorithm => "トークンの署名方式が受け付けられないものです",
        TokenError::Issuer => "トークンの発行者が登録されていません",
        TokenError::Audience => "トークンはこのサービスのものではありません",
        TokenError::Expired => "サインインの有効期限が切れました。もう一度サインインしてください",
        TokenError::NotYet => "トークンはまだ有効になっていません。時計を確かめてください",
        TokenError::UnknownKey => "トークンに合う発行者の鍵がありません",
        TokenError::Signature => "トークンの署名が正しくありません",
    };
    ApiError::Unauthenticated(Text::new(ja, error.to_string()))
}
