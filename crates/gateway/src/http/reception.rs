//! Every request passes here first: it gets its number and its moment, and
//! whoever shows a token is recognised.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    body::Body,
    extract::{ConnectInfo, Request, State},
    http::{HeaderName, HeaderValue, Response, request::Parts},
    middleware::Next,
};

use super::{
    ApiError, Authenticate, Caller, Clock, Language, MediaType, RequestId, StatusPolicy,
    answer::Refused,
    caller::{bearer, bearer_token},
};

/// The header with the number of a request.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// What is needed to know who calls.
#[derive(Clone)]
pub struct Reception {
    clock: Clock,
    authenticate: Arc<dyn Authenticate>,
    proxies: Arc<[IpAddr]>,
}

impl Reception {
    /// With a clock and a way to read tokens.
    pub fn new(clock: Clock, authenticate: Arc<dyn Authenticate>) -> Self {
        Self {
            clock,
            authenticate,
            proxies: Arc::new([]),
        }
    }

    /// Believes these proxies when they say whom they speak for.
    #[must_use]
    pub fn behind(mut self, proxies: impl Into<Arc<[IpAddr]>>) -> Self {
        self.proxies = proxies.into();
        self
    }

    /// Who calls.
    ///
    /// # Errors
    /// If the request shows a token that is not valid.
    pub async fn caller(&self, parts: &Parts, request_id: RequestId) -> Result<Caller, ApiError> {
        let mut caller = self.stranger(parts, request_id);
        if let Some(token) = bearer(parts)? {
            caller.identity = Some(self.authenticate.authenticate(token).await?);
        }
        Ok(caller)
    }

    /// The same caller, with the token that a WebSocket shows in its first
    /// message.
    pub(super) async fn recognised(
        &self,
        caller: &Caller,
        authorization: &str,
    ) -> Result<Caller, ApiError> {
        let token = bearer_token(authorization).ok_or_else(ApiError::unauthenticated)?;
        let mut caller = self.again(caller);
        caller.identity = Some(self.authenticate.authenticate(token).await?);
        Ok(caller)
    }

    /// The same caller, now.
    pub(super) fn again(&self, caller: &Caller) -> Caller {
        Caller {
            now: (self.clock)(),
            ..caller.clone()
        }
    }

    fn stranger(&self, parts: &Parts, request_id: RequestId) -> Caller {
        Caller {
            now: (self.clock)(),
            identity: None,
            language: Language::of(&parts.headers),
            request_id,
            address: self.address(parts),
        }
    }

    /// The address of the client: of the connection, unless that is one of our
    /// proxies; then the last that is not.
    fn address(&self, parts: &Parts) -> Option<IpAddr> {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|ConnectInfo(address)| address.ip().to_canonical())?;
        if !self.proxies.contains(&peer) {
            return Some(peer);
        }
        let forwarded: Vec<&str> = parts
            .headers
            .get_all(FORWARDED_FOR)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .collect();
        forwarded
            .iter()
            .rev()
            .map_while(|address| address.trim().parse::<IpAddr>().ok())
            .map(|address| address.to_canonical())
            .find(|address| !self.proxies.contains(address))
            .or(Some(peer))
    }
}

/// Middleware that puts the [`Caller`] into the request, and its number into
/// the answer.
pub async fn receive(
    State(reception): State<Reception>,
    request: Request,
    next: Next,
) -> Response<Body> {
    let (mut parts, body) = request.into_parts();
    let request_id = parts
        .headers
        .get(REQUEST_ID)
        .and_then(RequestId::given)
        .unwrap_or_else(RequestId::fresh);
    let mut response = match reception.caller(&parts, request_id.clone()).await {
        Ok(caller) => {
            parts.extensions.insert(caller);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(error) => Refused::by_code(error).answer(
            MediaType::accepted(&parts.headers).unwrap_or(MediaType::Json),
            StatusPolicy::default(),
            Language::of(&parts.headers),
            &request_id,
        ),
    };
    if let Ok(value) = HeaderValue::from_str(request_id.as_str()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Nobody;

    fn address(peer: &str, forwarded: &[&str]) -> Option<String> {
        let mut request = axum::http::Request::new(());
        for value in forwarded {
            request
                .headers_mut()
                .append(FORWARDED_FOR, value.parse().unwrap());
        }
        request
            .extensions_mut()
            .insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        let clock: Clock = Arc::new(|| jiff::Timestamp::UNIX_EPOCH);
        Reception::new(clock, Arc::new(Nobody))
            .behind(["10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()])
            .address(&request.into_parts().0)
            .map(|address| address.to_string())
    }

    #[test]
    fn only_our_proxies_may_say_whom_they_speak_for() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(address("192.0.2.1", &["198.51.100.7"]), some("192.0.2.1"));
        assert_eq!(address("10.0.0.1", &["198.51.100.7"]), some("198.51.100.7"));
        assert_eq!(
            address("10.0.0.1", &["6.6.6.6, 198.51.100.7", "10.0.0.2"]),
            some("198.51.100.7")
        );
        assert_eq!(address("10.0.0.1", &[]), some("10.0.0.1"));
        assert_eq!(address("10.0.0.1", &["nonsense"]), some("10.0.0.1"));
        assert_eq!(
            address("::ffff:10.0.0.1", &["2001:db8::1"]),
            some("2001:db8::1")
        );
    }
}
