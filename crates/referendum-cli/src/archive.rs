//! The archive of a referendum as a file: read in a stream, checked, appended to.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use ballot::archive::tar::{Record, Splitter};
use ballot::archive::{Chain, Links, Setup, Stage, Step, Writer};
use ballot::credential::PublicCredentials;
use ballot::decryption::{PartialDecryption, VerifiedDecryption};
use ballot::election::{Description, Election};
use ballot::group::{Group, GroupName};
use ballot::hash::Hash;
use ballot::tally::{EncryptedTally, SizedTally};
use ballot::trustee::{Owner, Trustees};
use ballot::verify::{Options, Report, Source, Verifier};

use crate::environment::Progress;
use crate::parallel;
use crate::problem::{FileProblem, StepProblem};

/// What an archive holds, without the ballots themselves.
#[derive(Debug)]
pub(crate) struct Archive {
    pub(crate) path: PathBuf,
    pub(crate) links: Links,
    pub(crate) setup: Setup<Vec<u8>>,
    pub(crate) trackers: HashSet<Hash>,
    pub(crate) tally: Option<(Vec<u8>, SizedTally)>,
    pub(crate) decryptions: Vec<(Owner, Vec<u8>)>,
    pub(crate) result: Option<Vec<u8>>,
}

/// A ballot in an archive.
pub(crate) struct BallotAt {
    pub(crate) record: Vec<u8>,
    pub(crate) offset: u64,
}

const PIECE: usize = 1 << 20;

fn unreadable(path: &Path, error: &io::Error) -> FileProblem {
    FileProblem::Unreadable {
        path: path.into(),
        detail: error.to_string(),
    }
}

/// Feeds a file piece by piece.
fn pieces(path: &Path, mut take: impl FnMut(&[u8])) -> Result<(), FileProblem> {
    let mut read = || {
        let mut file = File::open(path)?;
        let mut piece = vec![0; PIECE];
        loop {
            let length = file.read(&mut piece)?;
            match piece.get(..length) {
                Some(piece) if !piece.is_empty() => take(piece),
                _ => return Ok(()),
            }
        }
    };
    read().map_err(|error: io::Error| unreadable(path, &error))
}

/// Follows the archive step by step. Names, chain and order are checked; proofs are not.
fn follow(
    path: &Path,
    mut take: impl FnMut(Step<Vec<u8>>),
) -> Result<Links, crate::problem::Problem> {
    let mut splitter = Splitter::new();
    let mut chain = Chain::new();
    let mut faults = Vec::new();
    let mut torn = None;
    pieces(path, |piece| {
        if torn.is_some() {
            return;
        }
        splitter.feed(piece);
        loop {
            match splitter.next(u64::MAX) {
                Ok(Some(record)) => {
                    let record: Record<Vec<u8>> = record;
                    if let Some(step) = chain.take(record, &mut faults) {
                        take(step);
                    }
                }
                Ok(None) => break,
                Err(error) => {
                    torn = Some(error);
                    break;
                }
            }
        }
    })?;
    if let Some(error) = torn.or(splitter.finish().err()) {
        return Err(StepProblem::invalid(path, [error.to_string()]).into());
    }
    if chain.has_unreferenced_data() {
        faults.push(ballot::archive::Fault::Unreferenced);
    }
    if !faults.is_empty() {
        return Err(StepProblem::invalid(path, faults).into());
    }
    Ok(chain.links())
}

impl Archive {
    /// Reads an archive.
    pub(crate) fn read(path: &Path) -> Result<Self, crate::problem::Problem> {
        let mut setup = None;
        let mut trackers = HashSet::new();
        let mut twice = Vec::new();
        let mut tally = None;
        let mut decryptions = Vec::new();
        let mut result = None;
        let links = follow(path, |step| match step {
            Step::Setup(found) => setup = Some(found),
            Step::Ballot { hash, .. } => {
                if !trackers.insert(hash) {
                    twice.push(format!(
                        "the ballot {} stands there twice",
                        hash.to_base64()
                    ));
                }
            }
            Step::EncryptedTally {
                tally: found,
                sized,
            } => tally = Some((found, sized)),
            Step::PartialDecryption { owner, decryption } => decryptions.push((owner, decryption)),
            Step::Result(found) => result = Some(found),
            Step::EndBallots => (),
        })?;
        if !twice.is_empty() {
            return Err(StepProblem::invalid(path, twice).into());
        }
        let Some(setup) = setup else {
            return Err(StepProblem::NotOpen.into());
        };
        let path = path.into();
        Ok(Self {
            path,
            links,
            setup,
            trackers,
            tally,
            decryptions,
            result,
        })
    }

    /// How far the referendum has come.
    pub(crate) fn stage(&self) -> Stage {
        self.links.stage
    }

    /// The archive must have come exactly so far.
    pub(crate) fn demand(&self, stages: &[Stage]) -> Result<(), StepProblem> {
        if stages.contains(&self.stage()) {
            Ok(())
        } else {
            Err(StepProblem::WrongOrder {
                stage: self.stage(),
            })
        }
    }

    /// The digest of the last event: who knows it knows the archive up to there.
    pub(crate) fn head(&self) -> String {
        self.links
            .head
            .map(|head| head.to_hex())
            .unwrap_or_default()
    }

    /// Writes the next events.
    pub(crate) fn writer(&self) -> Writer {
        Writer::after(self.links)
    }

