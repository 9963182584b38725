//! Following an archive as it is pushed in.

use std::collections::HashMap;
use std::mem;

use super::Source;
use super::codes::{Coded, CountError};
use super::count::{Count, GroupCount, Waiting};
use super::finding::{Finding, Report, Section, SectionReport, Subject};
use crate::archive::tar::{Name, Splitter, TarError};
use crate::archive::{Chain, Fault, Setup, Stage, Step};
use crate::ballot::Tracker;
use crate::election::Description;
use crate::group::{Belenios2048, Ed25519, GroupName};

/// How to verify.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How many threads check ballots.
    pub threads: usize,
    /// The largest record before the ballots: the list of public credentials.
    pub largest_record: u64,
}

impl Default for Options {
    fn default() -> Self {
        // 2 GiB: thirty million credentials.
        Self {
            threads: 1,
            largest_record: 1 << 31,
        }
    }
}

/// Ballots checked together on one thread.
const BATCH: usize = 256;
/// A batch is also full when it holds this many bytes.
const BATCH_BYTES: usize = 8 << 20;

/// What is known of a ballot that somebody looks up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BallotStatus {
    /// Its number in the archive, from 1.
    pub number: u64,
    /// Whether it is valid and its voter's last.
    pub counts: bool,
}

/// Verifies an archive that is pushed in piece by piece.
pub struct Verifier<S> {
    source: S,
    options: Options,
    splitter: Splitter,
    chain: Chain<Vec<u8>>,
    count: Option<Box<dyn Count>>,
    setup_seen: bool,
    waiting: Vec<Waiting>,
    waiting_bytes: usize,
    trackers: HashMap<Tracker, u64>,
    ballots: u64,
    records: u64,
    cut_off: bool,
    findings: Vec<Finding>,
}

impl<S: Source> Verifier<S> {
    /// Before the first byte.
    pub fn new(source: S, options: Options) -> Self {
        Self {
            source,
            options,
            splitter: Splitter::new(),
            chain: Chain::new(),
            count: None,
            setup_seen: false,
            waiting: Vec::new(),
            waiting_bytes: 0,
            trackers: HashMap::new(),
            ballots: 0,
            records: 0,
            cut_off: false,
            findings: Vec::new(),
        }
    }

    /// Takes the next bytes of the archive.
    pub fn feed(&mut self, piece: &[u8]) {
        if self.cut_off {
            return;
        }
        self.splitter.feed(piece);
        loop {
            let limit = match &self.count {
                Some(count) => count.limit().min(self.options.largest_record),
                None => self.options.largest_record,
            };
            match self.splitter.next(limit) {
                Ok(None) => break,
                Ok(Some(record)) => {
                    self.records += 1;
                    let mut faults = Vec::new();
                    let step = self.chain.take(record, &mut faults);
                    faults.iter().for_each(|fault| self.note_fault(fault));
                    if let Some(step) = step {
                        self.take(step);
                    }
                }
                Err(error) => {
                    self.cut_off = true;
                    self.note(Section::Tar, Subject::Archive, &error);
                    break;
                }
            }
        }
    }

    fn note(&mut self, section: Section, subject: Subject, error: &impl Coded) {
        let (code, message) = (error.code(), error.to_string());
        self.findings.push(Finding {
            section,
            code,
            subject,
            message,
        });
    }

    fn note_fault(&mut self, fault: &Fault) {
        let named = |name: &Name| match name {
            Name::Header => Subject::Archive,
            Name::Data(hash) | Name::Event(hash) => Subject::Record(*hash),
        };
        let (section, subject) = match fault {
            Fault::HeaderPlace(name) | Fault::Time(name) | Fault::Padding(name) => {
                (Section::Tar, named(name))
            }
            Fault::Header(_) | Fault::HeaderContent => (Section::Tar, Subject::Archive),
            Fault::Digest(name) => (Section::Chain, named(name)),
            Fault::Event { event, .. }
            | Fault::Parent { event }
            | Fault::Height { event, .. }
            | Fault::Order { event, .. }
            | Fault::Data { event, .. }
            | Fault::Payload { event, .. } => (Section::Chain, Subject::Record(*event)),
            Fault::Unreferenced => (Section::Chain, Subject::Archive),
        };
        self.note(section, subject, fault);
    }

