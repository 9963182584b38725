//! Given, when, then: rules as sentences.
