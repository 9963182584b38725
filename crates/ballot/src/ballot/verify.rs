//! Verifying ballots, one by one or many at once.

use super::cast::signature_prefix;
use super::check::{Pending, read, with_sum};
use super::commitments::Commitments;
use super::{BallotError, Ciphertext, VerifiedBallot};
use crate::credential::PublicCredentials;
use crate::election::Election;
use crate::group::{Candidate, Group, Scalar, all_members};
use crate::hash::{Hash, challenge};
use crate::proof::{commit, knowledge_commitment};

/// Verifies one ballot.
pub fn verify<G: Group>(
    election: &Election<G>,
    credentials: &PublicCredentials<G>,
    record: &[u8],
) -> Result<VerifiedBallot<G>, BallotError> {
    verify_recording(election, credentials, record).map(|(ballot, _)| ballot)
}

/// Reads a ballot again that was verified before.
pub(crate) fn reread<G: Group>(
    election: &Election<G>,
    credentials: &PublicCredentials<G>,
    record: &[u8],
) -> Result<VerifiedBallot<G>, BallotError> {
    let pending = read(election, credentials, record)?;
    let answers = unchecked(&pending);
    Ok(finish(&pending, answers))
}

/// Verifies one ballot and returns the commitments that were recomputed, for a record.
pub fn verify_recording<G: Group>(
    election: &Election<G>,
    credentials: &PublicCredentials<G>,
    record: &[u8],
) -> Result<(VerifiedBallot<G>, Commitments), BallotError> {
    let pending = read(election, credentials, record)?;
    let answers = members_one_by_one(&pending)?;
    prove(election, pending, answers)
}

/// Verifies many ballots; the answers stand in the order of the ballots.
///
/// The same as [`verify`] for each, except that membership in the group is checked for all of
/// them together (with probability 2^-128 a stranger is missed) and, if that fails, for each.
pub fn verify_all<G: Group>(
    election: &Election<G>,
    credentials: &PublicCredentials<G>,
    records: &[&[u8]],
) -> Vec<Result<(VerifiedBallot<G>, Commitments), BallotError>> {
    let pending: Vec<_> = records
        .iter()
        .map(|record| read(election, credentials, record))
        .collect();
    let candidates: Vec<_> = pending.iter().flatten().flat_map(elements).collect();
    let together = all_members(&candidates, seed(pending.iter().flatten(), &[]).as_bytes());
    pending
        .into_iter()
        .map(|pending| {
            let pending = pending?;
            let answers = if together {
                unchecked(&pending)
            } else {
                members_one_by_one(&pending)?
            };
            prove(election, pending, answers)
        })
        .collect()
}

/// Verifies many ballots with the record of their commitments at hand (see [`Commitments`] for
/// what is still checked). Ballots without a line that holds are verified from the archive
/// alone, so the answers are those of [`verify_all`].
pub fn verify_all_with<G: Group>(
    election: &Election<G>,
    credentials: &PublicCredentials<G>,
    records: &[&[u8]],
    lines: &[Option<Commitments>],
) -> Vec<Result<VerifiedBallot<G>, BallotError>> {
    let mut batch = Vec::with_capacity(records.len());
    let mut alone = Vec::new();
    for (index, record) in records.iter().enumerate() {
        let line = lines.get(index).and_then(Option::as_ref);
        let prepared = line.and_then(|line| {
            let pending = read(election, credentials, record).ok()?;
            let commitments = line.candidates::<G>()?;
            hashes_hold(&pending, line).then_some((index, pending, line, commitments))
        });
        match prepared {
            Some(prepared) => batch.push(prepared),
            None => alone.push(index),
        }
    }
    let candidates: Vec<_> = batch
        .iter()
        .flat_map(|(_, pending, _, commitments)| {
            elements(pending)
                .into_iter()
                .chain(commitments.iter().copied())
        })
        .collect();
    let seed = seed(
        batch.iter().map(|(_, pending, ..)| pending),
        &batch
            .iter()
            .map(|(_, _, line, _)| *line)
            .collect::<Vec<_>>(),
    );
    let holds = all_members(&candidates, seed.as_bytes())
        && equations_hold(
            election,
            &batch
                .iter()
                .map(|(_, p, _, c)| (p, c.as_slice()))
                .collect::<Vec<_>>(),
            &seed,
        );
    let mut verified: Vec<Option<Result<_, _>>> = records.iter().map(|_| None).collect();
    for (index, pending, ..) in batch {
        if holds {
            let answers = unchecked(&pending);
            if let Some(place) = verified.get_mut(index) {
                *place = Some(Ok(finish(&pending, answers)));
            }
        } else {
            alone.push(index);
        }
    }
    let rest: Vec<_> = alone
        .iter()
        .filter_map(|index| records.get(*index).copied())
        .collect();
    for (index, answer) in alone.iter().zip(verify_all(election, credentials, &rest)) {
        if let Some(place) = verified.get_mut(*index) {
            *place = Some(answer.map(|(ballot, _)| ballot));
        }
    }
    verified.into_iter().flatten().collect()
}

