//! Files over HTTP: uploads that can be resumed, and files as they are served.
//!
//! ```text
//! PUT  /files/<id>?for=…   the next bytes, from `Upload-Offset` on
//! HEAD /files/<id>?for=…   where an upload goes on
//! GET  /files/<id>         the file, for whoever the gate lets through
//! ```
//!
//! Whoever has no account shows with the secret of the receipt, in the header
//! `Hiroba-Secret`, that an attachment is theirs.
//!
//! The client makes the id: `file_` and a ULID with 80 random bits, which
//! nobody else can guess. `for` says what the file is for, and from that it
//! follows whose it is and so under which key it is sealed:
//!
//! - `for=material&case=…`: a document of the case, by a bureau officer;
//! - `for=opinion&case=…`: an attachment to an opinion that is about to be
//!   submitted, by whoever is signed in; by everybody else with
//!   `&command=<the ULID of the submission to come>` and its secret in the
//!   header `Hiroba-Secret`, from which the pseudonym follows as it will for the
//!   submission;
//! - `for=entry&case=…&command=…`: a scan beside an opinion from paper, by an
//!   operator; with the secret if the receipt will have one;
//! - `for=replacement&submission=…`: an attachment to the text that is to stand
//!   in the place of an opinion, by its submitter (secret in the header) or an
//!   operator.

mod answer;
mod download;
mod name;
mod range;
mod sealed;
mod ticket;
mod upload;

use std::{sync::Arc, time::SystemTime};

use axum::{
    Router,
    extract::{Path, Query, Request, State},
    http::{HeaderName, Method, Response, StatusCode},
    routing::get,
};
use vault::files::{FileError, FileId, FileVault};

use crate::{
    desk::Desk,
    http::{ApiError, ClientKey, Rate, RateLimiter},
};

pub(crate) use self::{
    name::file_name,
    sealed::{SealedFile, attached_file, case_file},
};

pub(crate) use self::download::{body, names_tag, piece};
use self::{answer::NotServed, ticket::Ticket};

/// The header with the secret of a receipt.
pub const SECRET: HeaderName = HeaderName::from_static("hiroba-secret");
/// Where the bytes of a request belong, and where an upload goes on.
pub const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
/// Whether the bytes of a request are the last ones: `?1` or `?0`.
pub const UPLOAD_COMPLETE: HeaderName = HeaderName::from_static("upload-complete");

/// What one client may upload, in KiB; every request counts as 64 at least.
const UPLOADS: Rate = Rate {
    burst: 512 * 1024,
    per_minute: 32 * 1024,
};

#[derive(Clone)]
struct Counter {
    desk: Desk,
    uploads: Arc<RateLimiter<ClientKey>>,
}

/// The routes of files.
pub fn files_router(desk: Desk) -> Router {
    let counter = Counter {
        desk,
        uploads: Arc::new(RateLimiter::new(UPLOADS)),
    };
    Router::new()
        .route("/files/{file}", get(serve).put(take))
        .with_state(counter)
}

async fn take(
    State(counter): State<Counter>,
    Path(file): Path<String>,
    Query(ticket): Query<Ticket>,
    request: Request,
) -> Response<axum::body::Body> {
    let caller = answer::caller(&request);
    let taken = match caller.as_ref() {
        Some(caller) => upload::take(&counter, &file, ticket, caller, request).await,
        None => Err(NotServed::unwired()),
    };
    taken.unwrap_or_else(|refused| refused.answer(caller.as_ref()))
}

async fn serve(
    State(counter): State<Counter>,
    Path(file): Path<String>,
    Query(ticket): Query<Ticket>,
    request: Request,
) -> Response<axum::body::Body> {
    let caller = answer::caller(&request);
    let served = match caller.as_ref() {
        Some(caller) if request.method() == Method::HEAD && ticket.is_shown() => {
            upload::tell(&counter, &file, ticket, caller, request.headers()).await
        }
        Some(caller) => {
            download::serve(
                &counter.desk,
                &file,
                caller,
                request.method(),
                request.headers(),
            )
            .await
        }
        None => Err(NotServed::unwired()),
    };
    served.unwrap_or_else(|refused| refused.answer(caller.as_ref()))
}

/// Brings the files into the state that the log asks for: what is published is
/// put in clear, what belongs to the erased is removed. What fails is logged
/// and done when the server starts again; until then nobody reads more or less
/// than they may.
pub async fn settle(desk: &Desk) {
    let published: Vec<_> = desk.city().public_comment.published_files().collect();
    let settled = with_files(desk, move |files| {
        for file in published {
            publish_one(files, file);
        }
        files.sweep()
    });
    if let Err(error) = settled.await {
        tracing::error!(%error, "the files of the erased could not be removed");
    }
}

/// Removes what was uploaded and never handed in.
pub async fn remove_unclaimed(desk: &Desk) -> Result<usize, ApiError> {
    let (city, now) = (desk.city(), SystemTime::from(desk.now()));
    let is_named = move |file: &FileId| {
        let file = file.as_str().parse().ok();
        file.is_none_or(|file| city.public_comment.place_of_file(file).is_some())
    };
    let removed = with_files(desk, move |files| files.remove_unclaimed(now, is_named)).await;
    removed
        .map(|removed| removed.len())
        .map_err(ApiError::internal)
}

/// Puts files in clear that were published just now.
pub(crate) async fn publish(desk: &Desk, published: Vec<domain::ids::FileId>) {
    let done = with_files(desk, move |files| {
        published
            .into_iter()
            .for_each(|file| publish_one(files, file));
        Ok(())
    });
    if let Err(error) = done.await {
        tracing::error!(%error, "published files could not be put in clear");
    }
}

fn publish_one(files: &FileVault, file: domain::ids::FileId) {
    let Ok(id) = file.to_string().parse() else {
        return;
    };
    if let Err(error) = files.publish(&id) {
        tracing::error!(%error, code = error.code(), "a published file could not be put in clear");
    }
}

/// Does something with files where it may wait for the disk.
async fn with_files<T: Send + 'static>(
    desk: &Desk,
    job: impl FnOnce(&FileVault) -> Result<T, FileError> + Send + 'static,
) -> Result<T, NotServed> {
    let files = Arc::clone(&desk.files);
    let done = tokio::task::spawn_blocking(move || job(&files)).await;
    done.map_err(ApiError::internal)?.map_err(NotServed::from)
}

fn vault_id(file: &str) -> Result<FileId, NotServed> {
    let id = file.parse::<domain::ids::FileId>().ok();
    id.and_then(|id| id.to_string().parse().ok())
        .ok_or_else(|| {
            NotServed::request(
                StatusCode::BAD_REQUEST,
                "FILE_ID_MALFORMED",
                "ファイルIDは「file_」と、送る側が作るULID（大文字26文字）です",
                "a file's id is file_ and a ULID of 26 capital letters and digits that the client makes",
            )
        })
}
