//! For search engines: where to look, and where not.

use std::sync::Arc;

use axum::{body::Body, extract::State, http::Response};
use jiff::Timestamp;
use maud::{PreEscaped, html};

use super::{Reading, Site, locale::Locale, reading::address};

/// A page that search engines should know of.
pub(crate) struct Listed {
    path: String,
    changed: Option<Timestamp>,
}

impl Listed {
    pub(crate) fn new(path: impl Into<String>, changed: Option<Timestamp>) -> Self {
        Self {
            path: path.into(),
            changed,
        }
    }
}

/// Addresses that are of no use to strangers, or made for programs.
const CLOSED: [&str; 4] = ["/staff", "/me", "/graphql", "/sign-in"];

pub(super) async fn robots(State(site): State<Arc<Site>>, reading: Reading) -> Response<Body> {
    let making = async {
        let closed: Vec<_> = CLOSED
            .iter()
            .map(|path| format!("Disallow: {path}\n"))
            .collect();
        Ok(format!(
            "User-agent: *\n{}\nSitemap: {}/sitemap.xml\n",
            closed.concat(),
            site.address
        ))
    };
    site.file(&reading, "text/plain; charset=utf-8", making)
        .await
}

pub(super) async fn all(State(site): State<Arc<Site>>, reading: Reading) -> Response<Body> {
    let making = async {
        let standing = ["/", "/cases", "/receipts", "/help", "/accessibility"];
        let mut listed: Vec<_> = standing
            .iter()
            .map(|path| Listed::new(*path, None))
            .collect();
        listed.extend(crate::public_comment::pages::listed(&site, &reading).await?);
        let absolute = |path: &str, locale: Locale| {
            let lang = (locale != Locale::Ja).then(|| ("lang", locale.name()));
            format!("{}{}", site.address, address(path, lang))
        };
        let map = html! {
            (PreEscaped("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"))
            urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml" {
                @for page in &listed {
                    @for own in Locale::ALL {
                        url {
                            loc { (absolute(&page.path, own)) }
                            @if let Some(changed) = page.changed { lastmod { (format!("{changed:.3}")) } }
                            @for locale in Locale::ALL {
                                xhtml:link rel="alternate" hreflang=(locale.tag()) href=(absolute(&page.path, locale)) {}
                            }
                        }
                    }
                }
            }
            "\n"
        };
        Ok(map.into_string())
    };
    site.file(&reading, "application/xml; charset=utf-8", making)
        .await
}
