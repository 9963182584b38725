//! Points, groups and answers.

use super::super::{fixtures::*, *};
use crate::ids::GroupId;

fn cut(n: u128, spans: &[(u32, u32)]) -> ItemCut {
    ItemCut {
        item: item(n),
        summary: checked(text("summary")),
        excerpt: sealed("excerpt"),
        spans: spans.to_vec(),
    }
}

fn itemize_at(cuts: Vec<ItemCut>) -> Command {
    Command::ItemizeSubmission {
        submission: submission(0),
        chars: 10,
        items: cuts,
    }
}

#[test]
fn the_items_of_a_submission_cover_its_whole_text() {
    let case = under_review(1);
    let uncovered = |from, to| Refusal::TextNotCovered { from, to };
    let refused = [
        (vec![], Refusal::ItemsRequired),
        (vec![cut(1, &[(0, 4)]), cut(2, &[(5, 10)])], uncovered(4, 5)),
        (vec![cut(1, &[(1, 10)])], uncovered(0, 1)),
        (vec![cut(1, &[(0, 9)])], uncovered(9, 10)),
        (
            vec![cut(1, &[(0, 11)])],
            Refusal::SpanOutsideText { chars: 10 },
        ),
        (
            vec![cut(1, &[(4, 4)])],
            Refusal::SpanOutsideText { chars: 10 },
        ),
        (
            vec![cut(1, &[(0, 10)]), cut(2, &[])],
            Refusal::SpanOutsideText { chars: 10 },
        ),
        (
            vec![cut(1, &[(0, 5)]), cut(1, &[(5, 10)])],
            Refusal::ItemTaken { item: item(1) },
        ),
    ];
    for (cuts, refusal) in refused {
        case.when(&itemize_at(cuts), &sato(REVIEW)).refused(refusal);
    }
    let overlapping = itemize_at(vec![cut(1, &[(0, 3), (6, 10)]), cut(2, &[(2, 7)])]);
    assert_eq!(case.when(&overlapping, &sato(REVIEW)).events().len(), 1);
}

#[test]
fn an_item_belongs_to_one_submission() {
    under_review(2)
        .after(&itemize(0, &[1]), &sato(REVIEW))
        .when(&itemize(1, &[1]), &sato(REVIEW))
        .refused(Refusal::ItemTaken { item: item(1) });
}

#[test]
fn splitting_anew_drops_the_earlier_answers() {
    let case = under_review(1)
        .after(&itemize(0, &[1, 2]), &sato(REVIEW))
        .after(&answer_items(&[1, 2], "A"), &sato(REVIEW))
        .after(&itemize(0, &[2, 3, 4]), &sato(REVIEW));
    let state = case.state();
    let counts = state.counts();
    assert_eq!((counts.items, counts.unanswered), (3, 3));
    assert_eq!((counts.changed_policy, counts.unitemized), (0, 0));
    assert_eq!(state.item(item(1)), None);
}

fn group(id: GroupId, items: &[u128]) -> Command {
    Command::GroupItems {
        group: id,
        items: items.iter().map(|n| item(*n)).collect(),
        title: checked(text("title")),
    }
}

#[test]
fn a_group_is_answered_as_one_and_loses_no_item() {
    let case = under_review(1)
        .after(&itemize(0, &[1, 2, 3]), &sato(REVIEW))
        .after(&group(GROUP, &[1, 2]), &sato(REVIEW))
        .after(&answer(Target::Group(GROUP), "B"), &sato(REVIEW));
    assert_eq!(case.state().counts().unanswered, 1);
    // Who joins an answered group gets its answer.
    let joined = case.after(&group(GROUP, &[2, 3]), &sato(REVIEW));
    assert_eq!(joined.state().counts().unanswered, 0);
    joined.when(&group(GROUP, &[1, 3]), &sato(REVIEW)).then([]);
    let alone = Refusal::ItemGrouped {
        item: item(1),
        group: GROUP,
    };
    joined
        .when(&answer_items(&[1], "C"), &sato(REVIEW))
        .refused(alone.clone());
    joined
        .when(&group(GroupId(ulid::Ulid(32)), &[1]), &sato(REVIEW))
        .refused(alone.clone());
    joined.when(&itemize(0, &[1]), &sato(REVIEW)).refused(alone);
    let apart = joined.after(&Command::UngroupItems { group: GROUP }, &sato(REVIEW));
    let state = apart.state();
    assert_eq!((state.counts().items, state.counts().unanswered), (3, 0));
    apart
        .when(&answer(Target::Group(GROUP), "B"), &sato(REVIEW))
        .refused(Refusal::GroupUnknown { group: GROUP });
}

