//! Ballots that a dishonest voter signs: every proof must hold on its own.

use curve25519_dalek::constants::EIGHT_TORSION;
use curve25519_dalek::scalar::Scalar as Exponent;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::cast::signature_prefix;
use super::form::{BallotForm, SignatureForm};
use super::{BallotError, Commitments, cast, verify, verify_all, verify_all_with};
use crate::credential::{CredentialKey, PublicCredentials, SecretCredential, write_public_list};
use crate::election::{Description, Election};
use crate::group::{Ed25519, Group};
use crate::hash::Hash;
use crate::json::{self, JsonError};
use crate::proof::{Secret, prove_knowledge};
use crate::question::{ProofName, Question};
use crate::testing::Seeded;
use crate::trustee::{TrusteeKey, TrusteeSeed};

type G = Ed25519;

const UUID: &str = "HirobaUnitTest";

struct Vote {
    election: Election<G>,
    credentials: PublicCredentials<G>,
    keys: Vec<CredentialKey<G>>,
    rng: Seeded,
}

impl Vote {
    fn new(blank: bool, name: &str) -> Self {
        let mut rng = Seeded::new(7);
        let question = Question {
            answers: vec!["賛成".to_owned(), "反対".to_owned()],
            blank: blank.then_some(true),
            min: 1,
            max: 1,
            text: "賛成ですか".to_owned(),
        };
        let description = Description {
            version: 1,
            description: String::new(),
            name: name.to_owned(),
            group: G::NAME.to_owned(),
            public_key: G::encode(&G::generator_power(&4711_u64.into())),
            questions: vec![question],
            uuid: UUID.to_owned(),
            administrator: None,
            credential_authority: None,
            language: None,
        };
        let keys: Vec<CredentialKey<G>> = (0..2)
            .map(|_| SecretCredential::generate(&mut rng).key(UUID))
            .collect();
        let list: Vec<_> = keys.iter().map(|key| (key.public(), None)).collect();
        Self {
            election: Election::parse(description.to_record().as_bytes()).expect("an election"),
            credentials: PublicCredentials::parse(write_public_list(&list).as_bytes())
                .expect("a list"),
            keys,
            rng,
        }
    }

    fn cast(&mut self, voter: usize) -> String {
        let question = &self.election.questions()[0];
        let vote = vec![question.choose(&[0])];
        let ballot =
            cast(&self.election, &self.keys[voter], &vote, &mut self.rng).expect("allowed");
        String::from_utf8(ballot.as_bytes().to_vec()).expect("utf-8")
    }

