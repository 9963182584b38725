use super::{Command, Event, Ordinance, Refusal, State};
use crate::{Circumstances, ordinance::InForce};

pub(super) fn decide(
    _command: &Command,
    state: &State,
    _circumstances: &Circumstances<InForce<Ordinance>>,
) -> Result<Vec<Event>, Refusal> {
    Err(Refusal::WrongStage { stage: state.stage })
}
