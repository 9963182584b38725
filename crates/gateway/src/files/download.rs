//! Serving a file to whoever the gate lets through.

use std::ops::Range;

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header},
};
use domain::ids::FileId;
use read_models::public_comment::Case;
use vault::files::MediaType;

use super::{
    SECRET, SealedFile,
    answer::NotServed,
    name::endings,
    range::{Part, part},
    vault_id, with_files,
};
use crate::{
    desk::Desk,
    gate,
    http::{ApiError, Caller},
    public_comment::mutation::holds_receipt,
    viewer::Viewer,
};

/// What is read from the disk at once.
const PIECE: u64 = 1 << 18;

/// Nothing in a file of others may run, load or be framed.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

/// A file that may be read.
struct Readable {
    file: FileId,
    name: String,
    media_type: MediaType,
    size: u64,
    tag: String,
    /// Whether everybody may read it, and for good.
    public: bool,
}

pub(super) async fn serve(
    desk: &Desk,
    file: &str,
    caller: &Caller,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Response<Body>, NotServed> {
    let readable = readable(desk, file, caller, headers).await?;
    let mut response = Response::new(Body::empty());
    describe(&readable, response.headers_mut())?;
    let tag = format!("\"{}\"", readable.tag);
    if names_tag(headers.get(header::IF_NONE_MATCH), &tag) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return Ok(response);
    }
    // A range of another version than the client's is of no use to it.
    let asked = match headers.get(header::IF_RANGE) {
        Some(version) if version.as_bytes() != tag.as_bytes() => None,
        _ => headers
            .get(header::RANGE)
            .and_then(|range| range.to_str().ok()),
    };
    let part = if *method == Method::GET {
        part(asked, readable.size)
    } else {
        Part::Whole
    };
    let range = match part {
        Part::Whole => 0..readable.size,
        Part::Range(range) => {
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            let last = range.end.saturating_sub(1);
            content_range(
                &mut response,
                &format!("bytes {}-{last}/{}", range.start, readable.size),
            )?;
            range
        }
        Part::Outside => {
            *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
            content_range(&mut response, &format!("bytes */{}", readable.size))?;
            return Ok(response);
        }
    };
    let length = range.end.saturating_sub(range.start);
    response
        .headers_mut()
        .insert(header::CONTENT_LENGTH, length.into());
    if *method == Method::GET {
        *response.body_mut() = body(desk, readable.file, range).await?;
    }
    Ok(response)
}

/// The first bytes of a range, as many as are read at once.
pub(crate) async fn piece(
    desk: &Desk,
    file: FileId,
    range: Range<u64>,
) -> Result<Vec<u8>, NotServed> {
    let id = vault_id(&file.to_string())?;
    let to = range.end.min(range.start.saturating_add(PIECE));
    with_files(desk, move |files| files.read(&id, range.start..to)).await
}

/// The bytes, read as the client takes them. The first piece is read at once,
/// so that a file that cannot be read is an error and not a torn answer.
pub(crate) async fn body(desk: &Desk, file: FileId, range: Range<u64>) -> Result<Body, NotServed> {
    let first = piece(desk, file, range.clone()).await?;
    if range.end.saturating_sub(range.start) <= PIECE {
        return Ok(Body::from(first));
    }
    let next = range.start.saturating_add(PIECE);
    let until = range.end;
    let rest = futures::stream::try_unfold((desk.clone(), next), move |(desk, from)| async move {
        if until <= from {
            return Ok(None);
        }
        let piece = piece(&desk, file, from..until).await?;
        let next = from.saturating_add(PIECE);
        Ok::<_, NotServed>(Some((piece, (desk, next))))
    });
    let first = futures::stream::iter([Ok(first)]);
    Ok(Body::from_stream(futures::StreamExt::chain(first, rest)))
}

async fn readable(
    desk: &Desk,
    file: &str,
    caller: &Caller,
    headers: &HeaderMap,
) -> Result<Readable, NotServed> {
    let file: FileId = file.parse().map_err(|_| ApiError::NotFound)?;
    let city = desk.city();
    let viewer = Viewer::of(desk, caller);
    let place = city.public_comment.place_of_file(file);
    let place = place.ok_or(ApiError::NotFound)?;
    let case = city.public_comment.get(place.case);
    let case = case.ok_or(ApiError::NotFound)?;
    let Some(submission) = place.submission else {
        if !gate::document(&viewer, case, file) {
            return Err(ApiError::NotFound.into());
        }
        return document(desk, case, file).await;
    };
    let submission = case.submission(submission).ok_or(ApiError::NotFound)?;
    let secret = headers.get(SECRET).and_then(|secret| secret.to_str().ok());
    let own = match secret {
        Some(secret) => holds_receipt(desk, submission, secret).await?,
        None => gate::is_own(&viewer, case, submission),
    };
    // A file that was kept over a replacement is one of the newest version.
    let attached = submission.versions.iter().rev().find_map(|version| {
        let mut attachments = version.attachments.iter();
        let (_, text) = attachments.find(|(id, _)| *id == file)?;
        Some((version, text))
    });
    let (version, text) = attached.ok_or(ApiError::NotFound)?;
    match gate::attachments(&viewer, own, case, submission, version) {
        gate::Files::Open => (),
        gate::Files::OnRecord => return Err(not_on_record()),
        gate::Files::Shut => return Err(ApiError::NotFound.into()),
    }
    let sealed = desk.open_json::<SealedFile>(text).await?;
    Ok(Readable::of(sealed.ok_or_else(erased)?))
}