    /// The election record's fields.
    pub(crate) fn description(&self) -> Result<Description, StepProblem> {
        Description::parse(&self.setup.election)
            .map_err(|error| StepProblem::invalid(&self.path, [error]))
    }

    /// The group of the election.
    pub(crate) fn group(&self) -> Result<GroupName, StepProblem> {
        self.description()?
            .group_name()
            .map_err(|error| StepProblem::invalid(&self.path, [error]))
    }

    /// Hands out the ballots in their order.
    pub(crate) fn ballots(
        &self,
        mut take: impl FnMut(BallotAt),
    ) -> Result<(), crate::problem::Problem> {
        follow(&self.path, |step| {
            if let Step::Ballot { record, offset, .. } = step {
                take(BallotAt { record, offset });
            }
        })
        .map(|_| ())
    }
}

/// An archive's setup, checked, in its group.
pub(crate) struct Opened<G: Group> {
    pub(crate) election: Election<G>,
    pub(crate) trustees: Trustees<G>,
    pub(crate) credentials: PublicCredentials<G>,
}

impl<G: Group> Opened<G> {
    pub(crate) fn of(archive: &Archive) -> Result<Self, StepProblem> {
        Self::parse(&archive.setup)
            .map_err(|findings| StepProblem::invalid(&archive.path, findings))
    }

    fn parse(setup: &Setup<Vec<u8>>) -> Result<Self, Vec<String>> {
        let said = |error: &dyn std::fmt::Display| error.to_string();
        let election = Election::parse(&setup.election).map_err(|error| vec![said(&error)])?;
        let trustees = Trustees::<G>::parse(&setup.trustees)
            .map_err(|errors| errors.iter().map(|error| said(error)).collect::<Vec<_>>())?;
        let credentials = PublicCredentials::parse(&setup.credentials)
            .map_err(|errors| errors.iter().map(|error| said(error)).collect::<Vec<_>>())?;
        if trustees.election_key() != election.key() {
            return Err(vec![said(
                &ballot::trustee::TrusteesError::OtherElectionKey,
            )]);
        }
        Ok(Self {
            election,
            trustees,
            credentials,
        })
    }

    /// The archived tally. What is in it is known only after a verification.
    pub(crate) fn tally(&self, archive: &Archive) -> Result<EncryptedTally<G>, StepProblem> {
        let Some((tally, sized)) = &archive.tally else {
            return Err(StepProblem::WrongOrder {
                stage: archive.stage(),
            });
        };
        EncryptedTally::parse(&self.election, tally, sized)
            .map_err(|error| StepProblem::invalid(&archive.path, [error]))
    }

    /// Finds whose partial decryption some bytes are, and checks it.
    pub(crate) fn decryption(
        &self,
        tally: &EncryptedTally<G>,
        record: &[u8],
    ) -> Result<VerifiedDecryption<G>, String> {
        let decryption =
            PartialDecryption::<G>::parse(record).map_err(|error| error.to_string())?;
        let owners = (1..).map(Owner).take(self.trustees.len());
        let mut reason = String::new();
        for owner in owners {
            match decryption.verify(&self.election, &self.trustees, owner, tally) {
                Ok(verified) => return Ok(verified),
                Err(errors) => {
                    reason = errors.first().map(ToString::to_string).unwrap_or_default();
                }
            }
        }
        Err(reason)
    }
}

/// An archive and bytes that may be appended to it, for the verifier.
struct WithEnd<'a> {
    file: File,
    length: u64,
    end: &'a [u8],
}

impl Source for WithEnd<'_> {
    fn again(&mut self, offset: u64, length: usize) -> Option<Vec<u8>> {
        if let Some(beyond) = offset.checked_sub(self.length) {
            return (&mut &*self.end).again(beyond, length);
        }
        read_at(&mut self.file, offset, length).ok()
    }
}

/// Some bytes of a file.
pub(crate) fn read_at(file: &mut File, offset: u64, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    file.seek(SeekFrom::Start(offset))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Verifies an archive completely, with the bytes that are about to be appended to it.
pub(crate) fn verify(
    path: &Path,
    end: &[u8],
    progress: &mut Progress<'_>,
) -> Result<Report, crate::problem::Problem> {
    let open = || {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        Ok((file, length))
    };
    let (file, length) = open().map_err(|error: io::Error| unreadable(path, &error))?;
    let options = Options {
        threads: parallel::threads(),
        ..Options::default()
    };
    let mut verifier = Verifier::new(WithEnd { file, length, end }, options);
    pieces(path, |piece| {
        verifier.feed(piece);
        progress.advance(piece.len() as u64);
    })?;
    verifier.feed(end);
    let report = verifier.finish();
    if report.is_valid() {
        Ok(report)
    } else {
        Err(StepProblem::invalid(path, report.findings).into())
    }
}

/// Calls a function of every group in the group that a name says.
macro_rules! in_group {
    ($group:expr, $function:ident($($argument:expr),* $(,)?)) => {
        match $group {
            ballot::group::GroupName::Ed25519 => {
                $function::<ballot::group::Ed25519>($($argument),*)
            }
            ballot::group::GroupName::Belenios2048 => {
                $function::<ballot::group::Belenios2048>($($argument),*)
            }
        }
    };
}
pub(crate) use in_group;
