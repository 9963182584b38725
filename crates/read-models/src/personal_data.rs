//! Looks at personal data, and erasures.

use domain::{
    ActorId, LegalDate, Role,
    ids::{EventId, SubjectId},
    personal_data::{Event, PersonalField},
};
use event_store::Position;
use imbl::{OrdMap, Vector};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::city::Fact;

/// What happened to the personal data of all subjects.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Subjects {
    subjects: OrdMap<SubjectId, Subject>,
    requests: OrdMap<SubjectId, ErasureRequest>,
    /// Erasures by what allowed them.
    pub erasures: OrdMap<Basis, u32>,
    /// Looks by the role of whoever looked.
    pub looks: OrdMap<Role, u32>,
}

/// What allowed an erasure.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Basis {
    /// The law.
    pub legal_basis: String,
    /// Whether the person asked for it; if not, it was done by schedule.
    pub requested_by_person: bool,
    /// The version of the rules on retention.
    pub ordinance: String,
}

/// What happened to the personal data of a subject.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Subject {
    /// Who looked, when and why.
    pub looks: Vector<Look>,
    /// The erasure.
    pub erasure: Option<Erasure>,
}

/// Somebody who works for the city opened personal data.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Look {
    /// Who, as a pseudonym.
    pub actor: ActorId,
    /// In which role.
    pub role: Role,
    /// The event whose sealed fields were opened.
    pub event: EventId,
    /// Which fields.
    pub fields: Vec<PersonalField>,
    /// Why.
    pub reason: String,
    /// When.
    pub recorded_at: Timestamp,
    /// Its place in the log.
    pub position: Position,
}

/// Somebody asked that their data be erased.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ErasureRequest {
    /// Whether an operator asked at their wish.
    pub by_operator: bool,
    /// When.
    pub recorded_at: Timestamp,
    /// Its place in the log.
    pub position: Position,
}

/// Personal data were erased.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Erasure {
    /// The law.
    pub legal_basis: String,
    /// The number of the decision.
    pub decision_no: String,
    /// Whether the person asked for it.
    pub requested_by_person: bool,
    /// The last day of the retention period that ended, if that is the reason.
    pub kept_until: Option<LegalDate>,
    /// When.
    pub recorded_at: Timestamp,
    /// Its place in the log.
    pub position: Position,
}

/// A row of the view.
#[derive(Serialize)]
pub(crate) struct Row<'a> {
    id: &'a SubjectId,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<&'a ErasureRequest>,
    #[serde(flatten)]
    subject: &'a Subject,
}

impl Subjects {
    /// What happened to the data of a subject; `None` if nothing did.
    pub fn get(&self, subject: SubjectId) -> Option<&Subject> {
        self.subjects.get(&subject)
    }

    /// Whether the data of a subject were erased.
    pub fn is_erased(&self, subject: SubjectId) -> bool {
        self.get(subject)
            .is_some_and(|subject| subject.erasure.is_some())
    }

    /// That a person asked for the erasure of their data.
    pub fn request(&self, subject: SubjectId) -> Option<&ErasureRequest> {
        self.requests.get(&subject)
    }

    /// All who asked and whose data are still there, the oldest request first.
    pub fn asking(&self) -> Vec<(SubjectId, &ErasureRequest)> {
        let open = self.requests.iter().filter(|(id, _)| !self.is_erased(**id));
        let mut open: Vec<_> = open.map(|(id, request)| (*id, request)).collect();
        open.sort_by_key(|(_, request)| request.position);
        open
    }

    /// All subjects whose data were erased.
    pub fn erased(&self) -> impl Iterator<Item = (SubjectId, &Erasure)> {
        self.subjects
            .iter()
            .filter_map(|(id, subject)| Some((*id, subject.erasure.as_ref()?)))
    }

    pub(crate) fn apply(&mut self, fact: &Fact<'_, Event>) {
        match &fact.event {
            Event::PersonalDataOpened {
                subject,
                event,
                fields,
                reason,
            } => {
                *self.looks.entry(fact.metadata.role).or_default() += 1;
                self.subjects
                    .entry(*subject)
                    .or_default()
                    .looks
                    .push_back(Look {
                        actor: fact.metadata.actor,
                        role: fact.metadata.role,
                        event: *event,
                        fields: fields.clone(),
                        reason: reason.clone(),
                        recorded_at: fact.metadata.recorded_at,
                        position: fact.position,
                    });
            }
            Event::ErasureRequested { subject } => {
                self.subjects.entry(*subject).or_default();
                let request = ErasureRequest {
                    by_operator: fact.metadata.role == Role::Operator,
                    recorded_at: fact.metadata.recorded_at,
                    position: fact.position,
                };
                self.requests.insert(*subject, request);
            }
            Event::PersonalDataErased {
                subject,
                legal_basis,
                decision_no,
                requested_by_person,
                retention,
            } => {
                let basis = Basis {
                    legal_basis: legal_basis.clone(),
                    requested_by_person: *requested_by_person,
                    ordinance: fact.metadata.basis.clone(),
                };
                *self.erasures.entry(basis).or_default() += 1;
                self.subjects.entry(*subject).or_default().erasure = Some(Erasure {
                    legal_basis: legal_basis.clone(),
                    decision_no: decision_no.clone(),
                    requested_by_person: *requested_by_person,
                    kept_until: retention.map(|retention| retention.kept_until),
                    recorded_at: fact.metadata.recorded_at,
                    position: fact.position,
                });
            }
        }
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.subjects.iter().map(|(id, subject)| Row {
            id,
            request: self.request(*id),
            subject,
        })
    }
}
