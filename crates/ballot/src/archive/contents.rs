//! An archive in memory, for the tools that write the next event.

use thiserror::Error;

use super::chain::{Chain, Fault, Links, Setup, Step};
use super::tar::{TarError, records};
use super::writer::Writer;
use crate::tally::SizedTally;
use crate::trustee::Owner;

/// What an archive contains. Names, chain and order of events are checked; whether ballots and
/// proofs are valid is for the verifier.
#[derive(Clone, Debug)]
pub struct Contents<'a> {
    /// Election, trustees and credentials, once set up.
    pub setup: Option<Setup<&'a [u8]>>,
    /// The ballots in their order.
    pub ballots: Vec<&'a [u8]>,
    /// The encrypted tally.
    pub tally: Option<(&'a [u8], SizedTally)>,
    /// The partial decryptions in their order.
    pub decryptions: Vec<(Owner, &'a [u8])>,
    /// The result.
    pub result: Option<&'a [u8]>,
    links: Links,
}

/// Why some bytes are not an archive.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ArchiveError {
    /// They cannot be cut into records.
    #[error(transparent)]
    Tar(#[from] TarError),
    /// Records or events are wrong.
    #[error("{}", .0.first().map(ToString::to_string).unwrap_or_default())]
    Faults(Vec<Fault>),
}

impl<'a> Contents<'a> {
    /// Reads an archive.
    pub fn read(archive: &'a [u8]) -> Result<Self, ArchiveError> {
        let mut chain = Chain::new();
        let mut faults = Vec::new();
        let mut contents = Self {
            setup: None,
            ballots: Vec::new(),
            tally: None,
            decryptions: Vec::new(),
            result: None,
            links: chain.links(),
        };
        for record in records(archive) {
            match chain.take(record?, &mut faults) {
                Some(Step::Setup(setup)) => contents.setup = Some(setup),
                Some(Step::Ballot { record, .. }) => contents.ballots.push(record),
                Some(Step::EncryptedTally { tally, sized }) => {
                    contents.tally = Some((tally, sized))
                }
                Some(Step::PartialDecryption { owner, decryption }) => {
                    contents.decryptions.push((owner, decryption));
                }
                Some(Step::Result(result)) => contents.result = Some(result),
                Some(Step::EndBallots) | None => (),
            }
        }
        if chain.has_unreferenced_data() {
            faults.push(Fault::Unreferenced);
        }
        contents.links = chain.links();
        if faults.is_empty() {
            Ok(contents)
        } else {
            Err(ArchiveError::Faults(faults))
        }
    }

    /// Where the next event will hang.
    pub fn links(&self) -> Links {
        self.links
    }

    /// A writer that goes on where the archive ends.
    pub fn writer(&self) -> Writer {
        let Links {
            stage,
            head,
            height,
            timestamp,
        } = self.links;
        Writer::at(timestamp, stage, head, height)
    }
}
