//! Read models: one pure fold of events per view, with snapshots and the state as of any position.
