use super::{Command, Event, LEAF_SPEC, Refusal, State};
use crate::{Circumstances, Role, refusal::Needed};

pub(super) const SYSTEM: &[Role] = &[Role::System];

pub(super) fn decide(
    command: &Command,
    state: &State,
    circumstances: &Circumstances<()>,
) -> Result<Vec<Event>, Refusal> {
    if circumstances.actor.acts_as(SYSTEM).is_none() {
        return Err(Refusal::NotPermitted {
            needed: Needed(SYSTEM),
        });
    }
    match command {
        Command::CreateLog { origin, vkey } => {
            if origin.is_empty() || vkey.is_empty() {
                return Err(Refusal::NameRequired);
            }
            match &state.origin {
                None => Ok(vec![Event::LogCreated {
                    origin: origin.clone(),
                    vkey: vkey.clone(),
                    leaf_spec: LEAF_SPEC.to_owned(),
                }]),
                // Every start of the server asks for the log to be there.
                Some(known) if known == origin && state.vkeys.last() == Some(vkey) => Ok(vec![]),
                Some(known) => Err(Refusal::LogExists {
                    origin: known.clone(),
                }),
            }
        }
        Command::RotateLogKey { vkey } => {
            if vkey.is_empty() {
                return Err(Refusal::NameRequired);
            }
            let Some((present, retired)) = state.vkeys.split_last() else {
                return Err(Refusal::LogUnknown);
            };
            if present == vkey {
                return Ok(vec![]);
            }
            if retired.contains(vkey) {
                return Err(Refusal::KeyRetired { vkey: vkey.clone() });
            }
            Ok(vec![Event::LogKeyRotated { vkey: vkey.clone() }])
        }
    }
}
