//! What is checked of one ballot before its proofs: form, binding, shape, encodings.

use super::form::{AnswerForm, BallotForm, SignatureForm, binding, names_sum, prefix};
use super::{BallotError, CandidatePair, Ciphertext, Tracker};
use crate::credential::{PublicCredentials, VoterIndex};
use crate::election::Election;
use crate::group::{Candidate, Group};
use crate::hash::Hash;
use crate::json;
use crate::proof::{Branch, Proof};
use crate::question::{ProofName, Question};

/// A ballot whose elements still have to be found in the group, and whose proofs to hold.
pub(super) struct Pending<G: Group> {
    pub(super) tracker: Tracker,
    pub(super) voter: VoterIndex,
    pub(super) weight: u64,
    pub(super) credential: Candidate<G>,
    pub(super) signature_hash: String,
    pub(super) signature: Proof<G>,
    pub(super) answers: Vec<PendingAnswer<G>>,
}

pub(super) struct PendingAnswer<G: Group> {
    pub(super) candidates: Vec<CandidatePair<G>>,
    pub(super) proofs: Vec<PendingProof<G>>,
}

/// A proof with everything that its check needs.
pub(super) struct PendingProof<G: Group> {
    pub(super) name: ProofName,
    pub(super) prefix: String,
    pub(super) branches: Vec<(Branch, Proof<G>)>,
}

impl<G: Group> PendingAnswer<G> {
    /// The ciphertexts, once their parts are known to be in the group.
    pub(super) fn members(&self, question: usize) -> Result<Vec<Ciphertext<G>>, BallotError> {
        let member = |candidate: Candidate<G>, choice, part| {
            candidate.member().ok_or(BallotError::NotInGroup {
                question,
                choice,
                part,
            })
        };
        self.candidates
            .iter()
            .enumerate()
            .map(|(choice, pair)| {
                Ok(Ciphertext {
                    alpha: member(pair.alpha, choice, "alpha")?,
                    beta: member(pair.beta, choice, "beta")?,
                })
            })
            .collect()
    }
}

/// Everything about a ballot that needs no exponentiation.
pub(super) fn read<G: Group>(
    election: &Election<G>,
    credentials: &PublicCredentials<G>,
    record: &[u8],
) -> Result<Pending<G>, BallotError> {
    let mut form: BallotForm<'_, G> = json::read(record)?;
    if form.election_uuid != election.uuid() {
        return Err(BallotError::OtherElection(form.election_uuid.into_owned()));
    }
    if form.election_hash != election.fingerprint() {
        return Err(BallotError::OtherFingerprint(
            form.election_hash.into_owned(),
        ));
    }
    let (voter, weight) = credentials
        .find(&form.credential)
        .ok_or(BallotError::UnknownCredential)?;
    let Some(SignatureForm { hash, proof }) = form.signature.take() else {
        return Err(BallotError::Signature);
    };
    if hash != signed_hash(record) {
        return Err(BallotError::SignatureHash);
    }
    let questions = election.questions();
    if form.answers.len() != questions.len() {
        return Err(BallotError::AnswerCount {
            expected: questions.len(),
            found: form.answers.len(),
        });
    }
    let credential = G::decode(&form.credential).ok_or(BallotError::UnknownCredential)?;
    let binding = binding(election.fingerprint(), &form.credential);
    let answers = form
        .answers
        .into_iter()
        .zip(questions)
        .zip(1..)
        .map(|((answer, question), index)| read_answer(question, index, answer, &binding))
        .collect::<Result<_, _>>()?;
    Ok(Pending {
        tracker: Tracker::of(record),
        voter,
        weight,
        credential,
        signature_hash: hash,
        signature: proof,
        answers,
    })
}

/// The digest of the ballot cut before its signature; the record is known to be canonical.
fn signed_hash(record: &[u8]) -> String {
    const CUT: &[u8] = b",\"signature\":";
    let end = record
        .windows(CUT.len())
        .rposition(|window| window == CUT)
        .unwrap_or(record.len());
    let mut signed = record.get(..end).unwrap_or_default().to_vec();
    signed.push(b'}');
    Hash::of(&signed).to_base64()
}

fn read_answer<G: Group>(
    question: &Question,
    index: usize,
    answer: AnswerForm<'_, G>,
    binding: &str,
) -> Result<PendingAnswer<G>, BallotError> {
    let wrong = |what| BallotError::Shape {
        question: index,
        what,
    };
    if answer.choices.len() != question.choices() {
        return Err(wrong("choices"));
    }
    if answer.individual_proofs.len() != question.choices() {
        return Err(wrong("individual proofs"));
    }
    if answer.blank_proof.is_some() != question.has_blank() {
        return Err(wrong("blank proofs"));
    }
    let decode = |text: &str, choice, part| {
        G::decode(text).ok_or(BallotError::NotCanonical {
            question: index,
            choice,
            part,
        })
    };
    let candidates = answer
        .choices
        .iter()
        .enumerate()
        .map(|(choice, form)| {
            Ok(CandidatePair {
                alpha: decode(&form.alpha, choice, "alpha")?,
                beta: decode(&form.beta, choice, "beta")?,
            })
        })
        .collect::<Result<Vec<_>, BallotError>>()?;
    let sum_text = if names_sum(question) {
        let sum = sum_of(question, &candidates);
        let texts = G::encode_all(&[sum.alpha, sum.beta]);
        texts.join(",")
    } else {
        String::new()
    };
    let mut individual = answer.individual_proofs.into_iter();
    let mut blank = answer.blank_proof;
    let mut overall = Some(answer.overall_proof);
    let proofs = question
        .required_proofs()
        .into_iter()
        .map(|required| {
            let (proofs, what) = match required.name {
                ProofName::Individual(_) => (individual.next(), "branches in an individual proof"),
                ProofName::Blank => (blank.take(), "branches in the blank proof"),
                ProofName::Overall => (overall.take(), "branches in the overall proof"),
            };
            let proofs = proofs.unwrap_or_default();
            if proofs.len() != required.branches.len() {
                return Err(wrong(what));
            }
            let prefix = prefix(question, required.name, binding, &answer.choices, &sum_text);
            let branches = required.branches.into_iter().zip(proofs).collect();
            Ok(PendingProof {
                name: required.name,
                prefix,
                branches,
            })
        })
        .collect::<Result<_, _>>()?;
    Ok(PendingAnswer { candidates, proofs })
}

/// The product of the choices whose number is bounded. Only its text is used before the
/// choices are known to be in the group.
fn sum_of<G: Group>(question: &Question, candidates: &[CandidatePair<G>]) -> Ciphertext<G> {
    candidates
        .get(question.summed())
        .unwrap_or_default()
        .iter()
        .map(|pair| Ciphertext {
            alpha: pair.alpha.unchecked(),
            beta: pair.beta.unchecked(),
        })
        .fold(Ciphertext::neutral(), |sum, pair| sum.product(&pair))
}

/// The ciphertexts of an answer followed by their sum: what the branches refer to.
pub(super) fn with_sum<G: Group>(
    question: &Question,
    choices: &[Ciphertext<G>],
) -> Vec<Ciphertext<G>> {
    let sum = choices
        .get(question.summed())
        .unwrap_or_default()
        .iter()
        .fold(Ciphertext::neutral(), |sum, choice| sum.product(choice));
    choices.iter().copied().chain([sum]).collect()
}
