//! Whole elections in memory, for the other tests.

use std::collections::BTreeMap;

use ballot::archive::Writer;
use ballot::ballot::{CastBallot, VerifiedBallot, cast, verify};
use ballot::credential::{CredentialKey, PublicCredentials, SecretCredential, write_public_list};
use ballot::decryption::{PartialDecryption, combine};
use ballot::election::{Description, Election, Language};
use ballot::group::Group;
use ballot::question::Question;
use ballot::result::ElectionResult;
use ballot::tally::Tally;
use ballot::trustee::{
    Certificates, Owner, ThresholdParameters, Trustee, TrusteeKey, TrusteeSeed, Trustees,
    write_trustees,
};
use getrandom::SysRng;
use rand_core::UnwrapErr;

pub(crate) const UUID: &str = "HirobaTestVote";

pub(crate) fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

pub(crate) fn question(answers: usize, blank: bool, min: u64, max: u64) -> Question {
    Question {
        answers: (1..=answers)
            .map(|answer| format!("選択肢{answer}"))
            .collect(),
        blank: blank.then_some(true),
        min,
        max,
        text: "どれがよいですか".to_owned(),
    }
}

/// What an election is made of.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) questions: Vec<Question>,
    /// A weight for each voter.
    pub(crate) weights: Vec<u64>,
    pub(crate) weighted: bool,
    pub(crate) singles: usize,
    /// Threshold, size, and the members (from 1) who decrypt.
    pub(crate) group: Option<(usize, usize, Vec<usize>)>,
}

impl Plan {
    pub(crate) fn simple(voters: usize) -> Self {
        Self {
            questions: vec![question(2, true, 1, 1)],
            weights: vec![1; voters],
            weighted: false,
            singles: 1,
            group: None,
        }
    }
}

/// An election that was set up, with all its secrets.
pub(crate) struct Prepared<G: Group> {
    pub(crate) election_record: String,
    pub(crate) trustees_record: String,
    pub(crate) credentials_record: String,
    pub(crate) election: Election<G>,
    pub(crate) trustees: Trustees<G>,
    pub(crate) credentials: PublicCredentials<G>,
    pub(crate) voters: Vec<CredentialKey<G>>,
    pub(crate) keys: Vec<(Owner, TrusteeKey<G>)>,
}

/// A whole ceremony of a threshold group.
pub(crate) fn ceremony<G: Group>(
    threshold: usize,
    size: usize,
) -> (Vec<TrusteeKey<G>>, ThresholdParameters<G>) {
    let mut rng = rng();
    let seeds: Vec<_> = (0..size).map(|_| TrusteeSeed::generate(&mut rng)).collect();
    let signed = seeds
        .iter()
        .zip(1..)
        .map(|(seed, index)| seed.certificate::<G>(size, threshold, index, &mut rng))
        .collect();
    let certificates = Certificates::check(threshold, signed).expect("certificates");
    let deals: Vec<_> = seeds
        .iter()
        .map(|seed| certificates.deal(seed, &mut rng).expect("a deal"))
        .collect();
    let (keys, public) = seeds
        .iter()
        .map(|seed| {
            certificates
                .receive(&deals, seed, None, &mut rng)
                .expect("a key")
        })
        .unzip();
    (
        keys,
        certificates.assemble(&deals, public).expect("parameters"),
    )
}

pub(crate) fn describe(
    group: &str,
    public_key: String,
    questions: Vec<Question>,
    uuid: &str,
) -> Description {
    Description {
        version: 1,
        description: "試験用の「投票」\n二行目".to_owned(),
        name: "庁舎/建替え".to_owned(),
        group: group.to_owned(),
        public_key,
        questions,
        uuid: uuid.to_owned(),
        administrator: Some("選挙管理委員会".to_owned()),
        credential_authority: None,
        language: Some(Language::of("ja")),
    }
}

impl<G: Group> Prepared<G> {
    pub(crate) fn new(plan: Plan) -> Self {
        let mut rng = rng();
        let mut trustees = Vec::new();
        let mut keys = Vec::new();
        let mut owner = 0;
        for _ in 0..plan.singles {
            owner += 1;
            let key = TrusteeKey::generate(&mut rng);
            trustees.push(Trustee::Single(key.public_key(Some("選管"), &mut rng)));
            keys.push((Owner(owner), key));
        }
        if let Some((threshold, size, present)) = &plan.group {
            let (members, parameters) = ceremony(*threshold, *size);
            trustees.push(Trustee::Pedersen(parameters));
            for (key, member) in members.into_iter().zip(1..) {
                owner += 1;
                if present.contains(&member) {
                    keys.push((Owner(owner), key));
                }
            }
        }
        let trustees_record = write_trustees(&trustees);
        let voters: Vec<CredentialKey<G>> = plan
            .weights
            .iter()
            .map(|_| SecretCredential::generate(&mut rng).key(UUID))
            .collect();
        let list: Vec<_> = voters
            .iter()
            .zip(&plan.weights)
            .map(|(key, weight)| (key.public(), plan.weighted.then_some(*weight)))
            .collect();
        Self::with(
            plan.questions,
            trustees_record,
            write_public_list(&list),
            voters,
            keys,
            UUID,
        )
    }

