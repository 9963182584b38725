//! Japanese holidays.
