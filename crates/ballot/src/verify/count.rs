//! The verification of one election's count, in its group.

use std::thread;

use super::Source;
use super::codes::{Coded, CountError};
use super::finding::{Finding, Section, Subject};
use crate::archive::Setup;
use crate::ballot::{
    BallotError, Commitments, Tracker, VerifiedBallot, reread, verify_all, verify_all_with,
};
use crate::credential::PublicCredentials;
use crate::decryption::{PartialDecryption, VerifiedDecryption, combine};
use crate::election::Election;
use crate::group::Group;
use crate::result::ElectionResult;
use crate::tally::{EncryptedTally, SizedTally, Tally};
use crate::trustee::{Owner, Trustees, TrusteesError};

/// A ballot that waits for its batch.
pub(super) struct Waiting {
    pub(super) number: u64,
    pub(super) tracker: Tracker,
    pub(super) offset: u64,
    pub(super) record: Vec<u8>,
    pub(super) commitments: Option<Commitments>,
}

/// Where a voter's last ballot lies in the archive.
#[derive(Clone, Copy)]
struct Last {
    number: u64,
    tracker: Tracker,
    offset: u64,
    length: usize,
}

/// What differs from group to group, behind one interface.
pub(super) trait Count: Send {
    fn credentials(&self) -> Option<u64>;
    fn trustees(&self) -> Option<u64>;
    fn uuid(&self) -> &str;
    fn fingerprint(&self) -> &str;
    /// Largest record that may come now.
    fn limit(&self) -> u64;
    /// Verifies a batch, and counts what is valid.
    fn ballots(
        &mut self,
        batch: Vec<Waiting>,
        threads: usize,
        source: &mut dyn Source,
        findings: &mut Vec<Finding>,
    );
    fn ballots_checked(&self) -> Option<u64>;
    fn ballots_replaced(&self) -> u64;
    fn tally(&mut self, record: &[u8], sized: &SizedTally, findings: &mut Vec<Finding>);
    fn tallied(&self) -> Option<(u64, u64)>;
    fn decryption(&mut self, owner: Owner, record: &[u8], findings: &mut Vec<Finding>);
    fn decryptions(&self) -> u64;
    fn result(&mut self, record: &[u8], findings: &mut Vec<Finding>);
    fn verified_result(&self) -> Option<&ElectionResult>;
    /// The number of the ballot that counts for the voter of this one.
    fn counting(&self, number: u64) -> bool;
}

pub(super) struct GroupCount<G: Group> {
    election: Election<G>,
    trustees: Option<Trustees<G>>,
    credentials: Option<PublicCredentials<G>>,
    last: Vec<Option<Last>>,
    checked: u64,
    replaced: u64,
    running: Tally<G>,
    archived: Option<EncryptedTally<G>>,
    decryptions: Vec<VerifiedDecryption<G>>,
    owners: Vec<Owner>,
    result: Option<ElectionResult>,
}

fn note(findings: &mut Vec<Finding>, section: Section, subject: Subject, error: &impl Coded) {
    findings.push(Finding {
        section,
        code: error.code(),
        subject,
        message: error.to_string(),
    });
}

impl<G: Group> GroupCount<G> {
    /// Checks the setup. Without an election there is nothing to count.
    pub(super) fn new(setup: &Setup<Vec<u8>>, findings: &mut Vec<Finding>) -> Option<Self> {
        let election = Election::<G>::parse(&setup.election)
            .map_err(|error| note(findings, Section::Election, Subject::Archive, &error))
            .ok()?;
        let trustees = Trustees::<G>::parse(&setup.trustees).and_then(|trustees| {
            let same = trustees.election_key() == election.key();
            same.then_some(trustees)
                .ok_or_else(|| vec![TrusteesError::OtherElectionKey])
        });
        let trustees = trustees
            .map_err(|errors| {
                for error in &errors {
                    let subject = match error {
                        TrusteesError::Fault { owner, .. } => Subject::Trustee(*owner),
                        _ => Subject::Archive,
                    };
                    note(findings, Section::Trustees, subject, error);
                }
            })
            .ok();
        let credentials = PublicCredentials::<G>::parse(&setup.credentials)
            .map_err(|errors| {
                for error in &errors {
                    note(findings, Section::Credentials, Subject::Archive, error);
                }
            })
            .ok();
        let voters = credentials.as_ref().map_or(0, PublicCredentials::len);
        let running = Tally::new(&election);
        Some(Self {
            election,
            trustees,
            credentials,
            last: vec![None; voters],
            checked: 0,
            replaced: 0,
            running,
            archived: None,
            decryptions: Vec::new(),
            owners: Vec::new(),
            result: None,
        })
    }

