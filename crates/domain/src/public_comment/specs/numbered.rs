//! The ten numbered rules.

use super::super::{fixtures::*, *};
use crate::{ActorId, Checked, Role, calendar, spec::Given};

fn period(opens: &str, closes: &str) -> Command {
    publish_case(|case| {
        case.opens_on = day(opens);
        case.closes_on = day(closes);
    })
}

#[test]
fn rule_1_a_period_of_29_days_without_a_reason_is_too_short() {
    // 30 April 2026 is a Thursday, so nothing rolls over.
    drafted()
        .when(&period("2026-04-02", "2026-04-30"), &mori("2026-03-25"))
        .refused(Refusal::PeriodTooShort {
            days: 29,
            least: 30,
            earliest: day("2026-05-01"),
        });
    let events = drafted()
        .when(&period("2026-04-01", "2026-04-30"), &mori("2026-03-25"))
        .events();
    assert!(matches!(&events[..], [Event::CasePublished(_)]));
}

#[test]
fn rule_1_a_shorter_period_is_published_together_with_its_reason() {
    let shortened = |reason: &str| {
        publish_case(|case| {
            case.closes_on = day("2026-04-20");
            case.shortened_because = Some(reason.to_owned());
        })
    };
    let events = drafted()
        .when(
            &shortened("法の施行日が迫っているため"),
            &mori("2026-03-25"),
        )
        .events();
    let [
        Event::CasePublished(call),
        Event::PeriodShortened { reason },
    ] = &events[..]
    else {
        panic!("{events:?}");
    };
    assert_eq!(call.closes_on, day("2026-04-20"));
    assert_eq!(call.min_period_days, 30);
    assert_eq!(reason, "法の施行日が迫っているため");
    let refusal = drafted()
        .when(&shortened("　"), &mori("2026-03-25"))
        .refusal();
    assert!(matches!(refusal, Refusal::PeriodTooShort { days: 20, .. }));
}

#[test]
fn rule_2_the_period_of_summer_2019_had_33_days() {
    let (opens, closes) = (day("2019-07-08"), day("2019-08-09"));
    assert_eq!(calendar::days_inclusive(opens, closes), 33);
    assert_eq!(result_document::period_days(opens, closes), 33);
    let mut ordinance = mori("2019-07-01");
    ordinance.ordinance.parameters.min_period_days = 33;
    let case = drafted();
    let events = case
        .when(&period("2019-07-08", "2019-08-09"), &ordinance)
        .events();
    assert_eq!(events.len(), 1);
    ordinance.ordinance.parameters.min_period_days = 34;
    let refusal = case
        .when(&period("2019-07-08", "2019-08-09"), &ordinance)
        .refusal();
    assert!(matches!(
        refusal,
        Refusal::PeriodTooShort {
            days: 33,
            least: 34,
            ..
        }
    ));
}

#[test]
fn rule_3_nothing_is_decided_or_published_while_an_item_has_no_answer() {
    let case = under_review(1)
        .after(&itemize(0, &[1, 2, 3]), &sato(REVIEW))
        .after(&answer_items(&[2], "B"), &sato(REVIEW));
    case.when(&decide_as_drafted(), &mayor(RESULT))
        .refused(Refusal::UnansweredItems { items: 2 });
    let undone = decided().and([Event::ResponseRevoked {
        items: vec![item(1)],
        group: None,
    }]);
    undone
        .when(&publish_results(1, |_| ()), &mori(RESULT))
        .refused(Refusal::UnansweredItems { items: 1 });
}

#[test]
fn rule_3_a_submission_without_items_is_not_overlooked() {
    under_review(2)
        .after(&itemize(0, &[1]), &sato(REVIEW))
        .after(&answer_items(&[1], "B"), &sato(REVIEW))
        .when(&decide_as_drafted(), &mayor(RESULT))
        .refused(Refusal::UnitemizedSubmissions { submissions: 1 });
}

#[test]
fn rule_3_a_submission_whose_text_was_erased_waits_for_nobody() {
    let case = under_review(2)
        .after(&itemize(0, &[1]), &sato(REVIEW))
        .after(&answer_items(&[1], "B"), &sato(REVIEW))
        .after(&screen(&[0]), &sato(REVIEW));
    let decide = |ids: &[u128]| {
        let Command::DecidePolicy {
            outcome,
            decided_on,
            final_text,
            changes,
            ..
        } = decide_as_drafted()
        else {
            unreachable!()
        };
        Command::DecidePolicy {
            outcome,
            decided_on,
            final_text,
            changes,
            erased: ids.iter().map(|n| submission(*n)).collect(),
        }
    };
    // One that was split, one that there is not, and one twice lift nothing.
    case.when(&decide(&[0, 7]), &mayor(RESULT))
        .refused(Refusal::UnitemizedSubmissions { submissions: 1 });
    let decided = case.after(&decide(&[1, 1]), &mayor(RESULT));
    decided
        .when(&publish_results(2, |_| ()), &mori(RESULT))
        .refused(Refusal::UnitemizedSubmissions { submissions: 1 });
    let erased = |results: &mut PublishResults| results.erased = vec![submission(1)];
    let published = decided.after(&publish_results(2, erased), &mori(RESULT));
    assert_eq!(published.state().stage(), Stage::ResultPublished);
}

