//! Taking a file, piece by piece.

use std::time::Duration;

use axum::{
    body::{Body, BodyDataStream},
    http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header},
};
use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use serde_json::json;
use vault::files::{FileDescription, FileError, FileId};

use super::{
    Counter, UPLOAD_COMPLETE, UPLOAD_OFFSET, answer::NotServed, ticket::Ticket, vault_id,
    with_files,
};
use crate::http::{ApiError, Caller, ClientKey};

/// What is handed to the disk at once.
const PIECE: usize = 1 << 20;
/// The least that a request counts as, in KiB.
const LEAST: u64 = 64;
/// How long the next bytes may take to come.
const PATIENCE: Duration = Duration::from_secs(30);

/// As much of a refused upload is read to its end.
const HEARD_OUT: usize = 8 << 20;
/// How long its next bytes may take to come.
const SHORT_PATIENCE: Duration = Duration::from_secs(2);

/// Takes the next bytes of an upload. What came before a cut is kept.
pub(super) async fn take(
    counter: &Counter,
    file: &str,
    ticket: Ticket,
    caller: &Caller,
    request: Request<Body>,
) -> Result<Response<Body>, NotServed> {
    let (head, body) = request.into_parts();
    let mut body = body.into_data_stream();
    let taken = take_from(counter, file, ticket, caller, &head.headers, &mut body).await;
    // Who asked first (`Expect`) has not begun.
    if taken.is_err() && !head.headers.contains_key(header::EXPECT) {
        hear_out(body).await;
    }
    taken
}

/// Whoever is still sending when the line is closed often never sees why: what
/// is left is read first, if it is not much.
async fn hear_out(mut body: BodyDataStream) {
    let mut heard = 0;
    while heard < HEARD_OUT {
        match tokio::time::timeout(SHORT_PATIENCE, body.next()).await {
            Ok(Some(Ok(bytes))) => heard += bytes.len(),
            _ => return,
        }
    }
}

async fn take_from(
    counter: &Counter,
    file: &str,
    ticket: Ticket,
    caller: &Caller,
    headers: &HeaderMap,
    body: &mut BodyDataStream,
) -> Result<Response<Body>, NotServed> {
    let id = vault_id(file)?;
    // RFC 9110, section 14.5: a server that does not take partial content that
    // way says so.
    if headers.contains_key(header::CONTENT_RANGE) {
        return Err(NotServed::request(
            StatusCode::BAD_REQUEST,
            "CONTENT_RANGE_NOT_TAKEN",
            "Content-Rangeの代わりにUpload-Offsetを使ってください",
            "use Upload-Offset in the place of Content-Range",
        ));
    }
    let offset = offset(headers)?;
    let complete = complete(headers)?;
    let owner = ticket.owner(&counter.desk, caller, headers).await?;
    spend(counter, caller, LEAST)?;
    let subject: vault::Subject = owner.parse().map_err(ApiError::internal)?;
    let created = counter.desk.keys().create(&subject).await;
    created.map_err(FileError::from)?;
    if let Some(described) = finished(counter, &id, &owner).await? {
        return Ok(done(&id, &described));
    }
    let (begun, of) = (id.clone(), subject);
    let expected = with_files(&counter.desk, move |files| files.begin(&begun, &of)).await?;
    if offset != expected {
        let found = offset;
        return Err(FileError::Offset { expected, found }.into());
    }
    let reached = receive(counter, &id, caller, offset, body).await?;
    if !complete {
        return Ok(goes_on(StatusCode::NO_CONTENT, reached, false));
    }
    let ended = id.clone();
    let described = with_files(&counter.desk, move |files| {
        let described = files.finish(&ended);
        if matches!(described, Err(FileError::Type(_))) {
            // It will never be taken: the place is free again.
            files.remove(&ended)?;
        }
        described
    });
    Ok(done(&id, &described.await?))
}

/// Tells where an upload goes on.
pub(super) async fn tell(
    counter: &Counter,
    file: &str,
    ticket: Ticket,
    caller: &Caller,
    headers: &HeaderMap,
) -> Result<Response<Body>, NotServed> {
    let id = vault_id(file)?;
    let owner = ticket.owner(&counter.desk, caller, headers).await?;
    if let Some(described) = finished(counter, &id, &owner).await? {
        return Ok(goes_on(StatusCode::OK, described.size, true));
    }
    let begun = id.clone();
    let offset = with_files(&counter.desk, move |files| {
        if files.owner(&begun)?.as_str() == owner {
            files.offset(&begun)
        } else {
            Err(FileError::NotFound(begun))
        }
    });
    Ok(goes_on(StatusCode::OK, offset.await?, false))
}

