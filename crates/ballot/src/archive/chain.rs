//! Reading records as a chain of events, each with the data that it refers to.

use thiserror::Error;

use super::event::{Event, EventKind, Header, SetupData};
use super::grammar::{OutOfOrder, Stage};
use super::tar::{Name, Record};
use crate::decryption::Owned;
use crate::hash::Hash;
use crate::json::{self, JsonError};
use crate::tally::SizedTally;
use crate::trustee::Owner;

/// The records of the setup event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup<B> {
    /// The election record.
    pub election: B,
    /// The trustees record.
    pub trustees: B,
    /// The public credentials.
    pub credentials: B,
}

/// An event with its data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step<B> {
    /// The election was set up.
    Setup(Setup<B>),
    /// A ballot was accepted.
    Ballot {
        /// Digest of its bytes: the tracker.
        hash: Hash,
        /// Its bytes.
        record: B,
        /// Where they begin in the archive.
        offset: u64,
    },
    /// Voting ended.
    EndBallots,
    /// The tally was published.
    EncryptedTally {
        /// The ciphertexts.
        tally: B,
        /// How many ballots are in it.
        sized: SizedTally,
    },
    /// A trustee decrypted.
    PartialDecryption {
        /// Who.
        owner: Owner,
        /// The factors.
        decryption: B,
    },
    /// The result was published.
    Result(B),
}

/// What is wrong with a record or an event as such.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    /// The first record is not the header, or a header comes later.
    #[error("the record {0} stands where the header must stand, or the header where it must not")]
    HeaderPlace(Name),
    /// The header cannot be read.
    #[error("the archive's header: {0}")]
    Header(JsonError),
    /// The header has another version or a timestamp that is no number.
    #[error(
        "the archive's header has another version than 1, or a timestamp that is not a plain number"
    )]
    HeaderContent,
    /// A record's time is not the archive's.
    #[error("the record {0} has another time than the archive's header")]
    Time(Name),
    /// A record's last block is not filled with zeros.
    #[error("the record {0} is followed by bytes that are not zero")]
    Padding(Name),
    /// A record's bytes do not have the digest that names it.
    #[error("the bytes of the record {0} do not have the digest that names it")]
    Digest(Name),
    /// An event cannot be read.
    #[error("the event {event}: {error}")]
    Event {
        /// Its digest.
        event: Hash,
        /// What is wrong.
        error: JsonError,
    },
    /// The parent of an event is not the event before it.
    #[error("the parent of the event {event} is not the event before it")]
    Parent {
        /// Its digest.
        event: Hash,
    },
    /// The height of an event is not its number.
    #[error("the event {event} has the height {found}; it is number {expected}")]
    Height {
        /// Its digest.
        event: Hash,
        /// What it should be.
        expected: u64,
        /// What it is.
        found: u64,
    },
    /// An event at a wrong place.
    #[error("the event {event}: {out_of_order}")]
    Order {
        /// Its digest.
        event: Hash,
        /// What came when.
        out_of_order: OutOfOrder,
    },
    /// The data before an event are not exactly those that it refers to, in order.
    #[error(
        "the data before the event {event} ({kind:?}) are not exactly those that it refers to, in their order"
    )]
    Data {
        /// Its digest.
        event: Hash,
        /// What happened.
        kind: EventKind,
    },
    /// The data that an event refers to cannot be read.
    #[error("the data of the event {event}: {error}")]
    Payload {
        /// Its digest.
        event: Hash,
        /// What is wrong.
        error: JsonError,
    },
    /// Data at the end to which no event refers.
    #[error("the archive ends with data to which no event refers")]
    Unreferenced,
}

/// Where the next event will hang.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Links {
    /// How far the election has come.
    pub stage: Stage,
    /// Digest of the last event.
    pub head: Option<Hash>,
    /// Number of events.
    pub height: u64,
    /// The archive's timestamp.
    pub timestamp: u64,
}

/// Follows an archive record by record.
#[derive(Debug)]
pub struct Chain<B> {
    links: Links,
    header_read: bool,
    pending: Vec<Record<B>>,
}

/// More data than any event refers to.
const MOST_DATA: usize = 6;

impl<B: AsRef<[u8]>> Default for Chain<B> {
    fn default() -> Self {
        Self::new()
    }
}

impl<B: AsRef<[u8]>> Chain<B> {
    /// Before the first record.
    pub fn new() -> Self {
        let links = Links {
            stage: Stage::Empty,
            head: None,
            height: 0,
            timestamp: 0,
        };
        Self {
            links,
            header_read: false,
            pending: Vec::new(),
        }
    }

    /// Where the next event will hang.
    pub fn links(&self) -> Links {
        self.links
    }

