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

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{Path, Query, Request, State},
    http::{HeaderValue, Response, header},
    routing::get,
};
use domain::ids::CaseId;
use event_store::LogSize;
use serde::Deserialize;
use tokio::sync::Mutex;

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
    /// The documents at one size of the log. Any event may change what may be
    /// read, so none outlives it.
    sheets: Arc<Mutex<Sheets>>,
}

/// Documents at one size of the log.
struct Sheets {
    size: LogSize,
    by_case: BTreeMap<CaseId, Arc<Sheet>>,
}

/// The routes of documents.
pub fn documents_router(desk: Desk) -> Router {
    let size = desk.city().size;
    let shelf = Shelf {
        desk,
        sheets: Arc::new(Mutex::new(Sheets {
            size,
            by_case: BTreeMap::new(),
        })),
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
    State(shelf): State<Shelf>,
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

    /// The sheet of a case, made once for each size of the log, one at a time:
    /// however many ask, texts are opened once.
    async fn sheet(&self, case: CaseId) -> Result<Arc<Sheet>, ApiError> {
        let mut sheets = self.sheets.lock().await;
        let city = self.desk.city();
        if sheets.size != city.size || KEPT <= sheets.by_case.len() {
            sheets.size = city.size;
            sheets.by_case.clear();
        }
        if let Some(sheet) = sheets.by_case.get(&case) {
            return Ok(Arc::clone(sheet));
        }
        let view = city.public_comment.get(case).ok_or(ApiError::NotFound)?;
        let sheet = Arc::new(Sheet::of(&self.desk, view).await?);
        sheets.by_case.insert(case, Arc::clone(&sheet));
        Ok(sheet)
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