#[test]
fn rule_4_a_result_without_submissions_says_so() {
    let events = under_review(0)
        .after(&decide_as_drafted(), &mayor(RESULT))
        .when(&publish_results(0, |_| ()), &mori(RESULT))
        .events();
    let [Event::ResultsPublished(result)] = &events[..] else {
        panic!("{events:?}");
    };
    assert!(result.no_submissions);
    assert_eq!(result.counts.submissions, 0);
    let with_one = published();
    let Some(Event::ResultsPublished(result)) = with_one.history().last() else {
        panic!("not published");
    };
    assert!(!result.no_submissions);
}

fn mismatch(mismatch: Mismatch) -> Refusal {
    Refusal::CategoryDiffMismatch { mismatch }
}

#[test]
fn rule_5_reflected_means_that_the_policy_changed_and_the_other_way_round() {
    let case = under_review(1).after(&itemize(0, &[1]), &sato(REVIEW));
    for (letter, changed_policy) in [("A", false), ("B", true), ("E", true)] {
        let answer = Command::AssignResponse {
            target: Target::Items(vec![item(1)]),
            category: letter.parse().unwrap(),
            response: checked(text("response")),
            changed_policy,
            changes: vec![],
        };
        case.when(&answer, &sato(REVIEW))
            .refused(mismatch(Mismatch::CategoryAndChange));
    }
}

fn reflected() -> Given<PublicComment> {
    under_review(1)
        .after(&itemize(0, &[1, 2]), &sato(REVIEW))
        .after(&screen(&[0]), &sato(REVIEW))
        .after(&answer_items(&[1], "A"), &sato(REVIEW))
        .after(&answer_items(&[2], "B"), &sato(REVIEW))
}

#[test]
fn rule_5_a_decision_with_changes_has_a_change() {
    let case = reflected();
    case.when(&decide_with(vec![]), &mayor(RESULT))
        .refused(mismatch(Mismatch::NoChanges));
    case.when(&decide_as_drafted(), &mayor(RESULT))
        .refused(mismatch(Mismatch::ChangedAnswers(1)));
    case.when(&decide_with(vec![change(&[])]), &mayor(RESULT))
        .refused(mismatch(Mismatch::ItemWithoutChange(item(1))));
    case.when(&decide_with(vec![change(&[1, 2])]), &mayor(RESULT))
        .refused(mismatch(Mismatch::ChangeByUnchangedItem(item(2))));
    let events = case
        .when(&decide_with(vec![change(&[1])]), &mayor(RESULT))
        .events();
    assert_eq!(events.len(), 1);
}

#[test]
fn rule_5_every_passage_that_differs_has_a_change_with_its_reason() {
    let case = reflected().after(&decide_with(vec![change(&[1])]), &mayor(RESULT));
    let new = passage("2", "駐輪場を二倍に増やします。");
    let result = |second: Passage, reason: &str| {
        publish_results(1, |results| {
            results.final_passages = vec![content().passages[0].clone(), second];
            results.change_reasons = vec![ChangeReason {
                change: CHANGE,
                reason: checked(reason),
            }];
        })
    };
    let unchanged = content().passages[1].clone();
    case.when(&result(unchanged, "意見による"), &mori(RESULT))
        .refused(mismatch(Mismatch::PassageUnchanged("2".into())));
    let telling = publish_results(1, |results| {
        results.final_passages = vec![content().passages[0].clone(), new.clone()];
        results.change_reasons = vec![ChangeReason {
            change: CHANGE,
            reason: repeating("川辺花子の意見による"),
        }];
    });
    case.when(&telling, &mori(RESULT))
        .refused(Refusal::PersonalDataRepeated);
    case.when(&result(new.clone(), " "), &mori(RESULT))
        .refused(mismatch(Mismatch::ReasonMissing(CHANGE)));
    let unexplained = publish_results(1, |results| {
        results.final_passages = vec![new.clone()];
    });
    case.when(&unexplained, &mori(RESULT))
        .refused(mismatch(Mismatch::PassageWithoutChange("1".into())));
    let events = case
        .when(&result(new.clone(), "意見による"), &mori(RESULT))
        .events();
    let [Event::ResultsPublished(result)] = &events[..] else {
        panic!("{events:?}");
    };
    let expected = PublishedChange {
        change: CHANGE,
        passage: PassageId("2".into()),
        before: Some("駐輪場を増やします。".into()),
        after: Some("駐輪場を二倍に増やします。".into()),
        reason: "意見による".into(),
        items: vec![item(1)],
        groups: vec![],
    };
    assert_eq!(result.changes, [expected]);
    assert_eq!(result.outcome, Outcome::AdoptedWithChanges);
}

