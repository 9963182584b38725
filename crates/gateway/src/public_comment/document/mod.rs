//! Documents for print and for spreadsheets: the result of a case, and its
//! opinions.
//!
//! ```text
//! GET /public-comment/<case>/announcement   the announcement of the call (HTML)
//! GET /public-comment/<case>/result         the result document (HTML)
//! GET /public-comment/<case>/result.json    the same as JSON
//! GET /public-comment/<case>/result.csv     its table of items
//! GET /public-comment/<case>/opinions.csv   the opinions, in the columns of 広聴AI
//! ```
//!
//! Everybody gets the same documents, whoever is signed in: what a stranger may
//! read. Tables are UTF-8 with a byte order mark, or CP932 with
//! `?encoding=cp932`.

mod announcement;
mod html;
mod sheet;
mod table;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    body::Body,
    extract::{self, Path, Query, Request},
    http::{HeaderValue, Response, header},
    routing::get,
};
use domain::ids::CaseId;
use event_store::Position;
use serde::Deserialize;
use tokio::sync::OnceCell;

use self::sheet::Sheet;
use crate::{
    desk::Desk,
    http::{ApiError, Caller, PAGE_POLICY},
};

/// How many cases' documents are kept.
const KEPT: usize = 64;

#[derive(Clone)]
struct Shelf {
    desk: Desk,
    sheets: Arc<Mutex<BTreeMap<CaseId, Kept>>>,
}

/// The sheet of a case, made or being made.
#[derive(Clone)]
struct Kept {
    of: State,
    sheet: Made,
}

/// Whoever asks while it is made gets the same, also if it is an error.
type Made = Arc<OnceCell<Result<Arc<Sheet>, ApiError>>>;

/// What a sheet follows from: any event of its case may change what may be read,
/// and any erasure. Nothing else does, so a case that is over is read once,
/// however busy the city is.
#[derive(Clone, Copy, PartialEq, Eq)]
struct State {
    case_at: Position,
    erasures: u32,
}

/// The routes of documents.
pub fn documents_router(desk: Desk) -> Router {
    let shelf = Shelf {
        desk,
        sheets: Arc::default(),
    };
    Router::new()
        .route("/public-comment/result.css", get(style))
        .route("/public-comment/{case}/{document}", get(document))
        .with_state(shelf)
}

#[derive(Deserialize)]
struct Form {
    encoding: Option<String>,
}

async fn style() -> Response<Body> {
    respond("text/css; charset=utf-8", html::STYLE.as_bytes().to_vec())
}

async fn document(
    extract::State(shelf): extract::State<Shelf>,
    Path((case, document)): Path<(String, String)>,
    Query(form): Query<Form>,
    request: Request,
) -> Response<Body> {
    let made = shelf.make(&case, &document, form.encoding.as_deref()).await;
    made.unwrap_or_else(|error| refused(&error, request.extensions().get::<Caller>()))
}

impl Shelf {
    async fn make(
        &self,
        case: &str,
        document: &str,
        encoding: Option<&str>,
    ) -> Result<Response<Body>, ApiError> {
        let case: CaseId = case.parse().map_err(|_| ApiError::NotFound)?;
        if !matches!(
            document,
            "announcement" | "result" | "result.json" | "result.csv" | "opinions.csv"
        ) {
            return Err(ApiError::NotFound);
        }
        let encoding = table::Encoding::read(encoding)?;
        if document == "announcement" {
            let city = self.desk.city();
            let case = city.public_comment.get(case).ok_or(ApiError::NotFound)?;
            return Ok(printed(announcement::page(&self.desk, case)?));
        }
        let sheet = self.sheet(case).await?;
        Ok(match document {
            "result.json" => {
                let json = serde_json::to_vec(&*sheet).map_err(ApiError::internal)?;
                respond("application/json", json)
            }
            "result.csv" => saved(&table::items(&sheet), encoding, "result.csv"),
            "opinions.csv" => saved(&table::opinions(&sheet), encoding, "opinions.csv"),
            _ => printed(html::result(&sheet)),
        })
    }

    /// The sheet of a case, made once: however many ask, texts are opened once.
    /// It is ended also if nobody waits any more, so that whoever comes back
    /// finds it.
    async fn sheet(&self, case: CaseId) -> Result<Arc<Sheet>, ApiError> {
        let city = self.desk.city();
        let view = city.public_comment.get(case).ok_or(ApiError::NotFound)?;
        let of = State {
            case_at: view.last_position,
            erasures: city.personal_data.erasures.values().sum(),
        };
        let own = self.clone();
        let making = tokio::spawn(async move {
            let view = city.public_comment.get(case).ok_or(ApiError::NotFound)?;
            let kept = own.kept(case, of);
            let make = async || Sheet::of(&own.desk, view).await.map(Arc::new);
            let made = kept.get_or_init(make).await.clone();
            if made.is_err() {
                let is_it = |sheet: &Kept| Arc::ptr_eq(&sheet.sheet, &kept);
                own.sheets().retain(|_, sheet| !is_it(sheet));
            }
            made
        });
        making.await.map_err(ApiError::internal)?
    }

    fn sheets(&self) -> MutexGuard<'_, BTreeMap<CaseId, Kept>> {
        self.sheets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the sheet is, or will be.
    fn kept(&self, case: CaseId, of: State) -> Made {
        let mut sheets = self.sheets();
        if let Some(kept) = sheets.get(&case).filter(|kept| kept.of == of) {
            return Arc::clone(&kept.sheet);
        }
        // Those of before an erasure go, with what was erased.
        sheets.retain(|_, kept| kept.of.erasures == of.erasures);
        if KEPT <= sheets.len() {
            sheets.clear();
        }
        let sheet = Made::default();
        let kept = Kept {
            of,
            sheet: Arc::clone(&sheet),
        };
        sheets.insert(case, kept);
        sheet
    }
}

fn respond(media_type: &'static str, bytes: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    let fixed = HeaderValue::from_static;
    headers.insert(header::CONTENT_TYPE, fixed(media_type));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, fixed("nosniff"));
    headers.insert(header::CACHE_CONTROL, fixed("public, no-cache"));
    response
}

fn printed(page: String) -> Response<Body> {
    let mut response = respond("text/html; charset=utf-8", page.into_bytes());
    response.headers_mut().insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(PAGE_POLICY),
    );
    response
}

fn saved(table: &str, encoding: table::Encoding, name: &str) -> Response<Body> {
    let mut response = respond(encoding.media_type(), encoding.encode(table));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        response
            .headers_mut()
            .insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

fn refused(error: &ApiError, caller: Option<&Caller>) -> Response<Body> {
    if let ApiError::Internal(cause) = error {
        tracing::error!(%cause, "a document could not be made");
    }
    let language = caller.map(|caller| caller.language).unwrap_or_default();
    let body = serde_json::json!({"errors": [{
        "message": error.message(language),
        "extensions": {
            "code": error.code().word(),
            "requestId": caller.map(|caller| caller.request_id.as_str()),
        },
    }]});
    let mut response = respond("application/json", body.to_string().into_bytes());
    *response.status_mut() = error.code().status();
    response
}
