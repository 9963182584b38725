//! パブリックコメント手続 as pages, feeds and calendars, made of GraphQL's answers.

mod calendar;
mod cards;
mod case;
mod feed;
mod model;
mod result;
mod words;

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{Path, State},
    http::Response,
    routing::get,
};
use domain::ids::CaseId;

pub(crate) use words::PublicCommentWords;

use crate::{
    http::ApiError,
    pages::{Reading, Site, sitemap::Listed},
};

/// The pages of the institution.
pub(crate) fn router() -> Router<Arc<Site>> {
    Router::new()
        .route("/", get(home))
        .route("/cases", get(list))
        .route("/cases/{id}", get(one))
        .route("/cases/{id}/submit", get(submit))
        .route("/cases/{id}/result", get(outcome))
        .route("/feed.atom", get(feed_of_all))
        .route("/cases/{id}/feed.atom", get(feed_of_one))
        .route("/calendar.ics", get(calendar_of_all))
        .route("/cases/{id}/calendar.ics", get(calendar_of_one))
}

/// What search engines should know of.
pub(crate) async fn listed(site: &Site, reading: &Reading) -> Result<Vec<Listed>, ApiError> {
    cards::listed(site, reading).await
}

/// An address whose id is none leads nowhere.
fn known(id: &str) -> Result<&str, ApiError> {
    id.parse::<CaseId>()
        .map(|_| id)
        .map_err(|_| ApiError::NotFound)
}

async fn home(State(site): State<Arc<Site>>, reading: Reading) -> Response<Body> {
    site.page(&reading, &[], cards::home(&site, &reading)).await
}

async fn list(State(site): State<Arc<Site>>, reading: Reading) -> Response<Body> {
    let by = ["q", "kind", "state", "after"];
    site.page(&reading, &by, cards::list(&site, &reading)).await
}

async fn one(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    reading: Reading,
) -> Response<Body> {
    site.page(&reading, &[], case::page(&site, &reading, &id))
        .await
}

async fn submit(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    reading: Reading,
) -> Response<Body> {
    site.page(&reading, &[], case::submit(&site, &reading, &id))
        .await
}

async fn outcome(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    reading: Reading,
) -> Response<Body> {
    site.page(&reading, &["after"], result::page(&site, &reading, &id))
        .await
}

const ATOM: &str = "application/atom+xml; charset=utf-8";
const CALENDAR: &str = "text/calendar; charset=utf-8";

async fn feed_of_all(State(site): State<Arc<Site>>, reading: Reading) -> Response<Body> {
    let reading = reading.by_program();
    site.file(&reading, ATOM, feed::of_all(&site, &reading))
        .await
}

async fn feed_of_one(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    reading: Reading,
) -> Response<Body> {
    let reading = reading.by_program();
    site.file(&reading, ATOM, feed::of_one(&site, &reading, &id))
        .await
}

async fn calendar_of_all(State(site): State<Arc<Site>>, reading: Reading) -> Response<Body> {
    let reading = reading.by_program();
    site.file(&reading, CALENDAR, calendar::of_all(&site, &reading))
        .await
}

async fn calendar_of_one(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    reading: Reading,
) -> Response<Body> {
    let reading = reading.by_program();
    site.file(&reading, CALENDAR, calendar::of_one(&site, &reading, &id))
        .await
}