    fn take(&mut self, step: Step<Vec<u8>>) {
        if !matches!(step, Step::Ballot { .. }) {
            self.settle();
        }
        match step {
            // A second setup is out of order, which has been noted; the first one stands.
            Step::Setup(setup) if !self.setup_seen => {
                self.setup_seen = true;
                self.set_up(&setup);
            }
            Step::Setup(_) | Step::EndBallots => (),
            Step::Ballot {
                hash,
                record,
                offset,
            } => self.take_ballot(hash.into(), record, offset),
            Step::EncryptedTally { tally, sized } => match &mut self.count {
                Some(count) => count.tally(&tally, &sized, &mut self.findings),
                None => self.not_checked(Section::Tally, Subject::Archive),
            },
            Step::PartialDecryption { owner, decryption } => match &mut self.count {
                Some(count) => count.decryption(owner, &decryption, &mut self.findings),
                None => self.not_checked(Section::Decryptions, Subject::Trustee(owner)),
            },
            Step::Result(result) => match &mut self.count {
                Some(count) => count.result(&result, &mut self.findings),
                None => self.not_checked(Section::Result, Subject::Archive),
            },
        }
    }

    fn not_checked(&mut self, section: Section, subject: Subject) {
        self.note(
            section,
            subject,
            &CountError::NotChecked("the election record"),
        );
    }

    fn set_up(&mut self, setup: &Setup<Vec<u8>>) {
        let group = Description::parse(&setup.election).and_then(|election| election.group_name());
        let findings = &mut self.findings;
        self.count = match group {
            Ok(GroupName::Ed25519) => GroupCount::<Ed25519>::new(setup, findings)
                .map(|count| Box::new(count) as Box<dyn Count>),
            Ok(GroupName::Belenios2048) => GroupCount::<Belenios2048>::new(setup, findings)
                .map(|count| Box::new(count) as Box<dyn Count>),
            Err(error) => {
                self.note(Section::Election, Subject::Archive, &error);
                None
            }
        };
    }

    fn take_ballot(&mut self, tracker: Tracker, record: Vec<u8>, offset: u64) {
        self.ballots += 1;
        let number = self.ballots;
        if let Some(first) = self.trackers.get(&tracker).copied() {
            let error = CountError::DuplicateBallot { first };
            self.note(Section::Ballots, Subject::Ballot(number, tracker), &error);
            return;
        }
        self.trackers.insert(tracker, number);
        if self.count.is_none() {
            self.not_checked(Section::Ballots, Subject::Ballot(number, tracker));
            return;
        }
        let commitments = self.source.commitments(tracker);
        self.waiting_bytes += record.len();
        self.waiting.push(Waiting {
            number,
            tracker,
            offset,
            record,
            commitments,
        });
        if self.waiting.len() >= BATCH * self.options.threads.max(1)
            || self.waiting_bytes >= BATCH_BYTES
        {
            self.settle();
        }
    }

    /// Checks the ballots that wait, so that the report is about everything pushed in so far.
    pub fn settle(&mut self) {
        let batch = mem::take(&mut self.waiting);
        self.waiting_bytes = 0;
        if let Some(count) = &mut self.count
            && !batch.is_empty()
        {
            count.ballots(
                batch,
                self.options.threads,
                &mut self.source,
                &mut self.findings,
            );
        }
    }

    /// How far the election has come.
    pub fn stage(&self) -> Stage {
        self.chain.links().stage
    }

    /// Where the next record begins: all before has been read.
    pub fn offset(&self) -> u64 {
        self.splitter.offset()
    }

