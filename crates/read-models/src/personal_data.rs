//! Looks at personal data, and erasures.

use domain::{
    LegalDate, Role,
    ids::{EventId, SubjectId},
    personal_data::{Event, PersonalField},
};
use event_store::Position;
use imbl::{OrdMap, Vector};
use jiff::Timestamp;
use serde::Serialize;

use crate::city::Fact;

/// What happened to the personal data of all subjects.
#[derive(Clone, Debug, Default)]
pub struct Subjects {
    subjects: OrdMap<SubjectId, Subject>,
    /// Erasures by their legal basis.
    pub erasures: OrdMap<String, u32>,
    /// Looks by the role of whoever looked.
    pub looks: OrdMap<Role, u32>,
}

/// What happened to the personal data of a subject.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Subject {
    /// Who looked, when and why.
    pub looks: Vector<Look>,
    /// The erasure.
    pub erasure: Option<Erasure>,
}

/// Somebody who works for the city opened personal data.
#[derive(Clone, Debug, Serialize)]
pub struct Look {
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

/// Personal data were erased.
#[derive(Clone, Debug, Serialize)]
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
                        role: fact.metadata.role,
                        event: *event,
                        fields: fields.clone(),
                        reason: reason.clone(),
                        recorded_at: fact.metadata.recorded_at,
                        position: fact.position,
                    });
            }
            Event::PersonalDataErased {
                subject,
                legal_basis,
                decision_no,
                requested_by_person,
                retention,
            } => {
                *self.erasures.entry(legal_basis.clone()).or_default() += 1;
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
        self.subjects
            .iter()
            .map(|(id, subject)| Row { id, subject })
    }
}
