use super::{Command, Event, Refusal, Retention, RetentionEnd, State};
use crate::{Circumstances, Role, ids::SubjectId, ordinance::InForce, refusal::Needed};

/// Who may open sealed data, leaving a trace.
const OPENERS: &[Role] = &[
    Role::Operator,
    Role::BureauOfficer,
    Role::Secretariat,
    Role::RecordsManager,
];
const RECORDS_MANAGER: &[Role] = &[Role::RecordsManager];

/// The roles, one of which a command needs.
pub(super) fn roles(command: &Command) -> &'static [Role] {
    match command {
        Command::OpenPersonalData { .. } => OPENERS,
        Command::ErasePersonalData { .. } => RECORDS_MANAGER,
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
            if reason.trim().is_empty() {
                return Err(Refusal::ReasonRequired);
            }
            if fields.is_empty() {
                return Err(Refusal::FieldsRequired);
            }
            Ok(vec![Event::PersonalDataOpened {
                subject: *subject,
                event: *event,
                fields: fields.clone(),
                reason: reason.clone(),
            }])
        }
        Command::ErasePersonalData {
            subject,
            legal_basis,
            decision_no,
            requested_by_person,
            record,
        } => {
            same_subject(state, *subject)?;
            if state.erased {
                return Ok(vec![]);
            }
            if legal_basis.trim().is_empty() || decision_no.trim().is_empty() {
                return Err(Refusal::LegalBasisRequired);
            }
            let retention = record.and_then(|(record, completed_on)| {
                let parameters = &circumstances.ordinance.parameters;
                let kept_until = parameters.kept_until(record, completed_on)?;
                Some(RetentionEnd { record, kept_until })
            });
            if !requested_by_person {
                // Without a request only the end of the period is a ground, and
                // a period that nobody set does not end.
                let Some(retention) = retention else {
                    return Err(Refusal::GroundRequired);
                };
                if circumstances.today() <= retention.kept_until {
                    return Err(Refusal::RetentionNotOver {
                        kept_until: retention.kept_until,
                    });
                }
            }
            Ok(vec![Event::PersonalDataErased {
                subject: *subject,
                legal_basis: legal_basis.clone(),
                decision_no: decision_no.clone(),
                requested_by_person: *requested_by_person,
                retention,
            }])
        }
    }
}

fn same_subject(state: &State, asked: SubjectId) -> Result<(), Refusal> {
    match state.subject {
        Some(subject) if subject != asked => Err(Refusal::OtherSubject { subject }),
        _ => Ok(()),
    }
}