#[test]
fn rule_6_one_letter_with_three_points_is_one_submission_and_three_items() {
    let case = under_review(1).after(&itemize(0, &[1, 2, 3]), &sato(REVIEW));
    let state = case.state();
    assert_eq!(state.counts().submissions(), 1);
    assert_eq!(state.counts().items, 3);
}

#[test]
fn rule_6_the_channels_add_up_to_the_submissions() {
    // The published figures of 2019, by channel.
    let counts = Counts {
        by_channel: [16_634, 1_146, 364, 99, 0],
        items: 26_514,
        ..Counts::default()
    };
    assert_eq!(counts.submissions(), 18_243);
    let case = published();
    let Some(Event::ResultsPublished(result)) = case.history().last() else {
        panic!("not published");
    };
    let by_channel: u32 = result
        .counts
        .by_channel
        .iter()
        .map(|count| count.submissions)
        .sum();
    let by_category: u32 = result
        .counts
        .by_category
        .iter()
        .map(|count| count.items)
        .sum();
    assert_eq!(by_channel, result.counts.submissions);
    assert_eq!((by_category, result.counts.items), (2, 2));
}

#[test]
fn rule_7_one_second_after_the_last_day_is_late() {
    let case = open();
    let web = |moment: &str| {
        let context = at(moment, ActorId::Subject(HANA), Role::Citizen);
        case.when(&submit(0), &context).events()
    };
    let in_time = web("2026-04-30T23:59:59+09:00");
    assert!(matches!(&in_time[..], [Event::OpinionSubmitted(_)]));
    let late = web("2026-05-01T00:00:00+09:00");
    let [
        Event::OpinionRegisteredLate {
            opinion,
            late_reason,
        },
    ] = &late[..]
    else {
        panic!("{late:?}");
    };
    assert_eq!(*late_reason, LateReason::AfterDeadline);
    assert_eq!(opinion.counted_on, day("2026-05-01"));
}

#[test]
fn rule_7_a_letter_with_the_postmark_of_the_last_day_is_in_time() {
    let letter = |postmark| enter(0, Channel::Post, "2026-05-07", Some(postmark));
    let closed = open().after(&Command::CloseCase, &machine("2026-05-01"));
    for case in [closed, under_review(0)] {
        let events = case.when(&letter(CLOSES), &ito("2026-05-12")).events();
        let [Event::OpinionSubmitted(opinion)] = &events[..] else {
            panic!("{events:?}");
        };
        assert_eq!(opinion.counted_on, day(CLOSES));
        assert_eq!(PublicComment::legal_date(&events[0]), Some(day(CLOSES)));
        let events = case
            .when(&letter("2026-05-01"), &ito("2026-05-12"))
            .events();
        assert!(matches!(&events[..], [Event::OpinionRegisteredLate { .. }]));
    }
}

#[test]
fn rule_7_where_arrival_counts_the_postmark_does_not() {
    let mut approver = mori("2026-03-25");
    approver.ordinance.parameters.post_rule = PostRule::Arrival;
    let events = drafted()
        .after(&publish_case(|_| ()), &approver)
        .when(
            &enter(0, Channel::Post, "2026-05-01", Some(CLOSES)),
            &ito("2026-05-12"),
        )
        .events();
    let [Event::OpinionRegisteredLate { opinion, .. }] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!(opinion.counted_on, day("2026-05-01"));
}

