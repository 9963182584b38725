//! The decision and the published result.

use super::super::{fixtures::*, *};
use crate::{ActorId, Role, ids::ChangeId};

#[test]
fn a_decision_comes_after_the_period_and_not_ahead_of_time() {
    let decide_on = |decided_on: &str| Command::DecidePolicy {
        outcome: Outcome::AdoptedAsDrafted,
        decided_on: day(decided_on),
        final_text: sealed("final text"),
        changes: vec![],
        erased: vec![],
    };
    let case = under_review(0);
    case.when(&decide_on(CLOSES), &mayor(RESULT))
        .refused(Refusal::DecidedBeforeClose {
            closed_on: day(CLOSES),
        });
    case.when(&decide_on("2026-06-02"), &mayor(RESULT))
        .refused(Refusal::DayNotCome {
            day: day("2026-06-02"),
        });
    case.when(&decide_on("2026-05-25"), &mayor(RESULT))
        .then([Event::PolicyDecided {
            outcome: Outcome::AdoptedAsDrafted,
            decided_on: day("2026-05-25"),
            final_text: sealed("final text"),
            changes: vec![],
            decided_by: MAYOR,
        }]);
}

#[test]
fn an_answer_names_only_decided_changes() {
    let elsewhere = ChangeId(ulid::Ulid(42));
    let answer = Command::AssignResponse {
        target: Target::Items(vec![item(1)]),
        category: "A".parse().unwrap(),
        response: checked(text("response")),
        changed_policy: true,
        changes: vec![elsewhere],
    };
    let case = under_review(1)
        .after(&itemize(0, &[1]), &sato(REVIEW))
        .after(&answer, &sato(REVIEW));
    case.when(&decide_with(vec![change(&[1])]), &mayor(RESULT))
        .refused(Refusal::CategoryDiffMismatch {
            mismatch: Mismatch::ChangeUnknown(elsewhere),
        });
    case.when(&decide_with(vec![change(&[]), change(&[])]), &mayor(RESULT))
        .refused(Refusal::ChangeTwice { change: CHANGE });
    case.when(&decide_with(vec![change(&[9])]), &mayor(RESULT))
        .refused(Refusal::ItemUnknown { item: item(9) });
}

#[test]
fn a_group_may_cause_a_change() {
    let group = Command::GroupItems {
        group: GROUP,
        items: vec![item(1), item(2)],
        title: checked(text("title")),
    };
    let by_group = DecidedChange {
        groups: vec![GROUP],
        ..change(&[])
    };
    let events = under_review(1)
        .after(&itemize(0, &[1, 2]), &sato(REVIEW))
        .after(&group, &sato(REVIEW))
        .after(&answer(Target::Group(GROUP), "A"), &sato(REVIEW))
        .when(&decide_with(vec![by_group]), &mayor(RESULT))
        .events();
    assert_eq!(events.len(), 1);
}

#[test]
fn whoever_recorded_the_decision_does_not_publish_it() {
    let same = on(RESULT, ActorId::Officer(MAYOR), Role::Approver);
    decided()
        .when(&publish_results(1, |_| ()), &same)
        .refused(Refusal::SamePerson);
}

#[test]
fn the_published_text_is_the_decided_one() {
    let case = decided();
    let other = publish_results(1, |results| results.as_decided = false);
    case.when(&other, &mori(RESULT))
        .refused(Refusal::FinalTextDiffers);
    let twice = publish_results(1, |results| {
        results.final_passages.push(content().passages[0].clone());
    });
    case.when(&twice, &mori(RESULT))
        .refused(Refusal::FinalTextDiffers);
}

