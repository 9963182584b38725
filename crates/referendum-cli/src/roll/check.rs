//! What can only be seen of the roll as a whole.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use super::EligibleVoter;
use crate::problem::{RollFault, RollProblem};

/// The greatest sum of weights: the result is found among so many numbers.
const HEAVIEST: u64 = 1_000_000_000_000;

/// Numbers and persons that stand there twice, weights that do not go together.
pub(super) fn check(voters: &[EligibleVoter]) -> Vec<RollProblem> {
    let mut problems = Vec::new();
    let mut numbers = HashMap::new();
    let mut persons = HashMap::new();
    for voter in voters {
        let row = voter.row;
        if let Some(first) = numbers.insert(&voter.number, row) {
            let fault = RollFault::NumberTwice {
                number: voter.number.clone(),
                first,
            };
            problems.push(RollProblem::Row { row, fault });
        }
        if let Some(first) = persons.insert(person(voter), row) {
            problems.push(RollProblem::Row {
                row,
                fault: RollFault::PersonTwice { first },
            });
        }
    }
    let weighted = voters.iter().filter(|voter| voter.weight.is_some()).count();
    if weighted != 0 && weighted != voters.len() {
        problems.push(RollProblem::WeightsMixed);
    }
    let sum = voters.iter().try_fold(0_u64, |sum, voter| {
        sum.checked_add(voter.weight.unwrap_or(1))
    });
    if sum.is_none_or(|sum| HEAVIEST < sum) {
        problems.push(RollProblem::TooHeavy);
    }
    problems
}

/// What makes a person, however the roll writes it: width, kind of kana and spaces do not count.
fn person(voter: &EligibleVoter) -> [String; 4] {
    [&voter.name, &voter.kana, &voter.address, &voter.birth].map(|text| even(text))
}

fn even(text: &str) -> String {
    text.nfkc()
        .filter(|letter| !letter.is_whitespace())
        .map(hiragana)
        .collect()
}

fn hiragana(letter: char) -> char {
    match letter {
        'ァ'..='ヶ' => char::from_u32(u32::from(letter) - 0x60).unwrap_or(letter),
        _ => letter,
    }
}
