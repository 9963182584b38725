//! From a command to recorded events: the sequencer, reactions between institutions, timers.
