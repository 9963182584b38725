//! What holds in every election.

use ballot::group::{Belenios2048, Ed25519, Group};
use ballot::question::Question;
use ballot::verify::verify;
use proptest::prelude::*;

use crate::elections::{Plan, Prepared, plain_count, question};

/// A question, and for each number an allowed answer to it.
fn questions() -> impl Strategy<Value = Vec<Question>> {
    let one = (1..4_usize, any::<bool>()).prop_flat_map(|(answers, blank)| {
        (0..=answers as u64).prop_flat_map(move |max| {
            (0..=max).prop_map(move |min| question(answers, blank, min, max))
        })
    });
    proptest::collection::vec(one, 1..3)
}

/// One of the allowed answers to a question.
fn answer(question: &Question, choice: u64) -> Vec<u64> {
    let allowed: Vec<_> = (0..1_u64 << question.choices())
        .map(|bits| {
            (0..question.choices())
                .map(|place| bits >> place & 1)
                .collect::<Vec<_>>()
        })
        .filter(|answer| question.allows(answer).is_ok())
        .collect();
    allowed[choice as usize % allowed.len()].clone()
}

fn trustees() -> impl Strategy<Value = (usize, Option<(usize, usize, Vec<usize>)>)> {
    let group = (1..4_usize).prop_flat_map(|size| {
        (1..=size).prop_flat_map(move |threshold| {
            proptest::sample::subsequence((1..=size).collect::<Vec<_>>(), threshold..=size)
                .prop_map(move |present| (threshold, size, present))
        })
    });
    (0..3_usize, proptest::option::of(group)).prop_map(|(singles, group)| match group {
        None => (singles.max(1), None),
        group => (singles, group),
    })
}

fn plans() -> impl Strategy<Value = Plan> {
    (
        questions(),
        proptest::collection::vec(1..100_u64, 1..5),
        any::<bool>(),
        trustees(),
    )
        .prop_map(|(questions, weights, weighted, (singles, group))| {
            let weights = if weighted {
                weights
            } else {
                vec![1; weights.len()]
            };
            Plan {
                questions,
                weights,
                weighted,
                singles,
                group,
            }
        })
}

/// Holds an election and compares its result with the plain count.
fn hold<G: Group>(plan: &Plan, wishes: &[(usize, u64)]) {
    let votes: Vec<_> = wishes
        .iter()
        .map(|(voter, choice)| {
            let vote: Vec<_> = plan
                .questions
                .iter()
                .map(|question| answer(question, *choice))
                .collect();
            (voter % plan.weights.len(), vote)
        })
        .collect();
    let prepared = Prepared::<G>::new(plan.clone());
    let ballots: Vec<_> = votes
        .iter()
        .map(|(voter, vote)| prepared.cast(*voter, vote))
        .collect();
    let (archive, counts) = prepared.archive(&ballots);
    assert_eq!(counts, plain_count(plan, &votes));
    let report = verify(&archive);
    assert_eq!(report.findings, []);
    assert_eq!(report.result, Some(counts));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn the_result_is_the_plain_count(
        plan in plans(),
        wishes in proptest::collection::vec((0..4_usize, any::<u64>()), 0..7),
    ) {
        hold::<Ed25519>(&plan, &wishes);
    }

    #[test]
    fn the_order_of_ballots_does_not_change_the_tally(order in Just((0..4).collect::<Vec<usize>>()).prop_shuffle()) {
        let prepared = Prepared::<Ed25519>::new(Plan::simple(4));
        let ballots: Vec<_> = (0..4).map(|voter| prepared.cast(voter, &[vec![0, 1, 0]])).collect();
        let shuffled: Vec<_> = order.iter().map(|index| ballots[*index].clone()).collect();
        prop_assert_eq!(prepared.tally(&ballots).close(), prepared.tally(&shuffled).close());
    }
}

#[test]
fn a_ballot_taken_out_again_leaves_the_tally_as_it_was() {
    let prepared = Prepared::<Ed25519>::new(Plan {
        weighted: true,
        weights: vec![3, 5],
        ..Plan::simple(2)
    });
    let ballots: Vec<_> = (0..2)
        .map(|voter| prepared.cast(voter, &[vec![1, 0, 0]]))
        .collect();
    let mut tally = prepared.tally(&ballots);
    let before = tally.clone();
    let again = prepared.verify(&prepared.cast(1, &[vec![0, 0, 1]]));
    tally.add(&again);
    assert_ne!(tally, before);
    tally.remove(&again);
    assert_eq!(tally, before);
}

#[test]
fn an_election_in_the_2048_bit_group_is_counted_too() {
    let plan = Plan {
        questions: vec![question(2, true, 1, 1), question(2, false, 0, 1)],
        weights: vec![2, 1],
        weighted: true,
        singles: 1,
        group: Some((2, 3, vec![1, 3])),
    };
    hold::<Belenios2048>(&plan, &[(0, 1), (1, 0), (0, 2)]);
}

#[test]
fn an_election_without_ballots_has_a_result_of_zeros() {
    hold::<Ed25519>(&Plan::simple(2), &[]);
}

#[test]
fn a_vote_that_the_question_does_not_allow_is_not_cast() {
    let prepared = Prepared::<Ed25519>::new(Plan::simple(1));
    for vote in [
        vec![1, 1, 0],
        vec![0, 0, 0],
        vec![0, 1, 1],
        vec![0, 2, 0],
        vec![0, 1],
    ] {
        let cast = ballot::ballot::cast(
            &prepared.election,
            &prepared.voters[0],
            std::slice::from_ref(&vote),
            &mut crate::elections::rng(),
        );
        assert!(cast.is_err(), "{vote:?}");
    }
}
