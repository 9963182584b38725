//! Who calls, when, and in which language: what a resolver may know about a
//! request.

use std::{fmt, future::Future, net::IpAddr, sync::Arc};

use axum::http::{HeaderValue, request::Parts};
use futures::future::BoxFuture;
use jiff::Timestamp;

use super::{ApiError, Language};
use crate::identity::Identity;

/// Where the moment comes from. The only clock behind the schema.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The number under which a request stands in the log.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// A fresh number: 96 bits of chance.
    pub fn fresh() -> Self {
        let mut bytes = [0; 12];
        // Without randomness a request is still answered; its number is then
        // merely not unique.
        let _ = getrandom::fill(&mut bytes);
        Self(hex::encode(bytes).into())
    }

    /// The number that a proxy before us has given, if it is one: up to 64
    /// letters, digits, `-` and `_`, so that it can stand in a log as it is.
    pub fn given(value: &HeaderValue) -> Option<Self> {
        let text = value.to_str().ok()?;
        let sound = (1..=64).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        sound.then(|| Self(text.into()))
    }

    /// The number as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who calls, when, and in which language. Resolvers find it in their context.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The moment at which the request came in; for a subscription, at which it
    /// began.
    pub now: Timestamp,
    /// Who is signed in.
    pub identity: Option<Arc<Identity>>,
    /// The language of messages.
    pub language: Language,
    /// The number under which the request stands in the log.
    pub request_id: RequestId,
    /// The address that the request came from, where it is known.
    pub address: Option<IpAddr>,
}

impl Caller {
    /// Who calls, or the error that asks to sign in.
    pub fn identity(&self) -> Result<&Arc<Identity>, ApiError> {
        self.identity.as_ref().ok_or_else(ApiError::unauthenticated)
    }

    /// Waits until the caller's token ends; for strangers, for ever.
    pub(super) fn until_token_ends(&self) -> impl Future<Output = ()> + Send + 'static {
        let left = self
            .identity
            .as_ref()
            .map(|identity| self.now.duration_until(identity.valid_until));
        async move {
            match left {
                Some(left) => tokio::time::sleep(left.try_into().unwrap_or_default()).await,
                None => std::future::pending().await,
            }
        }
    }
}

/// Turns bearer tokens into identities.
pub trait Authenticate: Send + Sync + 'static {
    /// Who holds the token.
    fn authenticate<'a>(&'a self, token: &'a str)
    -> BoxFuture<'a, Result<Arc<Identity>, ApiError>>;
}

/// Knows nobody: every token is refused.
#[derive(Clone, Copy, Debug)]
pub struct Nobody;

impl Authenticate for Nobody {
    fn authenticate<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Arc<Identity>, ApiError>> {
        Box::pin(async { Err(ApiError::unauthenticated()) })
    }
}

/// The token of an `Authorization: Bearer …` header.
///
/// # Errors
/// If there is such a header in another form: who tries to sign in and fails
/// must hear of it.
pub(super) fn bearer(parts: &Parts) -> Result<Option<&str>, ApiError> {
    let mut values = parts
        .headers
        .get_all(axum::http::header::AUTHORIZATION)
        .iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(malformed());
    }
    value
        .to_str()
        .ok()
        .and_then(bearer_token)
        .map(Some)
        .ok_or_else(malformed)
}

/// The token in the text `Bearer …`.
pub(super) fn bearer_token(text: &str) -> Option<&str> {
    let (scheme, token) = text.split_once(' ')?;
    let token = token.trim_start_matches(' ');
    (scheme.eq_ignore_ascii_case("Bearer") && !token.is_empty() && !token.contains(' '))
        .then_some(token)
}

fn malformed() -> ApiError {
    ApiError::Unauthenticated(super::Text::new(
        "Authorizationヘッダーは「Bearer トークン」の形で1つだけ送ってください",
        "send one Authorization header of the form: Bearer TOKEN",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_that_could_forge_a_log_line_is_not_taken_over() {
        let given = |text| RequestId::given(&HeaderValue::from_static(text));
        assert_eq!(
            given("a-1_B").map(|id| id.to_string()),
            Some("a-1_B".to_owned())
        );
        assert_eq!(given(""), None);
        assert_eq!(given("a b"), None);
        assert_eq!(given("a\"}{"), None);
        assert_eq!(
            RequestId::given(&HeaderValue::from_str(&"a".repeat(65)).unwrap()),
            None
        );
        assert_ne!(RequestId::fresh(), RequestId::fresh());
    }

    #[test]
    fn a_bearer_token_is_one_word() {
        assert_eq!(bearer_token("Bearer a.b.c"), Some("a.b.c"));
        assert_eq!(bearer_token("bearer  a"), Some("a"));
        assert_eq!(bearer_token("Bearer "), None);
        assert_eq!(bearer_token("Basic a"), None);
        assert_eq!(bearer_token("Bearer a b"), None);
        assert_eq!(bearer_token("Bearer"), None);
    }
}