/// The file, if all of it is here already: the answer to the last request may
/// have been lost.
async fn finished(
    counter: &Counter,
    id: &FileId,
    owner: &str,
) -> Result<Option<FileDescription>, NotServed> {
    let (id, owner) = (id.clone(), owner.to_owned());
    with_files(&counter.desk, move |files| match files.describe(&id) {
        Ok(described) if files.owner(&id)?.as_str() == owner => Ok(Some(described)),
        Ok(_) => Err(FileError::Exists(id)),
        Err(FileError::NotFound(_) | FileError::Incomplete(_)) => Ok(None),
        Err(error) => Err(error),
    })
    .await
}

async fn receive(
    counter: &Counter,
    id: &FileId,
    caller: &Caller,
    mut offset: u64,
    body: &mut BodyDataStream,
) -> Result<u64, NotServed> {
    let mut piece = BytesMut::new();
    loop {
        let next = tokio::time::timeout(PATIENCE, body.next()).await;
        let cut = match next {
            Ok(Some(Ok(bytes))) => {
                piece.extend_from_slice(&bytes);
                if piece.len() < PIECE {
                    continue;
                }
                None
            }
            Ok(None) => {
                return match piece.is_empty() {
                    true => Ok(offset),
                    false => append(counter, id, caller, offset, piece.freeze()).await,
                };
            }
            Ok(Some(Err(error))) => Some(error.to_string()),
            Err(_) => Some("nothing came for too long".to_owned()),
        };
        if !piece.is_empty() {
            let whole = piece.split().freeze();
            offset = append(counter, id, caller, offset, whole).await?;
        }
        if let Some(reason) = cut {
            tracing::debug!(%reason, "an upload was cut off");
            return Err(NotServed::request(
                StatusCode::REQUEST_TIMEOUT,
                "UPLOAD_CUT_OFF",
                "送信が途中で切れました。続きから送り直してください",
                "the upload was cut off; go on where it stopped",
            ));
        }
    }
}

async fn append(
    counter: &Counter,
    id: &FileId,
    caller: &Caller,
    offset: u64,
    bytes: Bytes,
) -> Result<u64, NotServed> {
    spend(counter, caller, bytes.len() as u64 / 1024)?;
    let id = id.clone();
    with_files(&counter.desk, move |files| {
        files.append(&id, offset, &bytes)
    })
    .await
}

fn spend(counter: &Counter, caller: &Caller, amount: u64) -> Result<(), NotServed> {
    let key = ClientKey::of(caller);
    let spent = counter.uploads.spend(&key, amount, caller.now);
    spent
        .map(|_| ())
        .map_err(|retry_after| ApiError::RateLimited { retry_after }.into())
}

fn offset(headers: &HeaderMap) -> Result<u64, NotServed> {
    let Some(value) = headers.get(UPLOAD_OFFSET) else {
        return Ok(0);
    };
    let number = value.to_str().ok().and_then(|text| text.parse().ok());
    number.ok_or_else(|| {
        NotServed::request(
            StatusCode::BAD_REQUEST,
            "UPLOAD_OFFSET_MALFORMED",
            "Upload-Offsetは0以上の整数です",
            "Upload-Offset is a whole number from 0",
        )
    })
}

fn complete(headers: &HeaderMap) -> Result<bool, NotServed> {
    match headers.get(UPLOAD_COMPLETE).map(HeaderValue::as_bytes) {
        None | Some(b"?1") => Ok(true),
        Some(b"?0") => Ok(false),
        Some(_) => Err(NotServed::request(
            StatusCode::BAD_REQUEST,
            "UPLOAD_COMPLETE_MALFORMED",
            "Upload-Completeは?0か?1です",
            "Upload-Complete is ?0 or ?1",
        )),
    }
}

fn goes_on(status: StatusCode, offset: u64, complete: bool) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(UPLOAD_OFFSET, offset.into());
    let complete = if complete { "?1" } else { "?0" };
    headers.insert(UPLOAD_COMPLETE, HeaderValue::from_static(complete));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn done(id: &FileId, described: &FileDescription) -> Response<Body> {
    let body = json!({
        "id": id.as_str(),
        "mediaType": described.media_type,
        "size": described.size,
        "sha256": described.sha256,
    });
    let mut response = goes_on(StatusCode::CREATED, described.size, true);
    *response.body_mut() = Body::from(body.to_string());
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    response
}
