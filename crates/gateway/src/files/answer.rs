//! Answers that are no file: why one is not taken or served.

use axum::{
    body::Body,
    http::{HeaderValue, Request, Response, StatusCode, header},
};
use serde_json::json;
use vault::{KeyError, files::FileError};

use super::UPLOAD_OFFSET;
use crate::http::{ApiError, Caller, Language, Text};

/// Why a file is not taken or served.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotServed {
    /// As everywhere.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The files say no.
    #[error(transparent)]
    File(#[from] FileError),
    /// The file is published, so it cannot be uploaded any more; or the request
    /// is not one about files.
    #[error("{}", .text.en)]
    Request {
        /// For programs.
        code: &'static str,
        /// The status.
        status: StatusCode,
        /// For people.
        text: Text,
    },
}

/// Who calls; nobody only if the routes stand without the reception before
/// them.
pub(super) fn caller(request: &Request<Body>) -> Option<Caller> {
    request.extensions().get::<Caller>().cloned()
}

impl NotServed {
    pub(super) fn unwired() -> Self {
        ApiError::internal("files are served without a reception before them").into()
    }

    pub(super) fn request(
        status: StatusCode,
        code: &'static str,
        ja: &'static str,
        en: &'static str,
    ) -> Self {
        Self::Request {
            code,
            status,
            text: Text::new(ja, en),
        }
    }

    /// For a mutation that names a file.
    pub(crate) fn into_api_error(self) -> ApiError {
        match self {
            Self::Api(error) => error,
            Self::Request { text, .. } => ApiError::BadUserInput(text),
            Self::File(error) if is_ours(&error) => ApiError::internal(error),
            Self::File(FileError::Full(_) | FileError::Key(KeyError::Full(_))) => {
                ApiError::nothing_recorded()
            }
            Self::File(error) => {
                let (_, text) = of_file(&error);
                ApiError::BadUserInput(text)
            }
        }
    }

    pub(super) fn answer(self, caller: Option<&Caller>) -> Response<Body> {
        let language = caller.map(|caller| caller.language).unwrap_or_default();
        let (status, code, message) = match &self {
            Self::Api(error) => (
                error.code().status(),
                error.code().word(),
                error.message(language),
            ),
            Self::Request { code, status, text } => {
                (*status, *code, text.in_language(language).to_owned())
            }
            Self::File(error) if is_ours(error) => {
                let hidden = ApiError::internal(error.to_string());
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                (status, error.code(), hidden.message(language))
            }
            Self::File(error) => {
                let (status, text) = of_file(error);
                (status, error.code(), text.in_language(language).to_owned())
            }
        };
        let request_id = caller.map(|caller| caller.request_id.as_str());
        if status.is_server_error() {
            tracing::error!(error = %self, source = ?source(&self), request_id, "a file was not served");
        }
        let body = json!({"errors": [{
            "message": message,
            "extensions": {"code": code, "requestId": request_id},
        }]});
        let mut response = Response::new(Body::from(body.to_string()));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json; charset=utf-8"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(
            header::CONTENT_LANGUAGE,
            HeaderValue::from_static(match language {
                Language::Japanese => "ja",
                Language::English => "en",
            }),
        );
        match &self {
            Self::Api(ApiError::RateLimited { retry_after }) => {
                headers.insert(header::RETRY_AFTER, (retry_after.as_secs() + 1).into());
            }
            Self::Api(ApiError::Unauthenticated(_)) => {
                let bearer = HeaderValue::from_static("Bearer");
                headers.insert(header::WWW_AUTHENTICATE, bearer);
            }
            Self::File(FileError::Offset { expected, .. }) => {
                headers.insert(UPLOAD_OFFSET, (*expected).into());
            }
            _ => (),
        }
        response
    }
}

fn source(error: &NotServed) -> Option<String> {
    match error {
        NotServed::Api(ApiError::Internal(cause)) => Some(cause.to_string()),
        _ => None,
    }
}

/// Whether nobody but the operator of the server can help.
fn is_ours(error: &FileError) -> bool {
    matches!(
        error,
        FileError::Io { .. } | FileError::CannotEncrypt(_) | FileError::Damaged { .. }
    ) || matches!(
        error,
        FileError::Key(
            KeyError::Unknown(_)
                | KeyError::NotReplayed
                | KeyError::Stopped(_)
                | KeyError::LongId(_)
        )
    )
}

fn of_file(error: &FileError) -> (StatusCode, Text) {
    let (status, ja) = match error {
        FileError::Full(_) | FileError::Key(KeyError::Full(_)) => (
            StatusCode::INSUFFICIENT_STORAGE,
            "現在ファイルを保存できません。時間をおいて続きを送り直してください".to_owned(),
        ),
        FileError::NotFound(_) => (
            StatusCode::NOT_FOUND,
            "ファイルが見つかりません".to_owned(),
        ),
        FileError::Exists(_) => (
            StatusCode::CONFLICT,
            "このファイルIDは既に使われています。新しいIDで送り直してください".to_owned(),
        ),
        FileError::Incomplete(_) => (
            StatusCode::CONFLICT,
            "ファイルの送信が終わっていません。続きを送ってください".to_owned(),
        ),
        FileError::Offset { expected, .. } => (
            StatusCode::CONFLICT,
            format!("{expected}バイト目から続きを送ってください"),
        ),
        FileError::Busy(_) => (
            StatusCode::CONFLICT,
            "同じファイルが送信中です。少し待ってからやり直してください".to_owned(),
        ),
        FileError::TooLarge(largest) => (
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("ファイルは{largest}バイトまでです"),
        ),
        FileError::Type(_) => (
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "この種類のファイルは受け付けられません。PDF、画像、マクロのないOffice文書、テキストにしてください"
                .to_owned(),
        ),
        _ => (
            StatusCode::GONE,
            "このファイルは消去されました".to_owned(),
        ),
    };
    let en = match status {
        // The error names a path of this machine.
        StatusCode::INSUFFICIENT_STORAGE => {
            "there is no room for files at the moment; go on later where it stopped".to_owned()
        }
        _ => error.to_string(),
    };
    (status, Text::new(ja, en))
}
