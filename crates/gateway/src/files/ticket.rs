//! Who may upload what, and whose it is then.

use axum::http::{HeaderMap, StatusCode};
use domain::{
    Role,
    ids::{CaseId, SubmissionId},
};
use read_models::public_comment::{Case, Phase};
use serde::Deserialize;
use ulid::Ulid;

use super::{SECRET, answer::NotServed};
use crate::{
    desk::Desk,
    gate,
    http::{ApiError, Caller, Text},
    public_comment::mutation::{holds_receipt, sound_secret, submitter_pseudonym},
    viewer::Viewer,
};

/// What an upload is for: the query of its address.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Ticket {
    r#for: Option<Purpose>,
    case: Option<String>,
    submission: Option<String>,
    command: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Purpose {
    Material,
    Opinion,
    Entry,
    Replacement,
}

impl Ticket {
    /// Whether the request is about an upload.
    pub(super) fn is_shown(&self) -> bool {
        self.r#for.is_some()
    }

    /// Whose file it will be, if the caller may upload it.
    pub(super) async fn owner(
        &self,
        desk: &Desk,
        caller: &Caller,
        headers: &HeaderMap,
    ) -> Result<String, NotServed> {
        let viewer = Viewer::of(desk, caller);
        let secret = headers.get(SECRET).and_then(|secret| secret.to_str().ok());
        sound_secret(secret)?;
        let city = desk.city();
        let purpose = self.r#for.ok_or_else(incomplete)?;
        if purpose == Purpose::Replacement {
            let id: SubmissionId = parsed(self.submission.as_deref())?;
            let case = city.public_comment.of_submission(id);
            let case = case.ok_or(ApiError::NotFound)?;
            let submission = case.submission(id).ok_or(ApiError::NotFound)?;
            let may = match secret {
                Some(secret) => holds_receipt(desk, submission, secret).await?,
                None => gate::is_own(&viewer, case, submission) || viewer.holds(&[Role::Operator]),
            };
            running(case, desk)?;
            return if may {
                Ok(submission.subject.to_string())
            } else {
                Err(ApiError::NotFound.into())
            };
        }
        let id: CaseId = parsed(self.case.as_deref())?;
        let case = city.public_comment.get(id);
        let case = case.filter(|case| gate::may_see_case(&viewer, case));
        let case = case.ok_or(ApiError::NotFound)?;
        match purpose {
            Purpose::Material => {
                needs(&viewer, Role::BureauOfficer)?;
                Ok(id.to_string())
            }
            Purpose::Entry => {
                needs(&viewer, Role::Operator)?;
                let command: Ulid = self.command()?;
                Ok(submitter_pseudonym(command, secret).to_string())
            }
            Purpose::Opinion | Purpose::Replacement => {
                running(case, desk)?;
                if caller.identity.is_some() {
                    let (_, subject) = viewer.citizen_in(id).await?;
                    return Ok(subject.to_string());
                }
                let secret = secret.ok_or_else(ApiError::unauthenticated)?;
                Ok(submitter_pseudonym(self.command()?, Some(secret)).to_string())
            }
        }
    }

    fn command(&self) -> Result<Ulid, NotServed> {
        self.command
            .as_deref()
            .and_then(|command| Ulid::from_string(command).ok())
            .ok_or_else(incomplete)
    }
}

fn parsed<T: std::str::FromStr>(text: Option<&str>) -> Result<T, NotServed> {
    text.and_then(|text| text.parse().ok())
        .ok_or_else(incomplete)
}

fn incomplete() -> NotServed {
    NotServed::request(
        StatusCode::BAD_REQUEST,
        "UPLOAD_PURPOSE_REQUIRED",
        "何のためのファイルか分かりません。for=material、opinion、entry、replacementのいずれかと、case、command、submissionのうち必要なものを付けてください",
        "it is not clear what the file is for: add for=material, opinion, entry or replacement, with the case, command or submission that it needs",
    )
}

fn needs(viewer: &Viewer<'_>, role: Role) -> Result<(), ApiError> {
    viewer.identity()?;
    if viewer.holds(&[role]) {
        return Ok(());
    }
    Err(ApiError::Forbidden(Text::new(
        "このファイルを送る権限がありません",
        format!("only somebody who is {} can upload this", role.word()),
    )))
}

/// Strangers may fill the disk only where and when opinions are asked for.
fn running(case: &Case, desk: &Desk) -> Result<(), NotServed> {
    let today = desk.today();
    let opened = case
        .call
        .as_ref()
        .is_some_and(|call| call.opens_on <= today);
    if opened && case.phase_on(today) == Phase::Open {
        return Ok(());
    }
    Err(NotServed::request(
        StatusCode::CONFLICT,
        "NOT_OPEN",
        "意見の募集期間ではないため、ファイルを受け付けられません",
        "no file is taken outside the period for opinions",
    ))
}
