//! Stories over HTTP, a file per institution: several persons, one city, and a
//! calendar that the story turns.

mod public_comment;
mod support;
