//! Everything that can go wrong between a request and its answer, as clients
//! see it: a closed list of codes, and a sentence in the client's language.
//!
//! That the rules turn a command down is not here: such a refusal is data, a
//! member of the mutation's result.

use std::{error::Error, sync::Arc, time::Duration};

use axum::http::StatusCode;
use read_models::TooMany;

use super::{Language, Text};

/// What a program reads in `extensions.code`. The list is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// No token, or one that is not valid (any more).
    Unauthenticated,
    /// Known, but not allowed to.
    Forbidden,
    /// There is no such thing, or the caller may not know of it.
    NotFound,
    /// The request itself is wrong.
    BadUserInput,
    /// Somebody else was faster.
    Conflict,
    /// Too many requests.
    RateLimited,
    /// The question asks for too much at once.
    CostLimit,
    /// The document id names no document that we have.
    PersistedDocumentNotFound,
    /// Not now; later.
    Unavailable,
    /// Our fault.
    Internal,
    /// The document is not GraphQL.
    GraphqlParseFailed,
    /// The document does not fit the schema.
    GraphqlValidationFailed,
}

impl Code {
    /// All codes.
    pub const ALL: [Self; 12] = [
        Self::Unauthenticated,
        Self::Forbidden,
        Self::NotFound,
        Self::BadUserInput,
        Self::Conflict,
        Self::RateLimited,
        Self::CostLimit,
        Self::PersistedDocumentNotFound,
        Self::Unavailable,
        Self::Internal,
        Self::GraphqlParseFailed,
        Self::GraphqlValidationFailed,
    ];

