//! Which version holds on which day.

use std::collections::BTreeMap;

use super::{Event, InForce, OrdinanceVersion, Parameters};
use crate::{LegalDate, personal_data, public_comment};

/// The versions of an institution's ordinance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// What holds from a day on; `None` from a repeal on.
    from: BTreeMap<LegalDate, Option<OrdinanceVersion>>,
}

impl State {
    pub(super) fn evolve(&mut self, event: &Event) {
        match event {
            Event::OrdinanceEnacted(version) => {
                self.from
                    .insert(version.effective_on, Some((**version).clone()));
            }
            Event::OrdinanceRepealed { effective_on, .. } => {
                self.from.insert(*effective_on, None);
            }
        }
    }

    /// The version in force on a day, if one is.
    pub fn in_force_on(&self, day: LegalDate) -> Option<&OrdinanceVersion> {
        self.from.range(..=day).next_back()?.1.as_ref()
    }

    /// A version by its name, in force or not: a case keeps the one under which
    /// it was published.
    pub fn version(&self, name: &str) -> Option<&OrdinanceVersion> {
        self.versions().find(|version| version.version == name)
    }

    /// All versions, by the day on which they take effect.
    pub fn versions(&self) -> impl Iterator<Item = &OrdinanceVersion> {
        self.from.values().flatten()
    }

    /// What begins or ends on a day: `Some(None)` is a repeal.
    pub(super) fn on(&self, day: LegalDate) -> Option<Option<&OrdinanceVersion>> {
        self.from.get(&day).map(Option::as_ref)
    }
}

impl OrdinanceVersion {
    /// The parameters for public comment, if this is that ordinance.
    pub fn public_comment(&self) -> Option<InForce<public_comment::Ordinance>> {
        match &self.parameters {
            Parameters::PublicComment(parameters) => Some(InForce {
                version: self.version.clone(),
                parameters: parameters.clone(),
            }),
            Parameters::PersonalData(_) => None,
        }
    }

    /// The parameters for personal data, if this is that ordinance.
    pub fn personal_data(&self) -> Option<InForce<personal_data::Retention>> {
        match &self.parameters {
            Parameters::PersonalData(parameters) => Some(InForce {
                version: self.version.clone(),
                parameters: parameters.clone(),
            }),
            Parameters::PublicComment(_) => None,
        }
    }
}
