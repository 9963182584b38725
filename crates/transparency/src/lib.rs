//! The transparency log of RFC 6962 and C2SP: tree hashing, proofs, tiles, notes, checkpoints, receipts. Pure.
