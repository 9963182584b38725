//! The rules of every institution: pure, without I/O, clock or randomness.