/// The elements of a ballot whose membership is not known from the public list.
fn elements<G: Group>(pending: &Pending<G>) -> Vec<Candidate<G>> {
    pending
        .answers
        .iter()
        .flat_map(|answer| {
            answer
                .candidates
                .iter()
                .flat_map(|pair| [pair.alpha, pair.beta])
        })
        .collect()
}

fn unchecked<G: Group>(pending: &Pending<G>) -> Vec<Vec<Ciphertext<G>>> {
    let pair = |pair: &super::CandidatePair<G>| Ciphertext {
        alpha: pair.alpha.unchecked(),
        beta: pair.beta.unchecked(),
    };
    pending
        .answers
        .iter()
        .map(|answer| answer.candidates.iter().map(pair).collect())
        .collect()
}

fn members_one_by_one<G: Group>(
    pending: &Pending<G>,
) -> Result<Vec<Vec<Ciphertext<G>>>, BallotError> {
    pending
        .answers
        .iter()
        .zip(1..)
        .map(|(answer, question)| answer.members(question))
        .collect()
}

/// A digest that depends on every ballot and every recorded commitment of a batch.
fn seed<'a, G: Group>(
    pending: impl Iterator<Item = &'a Pending<G>>,
    lines: &[&Commitments],
) -> Hash {
    let mut text = String::from("hiroba-batch|");
    for ballot in pending {
        text.push_str(&ballot.tracker.hash().to_hex());
    }
    for line in lines {
        text.push_str(&Hash::of(line.to_line().as_bytes()).to_hex());
    }
    Hash::of(text.as_bytes())
}

/// Recomputes every commitment and compares every challenge.
fn prove<G: Group>(
    election: &Election<G>,
    pending: Pending<G>,
    answers: Vec<Vec<Ciphertext<G>>>,
) -> Result<(VerifiedBallot<G>, Commitments), BallotError> {
    let bases = election.bases();
    let credential = pending.credential.unchecked();
    let commitment = G::encode(&knowledge_commitment::<G>(&credential, &pending.signature));
    let signed = challenge::<G>(
        &signature_prefix(&pending.signature_hash),
        std::slice::from_ref(&commitment),
    );
    if signed != pending.signature.challenge {
        return Err(BallotError::Signature);
    }
    let mut recorded = Commitments {
        tracker: pending.tracker,
        signature: commitment,
        proofs: Vec::new(),
    };
    let parts = pending
        .answers
        .iter()
        .zip(&answers)
        .zip(election.questions())
        .zip(1..);
    for (((answer, choices), question), index) in parts {
        let prepared: Vec<_> = with_sum(question, choices)
            .iter()
            .map(|ciphertext| (G::prepare(&ciphertext.alpha), G::prepare(&ciphertext.beta)))
            .collect();
        let elements: Vec<_> = answer
            .proofs
            .iter()
            .flat_map(|proof| &proof.branches)
            .filter_map(|(branch, proof)| {
                prepared
                    .get(branch.ciphertext)
                    .map(|base| commit(bases, base, branch.value, proof))
            })
            .flatten()
            .collect();
        let mut texts = G::encode_all(&elements).into_iter();
        for proof in &answer.proofs {
            let commitments: Vec<_> = texts.by_ref().take(2 * proof.branches.len()).collect();
            let shares = proof.branches.iter().map(|(_, proof)| proof.challenge);
            let sum = shares.fold(G::Scalar::zero(), |sum, share| sum + share);
            if challenge::<G>(&proof.prefix, &commitments) != sum {
                return Err(BallotError::Proof {
                    question: index,
                    proof: proof.name,
                });
            }
            recorded.proofs.push(commitments);
        }
    }
    Ok((finish(&pending, answers), recorded))
}

