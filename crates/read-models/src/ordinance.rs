//! Which rules held on which day.

use domain::{
    Decider, LegalDate,
    ordinance::{Event, OrdinanceVersion, Ordinances, State},
};
use event_store::Position;
use imbl::{OrdMap, Vector};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{city::Fact, compact};

/// The versions of all ordinances.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Versions {
    /// By the name of the institution.
    institutions: OrdMap<String, Ordinance>,
}

/// The versions of an institution's ordinance.
#[derive(Clone, Debug, Default)]
pub struct Ordinance {
    /// Which version holds when.
    pub state: State,
    /// The events, in order.
    pub events: Vector<(Position, Event)>,
}

/// A row of the view.
#[derive(Serialize)]
pub(crate) struct Row<'a> {
    institution: &'a str,
    position: Position,
    event: &'a Event,
}

/// What holds when follows from the events, so a snapshot has them alone.
impl Serialize for Ordinance {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        compact::json::serialize(&self.events, serializer)
    }
}

impl<'de> Deserialize<'de> for Ordinance {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let events: Vector<(Position, Event)> = compact::json::deserialize(deserializer)?;
        let mut state = State::default();
        for (_, event) in &events {
            Ordinances::evolve(&mut state, event);
        }
        Ok(Self { state, events })
    }
}

impl Versions {
    /// The ordinance of an institution.
    pub fn of(&self, institution: &str) -> Option<&Ordinance> {
        self.institutions.get(institution)
    }

    /// All ordinances, by the name of the institution.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Ordinance)> {
        self.institutions
            .iter()
            .map(|(name, ordinance)| (name.as_str(), ordinance))
    }

    /// The version that held on a day.
    pub fn in_force_on(&self, institution: &str, day: LegalDate) -> Option<&OrdinanceVersion> {
        self.of(institution)?.state.in_force_on(day)
    }

    pub(crate) fn apply(&mut self, fact: &Fact<'_, Event>) {
        let Some(institution) = fact.metadata.stream.split('/').nth(1) else {
            return;
        };
        let ordinance = self.institutions.entry(institution.to_owned()).or_default();
        Ordinances::evolve(&mut ordinance.state, &fact.event);
        ordinance
            .events
            .push_back((fact.position, fact.event.clone()));
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.institutions
            .iter()
            .flat_map(|(institution, ordinance)| {
                ordinance.events.iter().map(move |(position, event)| Row {
                    institution,
                    position: *position,
                    event,
                })
            })
    }
}
