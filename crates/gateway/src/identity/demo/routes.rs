//! The endpoints of the issuer: OpenID Connect with authorization codes and
//! PKCE, as a browser uses it.

use std::sync::PoisonError;

use axum::{
    Form, Json, Router,
    extract::{Query, State},
    http::{HeaderValue, StatusCode, Uri, header},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::json;

use super::{CLIENT_ID, DemoIssuer, PATH, Persona, TOKEN_VALIDITY, grants::Grant, page};
use crate::http::PAGE_POLICY;

pub(super) fn router(issuer: DemoIssuer) -> Router {
    let routes = Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route(
            "/jwks",
            get(async |State(issuer): State<DemoIssuer>| Json(issuer.jwks())),
        )
        .route("/authorize", get(choose).post(chosen))
        .route(
            "/style.css",
            get(async || {
                (
                    [(header::CONTENT_TYPE, "text/css; charset=utf-8")],
                    page::STYLE,
                )
            }),
        )
        .route("/token", post(token))
        .with_state(issuer);
    Router::new().nest(PATH, routes)
}

async fn discovery(State(issuer): State<DemoIssuer>) -> Json<serde_json::Value> {
    let address = &issuer.0.issuer;
    Json(json!({
        "issuer": address,
        "authorization_endpoint": format!("{address}/authorize"),
        "token_endpoint": format!("{address}/token"),
        "jwks_uri": format!("{address}/jwks"),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", PERSONA_GRANT],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "scopes_supported": ["openid", "profile"],
        "claims_supported": ["sub", "name", "roles", "ward"],
    }))
}

/// For scripts: a token of a persona without a browser.
const PERSONA_GRANT: &str = "urn:hiroba:persona";

#[derive(Deserialize)]
struct Authorization {
    response_type: Option<String>,
    client_id: Option<String>,
    redirect_uri: Option<String>,
    state: Option<String>,
    nonce: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
    persona: Option<String>,
}

/// An authorization request that can be answered.
struct Checked {
    redirect_uri: String,
    origin: String,
    challenge: String,
}

/// Why an authorization request cannot be answered. The client is not told by
/// a redirect: where it leads is part of what is wrong.
struct Refusal {
    ja: &'static str,
    en: &'static str,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let page = page::refused(self.ja, self.en);
        (StatusCode::BAD_REQUEST, Html(page)).into_response()
    }
}

impl Authorization {
    fn check(&self, issuer: &DemoIssuer) -> Result<Checked, Refusal> {
        let refuse = |ja, en| Err(Refusal { ja, en });
        if self.client_id.as_deref() != Some(CLIENT_ID) {
            return refuse(
                "client_idはhiroba-demoにしてください",
                "client_id must be hiroba-demo",
            );
        }
        let redirect_uri = self.redirect_uri.as_deref().unwrap_or_default();
        let Some(origin) = allowed_origin(redirect_uri, issuer) else {
            return refuse(
                "redirect_uriはこのサーバーかこの端末の中のアドレスにしてください",
                "redirect_uri must lead to this server or this machine",
            );
        };
        if self.response_type.as_deref() != Some("code") {
            return refuse(
                "response_typeはcodeにしてください",
                "response_type must be code",
            );
        }
        match (
            self.code_challenge.as_deref(),
            self.code_challenge_method.as_deref(),
        ) {
            (Some(challenge), Some("S256")) if challenge.len() == 43 => Ok(Checked {
                redirect_uri: redirect_uri.to_owned(),
                origin,
                challenge: challenge.to_owned(),
            }),
            _ => refuse(
                "PKCE（code_challenge_method=S256）が必要です",
                "PKCE with code_challenge_method=S256 is needed",
            ),
        }
    }
}