    /// Changes a ballot and signs it with a voter's credential, as that voter could.
    fn forge(
        &mut self,
        ballot: &str,
        voter: usize,
        change: impl FnOnce(&mut BallotForm<'_, G>),
    ) -> String {
        let mut form: BallotForm<'_, G> = json::read(ballot.as_bytes()).expect("a ballot");
        form.credential = self.keys[voter].public().as_str().to_owned().into();
        form.signature = None;
        change(&mut form);
        let hash = Hash::of(json::write(&form).as_bytes()).to_base64();
        let proof = prove_knowledge(
            &signature_prefix(&hash),
            self.keys[voter].secret(),
            &mut self.rng,
        );
        form.signature = Some(SignatureForm { hash, proof });
        json::write(&form)
    }

    /// The verdict, which is the same one by one, in a batch, and with a record at hand.
    #[track_caller]
    fn verdict(&self, ballot: &str) -> Option<BallotError> {
        let alone = verify(&self.election, &self.credentials, ballot.as_bytes());
        let records = [ballot.as_bytes(); 3];
        for batched in verify_all(&self.election, &self.credentials, &records) {
            assert_eq!(batched.map(|(ballot, _)| ballot), alone);
        }
        let lines = records.map(|record| Some(line(self, record)));
        for recorded in verify_all_with(&self.election, &self.credentials, &records, &lines) {
            assert_eq!(recorded, alone);
        }
        alone.err()
    }
}

/// A record line for a ballot: the true one if it is valid, else one of plausible shape.
fn line(vote: &Vote, record: &[u8]) -> Commitments {
    match super::verify_recording(&vote.election, &vote.credentials, record) {
        Ok((_, commitments)) => commitments,
        Err(_) => Commitments {
            tracker: super::Tracker::of(record),
            signature: G::encode(&G::generator()),
            proofs: vec![vec![G::encode(&G::generator()); 4]; 5],
        },
    }
}

#[test]
fn an_honest_ballot_is_accepted_every_way() {
    for blank in [true, false] {
        let mut vote = Vote::new(blank, "a");
        let ballot = vote.cast(0);
        assert_eq!(vote.verdict(&ballot), None);
        let resigned = vote.forge(&ballot, 0, |_| ());
        assert_eq!(vote.verdict(&resigned), None);
    }
}

#[test]
fn proofs_cannot_be_reused_for_another_credential() {
    let mut vote = Vote::new(true, "a");
    let copied = vote.cast(0);
    let ballot = vote.forge(&copied, 1, |_| ());
    let proof = ProofName::Individual(0);
    assert_eq!(
        vote.verdict(&ballot),
        Some(BallotError::Proof { question: 1, proof })
    );
}

#[test]
fn proofs_cannot_be_reused_for_another_election() {
    let ballot = Vote::new(true, "a").cast(0);
    let mut other = Vote::new(true, "b");
    assert!(matches!(
        other.verdict(&ballot),
        Some(BallotError::OtherFingerprint(_))
    ));
    let fingerprint = other.election.fingerprint().to_owned();
    let rebound = other.forge(&ballot, 0, |form| form.election_hash = fingerprint.into());
    let proof = ProofName::Individual(0);
    assert_eq!(
        other.verdict(&rebound),
        Some(BallotError::Proof { question: 1, proof })
    );
    let elsewhere = other.forge(&ballot, 0, |form| {
        form.election_uuid = "AnotherElection".into()
    });
    assert!(matches!(
        other.verdict(&elsewhere),
        Some(BallotError::OtherElection(_))
    ));
}

#[test]
fn swapped_ciphertexts_and_swapped_proofs_do_not_hold() {
    let mut vote = Vote::new(true, "a");
    let ballot = vote.cast(0);
    let swapped = vote.forge(&ballot, 0, |form| form.answers[0].choices.swap(1, 2));
    let proof = ProofName::Individual(1);
    assert_eq!(
        vote.verdict(&swapped),
        Some(BallotError::Proof { question: 1, proof })
    );
    let swapped = vote.forge(&ballot, 0, |form| {
        form.answers[0].individual_proofs.swap(0, 2)
    });
    let proof = ProofName::Individual(0);
    assert_eq!(
        vote.verdict(&swapped),
        Some(BallotError::Proof { question: 1, proof })
    );
    let swapped = vote.forge(&ballot, 0, |form| {
        if let Some(blank) = &mut form.answers[0].blank_proof {
            blank.swap(0, 1);
        }
    });
    let proof = ProofName::Blank;
    assert_eq!(
        vote.verdict(&swapped),
        Some(BallotError::Proof { question: 1, proof })
    );
    let swapped = vote.forge(&ballot, 0, |form| form.answers[0].overall_proof.swap(0, 1));
    let proof = ProofName::Overall;
    assert_eq!(
        vote.verdict(&swapped),
        Some(BallotError::Proof { question: 1, proof })
    );
}

#[test]
fn proofs_have_exactly_their_branches() {
    let mut vote = Vote::new(true, "a");
    let ballot = vote.cast(0);
    let shapes: [fn(&mut BallotForm<'_, G>); 6] = [
        |form| drop(form.answers[0].choices.pop()),
        |form| drop(form.answers[0].individual_proofs.pop()),
        |form| form.answers[0].individual_proofs[0].truncate(1),
        |form| form.answers[0].blank_proof = None,
        |form| {
            let again = form.answers[0].overall_proof[0];
            form.answers[0].overall_proof.push(again);
        },
        |form| form.answers[0].overall_proof.clear(),
    ];
    for change in shapes {
        let ballot = vote.forge(&ballot, 0, change);
        assert!(
            matches!(
                vote.verdict(&ballot),
                Some(BallotError::Shape { question: 1, .. })
            ),
            "{ballot}"
        );
    }
    let missing = vote.forge(&ballot, 0, |form| drop(form.answers.pop()));
    assert_eq!(
        vote.verdict(&missing),
        Some(BallotError::AnswerCount {
            expected: 1,
            found: 0
        })
    );
}

#[test]
fn elements_are_canonical_and_in_the_group() {
    let mut vote = Vote::new(false, "a");
    let ballot = vote.cast(0);
    for torsion in EIGHT_TORSION.into_iter().skip(1) {
        let shifted = vote.forge(&ballot, 0, |form| {
            let alpha = G::element(&form.answers[0].choices[1].alpha).expect("an element");
            form.answers[0].choices[1].alpha = G::encode(&(alpha + torsion)).into();
        });
        let expected = BallotError::NotInGroup {
            question: 1,
            choice: 1,
            part: "alpha",
        };
        assert_eq!(vote.verdict(&shifted), Some(expected));
    }
    let capital = vote.forge(&ballot, 0, |form| {
        let beta = form.answers[0].choices[0].beta.to_uppercase();
        form.answers[0].choices[0].beta = beta.into();
    });
    let expected = BallotError::NotCanonical {
        question: 1,
        choice: 0,
        part: "beta",
    };
    assert_eq!(vote.verdict(&capital), Some(expected.clone()));
    // y = p + 1, another way to write the identity.
    let large = format!("7{}ee", "f".repeat(61));
    let beyond = vote.forge(&ballot, 0, |form| {
        form.answers[0].choices[0].beta = large.into()
    });
    assert_eq!(vote.verdict(&beyond), Some(expected));
}

#[test]
fn a_ballot_has_one_form_only() {
    let mut vote = Vote::new(true, "a");
    let ballot = vote.cast(0);
    let canonical = |text: &str| {
        matches!(
            vote.verdict(text),
            Some(BallotError::Json(JsonError::NotCanonical { .. }))
        )
    };
    assert!(canonical(&ballot.replacen(',', ", ", 1)));
    assert!(canonical(&format!("{ballot}\n")));
    assert!(canonical(&ballot.replacen("alpha", "alph\\u0061", 1)));
    assert!(canonical(
        &ballot
            .replacen("credential\":\"", "credential\":\"\\u002f", 1)
            .replacen("\\u002f", "/", 0)
    ));
    let malformed = |text: &str| {
        matches!(
            vote.verdict(text),
            Some(BallotError::Json(JsonError::Malformed(_)))
        )
    };
    assert!(malformed(&ballot.replacen(
        "{\"election_uuid\"",
        "{\"x\":1,\"election_uuid\"",
        1
    )));
    assert!(malformed(&ballot.replacen(
        "\"challenge\":\"",
        "\"challenge\":\"0",
        1
    )));
    assert!(malformed(""));
    let unsigned = ballot
        .split(",\"signature\"")
        .next()
        .expect("a part")
        .to_owned()
        + "}";
    assert_eq!(vote.verdict(&unsigned), Some(BallotError::Signature));
}

#[test]
fn a_signature_by_another_key_does_not_hold() {
    let mut vote = Vote::new(true, "a");
    let ballot = vote.cast(0);
    let other = vote.keys[1].public().as_str().to_owned();
    let stolen = vote.forge(&ballot, 0, |form| form.credential = other.into());
    assert_eq!(vote.verdict(&stolen), Some(BallotError::Signature));
    let stranger = G::encode(&G::generator());
    let unknown = vote.forge(&ballot, 0, |form| form.credential = stranger.into());
    assert_eq!(vote.verdict(&unknown), Some(BallotError::UnknownCredential));
}

#[test]
fn one_bad_ballot_among_many_is_the_one_that_is_accused() {
    let mut vote = Vote::new(false, "a");
    let honest: Vec<_> = (0..45).map(|index| vote.cast(index % 2)).collect();
    let torsion = EIGHT_TORSION[4];
    let bad = vote.forge(&honest[0], 0, |form| {
        let beta = G::element(&form.answers[0].choices[0].beta).expect("an element");
        form.answers[0].choices[0].beta = G::encode(&(beta + torsion)).into();
    });
    let mut ballots = honest;
    ballots.insert(17, bad);
    let records: Vec<_> = ballots.iter().map(String::as_bytes).collect();
    let lines: Vec<_> = records
        .iter()
        .map(|record| Some(line(&vote, record)))
        .collect();
    let plain = verify_all(&vote.election, &vote.credentials, &records);
    let with = verify_all_with(&vote.election, &vote.credentials, &records, &lines);
    for (index, (plain, with)) in plain.into_iter().zip(with).enumerate() {
        assert_eq!(plain.is_ok(), index != 17);
        assert_eq!(plain.map(|(ballot, _)| ballot), with);
    }
}

#[test]
fn a_record_that_lies_is_found_and_costs_only_time() {
    let mut vote = Vote::new(true, "a");
    let ballots: Vec<_> = (0..2).map(|voter| vote.cast(voter)).collect();
    let records: Vec<_> = ballots.iter().map(String::as_bytes).collect();
    let mut lines: Vec<_> = records
        .iter()
        .map(|record| Some(line(&vote, record)))
        .collect();
    if let Some(line) = &mut lines[1] {
        line.proofs[0].swap(0, 2);
    }
    assert_eq!(
        Commitments::from_line(&line(&vote, records[0]).to_line()),
        lines[0]
    );
    let verified = verify_all_with(&vote.election, &vote.credentials, &records, &lines);
    assert!(verified.iter().all(Result::is_ok));
}

#[test]
fn secrets_are_not_printed() {
    let mut rng = Seeded::new(9);
    let secret = SecretCredential::generate(&mut rng);
    let key: CredentialKey<G> = secret.key(UUID);
    let trustee = TrusteeKey::<G>::generate(&mut rng);
    let seed = TrusteeSeed::generate(&mut rng);
    let printed = format!("{secret:?} {key:?} {trustee:?} {seed:?}");
    assert_eq!(
        printed,
        "SecretCredential(…) CredentialKey(…) TrusteeKey(…) TrusteeSeed(…)"
    );
}

#[test]
fn secrets_are_wiped_when_they_are_dropped() {
    // Whatever does not wipe itself does not compile here.
    fn wiped<T: ZeroizeOnDrop + Zeroize>(mut secret: T) -> T {
        secret.zeroize();
        secret
    }
    let mut rng = Seeded::new(9);
    let secret = SecretCredential::generate(&mut rng);
    let key: CredentialKey<G> = secret.key(UUID);
    assert_eq!(wiped(secret).expose(), "");
    assert!(*wiped(key).secret() == Exponent::ZERO);
    assert_eq!(
        *wiped(TrusteeKey::<G>::generate(&mut rng)).expose(),
        "\"0\""
    );
    assert_eq!(wiped(TrusteeSeed::generate(&mut rng)).expose(), "");
    let known = wiped(Secret::<G> {
        randomness: Exponent::ONE,
        message: 1,
    });
    assert!(known.randomness == Exponent::ZERO && known.message == 0);
}
