//! Stories over HTTP, a file per institution: several persons, one city, and a
//! calendar that the story turns.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod audit;
mod checkpoints;
mod confirmation;
mod counts;
mod embargo;
mod erasure;
mod feeds;
mod file_openings;
mod history;
mod import;
mod limits;
mod logs;
mod pages;
mod personal_data;
mod public_comment;
mod public_comment_files;
mod public_comment_kept;
mod public_comment_result;
mod reading;
mod repetition;
mod schema;
mod search;
mod support;
