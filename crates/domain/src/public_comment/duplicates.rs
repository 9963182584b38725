//! To be filled in its own commit.
