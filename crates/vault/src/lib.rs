//! The vault: what is personal or embargoed, encrypted under a key per subject, apart from the log.