    /// Puts a ballot in the place of its voter's last one.
    fn count(
        &mut self,
        ballot: &VerifiedBallot<G>,
        place: Last,
        source: &mut dyn Source,
        findings: &mut Vec<Finding>,
    ) {
        let Some(last) = self.last.get_mut(ballot.voter().index()) else {
            return;
        };
        if let (Some(replaced), Some(credentials)) = (last.replace(place), &self.credentials) {
            self.replaced += 1;
            let again = source
                .again(replaced.offset, replaced.length)
                .filter(|record| Tracker::of(record) == replaced.tracker)
                .and_then(|record| reread(&self.election, credentials, &record).ok());
            match again {
                Some(ballot) => self.running.remove(&ballot),
                None => {
                    let subject = Subject::Ballot(replaced.number, replaced.tracker);
                    note(
                        findings,
                        Section::Ballots,
                        subject,
                        &CountError::ArchiveChanged,
                    );
                }
            }
        }
        self.running.add(ballot);
    }
}

/// A verified ballot, with its commitments if they were recomputed.
type Checked<G> = Result<(VerifiedBallot<G>, Option<Commitments>), BallotError>;

/// Verifies a batch on several threads; the answers stand in the order of the batch.
fn verify_in_parallel<G: Group>(
    election: &Election<G>,
    credentials: &PublicCredentials<G>,
    batch: &[Waiting],
    threads: usize,
) -> Vec<Checked<G>> {
    let verify = |part: &[Waiting]| -> Vec<Checked<G>> {
        let records: Vec<&[u8]> = part
            .iter()
            .map(|waiting| waiting.record.as_slice())
            .collect();
        if part.iter().any(|waiting| waiting.commitments.is_some()) {
            let lines: Vec<_> = part
                .iter()
                .map(|waiting| waiting.commitments.clone())
                .collect();
            let verified = verify_all_with(election, credentials, &records, &lines);
            verified
                .into_iter()
                .map(|ballot| ballot.map(|ballot| (ballot, None)))
                .collect()
        } else {
            let verified = verify_all(election, credentials, &records);
            verified
                .into_iter()
                .map(|ballot| ballot.map(|(ballot, c)| (ballot, Some(c))))
                .collect()
        }
    };
    let share = batch.len().div_ceil(threads.max(1)).max(1);
    let verify = &verify;
    thread::scope(|scope| {
        let workers: Vec<_> = batch
            .chunks(share)
            .map(|part| (part, scope.spawn(move || verify(part))))
            .collect();
        workers
            .into_iter()
            // A worker ends without an answer only if it panicked; its part is then done here.
            .flat_map(|(part, worker)| worker.join().unwrap_or_else(|_| verify(part)))
            .collect()
    })
}

impl<G: Group> Count for GroupCount<G> {
    fn credentials(&self) -> Option<u64> {
        self.credentials
            .as_ref()
            .map(|credentials| credentials.len() as u64)
    }

    fn trustees(&self) -> Option<u64> {
        self.trustees.as_ref().map(|trustees| trustees.len() as u64)
    }

    fn uuid(&self) -> &str {
        self.election.uuid()
    }

    fn fingerprint(&self) -> &str {
        self.election.fingerprint()
    }

    fn limit(&self) -> u64 {
        // Twice what a ballot or partial decryption of these questions can take.
        let branches: usize = self
            .election
            .questions()
            .iter()
            .flat_map(|question| question.required_proofs())
            .map(|required| required.branches.len())
            .sum();
        let choices: usize = self
            .election
            .questions()
            .iter()
            .map(|question| question.choices())
            .sum();
        let element = self.election.description().public_key.len().max(64) as u64 + 160;
        2 * (branches as u64 * 256 + choices as u64 * 2 * (element + 256) + 4096)
    }