#[test]
fn grouping_does_not_replace_an_answer_that_somebody_wrote() {
    under_review(1)
        .after(&itemize(0, &[1, 2]), &sato(REVIEW))
        .after(&answer_items(&[1], "B"), &sato(REVIEW))
        .when(&group(GROUP, &[1, 2]), &sato(REVIEW))
        .refused(Refusal::ItemAnswered { item: item(1) });
}

#[test]
fn an_answer_has_a_known_category_and_words() {
    let case = under_review(1).after(&itemize(0, &[1]), &sato(REVIEW));
    case.when(&answer_items(&[1], "Z"), &sato(REVIEW))
        .refused(Refusal::CategoryUnknown {
            category: "Z".parse().unwrap(),
        });
    case.when(&answer_items(&[9], "B"), &sato(REVIEW))
        .refused(Refusal::ItemUnknown { item: item(9) });
    case.when(&answer_items(&[], "B"), &sato(REVIEW))
        .refused(Refusal::ItemsRequired);
    let answer = |chars, changes: Vec<_>| Command::AssignResponse {
        target: Target::Items(vec![item(1)]),
        category: "B".parse().unwrap(),
        response: checked(SealedText {
            chars,
            ..text("response")
        }),
        changed_policy: false,
        changes,
    };
    case.when(&answer(0, vec![]), &sato(REVIEW))
        .refused(Refusal::TextEmpty);
    case.when(&answer(10, vec![CHANGE]), &sato(REVIEW))
        .refused(Refusal::CategoryDiffMismatch {
            mismatch: Mismatch::ChangesWithoutChange,
        });
}

#[test]
fn many_items_get_one_answer_and_can_lose_it_again() {
    let case = under_review(1)
        .after(&itemize(0, &[1, 2, 3]), &sato(REVIEW))
        .after(&answer_items(&[3, 1, 2, 1], "D"), &sato(REVIEW));
    let Some(Event::ResponseAssigned { items, .. }) = case.history().last() else {
        panic!("not answered");
    };
    assert_eq!(*items, [item(1), item(2), item(3)]);
    let revoke = Command::RevokeResponse {
        target: Target::Items(vec![item(2)]),
    };
    let case = case.after(&revoke, &sato(REVIEW));
    assert_eq!(case.state().counts().unanswered, 1);
    let too_many: Vec<u128> = (0..1_001).collect();
    case.when(&answer_items(&too_many, "B"), &sato(REVIEW))
        .refused(Refusal::TooManyAtOnce {
            given: 1_001,
            most: 1_000,
        });
}

#[test]
fn the_review_begins_once() {
    under_review(0)
        .when(&Command::StartReview, &sato(REVIEW))
        .then([]);
    open()
        .after(&Command::CloseCase, &machine("2026-05-01"))
        .when(&Command::StartReview, &sato("2026-05-01"))
        .then([Event::ReviewStarted {}]);
}

#[test]
fn a_redaction_gives_its_reasons() {
    let screening = Command::ScreenOpinions {
        screenings: vec![Screening {
            submission: submission(0),
            form: ScreenedForm::Redacted {
                text: checked(text("redacted")),
                reasons: vec![],
            },
        }],
    };
    under_review(1)
        .when(&screening, &desk(REVIEW))
        .refused(Refusal::ReasonRequired);
}
