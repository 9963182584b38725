//! The rules as sentences: the ten numbered ones of the specification, and the
//! guards of each stage.

mod drafting;
mod intake;
mod moderation;
mod numbered;
mod refusals;
mod result;
mod review;