/// The origin of an address that codes may be sent to: this server's own, or
/// one on this machine.
fn allowed_origin(redirect_uri: &str, issuer: &DemoIssuer) -> Option<String> {
    let origin_of = |address: &str| {
        let uri: Uri = address.parse().ok()?;
        let authority = uri.authority()?.as_str();
        let sound = !authority.contains('@') && matches!(uri.scheme_str(), Some("http" | "https"));
        let host = uri.host()?.to_owned();
        sound.then(|| {
            (
                format!("{}://{authority}", uri.scheme_str().unwrap_or_default()),
                host,
            )
        })
    };
    let (origin, host) = origin_of(redirect_uri)?;
    let ours = origin_of(&issuer.0.issuer).is_some_and(|(ours, _)| ours == origin);
    (ours || matches!(host.as_str(), "localhost" | "127.0.0.1" | "[::1]")).then_some(origin)
}

async fn choose(State(issuer): State<DemoIssuer>, Query(asked): Query<Authorization>) -> Response {
    let checked = match asked.check(&issuer) {
        Ok(checked) => checked,
        Err(refusal) => return refusal.into_response(),
    };
    let fields: Vec<(&str, &str)> = [
        ("response_type", &asked.response_type),
        ("client_id", &asked.client_id),
        ("redirect_uri", &asked.redirect_uri),
        ("state", &asked.state),
        ("nonce", &asked.nonce),
        ("code_challenge", &asked.code_challenge),
        ("code_challenge_method", &asked.code_challenge_method),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value.as_deref()?)))
    .collect();
    let mut response = Html(page::choose(&fields)).into_response();
    // The form leads back to the client, whose origin the policy must name.
    let policy = PAGE_POLICY.replace(
        "form-action 'self'",
        &format!("form-action 'self' {}", checked.origin),
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response
            .headers_mut()
            .insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

async fn chosen(State(issuer): State<DemoIssuer>, Form(asked): Form<Authorization>) -> Response {
    let checked = match asked.check(&issuer) {
        Ok(checked) => checked,
        Err(refusal) => return refusal.into_response(),
    };
    let Some(persona) = asked.persona.as_deref().and_then(Persona::named) else {
        let (ja, en) = ("その人はいません", "there is no such persona");
        return Refusal { ja, en }.into_response();
    };
    let grant = Grant {
        persona,
        redirect_uri: checked.redirect_uri.clone(),
        challenge: checked.challenge,
        nonce: asked.nonce,
        given: (issuer.0.clock)(),
    };
    let given = issuer
        .0
        .grants
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .give(grant);
    let Ok(code) = given else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let mut target = checked.redirect_uri;
    target.push(if target.contains('?') { '&' } else { '?' });
    target.push_str("code=");
    target.push_str(&code);
    if let Some(state) = asked.state {
        target.push_str("&state=");
        target.push_str(&percent_encoded(&state));
    }
    match HeaderValue::from_str(&target) {
        Ok(target) => (StatusCode::SEE_OTHER, [(header::LOCATION, target)]).into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

#[derive(Deserialize)]
struct TokenRequest {
    grant_type: String,
    client_id: Option<String>,
    code: Option<String>,
    redirect_uri: Option<String>,
    code_verifier: Option<String>,
    persona: Option<String>,
}

async fn token(State(issuer): State<DemoIssuer>, Form(asked): Form<TokenRequest>) -> Response {
    let refuse =
        |error: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response();
    if asked.client_id.as_deref() != Some(CLIENT_ID) {
        return refuse("invalid_client");
    }
    let token = match asked.grant_type.as_str() {
        "authorization_code" => {
            let (Some(code), Some(redirect_uri), Some(verifier)) =
                (asked.code, asked.redirect_uri, asked.code_verifier)
            else {
                return refuse("invalid_request");
            };
            let grant = issuer
                .0
                .grants
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .exchange(&code, &redirect_uri, &verifier, (issuer.0.clock)());
            match grant {
                Some(grant) => issuer.sign(grant.persona, grant.nonce.as_deref()),
                None => return refuse("invalid_grant"),
            }
        }
        PERSONA_GRANT => match asked.persona.as_deref().and_then(Persona::named) {
            Some(persona) => issuer.token(persona),
            None => return refuse("invalid_grant"),
        },
        _ => return refuse("unsupported_grant_type"),
    };
    let body = json!({
        "access_token": token,
        "id_token": token,
        "token_type": "Bearer",
        "expires_in": TOKEN_VALIDITY.as_secs(),
    });
    ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}
