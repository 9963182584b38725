//! The contract that every event store keeps, and the suite that holds it to its promises.
