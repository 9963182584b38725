//! Answers as bytes, in the form that GraphQL gives them, and their statuses.

use std::collections::BTreeMap;

use async_graphql::{Pos, Response as ExecutionResult, Value};
use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Response, StatusCode, header},
};
use serde::Serialize;

use super::{
    ApiError, Caller, Code, Language, MediaType, RequestId, StatusPolicy,
    api_error::seconds,
    document::Unreadable,
    error_view::{ErrorView, log_internal},
};

/// A request that is not executed.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) error: ApiError,
    pub(super) locations: Vec<Pos>,
    pub(super) stage: Stage,
}

/// How far a request got before it was refused; the status follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// It was no GraphQL request; the status says why.
    Transport(StatusCode),
    /// The method does not fit; these do.
    Method(&'static str),
    /// The parameters do not have their types.
    Parameters,
    /// The document could not be parsed.
    Parse,
    /// The document, its variables or the choice of its operation do not fit.
    Validation,
}

impl Refused {
    pub(super) fn new(stage: Stage, error: ApiError) -> Self {
        Self {
            error,
            locations: Vec::new(),
            stage,
        }
    }

    /// A refusal whose code determines its status.
    pub(super) fn by_code(error: ApiError) -> Self {
        Self::new(Stage::Transport(error.code().status()), error)
    }

    fn status(&self, media: MediaType, policy: StatusPolicy) -> StatusCode {
        let tells_by_status = policy == StatusPolicy::Draft202608 || media != MediaType::Json;
        let unprocessable = match policy {
            StatusPolicy::Widespread => StatusCode::BAD_REQUEST,
            StatusPolicy::Draft202608 => StatusCode::UNPROCESSABLE_ENTITY,
        };
        match self.stage {
            Stage::Transport(status) => status,
            Stage::Method(_) => StatusCode::METHOD_NOT_ALLOWED,
            Stage::Parameters => unprocessable,
            Stage::Parse if tells_by_status => StatusCode::BAD_REQUEST,
            Stage::Validation if tells_by_status => unprocessable,
            Stage::Parse | Stage::Validation => StatusCode::OK,
        }
    }

    /// The answer that says so.
    pub(super) fn answer(
        &self,
        media: MediaType,
        policy: StatusPolicy,
        language: Language,
        request_id: &RequestId,
    ) -> Response<Body> {
        let mut response = respond(
            self.status(media, policy),
            media,
            self.body(language, request_id),
        );
        let headers = response.headers_mut();
        if let Stage::Method(allowed) = self.stage {
            headers.insert(header::ALLOW, HeaderValue::from_static(allowed));
        }
        match &self.error {
            ApiError::Unauthenticated(_) => {
                headers.insert(
                    header::WWW_AUTHENTICATE,
                    HeaderValue::from_static("Bearer error=\"invalid_token\""),
                );
            }
            ApiError::RateLimited { retry_after } => {
                headers.insert(header::RETRY_AFTER, seconds(*retry_after).into());
            }
            _ => (),
        }
        response
    }

    pub(super) fn body(&self, language: Language, request_id: &RequestId) -> Vec<u8> {
        json(&Answer {
            errors: self.errors(language, request_id),
            data: None,
            extensions: BTreeMap::new(),
        })
    }

    pub(super) fn errors<'a>(
        &'a self,
        language: Language,
        request_id: &'a RequestId,
    ) -> Vec<ErrorView<'a>> {
        log_internal(&self.error, request_id);
        vec![ErrorView::of(
            &self.error,
            &self.locations,
            &[],
            language,
            request_id,
        )]
    }
}

impl From<Unreadable> for Refused {
    fn from(unreadable: Unreadable) -> Self {
        let stage = match unreadable.error.code() {
            Code::GraphqlParseFailed => Stage::Parse,
            _ => Stage::Validation,
        };
        Self {
            error: unreadable.error,
            locations: unreadable.locations,
            stage,
        }
    }
}

