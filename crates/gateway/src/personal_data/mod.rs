//! Somebody's personal data: opened with a reason that they can read, and
//! erased for good, at their request or when they need not be kept any longer.

pub mod erasure;
pub mod opening;
pub mod query;
pub mod words;

mod erasure_request;

use application::Request;
use async_graphql::MergedObject;
use domain::{
    ids::SubjectId,
    personal_data::{Command, PersonalData},
};
use ulid::Ulid;

pub use erasure_request::{ErasureRequestMutation, ErasureRequestQuery};

use crate::http::ApiError;

pub use erasure::{Decision, ErasedBySchedule, erase_by_schedule};
pub use query::PersonalDataQuery;

/// Opening and erasing personal data.
#[derive(MergedObject, Default)]
pub struct PersonalDataMutation(opening::OpeningMutation, erasure::ErasureMutation);

fn request(
    command_id: Ulid,
    subject: SubjectId,
    actor: domain::Actor,
    command: Command,
) -> Result<Request<PersonalData>, ApiError> {
    Ok(Request {
        command_id,
        stream: format!("personal_data/{subject}")
            .parse()
            .map_err(ApiError::internal)?,
        actor,
        command,
        envelopes: Vec::new(),
        answers: None,
    })
}
