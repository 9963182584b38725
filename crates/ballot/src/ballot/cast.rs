//! Making a ballot: encrypt, prove, sign.

use rand_core::CryptoRng;
use thiserror::Error;

use super::form::{AnswerForm, BallotForm, CiphertextForm, SignatureForm, binding, prefix};
use super::{CastBallot, Ciphertext};
use crate::credential::CredentialKey;
use crate::election::Election;
use crate::group::{Group, Scalar};
use crate::hash::Hash;
use crate::json;
use crate::proof::{Branch, Secret, prove_knowledge, prove_one_of};
use crate::question::{AnswerError, ProofName, Question};

/// Why a vote cannot be cast.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum VoteError {
    /// Another number of answers than of questions.
    #[error("the vote answers {found} questions of {expected}")]
    Answers {
        /// How many there should be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// An answer is not allowed.
    #[error("question {question}: {error}")]
    Answer {
        /// Place of the question, from 1.
        question: usize,
        /// What is wrong.
        error: AnswerError,
    },
}

/// Makes a ballot from one answer a question, each with one 0 or 1 a choice, the blank choice
/// first where there is one (see [`Question::choose`] and [`Question::choose_blank`]).
pub fn cast<G: Group>(
    election: &Election<G>,
    credential: &CredentialKey<G>,
    vote: &[Vec<u64>],
    rng: &mut (impl CryptoRng + ?Sized),
) -> Result<CastBallot, VoteError> {
    let questions = election.questions();
    if questions.len() != vote.len() {
        return Err(VoteError::Answers {
            expected: questions.len(),
            found: vote.len(),
        });
    }
    for ((question, answer), index) in questions.iter().zip(vote).zip(1..) {
        question.allows(answer).map_err(|error| VoteError::Answer {
            question: index,
            error,
        })?;
    }
    let public = credential.public();
    let binding = binding(election.fingerprint(), public.as_str());
    let answers = questions
        .iter()
        .zip(vote)
        .map(|(question, answer)| encrypt(election, question, answer, &binding, rng))
        .collect();
    let mut ballot = BallotForm {
        election_uuid: election.uuid().into(),
        election_hash: election.fingerprint().into(),
        credential: public.as_str().into(),
        answers,
        signature: None,
    };
    let hash = Hash::of(json::write(&ballot).as_bytes()).to_base64();
    let proof = prove_knowledge(&signature_prefix(&hash), credential.secret(), rng);
    ballot.signature = Some(SignatureForm { hash, proof });
    Ok(CastBallot {
        json: json::write(&ballot),
    })
}

/// What the signature hashes in front of its commitment.
pub(super) fn signature_prefix(hash: &str) -> String {
    format!("sig|{hash}|")
}

fn encrypt<G: Group>(
    election: &Election<G>,
    question: &Question,
    answer: &[u64],
    binding: &str,
    rng: &mut (impl CryptoRng + ?Sized),
) -> AnswerForm<'static, G> {
    let bases = election.bases();
    let mut secrets: Vec<Secret<G>> = answer
        .iter()
        .map(|message| Secret {
            randomness: G::Scalar::random(rng),
            message: *message,
        })
        .collect();
    let mut ciphertexts: Vec<Ciphertext<G>> = secrets
        .iter()
        .map(|secret| Ciphertext {
            alpha: G::generator_power(&secret.randomness),
            beta: G::product(
                &G::key_power(bases, &secret.randomness),
                &G::generator_power(&G::Scalar::from_u64(secret.message)),
            ),
        })
        .collect();
    let summed = || question.summed();
    let sum = ciphertexts
        .get(summed())
        .unwrap_or_default()
        .iter()
        .fold(Ciphertext::neutral(), |sum, ciphertext| {
            sum.product(ciphertext)
        });
    ciphertexts.push(sum);
    let parts = secrets.get(summed()).unwrap_or_default();
    let sum_secret = Secret {
        randomness: parts
            .iter()
            .fold(G::Scalar::zero(), |sum, part| sum + part.randomness),
        message: parts.iter().map(|part| part.message).sum(),
    };
    secrets.push(sum_secret);

    let elements: Vec<_> = ciphertexts.iter().flat_map(|c| [c.alpha, c.beta]).collect();
    let mut choices: Vec<CiphertextForm<'static>> = Vec::with_capacity(ciphertexts.len());
    let mut texts = G::encode_all(&elements).into_iter();
    while let (Some(alpha), Some(beta)) = (texts.next(), texts.next()) {
        choices.push(CiphertextForm {
            alpha: alpha.into(),
            beta: beta.into(),
        });
    }
    let sum_text = choices
        .pop()
        .map(|sum| super::form::pair(&sum))
        .unwrap_or_default();

    let mut form = AnswerForm {
        choices,
        individual_proofs: Vec::new(),
        overall_proof: Vec::new(),
        blank_proof: None,
    };
    for required in question.required_proofs() {
        let prefix = prefix(question, required.name, binding, &form.choices, &sum_text);
        let truth = true_branch(&required.branches, &secrets);
        let proofs = prove_one_of(bases, &prefix, &required.branches, &secrets, truth, rng);
        match required.name {
            ProofName::Individual(_) => form.individual_proofs.push(proofs),
            ProofName::Blank => form.blank_proof = Some(proofs),
            ProofName::Overall => form.overall_proof = proofs,
        }
    }
    form
}

/// The last branch that holds, found without stopping early.
fn true_branch<G: Group>(branches: &[Branch], secrets: &[Secret<G>]) -> usize {
    let mut truth = 0;
    for (index, branch) in branches.iter().enumerate() {
        let holds = secrets
            .get(branch.ciphertext)
            .is_some_and(|secret| secret.message == branch.value);
        truth = usize::from(holds) * index + usize::from(!holds) * truth;
    }
    truth
}
