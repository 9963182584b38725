use super::{Event, State};

pub(super) fn evolve(_state: &mut State, _event: &Event) {}
