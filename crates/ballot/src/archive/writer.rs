//! Writing an archive, event by event.

use super::chain::Links;
use super::event::{Event, EventKind, Header, SetupData};
use super::grammar::{OutOfOrder, Stage};
use super::tar::{self, Name};
use crate::decryption::Owned;
use crate::hash::Hash;
use crate::json;
use crate::tally::SizedTally;
use crate::trustee::Owner;

/// Writes an archive by returning, for each event, the bytes to append to the file.
///
/// It enforces the order of events; whether their content is valid is for the verifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writer {
    timestamp: u64,
    stage: Stage,
    head: Option<Hash>,
    height: u64,
}

impl Writer {
    /// A new archive and its first bytes. Every record carries the one timestamp (Unix seconds).
    pub fn create(timestamp: u64) -> (Self, Vec<u8>) {
        let mut bytes = Vec::new();
        let header = json::write(&Header {
            version: 1,
            timestamp: timestamp.to_string(),
        });
        tar::write(&mut bytes, &Name::Header, timestamp, header.as_bytes());
        (
            Self {
                timestamp,
                stage: Stage::Empty,
                head: None,
                height: 0,
            },
            bytes,
        )
    }

    /// A writer that goes on where a chain has been followed to.
    pub fn after(links: Links) -> Self {
        Self::at(links.timestamp, links.stage, links.head, links.height)
    }

    pub(super) fn at(timestamp: u64, stage: Stage, head: Option<Hash>, height: u64) -> Self {
        Self {
            timestamp,
            stage,
            head,
            height,
        }
    }

    /// How far the election has come.
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// Appends data records, the last of which is the payload, and the event.
    fn append(&mut self, kind: EventKind, data: &[&[u8]]) -> Result<Vec<u8>, OutOfOrder> {
        let stage = self.stage.after(kind)?;
        let mut bytes = Vec::new();
        let mut payload = None;
        for record in data {
            let hash = Hash::of(record);
            tar::write(&mut bytes, &Name::Data(hash), self.timestamp, record);
            payload = Some(hash);
        }
        let event = Event {
            parent: self.head,
            height: self.height,
            kind,
            payload,
        }
        .to_record();
        let hash = Hash::of(event.as_bytes());
        tar::write(
            &mut bytes,
            &Name::Event(hash),
            self.timestamp,
            event.as_bytes(),
        );
        self.stage = stage;
        self.head = Some(hash);
        self.height += 1;
        Ok(bytes)
    }

    /// Sets the election up.
    pub fn setup(
        &mut self,
        election: &[u8],
        trustees: &[u8],
        credentials: &[u8],
    ) -> Result<Vec<u8>, OutOfOrder> {
        let data = json::write(&SetupData {
            election: Hash::of(election),
            trustees: Hash::of(trustees),
            credentials: Hash::of(credentials),
            credentials_certificate: None,
        });
        self.append(
            EventKind::Setup,
            &[election, trustees, credentials, data.as_bytes()],
        )
    }

    /// Accepts a ballot.
    pub fn ballot(&mut self, ballot: &[u8]) -> Result<Vec<u8>, OutOfOrder> {
        self.append(EventKind::Ballot, &[ballot])
    }

    /// Ends voting.
    pub fn end_ballots(&mut self) -> Result<Vec<u8>, OutOfOrder> {
        self.append(EventKind::EndBallots, &[])
    }

    /// Publishes the encrypted tally (see `EncryptedTally::to_record` and `sized`).
    pub fn encrypted_tally(
        &mut self,
        tally: &[u8],
        sized: &SizedTally,
    ) -> Result<Vec<u8>, OutOfOrder> {
        self.append(
            EventKind::EncryptedTally,
            &[tally, sized.to_record().as_bytes()],
        )
    }

    /// Publishes a trustee's partial decryption.
    pub fn partial_decryption(
        &mut self,
        owner: Owner,
        decryption: &[u8],
    ) -> Result<Vec<u8>, OutOfOrder> {
        let owned = Owned {
            owner: owner.0,
            payload: Hash::of(decryption),
        }
        .to_record();
        self.append(
            EventKind::PartialDecryption,
            &[decryption, owned.as_bytes()],
        )
    }

    /// Publishes the result.
    pub fn result(&mut self, result: &[u8]) -> Result<Vec<u8>, OutOfOrder> {
        self.append(EventKind::Result, &[result])
    }
}