    fn ballots(
        &mut self,
        batch: Vec<Waiting>,
        threads: usize,
        source: &mut dyn Source,
        findings: &mut Vec<Finding>,
    ) {
        let Some(credentials) = &self.credentials else {
            for waiting in batch {
                let subject = Subject::Ballot(waiting.number, waiting.tracker);
                let error = CountError::NotChecked("the list of public credentials");
                note(findings, Section::Ballots, subject, &error);
            }
            return;
        };
        let verified = verify_in_parallel(&self.election, credentials, &batch, threads);
        self.checked += batch.len() as u64;
        for (waiting, ballot) in batch.iter().zip(verified) {
            match ballot {
                Ok((ballot, commitments)) => {
                    let place = Last {
                        number: waiting.number,
                        tracker: waiting.tracker,
                        offset: waiting.offset,
                        length: waiting.record.len(),
                    };
                    self.count(&ballot, place, source, findings);
                    if let Some(commitments) = commitments {
                        source.keep_commitments(&commitments);
                    }
                }
                Err(error) => {
                    let subject = Subject::Ballot(waiting.number, waiting.tracker);
                    note(findings, Section::Ballots, subject, &error);
                }
            }
        }
    }

    fn ballots_checked(&self) -> Option<u64> {
        self.credentials.is_some().then_some(self.checked)
    }

    fn ballots_replaced(&self) -> u64 {
        self.replaced
    }

    fn tally(&mut self, record: &[u8], sized: &SizedTally, findings: &mut Vec<Finding>) {
        let mut tell = |error: &CountError| note(findings, Section::Tally, Subject::Archive, error);
        let recomputed = self.running.clone().close();
        if self.credentials.is_none() {
            tell(&CountError::NotChecked("the list of public credentials"));
        } else {
            if recomputed.to_record().as_bytes() != record {
                tell(&CountError::Tally);
            }
            let (expected, found) = (recomputed.ballots(), sized.num_tallied);
            if expected != found {
                tell(&CountError::NumTallied { expected, found });
            }
            let (expected, found) = (recomputed.weight(), sized.total_weight.0);
            if expected != found {
                tell(&CountError::TotalWeight { expected, found });
            }
        }
        // Decryptions are checked against what the trustees were given; that it is the right
        // tally has been decided above.
        match EncryptedTally::parse(&self.election, record, sized) {
            Ok(tally) => self.archived = Some(tally),
            Err(error) => {
                note(findings, Section::Tally, Subject::Archive, &error);
                self.archived = Some(recomputed);
            }
        }
    }

    fn tallied(&self) -> Option<(u64, u64)> {
        self.archived
            .as_ref()
            .map(|tally| (tally.ballots(), tally.weight()))
    }

    fn decryption(&mut self, owner: Owner, record: &[u8], findings: &mut Vec<Finding>) {
        let subject = Subject::Trustee(owner);
        let section = Section::Decryptions;
        if self.owners.contains(&owner) {
            note(findings, section, subject, &CountError::DuplicateDecryption);
            return;
        }
        self.owners.push(owner);
        let Some(trustees) = &self.trustees else {
            note(
                findings,
                section,
                subject,
                &CountError::NotChecked("the trustees record"),
            );
            return;
        };
        // Without a tally event the order of events is wrong already; the ballots still say
        // what should have been decrypted.
        let tally = self
            .archived
            .clone()
            .unwrap_or_else(|| self.running.clone().close());
        let verified = PartialDecryption::<G>::parse(record)
            .map_err(|error| vec![error])
            .and_then(|decryption| decryption.verify(&self.election, trustees, owner, &tally));
        match verified {
            Ok(decryption) => self.decryptions.push(decryption),
            Err(errors) => errors
                .iter()
                .for_each(|error| note(findings, section, subject, error)),
        }
    }

    fn decryptions(&self) -> u64 {
        self.owners.len() as u64
    }

    fn result(&mut self, record: &[u8], findings: &mut Vec<Finding>) {
        let section = Section::Result;
        let Some(trustees) = &self.trustees else {
            note(
                findings,
                section,
                Subject::Archive,
                &CountError::NotChecked("the trustees record"),
            );
            return;
        };
        let tally = self
            .archived
            .clone()
            .unwrap_or_else(|| self.running.clone().close());
        let opened = match combine(trustees, &tally, &self.decryptions) {
            Ok(opened) => opened,
            Err(missing) => {
                missing
                    .iter()
                    .for_each(|error| note(findings, section, Subject::Archive, error));
                return;
            }
        };
        let verified = ElectionResult::parse(record)
            .map_err(|error| vec![error])
            .and_then(|result| result.verify(&opened).map(|()| result));
        match verified {
            Ok(result) => self.result = Some(result),
            Err(errors) => {
                errors
                    .iter()
                    .for_each(|error| note(findings, section, Subject::Archive, error));
            }
        }
    }

    fn verified_result(&self) -> Option<&ElectionResult> {
        self.result.as_ref()
    }

    fn counting(&self, number: u64) -> bool {
        self.last.iter().flatten().any(|last| last.number == number)
    }
}