#[test]
fn a_withdrawn_policy_has_no_final_text() {
    let withdraw = Command::DecidePolicy {
        outcome: Outcome::Withdrawn,
        decided_on: day("2026-05-25"),
        final_text: sealed("none"),
        changes: vec![],
        erased: vec![],
    };
    let case = under_review(0).after(&withdraw, &mayor(RESULT));
    case.when(&publish_results(0, |_| ()), &mori(RESULT))
        .refused(Refusal::FinalTextDiffers);
    let without = publish_results(0, |results| results.final_passages.clear());
    assert_eq!(case.when(&without, &mori(RESULT)).events().len(), 1);
}

#[test]
fn summaries_alone_say_where_the_opinions_can_be_read() {
    let case = decided();
    let summaries = |place: Option<&str>| {
        publish_results(1, |results| {
            results.summaries_only = true;
            results.full_opinions_at = place.map(str::to_owned);
        })
    };
    for missing in [None, Some(" ")] {
        case.when(&summaries(missing), &mori(RESULT))
            .refused(Refusal::FullOpinionsPlaceRequired);
    }
    let somewhere = summaries(Some("かわさき情報プラザ"));
    assert_eq!(case.when(&somewhere, &mori(RESULT)).events().len(), 1);
    let silent = publish_results(1, |results| results.reasons.clear());
    case.when(&silent, &mori(RESULT))
        .refused(Refusal::ReasonRequired);
}

#[test]
fn counts_by_ward_add_up_and_point_to_nobody() {
    let by_ward = publish_results(1, |results| results.by_ward[0].submissions = 2);
    let by_kind = publish_results(1, |results| results.by_submitter_kind[0].submissions = 2);
    for wrong in [by_ward, by_kind] {
        decided()
            .when(&wrong, &mori(RESULT))
            .refused(Refusal::CountsDiffer {
                given: 2,
                submissions: 1,
            });
    }
    let case = published();
    let Some(Event::ResultsPublished(result)) = case.history().last() else {
        panic!("not published");
    };
    // A single submission: naming its ward would point to a person.
    assert_eq!(
        result.counts.by_ward,
        [WardCount {
            ward: None,
            submissions: 1,
        }]
    );
}

#[test]
fn small_counts_are_merged_until_the_rest_points_to_nobody() {
    let count = |five, submissions| WardCount {
        ward: crate::WardCode::from_five(five),
        submissions,
    };
    let merged = result_document::merge_small_ward_counts(&[
        count(14131, 10),
        count(14132, 1),
        count(14133, 4),
        count(14134, 0),
        count(14131, 2),
    ]);
    // One alone would follow from the total, so the next smallest joins it.
    let other = WardCount {
        ward: None,
        submissions: 5,
    };
    assert_eq!(merged, [count(14131, 12), other]);
    let none = result_document::merge_small_ward_counts(&[count(14131, 3)]);
    assert_eq!(none, [count(14131, 3)]);
}

#[test]
fn the_statistics_of_a_year_are_by_fiscal_year() {
    use result_document::Contribution;
    let case = published();
    let Some(Event::ResultsPublished(result)) = case.history().last() else {
        panic!("not published");
    };
    let contributions = [
        Contribution::Called {
            opens_on: day("2026-03-31"),
        },
        Contribution::Called {
            opens_on: day("2026-04-01"),
        },
        Contribution::Exempted {
            policy_fixed_on: day("2026-05-01"),
            code: ExemptionReason::Minor,
        },
        Contribution::Result {
            published_on: result.published_on,
            outcome: result.outcome,
            counts: Box::new(result.counts.clone()),
        },
    ];
    let years = result_document::statistics(&contributions);
    let year = |year| &years[&crate::calendar::FiscalYear(year)];
    assert_eq!(year(2025).cases, 1);
    assert_eq!((year(2026).cases, year(2026).results), (1, 1));
    assert_eq!((year(2026).submissions, year(2026).items), (1, 2));
    assert_eq!(year(2026).exemptions[&ExemptionReason::Minor], 1);
    assert_eq!(year(2025).changed_share(), None);
    assert_eq!(year(2026).changed_share(), crate::Ratio::new(0, 2));
}