    /// The word in `extensions.code`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::NotFound => "NOT_FOUND",
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::Conflict => "CONFLICT",
            Self::RateLimited => "RATE_LIMITED",
            Self::CostLimit => "COST_LIMIT",
            Self::PersistedDocumentNotFound => "PERSISTED_DOCUMENT_NOT_FOUND",
            Self::Unavailable => "UNAVAILABLE",
            Self::Internal => "INTERNAL",
            Self::GraphqlParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::GraphqlValidationFailed => "GRAPHQL_VALIDATION_FAILED",
        }
    }

    /// The status of an answer outside GraphQL that consists of this error.
    pub fn status(self) -> StatusCode {
        match self {
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound | Self::PersistedDocumentNotFound => StatusCode::NOT_FOUND,
            Self::BadUserInput
            | Self::CostLimit
            | Self::GraphqlParseFailed
            | Self::GraphqlValidationFailed => StatusCode::BAD_REQUEST,
            Self::Conflict => StatusCode::CONFLICT,
            Self::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// What a resolver returns when it cannot answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ApiError {
    /// Nobody is signed in, or the token is not valid; the text says which.
    #[error("{}", .0.en)]
    Unauthenticated(Text),
    /// Signed in, but not allowed to; the text says what is needed.
    #[error("{}", .0.en)]
    Forbidden(Text),
    /// There is no such thing, or the caller may not know of it.
    #[error("not found")]
    NotFound,
    /// What is wrong with the input and what to do.
    #[error("{}", .0.en)]
    BadUserInput(Text),
    /// Somebody else was faster; read again, then decide.
    #[error("{}", .0.en)]
    Conflict(Text),
    /// Too many requests.
    #[error("too many requests; try again in {} s", seconds(*retry_after))]
    RateLimited {
        /// When the next request will be answered.
        retry_after: Duration,
    },
    /// The question asks for too much at once.
    #[error("the question costs {requested}, more than the {limit} allowed")]
    CostLimit {
        /// What it would cost.
        requested: u64,
        /// What is allowed.
        limit: u64,
    },
    /// The document id names no document that we have.
    #[error("no document has this id")]
    PersistedDocumentNotFound,
    /// Not now; later.
    #[error("{}", .0.en)]
    Unavailable(Text),
    /// The document is not GraphQL; the parser's words.
    #[error("the document is not GraphQL: {0}")]
    ParseFailed(String),
    /// The document does not fit the schema; the validator's words.
    #[error("the document does not fit the schema: {0}")]
    ValidationFailed(String),
    /// Our fault. The cause goes to the log, never to the client.
    #[error("internal error")]
    Internal(#[source] Arc<dyn Error + Send + Sync>),
}

impl From<TooMany> for ApiError {
    fn from(too_many: TooMany) -> Self {
        Self::RateLimited {
            retry_after: too_many.retry_after,
        }
    }
}

impl ApiError {
    /// Sign in first.
    pub fn unauthenticated() -> Self {
        Self::Unauthenticated(Text::new("サインインしてください", "sign in first"))
    }

    /// What is wrong with the input and what to do, in both languages.
    pub fn bad_input(
        ja: impl Into<std::borrow::Cow<'static, str>>,
        en: impl Into<std::borrow::Cow<'static, str>>,
    ) -> Self {
        Self::BadUserInput(Text::new(ja, en))
    }

    /// The log takes nothing at the moment, or there is no room for a key.
    /// Nothing was recorded.
    pub fn nothing_recorded() -> Self {
        Self::Unavailable(Text::new(
            "現在、記録できません。内容は失われていません。時間をおいて同じ内容を送り直してください。",
            "nothing can be recorded at the moment; send the same again later",
        ))
    }

    /// A fault that no client can do anything about.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Internal(Arc::from(cause.into()))
    }

    /// The word for programs.
    pub fn code(&self) -> Code {
        match self {
            Self::Unauthenticated(_) => Code::Unauthenticated,
            Self::Forbidden(_) => Code::Forbidden,
            Self::NotFound => Code::NotFound,
            Self::BadUserInput(_) => Code::BadUserInput,
            Self::Conflict(_) => Code::Conflict,
            Self::RateLimited { .. } => Code::RateLimited,
            Self::CostLimit { .. } => Code::CostLimit,
            Self::PersistedDocumentNotFound => Code::PersistedDocumentNotFound,
            Self::Unavailable(_) => Code::Unavailable,
            Self::ParseFailed(_) => Code::GraphqlParseFailed,
            Self::ValidationFailed(_) => Code::GraphqlValidationFailed,
            Self::Internal(_) => Code::Internal,
        }
    }

    /// The sentence for people.
    pub fn message(&self, language: Language) -> String {
        match (self, language) {
            (
                Self::Unauthenticated(text)
                | Self::Forbidden(text)
                | Self::BadUserInput(text)
                | Self::Conflict(text)
                | Self::Unavailable(text),
                language,
            ) => text.in_language(language).to_owned(),
            (Self::Internal(_), Language::English) => {
                "something went wrong on our side; please tell us the request id".to_owned()
            }
            (other, Language::English) => other.to_string(),
            (Self::NotFound, Language::Japanese) => "見つかりません".to_owned(),
            (Self::RateLimited { retry_after }, Language::Japanese) => format!(
                "リクエストが多すぎます。{}秒後にもう一度お試しください",
                seconds(*retry_after)
            ),
            (Self::CostLimit { requested, limit }, Language::Japanese) => {
                format!(
                    "一度に求める量が多すぎます（{requested}、上限{limit}）。件数や深さを減らしてください"
                )
            }
            (Self::PersistedDocumentNotFound, Language::Japanese) => {
                "この番号の問い合わせは登録されていません".to_owned()
            }
            (Self::ParseFailed(detail), Language::Japanese) => {
                format!("問い合わせの構文が正しくありません: {detail}")
            }
            (Self::ValidationFailed(detail), Language::Japanese) => {
                format!("問い合わせがスキーマに合いません: {detail}")
            }
            (Self::Internal(_), Language::Japanese) => {
                "システムで問題が起きました。お問い合わせの際はリクエスト番号をお知らせください"
                    .to_owned()
            }
        }
    }
}

/// Whole seconds, rounded up, at least one: what `Retry-After` can say.
pub(crate) fn seconds(duration: Duration) -> u64 {
    let whole = duration.as_secs();
    if duration.subsec_nanos() == 0 {
        whole.max(1)
    } else {
        whole.saturating_add(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_screaming_snake_and_unique() {
        let words: std::collections::BTreeSet<_> = Code::ALL.map(Code::word).into();
        assert_eq!(words.len(), Code::ALL.len());
        assert!(words.iter().all(|word| {
            word.chars()
                .all(|letter| letter.is_ascii_uppercase() || letter == '_')
        }));
    }

    #[test]
    fn the_cause_of_an_internal_error_stays_inside() {
        let error = ApiError::internal("password of the database");
        for language in [Language::Japanese, Language::English] {
            assert!(!error.message(language).contains("password"));
        }
        assert!(!error.to_string().contains("password"));
        assert_eq!(error.code(), Code::Internal);
    }

    #[test]
    fn retrying_is_never_due_too_early() {
        assert_eq!(seconds(Duration::ZERO), 1);
        assert_eq!(seconds(Duration::from_secs(2)), 2);
        assert_eq!(seconds(Duration::from_millis(2001)), 3);
    }
}
