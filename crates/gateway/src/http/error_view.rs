//! Errors as clients see them: our codes, a sentence, and of our own faults
//! nothing but a number.

use async_graphql::{PathSegment, Pos, ServerError};
use serde::Serialize;

use super::{ApiError, Caller, Language, RequestId, answer::Cost, api_error::seconds};

/// An error as a client sees it.
#[derive(Serialize)]
pub(super) struct ErrorView<'a> {
    message: String,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    locations: &'a [Pos],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    path: &'a [PathSegment],
    extensions: ErrorExtensions<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorExtensions<'a> {
    code: &'static str,
    request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<Cost>,
}

impl<'a> ErrorView<'a> {
    pub(super) fn of(
        error: &ApiError,
        locations: &'a [Pos],
        path: &'a [PathSegment],
        language: Language,
        request_id: &'a RequestId,
    ) -> Self {
        let (retry_after_seconds, cost) = match *error {
            ApiError::RateLimited { retry_after } => (Some(seconds(retry_after)), None),
            ApiError::CostLimit { requested, limit } => (
                None,
                Some(Cost {
                    requested,
                    limit,
                    remaining: None,
                }),
            ),
            _ => (None, None),
        };
        Self {
            message: error.message(language),
            locations,
            path,
            extensions: ErrorExtensions {
                code: error.code().word(),
                request_id: request_id.as_str(),
                retry_after_seconds,
                cost,
            },
        }
    }

    pub(super) fn of_execution(error: &'a ServerError, caller: &'a Caller) -> Self {
        let meant = meaning(error);
        log_internal(&meant, &caller.request_id);
        Self::of(
            &meant,
            &error.locations,
            &error.path,
            caller.language,
            &caller.request_id,
        )
    }
}

/// What an error of async-graphql is in our terms.
///
/// An error without a path comes from validation: whatever goes wrong while a
/// field is resolved carries the field's path (GraphQL, "Errors").
pub(crate) fn meaning(error: &ServerError) -> ApiError {
    if let Some(api_error) = error.source::<ApiError>() {
        return api_error.clone();
    }
    if error.path.is_empty() {
        return ApiError::ValidationFailed(error.message.clone());
    }
    // Values that no type check of the validator catches, such as a number that
    // is too large, are refused by their scalar while the field is resolved.
    let refused_by_scalar = error.source.is_none()
        && ["Failed to parse \"", "Expected input type \""]
            .iter()
            .any(|beginning| error.message.starts_with(beginning));
    if refused_by_scalar {
        return ApiError::bad_input(
            format!("値が正しくありません: {}", error.message),
            error.message.clone(),
        );
    }
    ApiError::internal(error.message.clone())
}

pub(super) fn log_internal(error: &ApiError, request_id: &RequestId) {
    if let ApiError::Internal(cause) = error {
        tracing::error!(hiroba.request_id = %request_id, exception.message = %cause, "internal error");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Code;

    fn error(message: &str, path: bool) -> ServerError {
        let mut error = ServerError::new(message, None);
        if path {
            error.path = vec![PathSegment::Field("a".into())];
        }
        error
    }

    #[test]
    fn only_what_the_client_can_know_is_told() {
        assert_eq!(
            meaning(&error("Unknown field", false)).code(),
            Code::GraphqlValidationFailed
        );
        assert_eq!(meaning(&error("disk full", true)).code(), Code::Internal);
        assert_eq!(
            meaning(&error("Failed to parse \"Int\": too large", true)).code(),
            Code::BadUserInput
        );
        let mut of_resolver = error("Failed to parse \"/etc/secret\"", true);
        of_resolver.source = Some(std::sync::Arc::new("an io error"));
        assert_eq!(meaning(&of_resolver).code(), Code::Internal);
        let mut known = error("", true);
        known.source = Some(std::sync::Arc::new(ApiError::NotFound));
        assert_eq!(meaning(&known).code(), Code::NotFound);
    }
}
