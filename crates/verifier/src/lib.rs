//! Checks a city from outside: log, receipts, read models and referendums.
//!
//! It depends on neither gateway nor store, and believes nothing but the keys
//! that it is given.

pub mod diff;
pub mod log;
pub mod receipt;
pub mod referendum;
pub mod replay;
pub mod report;