    /// Whether data are waiting for their event.
    pub fn has_unreferenced_data(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Takes the next record. Faults are noted and reading goes on as far as it makes sense:
    /// an event at a wrong place is noted but still delivered, so that its content is checked.
    pub fn take(&mut self, record: Record<B>, faults: &mut Vec<Fault>) -> Option<Step<B>> {
        if !record.padded {
            faults.push(Fault::Padding(record.name));
        }
        if !self.header_read {
            self.header_read = true;
            if record.name == Name::Header {
                self.read_header(&record, faults);
                return None;
            }
            faults.push(Fault::HeaderPlace(record.name));
            self.links.timestamp = record.time;
        }
        if record.time != self.links.timestamp {
            faults.push(Fault::Time(record.name));
        }
        match record.name {
            Name::Header => {
                faults.push(Fault::HeaderPlace(record.name));
                None
            }
            Name::Data(hash) => {
                if Hash::of(record.body.as_ref()) != hash {
                    faults.push(Fault::Digest(record.name));
                }
                // What no event can refer to is not kept; the event will say so.
                if self.pending.len() < MOST_DATA {
                    self.pending.push(record);
                }
                None
            }
            Name::Event(hash) => {
                if Hash::of(record.body.as_ref()) != hash {
                    faults.push(Fault::Digest(record.name));
                }
                self.take_event(hash, record.body.as_ref(), faults)
            }
        }
    }

    fn read_header(&mut self, record: &Record<B>, faults: &mut Vec<Fault>) {
        match json::read::<Header>(record.body.as_ref()) {
            Err(error) => {
                faults.push(Fault::Header(error));
                self.links.timestamp = record.time;
            }
            Ok(header) => {
                let timestamp = header.timestamp.parse().ok();
                let canonical = timestamp.is_some_and(|t: u64| t.to_string() == header.timestamp);
                if header.version != 1 || !canonical {
                    faults.push(Fault::HeaderContent);
                }
                self.links.timestamp = timestamp.unwrap_or(record.time);
                if record.time != self.links.timestamp {
                    faults.push(Fault::Time(record.name));
                }
            }
        }
    }

    fn take_event(
        &mut self,
        hash: Hash,
        record: &[u8],
        faults: &mut Vec<Fault>,
    ) -> Option<Step<B>> {
        let data = std::mem::take(&mut self.pending);
        let expected = self.links;
        self.links.head = Some(hash);
        self.links.height += 1;
        let event = match Event::parse(record) {
            Ok(event) => event,
            Err(error) => {
                faults.push(Fault::Event { event: hash, error });
                return None;
            }
        };
        if event.parent != expected.head {
            faults.push(Fault::Parent { event: hash });
        }
        if event.height != expected.height {
            let (expected, found) = (expected.height, event.height);
            faults.push(Fault::Height {
                event: hash,
                expected,
                found,
            });
        }
        match expected.stage.after(event.kind) {
            Ok(stage) => self.links.stage = stage,
            Err(out_of_order) => {
                faults.push(Fault::Order {
                    event: hash,
                    out_of_order,
                });
                self.links.stage = expected.stage.despite(event.kind);
            }
        }
        let step = step(&event, hash, data);
        if let Err(fault) = &step {
            faults.push(fault.clone());
        }
        step.ok()
    }
}

/// Finds the data that an event refers to: exactly those records, in their order.
fn step<B: AsRef<[u8]>>(event: &Event, hash: Hash, data: Vec<Record<B>>) -> Result<Step<B>, Fault> {
    let wrong = Fault::Data {
        event: hash,
        kind: event.kind,
    };
    let unreadable = |error| Fault::Payload { event: hash, error };
    let names: Vec<_> = data.iter().map(|record| record.name).collect();
    let are = |hashes: &[Hash]| {
        names
            .iter()
            .copied()
            .eq(hashes.iter().copied().map(Name::Data))
    };
    let offset = data.first().map(|record| record.offset).unwrap_or_default();
    let mut bodies = data.into_iter().map(|record| record.body);
    if event.kind == EventKind::EndBallots {
        let nothing = event.payload.is_none() && names.is_empty();
        return nothing.then_some(Step::EndBallots).ok_or(wrong);
    }
    let Some(payload) = event.payload else {
        return Err(wrong);
    };
    match event.kind {
        EventKind::Setup => {
            let bodies: Vec<_> = bodies.collect();
            let Some(last) = bodies.last() else {
                return Err(wrong);
            };
            let setup: SetupData = json::read(last.as_ref()).map_err(unreadable)?;
            let referred: Vec<_> = [setup.election, setup.trustees, setup.credentials]
                .into_iter()
                .chain(setup.credentials_certificate)
                .chain([payload])
                .collect();
            let mut bodies = bodies.into_iter();
            match (bodies.next(), bodies.next(), bodies.next()) {
                (Some(election), Some(trustees), Some(credentials)) if are(&referred) => {
                    Ok(Step::Setup(Setup {
                        election,
                        trustees,
                        credentials,
                    }))
                }
                _ => Err(wrong),
            }
        }
        EventKind::Ballot => match bodies.next() {
            Some(record) if are(&[payload]) => Ok(Step::Ballot {
                hash: payload,
                record,
                offset,
            }),
            _ => Err(wrong),
        },
        EventKind::EncryptedTally => match (bodies.next(), bodies.next()) {
            (Some(tally), Some(sized)) => {
                let sized = SizedTally::parse(sized.as_ref()).map_err(unreadable)?;
                let fits = are(&[sized.encrypted_tally, payload]);
                fits.then_some(Step::EncryptedTally { tally, sized })
                    .ok_or(wrong)
            }
            _ => Err(wrong),
        },
        EventKind::PartialDecryption => match (bodies.next(), bodies.next()) {
            (Some(decryption), Some(owned)) => {
                let owned = Owned::parse(owned.as_ref()).map_err(unreadable)?;
                let step = Step::PartialDecryption {
                    owner: Owner(owned.owner),
                    decryption,
                };
                are(&[owned.payload, payload]).then_some(step).ok_or(wrong)
            }
            _ => Err(wrong),
        },
        EventKind::Result => match bodies.next() {
            Some(result) if are(&[payload]) => Ok(Step::Result(result)),
            _ => Err(wrong),
        },
        EventKind::EndBallots | EventKind::Shuffle | EventKind::EndShuffles => Err(wrong),
    }
}
