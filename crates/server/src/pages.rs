//! The public pages, and the web client: files that were built from `web/`.

use std::{path::Path, sync::Arc};

use crate::{City, Config};
use axum::{
    Json, Router,
    http::{HeaderValue, header},
    routing::get,
};
use gateway::{
    http::{CLIENT_FILES, PAGE_POLICY},
    identity::demo::{self, DemoIssuer},
    pages::{Client, Site, missing_router, pages_router},
};
use serde::Serialize;
use tower::ServiceBuilder;
use tower_http::{
    services::{ServeDir, ServeFile},
    set_header::SetResponseHeaderLayer,
};

/// What the client has to know of this server before it asks anything: where it
/// sends people to sign in, and the largest file, in bytes.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SignIn {
    issuer: String,
    client_id: String,
    largest_file: u64,
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
    SignIn {
        issuer,
        client_id,
        largest_file: config.files.largest_bytes,
    }
}

/// The pages of a city that the public finds at `address`, in the frame of the
/// client in `folder`.
///
/// # Errors
/// If the client is not built, or `address` is no origin.
pub fn site(city: &City, folder: &Path, address: &str) -> anyhow::Result<Arc<Site>> {
    anyhow::ensure!(
        is_origin(address),
        "address: {address:?} is not an origin such as https://hiroba.city.example"
    );
    let client = Client::read(folder)?;
    let (desk, executor) = (city.desk.clone(), city.executor.clone());
    Ok(Arc::new(Site::new(desk, executor, client, address)))
}

/// Whether an address is that of a site as a whole.
fn is_origin(address: &str) -> bool {
    let host = address
        .strip_prefix("https://")
        .or_else(|| address.strip_prefix("http://"));
    let host = host.map(|host| host.strip_suffix('/').unwrap_or(host));
    let of_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte);
    host.is_some_and(|host| !host.is_empty() && host.bytes().all(of_host))
}

/// Serves the public pages and the client's files. Where there is neither, the
/// page says so, or the client shows a screen of its own.
pub(crate) fn client(folder: &Path, site: Arc<Site>, sign_in: SignIn) -> Router {
    let unchanging = HeaderValue::from_static("public, max-age=31536000, immutable");
    let asking = HeaderValue::from_static("no-cache");
    // Built files have their hash in their names; pages have not.
    let assets = ServiceBuilder::new()
        .layer(SetResponseHeaderLayer::overriding(
            header::CACHE_CONTROL,
            unchanging,
        ))
        .service(ServeDir::new(folder.join("assets")).precompressed_gzip());
    let files = ServiceBuilder::new()
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
                .append_index_html_on_directories(false)
                .fallback(missing_router(Arc::clone(&site))),
        );
    let staff = ServiceBuilder::new()
        .layer(SetResponseHeaderLayer::overriding(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(PAGE_POLICY),
        ))
        .service(ServeFile::new(folder.join("staff.html")));
    pages_router(site)
        .nest_service(CLIENT_FILES, assets)
        .route_service("/staff", staff.clone())
        .route_service("/staff/{*page}", staff)
        .route(
            "/config.json",
            get(move || std::future::ready(Json(sign_in))),
        )
        .fallback_service(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_that_of_a_site() {
        for good in [
            "https://hiroba.city.example",
            "https://hiroba.city.example/",
            "http://127.0.0.1:8080",
            "http://[::1]:8080",
        ] {
            assert!(is_origin(good), "{good}");
        }
        for bad in [
            "",
            "hiroba.city.example",
            "https://",
            "https://city.example/hiroba",
            "ftp://city.example",
            "https://city.example\"><script>",
            "https://city.example?a",
        ] {
            assert!(!is_origin(bad), "{bad}");
        }
    }
}