#[test]
fn rule_8_a_text_that_repeats_its_author_is_not_published_as_it_came() {
    let case = under_review(1);
    let screening = |form| Command::ScreenOpinions {
        screenings: vec![Screening {
            submission: submission(0),
            form,
        }],
    };
    let repeated = repeating(text("body"));
    let as_submitted = ScreenedForm::AsSubmitted {
        repeats_personal_data: true,
    };
    let required = Refusal::RedactionRequired {
        submission: submission(0),
    };
    case.when(&screening(as_submitted), &sato(REVIEW))
        .refused(required.clone());
    let redacted = |text| ScreenedForm::Redacted {
        text,
        reasons: vec![RedactionReason::PersonalData],
    };
    case.when(&screening(redacted(repeated)), &sato(REVIEW))
        .refused(required);
    case.when(
        &screening(redacted(checked(text("redacted")))),
        &sato(REVIEW),
    )
    .then([Event::OpinionScreened {
        submission: submission(0),
        form: PublishedForm::Redacted {
            text: sealed("redacted"),
            reasons: vec![RedactionReason::PersonalData],
        },
    }]);
}

#[test]
fn rule_8_the_citys_own_texts_do_not_repeat_it_either() {
    let case = under_review(1).after(&itemize(0, &[1]), &sato(REVIEW));
    let repeated: Checked<SealedText> = repeating(text("x"));
    let Command::AssignResponse {
        target,
        category,
        changed_policy,
        changes,
        ..
    } = answer_items(&[1], "B")
    else {
        panic!("not an answer");
    };
    let answer = Command::AssignResponse {
        target,
        category,
        response: repeated.clone(),
        changed_policy,
        changes,
    };
    let group = Command::GroupItems {
        group: GROUP,
        items: vec![item(1)],
        title: repeated.clone(),
    };
    let itemized = Command::ItemizeSubmission {
        submission: submission(0),
        chars: 10,
        items: vec![ItemCut {
            item: item(2),
            summary: repeated,
            excerpt: sealed("excerpt"),
            spans: vec![(0, 10)],
        }],
    };
    for command in [answer, group, itemized] {
        case.when(&command, &sato(REVIEW))
            .refused(Refusal::PersonalDataRepeated);
    }
}

#[test]
fn rule_8_nothing_is_published_before_all_is_screened() {
    let unscreened = under_review(1)
        .after(&itemize(0, &[1]), &sato(REVIEW))
        .after(&answer_items(&[1], "B"), &sato(REVIEW))
        .after(&decide_as_drafted(), &mayor(RESULT));
    unscreened
        .when(&publish_results(1, |_| ()), &mori(RESULT))
        .refused(Refusal::UnscreenedSubmissions { submissions: 1 });
}

#[test]
fn rule_9_an_exemption_has_a_reason_by_code_and_in_words() {
    let declare = |code, chars| Command::DeclareExemption {
        code,
        reason: SealedText {
            chars,
            ..text("reason")
        },
    };
    for missing in [declare(None, 10), declare(Some(ExemptionReason::Minor), 0)] {
        drafted()
            .when(&missing, &mori("2026-03-25"))
            .refused(Refusal::ExemptionReasonRequired);
    }
    let publish = |reason: &str| Command::PublishExemption {
        title: content().title,
        reason: reason.to_owned(),
        policy_fixed_on: day("2026-04-15"),
    };
    let exempted = drafted().after(
        &declare(Some(ExemptionReason::Minor), 10),
        &mori("2026-03-25"),
    );
    exempted
        .when(&publish(""), &mori("2026-04-15"))
        .refused(Refusal::ExemptionReasonRequired);
    exempted
        .when(&publish("字句の整理にとどまるため"), &mori("2026-04-15"))
        .then([Event::ExemptionPublished {
            title: content().title,
            code: ExemptionReason::Minor,
            reason: "字句の整理にとどまるため".into(),
            policy_fixed_on: day("2026-04-15"),
        }]);
}

#[test]
fn rule_10_ten_thousand_identical_texts_count_and_may_share_an_answer() {
    let mut state = open().state();
    let everyone = hana("2026-04-10");
    for n in 0..10_000 {
        for event in PublicComment::decide(&submit(n), &state, &everyone).unwrap() {
            PublicComment::evolve(&mut state, &event);
        }
    }
    assert_eq!(state.counts().submissions(), 10_000);
    let mut act = |command: &Command| {
        for event in PublicComment::decide(command, &state, &sato(REVIEW)).unwrap() {
            PublicComment::evolve(&mut state, &event);
        }
    };
    act(&Command::StartReview);
    for n in 0..10_000 {
        act(&itemize(n, &[n]));
    }
    for thousand in 0..10_u128 {
        act(&Command::GroupItems {
            group: GROUP,
            items: (thousand * 1_000..(thousand + 1) * 1_000)
                .map(item)
                .collect(),
            title: checked(text("title")),
        });
    }
    act(&answer(Target::Group(GROUP), "C"));
    let counts = state.counts();
    assert_eq!((counts.items, counts.unanswered), (10_000, 0));
    assert_eq!(counts.submissions(), 10_000);
}
