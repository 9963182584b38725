//! The optional record of commitments beside an archive.
//!
//! A ballot's proofs carry challenges and responses; a verifier recomputes each commitment,
//! which is nearly all of its work. Whoever has verified a ballot can write the commitments
//! down, one line a ballot, and the next verifier then replaces two exponentiations for each
//! commitment by one equation for a whole batch of ballots.
//!
//! With a record the following is still checked, ballot by ballot: canonical form, binding to
//! election and credential, the signed hash, every hash of statement and commitments against
//! the sum of the challenges, the canonical form and membership of every element. What changes
//! is only how the equations A = g^r·α^c and B = y^r·(β·g^-m)^c are checked: their product with
//! random 128-bit exponents, drawn by hashing the batch. A batch with a false equation passes
//! with probability 2^-128. A line that is missing, malformed or false costs time: its ballot
//! is then verified from the archive alone. The record therefore needs no trust.

use crate::group::{Candidate, Group};
use crate::hash::Hash;

use super::Tracker;

/// The commitments of one ballot, as the texts that were hashed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commitments {
    /// The ballot they belong to.
    pub tracker: Tracker,
    /// The signature's commitment.
    pub signature: String,
    /// The commitments of each proof, in the order of the proofs.
    pub proofs: Vec<Vec<String>>,
}

impl Commitments {
    /// The line of a record, without its end.
    pub fn to_line(&self) -> String {
        let mut line = format!("{} {}", self.tracker.hash(), self.signature);
        for proof in &self.proofs {
            line.push(' ');
            line.push_str(&proof.join(","));
        }
        line
    }

    /// Reads a line of a record.
    pub fn from_line(line: &str) -> Option<Self> {
        let mut fields = line.split(' ');
        let tracker = Tracker::from(Hash::from_hex(fields.next()?)?);
        let signature = fields.next()?.to_owned();
        let proofs = fields
            .map(|proof| proof.split(',').map(str::to_owned).collect())
            .collect();
        Some(Self {
            tracker,
            signature,
            proofs,
        })
    }

    /// All elements in order, the signature's first; nothing if one is not canonical.
    pub(super) fn candidates<G: Group>(&self) -> Option<Vec<Candidate<G>>> {
        std::iter::once(&self.signature)
            .chain(self.proofs.iter().flatten())
            .map(|text| G::decode(text))
            .collect()
    }
}