/// What an operation costs and may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Cost {
    /// The cost of this operation.
    pub requested: u64,
    /// What one operation may cost.
    pub limit: u64,
    /// What the caller may still spend now, where spending is limited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remaining: Option<u64>,
}

#[derive(Serialize)]
struct Answer<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ErrorView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extensions: BTreeMap<&'a str, Extension<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Extension<'a> {
    Cost(Cost),
    Value(&'a Value),
}

/// The result of an operation, ready to be sent.
#[derive(Debug)]
pub(super) struct Executed {
    pub(super) body: Vec<u8>,
    pub(super) outcome: Outcome,
}

/// How an operation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Data without errors.
    Complete,
    /// Executed, with errors.
    Partial,
    /// Not executed: validation said no.
    Refused,
}

impl Executed {
    /// Turns the result into bytes.
    pub(super) fn of(result: &ExecutionResult, caller: &Caller, cost: Option<Cost>) -> Self {
        let errors: Vec<_> = result
            .errors
            .iter()
            .map(|error| ErrorView::of_execution(error, caller))
            .collect();
        let outcome = if errors.is_empty() {
            Outcome::Complete
        } else if is_request_error(result) {
            Outcome::Refused
        } else {
            Outcome::Partial
        };
        let mut extensions: BTreeMap<_, _> = result
            .extensions
            .iter()
            .map(|(name, value)| (name.as_str(), Extension::Value(value)))
            .collect();
        if let Some(cost) = cost {
            extensions.insert("cost", Extension::Cost(cost));
        }
        let body = json(&Answer {
            errors,
            data: (outcome != Outcome::Refused).then_some(&result.data),
            extensions,
        });
        Self { body, outcome }
    }

    pub(super) fn status(&self, media: MediaType, policy: StatusPolicy) -> StatusCode {
        match (self.outcome, policy, media) {
            (Outcome::Complete, ..) | (Outcome::Partial, StatusPolicy::Widespread, _) => {
                StatusCode::OK
            }
            // Not registered, but named by the draft.
            (Outcome::Partial, StatusPolicy::Draft202608, _) => {
                StatusCode::from_u16(294).unwrap_or(StatusCode::OK)
            }
            (Outcome::Refused, StatusPolicy::Draft202608, _) => StatusCode::UNPROCESSABLE_ENTITY,
            (Outcome::Refused, StatusPolicy::Widespread, MediaType::GraphQlResponse) => {
                StatusCode::BAD_REQUEST
            }
            (Outcome::Refused, StatusPolicy::Widespread, _) => StatusCode::OK,
        }
    }
}

/// Whether nothing has been executed: no data, and no error has the path that
/// every error of execution has.
pub(super) fn is_request_error(result: &ExecutionResult) -> bool {
    result.data == Value::Null
        && !result.errors.is_empty()
        && result.errors.iter().all(|error| error.path.is_empty())
}

/// The errors of a request that validation has refused, as a list.
pub(super) fn error_list(result: &ExecutionResult, caller: &Caller) -> Vec<u8> {
    json(
        &result
            .errors
            .iter()
            .map(|error| ErrorView::of_execution(error, caller))
            .collect::<Vec<_>>(),
    )
}

/// What is serialized here are maps with text keys and plain values, which
/// cannot fail; were it to happen, the client sees an empty body.
pub(super) fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

pub(super) fn respond(status: StatusCode, media: MediaType, body: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    // An error is never a stream of events.
    let media = match media {
        MediaType::EventStream => MediaType::Json,
        other => other,
    };
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(media.content_type()),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static(VARY));
    response
}

const VARY: &str = "accept, accept-language, authorization, origin";

/// The headers that a resolver may set on the answer.
pub(super) const FROM_RESOLVERS: [HeaderName; 2] = [header::CACHE_CONTROL, header::ETAG];
