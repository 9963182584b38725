//! Who may do what.

use super::{
    super::{Command, Refusal},
    Context,
};
use crate::{
    ActorId, Role,
    ids::{OfficerId, SubjectId},
    refusal::Needed,
};

const CITIZEN: &[Role] = &[Role::Citizen];
const OPERATOR: &[Role] = &[Role::Operator];
const SUBMITTERS: &[Role] = &[Role::Citizen, Role::Operator];
const BUREAU_OFFICER: &[Role] = &[Role::BureauOfficer];
const APPROVER: &[Role] = &[Role::Approver];
const IMPLEMENTING_BODY: &[Role] = &[Role::ImplementingBody];
const SECRETARIAT: &[Role] = &[Role::Secretariat];
const SCREENERS: &[Role] = &[Role::BureauOfficer, Role::Secretariat];
const APPEAL_DECIDERS: &[Role] = &[Role::Secretariat, Role::Approver];
const RECORDS_MANAGER: &[Role] = &[Role::RecordsManager];
const SYSTEM: &[Role] = &[Role::System];

impl Command {
    /// The roles, one of which the command needs.
    pub fn roles(&self) -> &'static [Role] {
        match self {
            Self::DraftCase { .. }
            | Self::ReviseDraft { .. }
            | Self::AttachMaterial { .. }
            | Self::AddMaterial { .. }
            | Self::CorrectMaterial { .. }
            | Self::StartReview
            | Self::ItemizeSubmission { .. }
            | Self::GroupItems { .. }
            | Self::UngroupItems { .. }
            | Self::AssignResponse { .. }
            | Self::RevokeResponse { .. } => BUREAU_OFFICER,
            Self::DeclareExemption { .. }
            | Self::PublishExemption { .. }
            | Self::PublishCase(_)
            | Self::ExtendPeriod { .. }
            | Self::PublishResults(_) => APPROVER,
            Self::SubmitOpinion { .. } => CITIZEN,
            Self::EnterOpinion { .. } => OPERATOR,
            Self::ReplaceOpinion { .. }
            | Self::WithdrawOpinion { .. }
            | Self::AppealHiding { .. } => SUBMITTERS,
            Self::CloseCase => SYSTEM,
            Self::ScreenOpinions { .. } => SCREENERS,
            Self::DecidePolicy { .. } | Self::AbandonCase { .. } => IMPLEMENTING_BODY,
            Self::HideOpinion { .. } => SECRETARIAT,
            Self::ReverseHiding { .. } | Self::UpholdHiding { .. } => APPEAL_DECIDERS,
            Self::WithdrawPublication { .. } => RECORDS_MANAGER,
        }
    }
}

/// Lets pass who holds one of the roles.
pub(super) fn permit(command: &Command, context: Context) -> Result<(), Refusal> {
    let needed = command.roles();
    let fits = |role: &Role| match context.actor.id {
        // A role of the city's does not make an officer of a citizen's
        // pseudonym, nor the other way round.
        ActorId::Officer(_) => role.is_staff(),
        ActorId::Subject(_) => *role == Role::Citizen,
        ActorId::System => *role == Role::System,
    };
    let holds = |role: &Role| context.actor.roles.contains(role) && fits(role);
    if needed.iter().any(holds) {
        Ok(())
    } else {
        Err(Refusal::NotPermitted {
            needed: Needed(needed),
        })
    }
}

/// The officer who gives a command that only officers may give.
pub(super) fn officer(command: &Command, context: Context) -> Result<OfficerId, Refusal> {
    match context.actor.id {
        ActorId::Officer(officer) => Ok(officer),
        ActorId::Subject(_) | ActorId::System => Err(Refusal::NotPermitted {
            needed: Needed(command.roles()),
        }),
    }
}

/// The pseudonym of the person who gives a command for themselves.
pub(super) fn subject(command: &Command, context: Context) -> Result<SubjectId, Refusal> {
    match context.actor.id {
        ActorId::Subject(subject) => Ok(subject),
        ActorId::Officer(_) | ActorId::System => Err(Refusal::NotPermitted {
            needed: Needed(command.roles()),
        }),
    }
}
