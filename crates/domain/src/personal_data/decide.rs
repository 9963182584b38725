use super::{Command, Event, Ground, PersonalField, Refusal, Retention, State};
use crate::{
    ActorId, Checked, Circumstances, Role, ids::SubjectId, ordinance::InForce, refusal::Needed,
};

/// Who may open what tells who a person is, leaving a trace.
const OPENERS: &[Role] = &[
    Role::Operator,
    Role::BureauOfficer,
    Role::Secretariat,
    Role::RecordsManager,
];
/// Who may ask for an erasure: the person, or an operator at their wish.
const REQUESTERS: &[Role] = &[Role::Citizen, Role::Operator];
/// Who may open what a person said where it tells who they are, leaving a
/// trace: those who work on opinions while they are under embargo.
const READERS: &[Role] = &[
    Role::BureauOfficer,
    Role::Approver,
    Role::ImplementingBody,
    Role::Secretariat,
];
/// Who may open both.
const BOTH: &[Role] = &[Role::BureauOfficer, Role::Secretariat];
const RECORDS_MANAGER: &[Role] = &[Role::RecordsManager];
const SCHEDULE: &[Role] = &[Role::RecordsManager, Role::System];

/// The roles, one of which a command needs.
pub(super) fn roles(command: &Command) -> &'static [Role] {
    match command {
        Command::OpenPersonalData { fields, .. } => {
            let said = fields.iter().filter(|field| field.is_said()).count();
            match said {
                0 => OPENERS,
                all if all == fields.len() => READERS,
                _ => BOTH,
            }
        }
        Command::RequestErasure { .. } => REQUESTERS,
        Command::ErasePersonalData { ground, .. } => match ground {
            Ground::Request => RECORDS_MANAGER,
            Ground::Schedule(_) => SCHEDULE,
        },
    }
}

pub(super) fn decide(
    command: &Command,
    state: &State,
    circumstances: &Circumstances<InForce<Retention>>,
) -> Result<Vec<Event>, Refusal> {
    let needed = roles(command);
    if circumstances.actor.acts_as(needed).is_none() {
        return Err(Refusal::NotPermitted {
            needed: Needed(needed),
        });
    }
    match command {
        Command::OpenPersonalData {
            subject,
            event,
            fields,
            reason,
        } => {
            same_subject(state, *subject)?;
            if state.erased {
                return Err(Refusal::Erased);
            }
            if reason.text.trim().is_empty() {
                return Err(Refusal::ReasonRequired);
            }
            tells_nobody(reason)?;
            if fields.is_empty() {
                return Err(Refusal::FieldsRequired);
            }
            Ok(vec![Event::PersonalDataOpened {
                subject: *subject,
                event: *event,
                fields: fields.clone(),
                reason: reason.text.clone(),
            }])
        }
        Command::RequestErasure { subject } => {
            same_subject(state, *subject)?;
            // For somebody else one asks as an operator, or not at all.
            if let ActorId::Subject(asking) = circumstances.actor.id
                && asking != *subject
            {
                return Err(Refusal::OtherSubject { subject: *subject });
            }
            if state.erasure_requested || state.erased {
                return Ok(vec![]);
            }
            Ok(vec![Event::ErasureRequested { subject: *subject }])
        }
        Command::ErasePersonalData {
            subject,
            legal_basis,
            decision_no,
            ground,
        } => {
            same_subject(state, *subject)?;
            if state.erased {
                return Ok(vec![]);
            }
            if legal_basis.text.trim().is_empty() || decision_no.text.trim().is_empty() {
                return Err(Refusal::LegalBasisRequired);
            }
            tells_nobody(legal_basis)?;
            tells_nobody(decision_no)?;
            let retention = match ground {
                Ground::Request => None,
                // Without a request only the end of the period is a ground, and
                // a period that nobody set does not end.
                Ground::Schedule(records) => {
                    let parameters = &circumstances.ordinance.parameters;
                    let records = records.as_deref().unwrap_or_default();
                    let end = parameters.end(records).ok_or(Refusal::GroundRequired)?;
                    if circumstances.today() <= end.kept_until {
                        return Err(Refusal::RetentionNotOver {
                            kept_until: end.kept_until,
                        });
                    }
                    Some(end)
                }
            };
            Ok(vec![Event::PersonalDataErased {
                subject: *subject,
                legal_basis: legal_basis.text.clone(),
                decision_no: decision_no.text.clone(),
                requested_by_person: retention.is_none(),
                retention,
            }])
        }
    }
}

impl PersonalField {
    /// Whether it is what the person said, and not who they are.
    fn is_said(self) -> bool {
        match self {
            Self::Body | Self::Attachments => true,
            Self::Name | Self::Kana | Self::Address | Self::Contact | Self::Ward => false,
        }
    }
}

fn tells_nobody(text: &Checked<String>) -> Result<(), Refusal> {
    if text.repeats_personal_data {
        Err(Refusal::PersonalDataRepeated)
    } else {
        Ok(())
    }
}

fn same_subject(state: &State, asked: SubjectId) -> Result<(), Refusal> {
    match state.subject {
        Some(subject) if subject != asked => Err(Refusal::OtherSubject { subject }),
        _ => Ok(()),
    }
}
