//! The web client: files that were built from `web/`.

use std::path::Path;

use crate::Config;
use axum::{
    Json, Router,
    http::{HeaderValue, header},
    routing::get,
};
use gateway::{
    http::PAGE_POLICY,
    identity::demo::{self, DemoIssuer},
};
use serde::Serialize;
use tower::ServiceBuilder;
use tower_http::{
    services::{ServeDir, ServeFile},
    set_header::SetResponseHeaderLayer,
};

/// Where the client sends people to sign in.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SignIn {
    issuer: String,
    client_id: String,
}

/// The provider that the client signs in with: the demonstration's, else the
/// first of the configuration.
pub(crate) fn sign_in(config: &Config, demo: Option<&DemoIssuer>) -> SignIn {
    let configured = config.identity.first();
    let (issuer, client_id) = match (demo, configured) {
        (Some(demo), _) => (demo.issuer().to_owned(), demo::CLIENT_ID.to_owned()),
        (None, Some(settings)) => (settings.issuer.clone(), settings.audience.clone()),
        (None, None) => (String::new(), String::new()),
    };
    SignIn { issuer, client_id }
}

/// Serves the client from a folder. Whatever is not a file of it is a page of
/// the client, which reads the address itself.
pub(crate) fn client(folder: &Path, sign_in: SignIn) -> Router {
    let unchanging = HeaderValue::from_static("public, max-age=31536000, immutable");
    let asking = HeaderValue::from_static("no-cache");
    // Built files have their hash in their names; pages have not.
    let assets = ServiceBuilder::new()
        .layer(SetResponseHeaderLayer::overriding(
            header::CACHE_CONTROL,
            unchanging,
        ))
        .service(ServeDir::new(folder.join("assets")).precompressed_gzip());
    let pages = ServiceBuilder::new()
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            asking,
        ))
        .layer(SetResponseHeaderLayer::overriding(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(PAGE_POLICY),
        ))
        .service(
            ServeDir::new(folder)
                .append_index_html_on_directories(true)
                .fallback(ServeFile::new(folder.join("index.html"))),
        );
    let staff = ServiceBuilder::new()
        .layer(SetResponseHeaderLayer::overriding(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(PAGE_POLICY),
        ))
        .service(ServeFile::new(folder.join("staff.html")));
    Router::new()
        .nest_service("/assets", assets)
        .route_service("/staff", staff.clone())
        .route_service("/staff/{*page}", staff)
        .route(
            "/config.json",
            get(move || std::future::ready(Json(sign_in))),
        )
        .fallback_service(pages)
}
