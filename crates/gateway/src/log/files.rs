//! The sealed log over HTTP: C2SP tlog-tiles below `/log`, and beside them
//! receipts, openings and digests. An export has the same names.
//!
//! ```text
//! /log/checkpoint                     the newest checkpoint that the quorum has
//!                                     cosigned; the newest, if there is none
//! /log/checkpoint/<size>              an earlier one that was given out
//! /log/tile/<L>/<N>[.p/<W>]           hashes
//! /log/tile/entries/<N>[.p/<W>]       leaves
//! /log/receipt/<position>             a receipt, as a .tlog-proof
//! /log/opening/<position>/<field>     what opens a published text
//! /log/opening/<position>/<field>.bin the bytes of a published file
//! /log/digests[/<size>]               digests of the read models
//! /log/policy                         who has to have cosigned
//! ```

use std::{str::FromStr, sync::Arc, time::Duration};

use axum::{
    Json, Router,
    body::Body,
    extract::{Path, State},
    http::{HeaderValue, Response, StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use event_store::{LogSize, Position};
use read_models::{City, Moment, Reader, personal_data::Erasure};
use sealer::{Sealer, SealerError};
use serde_json::json;
use transparency::{Tile, tile::Kind};
use vault::{Opening, opening};

use super::openings::{self, Content, Published, Shown};
use crate::{
    Desk,
    city::not_as_of,
    http::{ApiError, seconds},
};

const TEXT: &str = "text/plain; charset=utf-8";
const BYTES: &str = "application/octet-stream";
const JSON: &str = "application/json";

/// What changes with the next checkpoint.
const FRESH: &str = "public, max-age=1";
/// What never changes.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// What may have to be erased: nobody else keeps it for us.
const UNKEPT: &str = "no-store";

/// The routes of a sealed log, and of the policy under which witnesses cosign
/// it.
pub fn log_router(desk: Desk, sealer: Arc<Sealer>, policy: Option<String>) -> Router {
    let files = Files {
        desk,
        sealer,
        policy,
    };
    Router::new()
        .route("/log/{*path}", get(serve))
        .with_state(files)
}

#[derive(Clone)]
struct Files {
    desk: Desk,
    sealer: Arc<Sealer>,
    /// A tlog-policy, as the city wrote it.
    policy: Option<String>,
}

/// What a path below `/log/` asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Asked {
    Checkpoint,
    CheckpointOf(u64),
    Tile(Tile),
    Receipt(Position),
    Opening(Position, String),
    Bytes(Position, String),
    Digests,
    DigestsOf(u64),
    Policy,
}

impl FromStr for Asked {
    type Err = ();

    fn from_str(path: &str) -> Result<Self, ()> {
        if path.starts_with("tile/") {
            return path.parse().map(Self::Tile).map_err(|_| ());
        }
        match path {
            "checkpoint" => return Ok(Self::Checkpoint),
            "digests" | "digests.json" => return Ok(Self::Digests),
            "policy" => return Ok(Self::Policy),
            _ => (),
        }
        let (kind, rest) = path.split_once(['/', '.']).ok_or(())?;
        let json = rest.strip_suffix(".json");
        match kind {
            "checkpoint" => number(rest).map(Self::CheckpointOf),
            "digests" => number(json.unwrap_or(rest)).map(Self::DigestsOf),
            "receipt" => {
                let position = rest.strip_suffix(".tlog-proof").unwrap_or(rest);
                number(position).map(|position| Self::Receipt(Position(position)))
            }
            "opening" | "openings" => {
                let (position, field) = json.unwrap_or(rest).split_once('/').ok_or(())?;
                let position = Position(number(position).ok_or(())?);
                Some(match field.strip_suffix(".bin") {
                    Some(field) if json.is_none() => Self::Bytes(position, field.to_owned()),
                    _ => Self::Opening(position, field.to_owned()),
                })
            }
            _ => None,
        }
        .ok_or(())
    }
}

/// A number in its one spelling.
fn number(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// Why there is no file.
enum Missing {
    /// There is none, or it may not be known that there is.
    NotFound,
    /// The text was erased.
    Erased(Position, Option<Erasure>),
    /// It is published, and cannot be shown, for this reason.
    Lost(String),
    /// Too many ask for what costs much: in a while.
    Later(Duration),
    /// Something is broken here.
    Broken(String),
}

impl From<SealerError> for Missing {
    fn from(error: SealerError) -> Self {
        match error {
            SealerError::NotYet(_) | SealerError::NoCheckpoint(_) => Self::NotFound,
            other => Self::Broken(other.to_string()),
        }
    }
}

impl From<ApiError> for Missing {
    fn from(error: ApiError) -> Self {
        match error {
            ApiError::RateLimited { retry_after } => Self::Later(retry_after),
            other => Self::Broken(format!("{other:?}")),
        }
    }
}

impl IntoResponse for Missing {
    fn into_response(self) -> Response<Body> {
        let (status, body) = match self {
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                json!({
                    "code": "NOT_FOUND",
                    "ja": "ありません。または、まだ公表されていません。",
                    "en": "there is no such file, or it is not published",
                }),
            ),
            Self::Erased(position, erasure) => (
                StatusCode::GONE,
                json!({
                    "code": "ERASED",
                    "position": position,
                    "erased_by": erasure.as_ref().map(|erasure| erasure.position),
                    "legal_basis": erasure.as_ref().map(|erasure| &erasure.legal_basis),
                    "decision_no": erasure.as_ref().map(|erasure| &erasure.decision_no),
                    "ja": "個人情報の消去により、本文は残っていません。記録の証明は有効です。",
                    "en": "the text was erased with the personal data of its author; the proofs stay valid",
                }),
            ),
            Self::Lost(reason) => {
                tracing::error!(%reason, "what is published cannot be shown");
                (
                    StatusCode::NOT_FOUND,
                    json!({
                        "code": "LOST",
                        "ja": "公表されたものですが、失われているため表示できません。",
                        "en": "this is published, but it is lost and cannot be shown",
                    }),
                )
            }
            Self::Later(retry_after) => {
                let later = [(header::RETRY_AFTER, seconds(retry_after).to_string())];
                let body = Json(json!({
                    "code": "RATE_LIMITED",
                    "ja": "混み合っています。少し待ってからもう一度お試しください。",
                    "en": "too many ask for this at once; try again in a while",
                }));
                return (StatusCode::TOO_MANY_REQUESTS, later, body).into_response();
            }
            Self::Broken(reason) => {
                tracing::error!(%reason, "a file of the log cannot be served");
                (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    json!({
                        "code": "INTERNAL",
                        "ja": "サーバーの不具合です。しばらくしてからもう一度お試しください。",
                        "en": "something is broken here; try again later",
                    }),
                )
            }
        };
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(UNKEPT));
        response
    }
}