fn finish<G: Group>(pending: &Pending<G>, answers: Vec<Vec<Ciphertext<G>>>) -> VerifiedBallot<G> {
    VerifiedBallot {
        tracker: pending.tracker,
        voter: pending.voter,
        weight: pending.weight,
        answers,
    }
}

/// Whether the recorded commitments have the right number and hash to the challenges.
fn hashes_hold<G: Group>(pending: &Pending<G>, line: &Commitments) -> bool {
    let signed = challenge::<G>(
        &signature_prefix(&pending.signature_hash),
        std::slice::from_ref(&line.signature),
    );
    let proofs: Vec<_> = pending
        .answers
        .iter()
        .flat_map(|answer| &answer.proofs)
        .collect();
    line.tracker == pending.tracker
        && signed == pending.signature.challenge
        && proofs.len() == line.proofs.len()
        && proofs.iter().zip(&line.proofs).all(|(proof, commitments)| {
            let shares = proof.branches.iter().map(|(_, proof)| proof.challenge);
            let sum = shares.fold(G::Scalar::zero(), |sum, share| sum + share);
            commitments.len() == 2 * proof.branches.len()
                && challenge::<G>(&proof.prefix, commitments) == sum
        })
}

/// Checks all equations of a batch at once: the product of each with its own random exponent.
fn equations_hold<G: Group>(
    election: &Election<G>,
    batch: &[(&Pending<G>, &[Candidate<G>])],
    seed: &Hash,
) -> bool {
    let zero = G::Scalar::zero();
    let mut weights = (0_u64..).map(|index| weight::<G>(seed, index));
    let mut weight = || weights.next().unwrap_or(zero);
    let (mut of_generator, mut of_key) = (zero, zero);
    let (mut left, mut left_exponents) = (Vec::new(), Vec::new());
    let (mut right, mut right_exponents) =
        (vec![G::generator(), *election.key()], vec![zero, zero]);
    for (pending, commitments) in batch {
        let mut commitments = commitments.iter().map(|candidate| candidate.unchecked());
        let signature = weight();
        left.extend(commitments.next());
        left_exponents.push(signature);
        of_generator = of_generator + signature * pending.signature.response;
        right.push(pending.credential.unchecked());
        right_exponents.push(signature * pending.signature.challenge);
        for (answer, question) in pending.answers.iter().zip(election.questions()) {
            // One exponent for each ciphertext's parts, and one for the sum's.
            let mut exponents = vec![(zero, zero); answer.candidates.len() + 1];
            for (branch, proof) in answer.proofs.iter().flat_map(|proof| &proof.branches) {
                let (of_a, of_b) = (weight(), weight());
                left.extend(commitments.by_ref().take(2));
                left_exponents.extend([of_a, of_b]);
                let value = G::Scalar::from_u64(branch.value);
                of_generator =
                    of_generator + of_a * proof.response - of_b * value * proof.challenge;
                of_key = of_key + of_b * proof.response;
                if let Some((alpha, beta)) = exponents.get_mut(branch.ciphertext) {
                    *alpha = *alpha + of_a * proof.challenge;
                    *beta = *beta + of_b * proof.challenge;
                }
            }
            let (of_sum_alpha, of_sum_beta) = exponents.pop().unwrap_or((zero, zero));
            let summed = question.summed();
            for (index, (pair, (alpha, beta))) in
                answer.candidates.iter().zip(exponents).enumerate()
            {
                let in_sum = summed.contains(&index);
                let share = |own: G::Scalar, sum| if in_sum { own + sum } else { own };
                right.extend([pair.alpha.unchecked(), pair.beta.unchecked()]);
                right_exponents.extend([share(alpha, of_sum_alpha), share(beta, of_sum_beta)]);
            }
        }
    }
    for (place, exponent) in right_exponents.iter_mut().zip([of_generator, of_key]) {
        *place = exponent;
    }
    left.len() == left_exponents.len()
        && G::multi_power(&left, &left_exponents) == G::multi_power(&right, &right_exponents)
}

/// A 128-bit weight drawn by hashing.
fn weight<G: Group>(seed: &Hash, index: u64) -> G::Scalar {
    let digest = Hash::of(format!("hiroba-weight|{seed}|{index}").as_bytes());
    let half = digest.as_bytes().first_chunk().copied().unwrap_or_default();
    G::Scalar::from_u128(u128::from_be_bytes(half))
}