async fn document(desk: &Desk, case: &Case, file: FileId) -> Result<Readable, NotServed> {
    let mut published = case.materials.values().flatten();
    let published = published.find(|version| version.published.file.file == file);
    if let Some(version) = published {
        let file = &version.published.file;
        return Ok(Readable {
            file: file.file,
            name: file.name.clone(),
            media_type: media_type(&file.media_type)?,
            size: file.size,
            tag: file.digest.c.clone(),
            public: true,
        });
    }
    let mut attached = case.attached.values().flatten();
    let attached = attached.find(|material| material.file_id == file);
    let attached = attached.ok_or(ApiError::NotFound)?;
    let sealed = desk.open_json::<SealedFile>(&attached.file).await?;
    Ok(Readable::of(sealed.ok_or_else(erased)?))
}

impl Readable {
    fn of(sealed: SealedFile) -> Self {
        Self {
            file: sealed.file,
            name: sealed.name,
            media_type: sealed.media_type,
            size: sealed.size,
            tag: sealed.sha256,
            public: false,
        }
    }
}

fn media_type(name: &str) -> Result<MediaType, ApiError> {
    MediaType::ALL
        .into_iter()
        .find(|media_type| media_type.as_str() == name)
        .ok_or_else(|| ApiError::internal(format!("no media type {name}")))
}

fn not_on_record() -> NotServed {
    NotServed::request(
        StatusCode::FORBIDDEN,
        "LOOK_NOT_RECORDED",
        "添付ファイルは、閲覧の理由を記録した当日に限り開けます。openPersonalData（項目ATTACHMENTS）で理由を記録してください",
        "attachments open on the day on which a reason was put on record: do that with openPersonalData and the field ATTACHMENTS",
    )
}

fn erased() -> NotServed {
    NotServed::request(
        StatusCode::GONE,
        "FILE_ERASED",
        "このファイルは消去されました",
        "this file was erased",
    )
}

fn describe(readable: &Readable, headers: &mut HeaderMap) -> Result<(), NotServed> {
    let value = |text: String| HeaderValue::from_str(&text).map_err(ApiError::internal);
    let fixed = HeaderValue::from_static;
    headers.insert(header::CONTENT_TYPE, fixed(readable.media_type.as_str()));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, fixed("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, fixed(POLICY));
    headers.insert(header::ACCEPT_RANGES, fixed("bytes"));
    headers.insert(header::ETAG, value(format!("\"{}\"", readable.tag))?);
    headers.insert(header::VARY, fixed("authorization, hiroba-secret"));
    headers.insert(
        header::CACHE_CONTROL,
        fixed(if readable.public {
            "public, max-age=86400, immutable"
        } else {
            // A text may be hidden or taken down at any time.
            "private, no-cache"
        }),
    );
    headers.insert(header::CONTENT_DISPOSITION, value(disposition(readable))?);
    Ok(())
}

/// Pictures and plain text may be shown; everything else is only saved. The
/// name stands there twice, for old clients without what they cannot read
/// (RFC 6266, appendix D).
fn disposition(readable: &Readable) -> String {
    let shown = matches!(
        readable.media_type,
        MediaType::Png | MediaType::Jpeg | MediaType::Gif | MediaType::Webp | MediaType::Text
    );
    let way = if shown { "inline" } else { "attachment" };
    let ending = endings(readable.media_type)
        .first()
        .copied()
        .unwrap_or("bin");
    let plain = format!("{}.{ending}", readable.file);
    let mut encoded = String::new();
    for byte in readable.name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("{way}; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

pub(crate) fn names_tag(header: Option<&HeaderValue>, tag: &str) -> bool {
    let Some(header) = header.and_then(|header| header.to_str().ok()) else {
        return false;
    };
    let mut tags = header.split(',').map(str::trim);
    tags.any(|given| given == "*" || given.strip_prefix("W/").unwrap_or(given) == tag)
}

fn content_range(response: &mut Response<Body>, range: &str) -> Result<(), NotServed> {
    let range = HeaderValue::from_str(range).map_err(ApiError::internal)?;
    response.headers_mut().insert(header::CONTENT_RANGE, range);
    Ok(())
}
