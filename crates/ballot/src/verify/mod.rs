//! The verifier: reads an archive from beginning to end and finds all that is wrong with it.
//!
//! The order is that of fact sheet §11: tar syntax, names, chain and order of events, setup and
//! trustees, credentials, ballots, tally, partial decryptions, result. The archive is pushed in
//! piece by piece; ballots are checked in parallel, some hundred at a time; what stays in
//! memory is one entry a credential and one a ballot tracker.

mod codes;
mod count;
mod finding;
mod verifier;

pub use finding::{Finding, Report, Section, SectionReport, Subject};
pub use verifier::{BallotStatus, Options, Verifier};

use crate::ballot::{Commitments, Tracker};

/// What the verifier may ask the caller for while it runs.
pub trait Source {
    /// Bytes of the archive that were pushed in before: the ballot that a voter has replaced.
    fn again(&mut self, offset: u64, length: usize) -> Option<Vec<u8>>;

    /// The recorded commitments of a ballot, if there are any (see [`Commitments`]). Asked once
    /// for each ballot, in the order of the archive.
    fn commitments(&mut self, _ballot: Tracker) -> Option<Commitments> {
        None
    }

    /// Takes the commitments of a ballot that was verified, to write a record.
    fn keep_commitments(&mut self, _commitments: &Commitments) {}
}

/// An archive in memory.
impl Source for &[u8] {
    fn again(&mut self, offset: u64, length: usize) -> Option<Vec<u8>> {
        let start = usize::try_from(offset).ok()?;
        self.get(start..start.checked_add(length)?)
            .map(<[u8]>::to_vec)
    }
}

/// Verifies an archive that is in memory.
pub fn verify(archive: &[u8]) -> Report {
    let mut verifier = Verifier::new(archive, Options::default());
    verifier.feed(archive);
    verifier.finish()
}
