//! A tlog-witness: cosigns checkpoints that extend what it cosigned before.
