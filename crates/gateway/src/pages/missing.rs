//! Addresses that are no page of the server's.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{FromRequestParts, Request, State},
    http::{Response, StatusCode},
    middleware::Next,
    response::IntoResponse,
};

use maud::html;

use super::{Page, Reading, Site, layout::notice_page, words::Words};
use crate::http::ApiError;

/// Whether the client has a screen at this address that only it can show.
fn is_screen(path: &str) -> bool {
    let mut parts = path.trim_end_matches('/').split('/').skip(1);
    let (first, second) = (parts.next(), parts.next());
    let more = parts.count();
    match (first, second) {
        (Some("me" | "log" | "statistics"), None) => true,
        (Some("me"), Some("submissions")) | (Some("log"), Some("objects")) => more > 0,
        (Some("sign-in"), Some("return")) => more == 0,
        (Some("log"), Some(screen)) => {
            let position = screen.bytes().all(|byte| byte.is_ascii_digit());
            more == 0 && (position || ["verify", "time", "statistics"].contains(&screen))
        }
        _ => false,
    }
}

pub(super) async fn missing(State(site): State<Arc<Site>>, reading: Reading) -> Response<Body> {
    let said = Words::said(reading.locale);
    let making = async {
        if !is_screen(&reading.path) {
            return Err(ApiError::NotFound);
        }
        let (title, text) = (said.needs_script_title, said.needs_script);
        let page = notice_page(StatusCode::OK, title, text, None, &reading);
        // Whoever has JavaScript sees nothing of this while the client loads.
        Ok(Page {
            main: html! { noscript { (page.main) } },
            title: Words::of(reading.locale).frame.site.clone(),
            ..page
        })
    };
    site.page(&reading, &[], making).await
}

/// Middleware: the client has screens beside the files of the log.
pub(super) async fn screens(
    State(site): State<Arc<Site>>,
    request: Request,
    next: Next,
) -> Response<Body> {
    let path = request.uri().path();
    if !path.starts_with("/log/") || !is_screen(path) {
        return next.run(request).await;
    }
    let (mut parts, _) = request.into_parts();
    match Reading::from_request_parts(&mut parts, &()).await {
        Ok(reading) => missing(State(site), reading).await,
        Err(status) => status.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_screens_of_the_client_are_known() {
        for screen in [
            "/me",
            "/me/",
            "/me/submissions/submission_1",
            "/log",
            "/log/12",
            "/log/verify",
            "/log/objects/public_comment%2Fcase_1",
            "/sign-in/return",
        ] {
            assert!(is_screen(screen), "{screen}");
        }
        for other in [
            "/",
            "/mere",
            "/me/x",
            "/log/objects",
            "/log/checkpoint",
            "/log/checkpoint.12",
            "/log/12/x",
            "/log/receipt/12",
            "/log/tile/0/nonsense",
        ] {
            assert!(!is_screen(other), "{other}");
        }
    }
}
