//! Stories over HTTP, a file per institution: several persons, one city, and a
//! calendar that the story turns.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod audit;
mod import;
mod personal_data;
mod public_comment;
mod public_comment_files;
mod public_comment_result;
mod schema;
mod support;
