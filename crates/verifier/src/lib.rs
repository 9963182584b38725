//! Checks a city from outside: log, receipts, read models and referendums.

pub mod referendum;
