//! How a command is handed in, and what a mutation answers.

use std::sync::Arc;

use application::{Accepted, Request};
use async_graphql::Context;
use bytes::Bytes;
use domain::{
    Actor,
    ids::CaseId,
    public_comment::{Command, Event, PublicComment},
};
use event_store::Position;
use read_models::City;
use ulid::Ulid;

use super::super::case::PublicCommentCase;
use crate::{
    context::Ask,
    http::{ApiError, Text},
    refusal::{Refusal, refused_or_failed},
};

/// What was recorded, and the city that includes it.
pub(super) struct Recorded {
    pub(super) city: Arc<City>,
    pub(super) case: PublicCommentCase,
    /// The last event of the command; the newest event if nothing new was
    /// asked for.
    pub(super) position: Option<Position>,
    pub(super) accepted: Accepted<Event>,
}

/// Hands in a command about a case, and waits until it can be read.
pub(super) async fn ask(
    ctx: &Context<'_>,
    command_id: Ulid,
    case: CaseId,
    actor: Actor,
    command: Command,
    envelopes: Vec<(u16, Bytes)>,
) -> Result<Result<Recorded, Refusal>, ApiError> {
    let desk = ctx.desk();
    let stream = format!("public_comment/{case}")
        .parse()
        .map_err(ApiError::internal)?;
    let request = Request::<PublicComment> {
        command_id,
        stream,
        actor,
        command,
        envelopes,
        answers: None,
    };
    let accepted = match desk.sequencer.ask(request).await {
        Ok(accepted) => accepted,
        Err(error) => return refused_or_failed(error).map(Err),
    };
    let position = accepted.receipt.map(|receipt| receipt.last);
    let city = match position {
        Some(position) => {
            let city = desk.reader.at_least(position).await;
            city.map_err(|stopped| {
                tracing::error!(%stopped, "a command was recorded and cannot be read");
                ApiError::Unavailable(Text::new(
                    format!("操作は位置{position}に記録されましたが、いま表示に反映できません。時間をおいて同じコマンドIDで確認してください"),
                    format!("the command is recorded at position {position}, but what is read stands still; ask again later with the same command id"),
                ))
            })?
        }
        None => desk.city(),
    };
    Ok(Ok(Recorded {
        case: PublicCommentCase {
            city: Arc::clone(&city),
            id: case,
            today: desk.today(),
        },
        city,
        position,
        accepted,
    }))
}

/// Mutations that answer with the case as it is now.
macro_rules! case_results {
    ($($payload:ident, $result:ident: $what:literal;)*) => {$(
        #[doc = $what]
        #[derive(async_graphql::SimpleObject)]
        pub struct $payload {
            /// The case as it is now.
            pub case: $crate::public_comment::PublicCommentCase,
            /// The place of the recorded event in the log; none if nothing new
            /// was asked for.
            pub position: Option<$crate::scalars::LogPosition>,
            /// Whether this is the answer to an earlier request with the same
            /// command id.
            pub repeated: bool,
        }

        /// What became of the command.
        #[derive(async_graphql::Union)]
        pub enum $result {
            /// It was recorded.
            Recorded($payload),
            /// The rules say no.
            Refused($crate::refusal::Refusal),
        }

        impl From<Result<super::payload::Recorded, $crate::refusal::Refusal>> for $result {
            fn from(
                outcome: Result<super::payload::Recorded, $crate::refusal::Refusal>,
            ) -> Self {
                match outcome {
                    Ok(recorded) => Self::Recorded($payload {
                        position: recorded.position.map($crate::scalars::LogPosition),
                        repeated: recorded.accepted.repeated,
                        case: recorded.case,
                    }),
                    Err(refusal) => Self::Refused(refusal),
                }
            }
        }
    )*};
}

/// Mutations that answer with a submission as it is now.
macro_rules! submission_results {
    ($($payload:ident, $result:ident: $what:literal;)*) => {$(
        #[doc = $what]
        #[derive(async_graphql::SimpleObject)]
        pub struct $payload {
            /// The submission as it is now.
            pub submission: $crate::public_comment::Submission,
            /// The place of the recorded event in the log; none if nothing new
            /// was asked for.
            pub position: Option<$crate::scalars::LogPosition>,
            /// Whether this is the answer to an earlier request with the same
            /// command id.
            pub repeated: bool,
        }

        /// What became of the command.
        #[derive(async_graphql::Union)]
        pub enum $result {
            /// It was recorded.
            Recorded($payload),
            /// The rules say no.
            Refused($crate::refusal::Refusal),
        }

        impl $result {
            fn of(
                outcome: Result<super::payload::Recorded, $crate::refusal::Refusal>,
                submission: domain::ids::SubmissionId,
            ) -> Result<Self, $crate::http::ApiError> {
                Ok(match outcome {
                    Ok(recorded) => Self::Recorded($payload {
                        submission: recorded.submission(submission)?,
                        position: recorded.position.map($crate::scalars::LogPosition),
                        repeated: recorded.accepted.repeated,
                    }),
                    Err(refusal) => Self::Refused(refusal),
                })
            }
        }
    )*};
}

pub(super) use {case_results, submission_results};

impl Recorded {
    /// A submission of the case, as it is now.
    pub(super) fn submission(
        &self,
        id: domain::ids::SubmissionId,
    ) -> Result<super::super::submission::Submission, ApiError> {
        let case = self.city.public_comment.get(self.case.id);
        let view = case
            .and_then(|case| case.submission(id))
            .ok_or(ApiError::NotFound)?;
        Ok(super::super::submission::Submission {
            case: self.case.clone(),
            view: Arc::clone(view),
            held: false,
        })
    }
}
