use super::{Command, Event, OrdinanceVersion, Parameters, Refusal, State};
use crate::{Circumstances, Role, refusal::Needed};

const ENACTERS: &[Role] = &[Role::Secretariat, Role::System];
const SECRETARIAT: &[Role] = &[Role::Secretariat];

/// The roles, one of which a command needs.
pub(super) fn roles(command: &Command) -> &'static [Role] {
    match command {
        Command::EnactOrdinance(_) => ENACTERS,
        Command::RepealOrdinance { .. } => SECRETARIAT,
    }
}

pub(super) fn decide(
    command: &Command,
    state: &State,
    circumstances: &Circumstances<()>,
) -> Result<Vec<Event>, Refusal> {
    let needed = roles(command);
    if circumstances.actor.acts_as(needed).is_none() {
        return Err(Refusal::NotPermitted {
            needed: Needed(needed),
        });
    }
    match command {
        Command::EnactOrdinance(version) => enact(version, state),
        Command::RepealOrdinance {
            version,
            effective_on,
        } => {
            if state.version(version).is_none() {
                return Err(Refusal::VersionUnknown {
                    version: version.clone(),
                });
            }
            if state.on(*effective_on) == Some(None) {
                return Ok(vec![]);
            }
            let holds = state
                .in_force_on(*effective_on)
                .is_some_and(|held| held.version == *version);
            if !holds {
                return Err(Refusal::NotInForce {
                    version: version.clone(),
                    effective_on: *effective_on,
                });
            }
            if state.on(*effective_on).is_some() {
                return Err(Refusal::DayTaken {
                    effective_on: *effective_on,
                });
            }
            Ok(vec![Event::OrdinanceRepealed {
                version: version.clone(),
                effective_on: *effective_on,
            }])
        }
    }
}

fn enact(version: &OrdinanceVersion, state: &State) -> Result<Vec<Event>, Refusal> {
    if let Some(known) = state.version(&version.version) {
        // Every start with the same profile asks for it again.
        return if known == version {
            Ok(vec![])
        } else {
            Err(Refusal::VersionTaken {
                version: version.version.clone(),
            })
        };
    }
    let institution = version.parameters.institution();
    if let Some(other) = state.versions().next()
        && other.parameters.institution() != institution
    {
        return Err(Refusal::OtherInstitution {
            institution: other.parameters.institution().to_owned(),
        });
    }
    if state.on(version.effective_on).is_some() {
        return Err(Refusal::DayTaken {
            effective_on: version.effective_on,
        });
    }
    if let Some(problem) = problem(version) {
        return Err(Refusal::ParametersInvalid { problem });
    }
    Ok(vec![Event::OrdinanceEnacted(Box::new(version.clone()))])
}

fn problem(version: &OrdinanceVersion) -> Option<String> {
    if version.version.trim().is_empty() || version.name.is_blank() {
        return Some("a version has a name, and the ordinance too".to_owned());
    }
    match &version.parameters {
        Parameters::PublicComment(parameters) => parameters.problem(),
        Parameters::PersonalData(parameters) => parameters.problem(),
    }
}