    pub(crate) fn with(
        questions: Vec<Question>,
        trustees_record: String,
        credentials_record: String,
        voters: Vec<CredentialKey<G>>,
        keys: Vec<(Owner, TrusteeKey<G>)>,
        uuid: &str,
    ) -> Self {
        let trustees = Trustees::parse(trustees_record.as_bytes()).expect("trustees");
        let election_record =
            describe(G::NAME, trustees.election_key_text(), questions, uuid).to_record();
        let election = Election::parse(election_record.as_bytes()).expect("an election");
        let credentials = PublicCredentials::parse(credentials_record.as_bytes()).expect("a list");
        Self {
            election_record,
            trustees_record,
            credentials_record,
            election,
            trustees,
            credentials,
            voters,
            keys,
        }
    }

    pub(crate) fn start(&self) -> (Writer, Vec<u8>) {
        let (mut writer, mut archive) = Writer::create(1_795_343_366);
        archive.extend(
            writer
                .setup(
                    self.election_record.as_bytes(),
                    self.trustees_record.as_bytes(),
                    self.credentials_record.as_bytes(),
                )
                .expect("in order"),
        );
        (writer, archive)
    }

    pub(crate) fn cast(&self, voter: usize, vote: &[Vec<u64>]) -> CastBallot {
        cast(&self.election, &self.voters[voter], vote, &mut rng()).expect("an allowed vote")
    }

    pub(crate) fn verify(&self, ballot: &CastBallot) -> VerifiedBallot<G> {
        verify(&self.election, &self.credentials, ballot.as_bytes()).expect("a valid ballot")
    }

    /// The tally of the last ballot of each voter.
    pub(crate) fn tally(&self, ballots: &[CastBallot]) -> Tally<G> {
        let last: BTreeMap<_, _> = ballots
            .iter()
            .map(|ballot| self.verify(ballot))
            .map(|ballot| (ballot.voter(), ballot))
            .collect();
        let mut tally = Tally::new(&self.election);
        last.values().for_each(|ballot| tally.add(ballot));
        tally
    }

    /// The whole archive, from these ballots to the result.
    pub(crate) fn archive(&self, ballots: &[CastBallot]) -> (Vec<u8>, Vec<Vec<u64>>) {
        let (mut writer, mut archive) = self.start();
        for ballot in ballots {
            archive.extend(writer.ballot(ballot.as_bytes()).expect("in order"));
        }
        archive.extend(writer.end_ballots().expect("in order"));
        let tally = self.tally(ballots).close();
        archive.extend(
            writer
                .encrypted_tally(tally.to_record().as_bytes(), &tally.sized())
                .expect("in order"),
        );
        let mut verified = Vec::new();
        // The last to decrypt stands first in the list, to see that the order does not matter.
        for (owner, key) in self.keys.iter().rev() {
            let decryption = PartialDecryption::make(&self.election, &tally, key, &mut rng());
            archive.extend(
                writer
                    .partial_decryption(*owner, decryption.to_record().as_bytes())
                    .expect("in order"),
            );
            verified.push(
                decryption
                    .verify(&self.election, &self.trustees, *owner, &tally)
                    .expect("a valid part"),
            );
        }
        let opened = combine(&self.trustees, &tally, &verified).expect("enough trustees");
        let result = ElectionResult::compute(&opened).expect("a result");
        archive.extend(
            writer
                .result(result.to_record().as_bytes())
                .expect("in order"),
        );
        (archive, result.counts())
    }
}

/// The counts that anybody gets with pencil and paper.
pub(crate) fn plain_count(plan: &Plan, votes: &[(usize, Vec<Vec<u64>>)]) -> Vec<Vec<u64>> {
    let last: BTreeMap<_, _> = votes.iter().map(|(voter, vote)| (voter, vote)).collect();
    let mut counts: Vec<Vec<u64>> = plan
        .questions
        .iter()
        .map(|question| vec![0; question.choices()])
        .collect();
    for (voter, vote) in last {
        for (row, answer) in counts.iter_mut().zip(vote) {
            for (count, choice) in row.iter_mut().zip(answer) {
                *count += choice * plan.weights[*voter];
            }
        }
    }
    counts
}
