//! Stories over HTTP, a file per institution.
