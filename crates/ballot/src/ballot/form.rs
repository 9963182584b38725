//! The ballot as JSON, and the texts that its proofs hash.

use serde::{Deserialize, Serialize};

use crate::group::Group;
use crate::proof::Proof;
use crate::question::{ProofName, Question};

/// A ciphertext as two texts; they enter the hashes as they stand.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CiphertextForm<'a> {
    pub(super) alpha: std::borrow::Cow<'a, str>,
    pub(super) beta: std::borrow::Cow<'a, str>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub(super) struct AnswerForm<'a, G: Group> {
    #[serde(borrow)]
    pub(super) choices: Vec<CiphertextForm<'a>>,
    pub(super) individual_proofs: Vec<Vec<Proof<G>>>,
    pub(super) overall_proof: Vec<Proof<G>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) blank_proof: Option<Vec<Proof<G>>>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub(super) struct SignatureForm<G: Group> {
    pub(super) hash: String,
    pub(super) proof: Proof<G>,
}

/// A whole ballot; without `signature` it is what the signature signs.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub(super) struct BallotForm<'a, G: Group> {
    pub(super) election_uuid: std::borrow::Cow<'a, str>,
    pub(super) election_hash: std::borrow::Cow<'a, str>,
    pub(super) credential: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    pub(super) answers: Vec<AnswerForm<'a, G>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) signature: Option<SignatureForm<G>>,
}

/// S0: what binds every proof of a ballot to the election and the voter.
pub(super) fn binding(fingerprint: &str, credential: &str) -> String {
    format!("{fingerprint}|{credential}")
}

/// The text of one ciphertext in a hash.
pub(super) fn pair(form: &CiphertextForm<'_>) -> String {
    format!("{},{}", form.alpha, form.beta)
}

/// What is hashed in front of the commitments of a proof. `sum` is the text of the summed
/// ciphertext, which only the overall proof without a blank choice names.
pub(super) fn prefix(
    question: &Question,
    name: ProofName,
    binding: &str,
    choices: &[CiphertextForm<'_>],
    sum: &str,
) -> String {
    let bound = || {
        let all: Vec<_> = choices.iter().map(pair).collect();
        format!("{binding}|{}", all.join(","))
    };
    match name {
        ProofName::Individual(choice) => {
            let choice = choices.get(choice).map(pair).unwrap_or_default();
            format!("prove|{binding}|{choice}|")
        }
        ProofName::Blank => format!("bproof0|{}|", bound()),
        ProofName::Overall if question.has_blank() => format!("bproof1|{}|", bound()),
        ProofName::Overall => format!("prove|{}|{sum}|", bound()),
    }
}

/// The text of the summed ciphertext, where a proof names it.
pub(super) fn names_sum(question: &Question) -> bool {
    !question.has_blank()
}