    /// What is known of the ballot with a tracker. Call [`Verifier::settle`] before.
    pub fn find(&self, tracker: Tracker) -> Option<BallotStatus> {
        let number = *self.trackers.get(&tracker)?;
        let counts = self
            .count
            .as_ref()
            .is_some_and(|count| count.counting(number));
        Some(BallotStatus { number, counts })
    }

    /// Ends the verification: the archive must end with a whole record to which an event refers.
    pub fn finish(mut self) -> Report {
        self.end()
    }

    /// The end of what was pushed in is the end of the archive.
    pub fn end(&mut self) -> Report {
        self.settle();
        if !self.cut_off {
            if let Err(error) = self.splitter.finish() {
                self.note(Section::Tar, Subject::Archive, &error);
            } else if self.chain.has_unreferenced_data() {
                self.note_fault(&Fault::Unreferenced);
            } else if !self.setup_seen && self.stage() == Stage::Empty {
                let offset = self.offset();
                self.note(
                    Section::Tar,
                    Subject::Archive,
                    &TarError::Truncated { offset },
                );
            }
        }
        self.report()
    }

    /// What has been checked so far, and all that is wrong with it.
    pub fn report(&self) -> Report {
        let count = self.count.as_deref();
        let links = self.chain.links();
        let sections = Section::ALL
            .into_iter()
            .map(|section| {
                let findings = self
                    .findings
                    .iter()
                    .filter(|finding| finding.section == section)
                    .count();
                let (checked, summary) = self.summary(section);
                SectionReport {
                    section,
                    checked,
                    summary,
                    findings,
                }
            })
            .collect();
        Report {
            stage: links.stage,
            sections,
            findings: self.findings.clone(),
            result: count
                .filter(|_| self.findings.is_empty())
                .and_then(|count| count.verified_result())
                .map(|result| result.counts()),
            uuid: count.map(|count| count.uuid().to_owned()),
            fingerprint: count.map(|count| count.fingerprint().to_owned()),
            head: links.head,
        }
    }

    fn summary(&self, section: Section) -> (Option<u64>, String) {
        let count = self.count.as_deref();
        let say = |number: Option<u64>, what: &str| match number {
            Some(number) => (Some(number), format!("{number} {what}")),
            None => (None, "not checked".to_owned()),
        };
        let reached = |stage: Stage| self.stage() >= stage;
        let not_yet = || (None, "not yet there".to_owned());
        match section {
            Section::Tar => say(Some(self.records), "records cut as the format demands"),
            Section::Chain => say(
                Some(self.chain.links().height),
                "events in one chain, in the order of a count",
            ),
            Section::Election => match count {
                Some(count) => (
                    Some(1),
                    format!("{} with fingerprint {}", count.uuid(), count.fingerprint()),
                ),
                None => say(None, ""),
            },
            Section::Trustees => say(
                count.and_then(|count| count.trustees()),
                "keys with their proofs",
            ),
            Section::Credentials => say(
                count.and_then(|count| count.credentials()),
                "public credentials",
            ),
            Section::Ballots => {
                let (checked, mut summary) = say(
                    count.and_then(|count| count.ballots_checked()),
                    "ballots with signature and proofs",
                );
                if let Some(replaced) = count
                    .map(|count| count.ballots_replaced())
                    .filter(|n| *n > 0)
                {
                    summary.push_str(&format!(", {replaced} replaced by a later one"));
                }
                (checked, summary)
            }
            Section::Tally => match count.and_then(|count| count.tallied()) {
                Some((ballots, weight)) => (
                    Some(ballots),
                    format!("recomputed from {ballots} ballots with total weight {weight}"),
                ),
                None => not_yet(),
            },
            Section::Decryptions => match count.map(|count| count.decryptions()) {
                Some(decryptions) if decryptions > 0 => (
                    Some(decryptions),
                    format!("{decryptions} partial decryptions with their proofs"),
                ),
                _ => not_yet(),
            },
            Section::Result => match count.and_then(|count| count.verified_result()) {
                Some(result) => (Some(1), format!("{:?}", result.counts())),
                None if reached(Stage::Finished) => say(None, ""),
                None => not_yet(),
            },
        }
    }
}
