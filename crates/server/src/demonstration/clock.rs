//! The demonstration's clock, and the page on which anybody turns its calendar.

use std::sync::{Arc, Mutex, PoisonError};

use application::{Clock, SystemClock};
use axum::{
    Form, Router,
    extract::State,
    http::{StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use domain::LegalDate;
use gateway::http::PAGE_POLICY;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

/// From before the first day of the demonstration to its present.
pub(super) const BEFORE_EVERYTHING: SignedDuration = SignedDuration::from_hours(24 * 130);

/// The furthest that the calendar is turned at once.
const MOST_DAYS: i64 = 400;

/// A clock that can stand still in the past, since a case that is decided today
/// was opened weeks ago, and that can be turned forward, since nobody waits
/// thirty days to see what follows a deadline. It never goes backwards on
/// anybody's wish. A restart takes it back to the present; what was recorded
/// later stays as it is.
#[derive(Debug, Default)]
pub(crate) struct DemonstrationClock(Mutex<Hands>);

#[derive(Clone, Copy, Debug, Default)]
struct Hands {
    stopped: Option<Timestamp>,
    ahead: SignedDuration,
}

impl Clock for DemonstrationClock {
    fn now(&self) -> Timestamp {
        let hands = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        hands.stopped.unwrap_or_else(|| {
            SystemClock
                .now()
                .saturating_add(hands.ahead)
                .unwrap_or(Timestamp::MAX)
        })
    }
}

impl DemonstrationClock {
    /// Goes back to before everything that the demonstration tells. Only while
    /// it is being told: what happens now must not be recorded in between.
    pub(crate) fn go_back(&self) {
        self.set(Some(SystemClock.now() - BEFORE_EVERYTHING));
    }

    pub(super) fn set(&self, moment: Option<Timestamp>) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .stopped = moment;
    }

    /// Turns the calendar forward by whole days.
    fn turn(&self, days: i64) {
        let mut hands = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        hands.ahead = hands
            .ahead
            .saturating_add(SignedDuration::from_hours(24 * days));
    }
}

/// `/demo/clock`: the day of the demonstration, and a form that turns it.
pub(crate) fn router(clock: Arc<DemonstrationClock>) -> Router {
    Router::new()
        .route("/demo/clock", get(day).post(turned))
        .with_state(clock)
}

async fn day(State(clock): State<Arc<DemonstrationClock>>) -> Response {
    page(StatusCode::OK, &clock, "")
}

#[derive(Deserialize)]
struct Turn {
    days: i64,
}

async fn turned(
    State(clock): State<Arc<DemonstrationClock>>,
    Form(Turn { days }): Form<Turn>,
) -> Response {
    if !(1..=MOST_DAYS).contains(&days) {
        let why = format!(
            r#"<p role="alert">1日から{MOST_DAYS}日までにしてください。<span lang="en">Choose 1 to {MOST_DAYS} days.</span></p>"#
        );
        return page(StatusCode::BAD_REQUEST, &clock, &why);
    }
    clock.turn(days);
    tracing::warn!(days, "DEMONSTRATION: the calendar was turned forward");
    Redirect::to("/demo/clock").into_response()
}

fn page(status: StatusCode, clock: &DemonstrationClock, notice: &str) -> Response {
    let today = LegalDate::of(clock.now());
    let body = format!(
        r#"<!doctype html>
<html lang="ja">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>デモの暦 Demonstration calendar</title>
<link rel="stylesheet" href="/demo/oidc/style.css">
<link rel="icon" href="/icon.svg">
</head>
<body>
<main>
<p role="note" class="loud"><strong>これはデモです。</strong>だれでも暦を進められます。戻すことはできません。<br><strong lang="en">This is a demonstration.</strong> <span lang="en">Anybody can turn the calendar forward. It cannot be turned back.</span></p>
<h1>デモの暦 <span lang="en">Demonstration calendar</span></h1>
{notice}<p>デモの今日：<time datetime="{today}">{today}</time></p>
<form method="post" action="/demo/clock">
<p><label>進める日数 <span lang="en">Days forward</span> <input type="number" name="days" min="1" max="{MOST_DAYS}" value="1" required></label></p>
<button>暦を進める <span lang="en">Turn the calendar</span></button>
</form>
</main>
</body>
</html>
"#
    );
    (
        status,
        [
            (header::CONTENT_SECURITY_POLICY, PAGE_POLICY),
            (header::CACHE_CONTROL, "no-store"),
        ],
        Html(body),
    )
        .into_response()
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::Request};
    use tower::ServiceExt;

    use super::*;

    async fn post(clock: &Arc<DemonstrationClock>, days: &str) -> StatusCode {
        let request = Request::post("/demo/clock")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("days={days}")))
            .expect("a request");
        router(Arc::clone(clock))
            .oneshot(request)
            .await
            .expect("an answer")
            .status()
    }

    #[tokio::test]
    async fn the_calendar_is_turned_forward_and_never_back() {
        let clock = Arc::new(DemonstrationClock::default());
        let before = clock.now();
        assert_eq!(post(&clock, "28").await, StatusCode::SEE_OTHER);
        let after = clock.now();
        assert!(after.duration_since(before) >= SignedDuration::from_hours(24 * 28));
        for wrong in ["-1", "0", "401", "9223372036854775807"] {
            assert_eq!(
                post(&clock, wrong).await,
                StatusCode::BAD_REQUEST,
                "{wrong}"
            );
        }
        assert!(clock.now().duration_since(after) < SignedDuration::from_hours(24));
    }
}
