//! The Belenios protocol, version 1, one module a step: ballots, credentials, trustees, tally, archive and its verifier. Pure.
