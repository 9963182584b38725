//! The public pages without JavaScript, feeds and calendars: made on the server
//! of what GraphQL answers to anybody, so nothing can stand here that could not
//! be asked there. Where JavaScript runs, the web client takes their place.

pub(crate) mod dates;
mod help;
pub(crate) mod layout;
pub(crate) mod locale;
mod missing;
pub(crate) mod reading;
mod receipts;
mod said;
mod shell;
mod site;
pub(crate) mod sitemap;
pub(crate) mod text;
pub(crate) mod words;

use std::sync::Arc;

use axum::{Router, middleware::from_fn_with_state, routing::get};

pub(crate) use layout::Page;
pub(crate) use reading::Reading;
pub use shell::{Client, ShellError};
pub use site::Site;

/// The pages of a city. The middleware [`receive`](crate::http::receive) must
/// lie around them.
pub fn pages_router(site: Arc<Site>) -> Router {
    crate::public_comment::pages::router()
        .route("/receipts", get(receipts::form))
        .route("/receipts/{position}", get(receipts::check))
        .route("/help", get(help::questions))
        .route("/accessibility", get(help::accessibility))
        .route("/robots.txt", get(sitemap::robots))
        .route("/sitemap.xml", get(sitemap::all))
        .with_state(site)
}

/// Puts the client's screens below `/log/` beside the files of the log, which
/// `routes` serve.
pub fn with_screens(routes: Router, site: Arc<Site>) -> Router {
    routes.layer(from_fn_with_state(site, missing::screens))
}

/// What answers where no route and no file does: the client's own screens, and
/// else a page that says that there is nothing.
pub fn missing_router(site: Arc<Site>) -> Router {
    Router::new()
        .fallback(get(missing::missing))
        .with_state(site)
}