async fn serve(
    State(files): State<Files>,
    Path(path): Path<String>,
) -> Result<Response<Body>, Missing> {
    let asked = path.parse().map_err(|()| Missing::NotFound)?;
    let sealer = &files.sealer;
    match asked {
        Asked::Checkpoint => Ok(file(TEXT, FRESH, sealer.witnessed().to_string())),
        // Witnesses may still add their lines to it.
        Asked::CheckpointOf(size) => Ok(file(TEXT, FRESH, sealer.checkpoint_at(size)?.to_string())),
        Asked::Tile(tile) => {
            let bytes = match tile.kind() {
                Kind::Entries => sealer.entries(tile.index(), tile.width()).await?,
                Kind::Hashes(level) => sealer.tile(level, tile.index(), tile.width())?,
            };
            Ok(file(BYTES, IMMUTABLE, bytes.ok_or(Missing::NotFound)?))
        }
        Asked::Receipt(position) => {
            let receipt = sealer.receipt(position)?.to_string();
            let mut response = file(TEXT, FRESH, receipt);
            let name = format!("attachment; filename=\"{position}.tlog-proof\"");
            if let Ok(name) = HeaderValue::from_str(&name) {
                let headers = response.headers_mut();
                headers.insert(header::CONTENT_DISPOSITION, name);
            }
            Ok(response)
        }
        Asked::Opening(position, field) => {
            let (_, opening) = files.opening(position, &field).await?;
            let json = opening::to_json(&opening);
            let json = json.map_err(|error| Missing::Broken(error.to_string()))?;
            Ok(file(JSON, UNKEPT, json))
        }
        Asked::Bytes(position, field) => files.bytes(position, &field).await,
        Asked::Digests => {
            // Those of the checkpoint that is shown.
            let size = sealer.witnessed().checkpoint().size();
            files.digests(size, FRESH).await
        }
        Asked::DigestsOf(size) => {
            // Only where somebody can hold a checkpoint to compare with.
            sealer.checkpoint_at(size)?;
            files.digests(size, IMMUTABLE).await
        }
        Asked::Policy => {
            let policy = files.policy.ok_or(Missing::NotFound)?;
            Ok(file(TEXT, FRESH, policy))
        }
    }
}

fn file(media: &'static str, cache: &'static str, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    response
}

impl Files {
    async fn opening(
        &self,
        position: Position,
        field: &str,
    ) -> Result<(Published, Opening), Missing> {
        let broken = |error: &dyn std::fmt::Display| Missing::Broken(error.to_string());
        let city = self.desk.city();
        let page = self.desk.store.read_all(position, 1).await;
        let page = page.map_err(|error| broken(&error))?;
        let recorded = page
            .first()
            .filter(|recorded| recorded.position == position && city.size.holds(position))
            .ok_or(Missing::NotFound)?;
        let published = openings::published(&self.desk, &city, recorded);
        let published = published
            .map_err(|error| broken(&error))?
            .into_iter()
            .find(|published| published.text.field == field)
            .ok_or(Missing::NotFound)?;
        match openings::show(&self.desk, &city, &published, recorded).await {
            Shown::Open(opening) => Ok((published, opening)),
            Shown::Erased(erasure) => Err(Missing::Erased(position, erasure)),
            Shown::Lost(reason) => Err(Missing::Lost(reason)),
        }
    }

    /// The bytes of a published file, as bytes: what they may be to a browser,
    /// `/files` says.
    async fn bytes(&self, position: Position, field: &str) -> Result<Response<Body>, Missing> {
        let (published, opening) = self.opening(position, field).await?;
        if published.file.is_none() {
            return Err(Missing::NotFound);
        }
        let lost = |error: &dyn std::fmt::Display| Missing::Lost(error.to_string());
        let content = Content::described(&opening).map_err(|error| lost(&error))?;
        let body = content.body(&self.desk).await;
        let body = body.map_err(|error| lost(&format_args!("{error:?}")))?;
        let mut response = file(BYTES, UNKEPT, body);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_LENGTH, content.size.into());
        let fixed = HeaderValue::from_static;
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, fixed("nosniff"));
        headers.insert(header::CONTENT_DISPOSITION, fixed("attachment"));
        Ok(response)
    }

    async fn digests(&self, size: u64, cache: &'static str) -> Result<Response<Body>, Missing> {
        let city = city_at(self.desk.reader.clone(), size);
        let digests = self.desk.digests.of(LogSize(size), city).await?;
        let json = serde_json::to_string(&*digests);
        let json = json.map_err(|error| Missing::Broken(error.to_string()))?;
        Ok(file(JSON, cache, json))
    }
}

/// The city at a size of the log.
async fn city_at(reader: Reader, size: u64) -> Result<Arc<City>, ApiError> {
    let Some(last) = size.checked_sub(1) else {
        return Ok(Arc::default());
    };
    let moment = Moment::Position(Position(last));
    let city = reader.as_of(moment).await;
    city.map_err(not_as_of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_comes_in_a_crowd_is_told_when_to_come_back() {
        let retry_after = Duration::from_millis(4_500);
        let told = Missing::from(ApiError::RateLimited { retry_after }).into_response();
        assert_eq!(told.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(told.headers()[header::RETRY_AFTER], "5");
    }

    #[test]
    fn a_path_has_one_meaning() {
        let tile = |path: &str| Asked::Tile(path.parse().unwrap());
        for (path, asked) in [
            ("checkpoint", Asked::Checkpoint),
            ("checkpoint/70", Asked::CheckpointOf(70)),
            ("checkpoint.70", Asked::CheckpointOf(70)),
            ("tile/0/x001/067", tile("tile/0/x001/067")),
            ("tile/entries/000.p/3", tile("tile/entries/000.p/3")),
            ("receipt/7", Asked::Receipt(Position(7))),
            ("receipt/7.tlog-proof", Asked::Receipt(Position(7))),
            (
                "opening/7/items/1/summary",
                Asked::Opening(Position(7), "items/1/summary".into()),
            ),
            (
                "openings/7/body.json",
                Asked::Opening(Position(7), "body".into()),
            ),
            ("policy", Asked::Policy),
            (
                "openings/7/attachments/0/file.bin",
                Asked::Bytes(Position(7), "attachments/0/file".into()),
            ),
            ("digests", Asked::Digests),
            ("digests.json", Asked::Digests),
            ("digests/9", Asked::DigestsOf(9)),
            ("digests/9.json", Asked::DigestsOf(9)),
        ] {
            assert_eq!(path.parse(), Ok(asked), "{path}");
        }
        for path in [
            "",
            "checkpoint/",
            "checkpoint/07",
            "checkpoint/+7",
            "checkpoint/-1",
            "tile/8/0/000",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "receipt/x",
            "opening/7",
            "keys/1",
            "receipt/99999999999999999999",
        ] {
            assert_eq!(path.parse::<Asked>(), Err(()), "{path}");
        }
    }
}
