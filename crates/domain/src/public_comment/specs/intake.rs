//! Opinions come in.

use super::super::{fixtures::*, *};
use crate::{ids::FileId, refusal::Needed};

#[test]
fn an_opinion_is_taken_in_the_period() {
    open()
        .when(&submit(0), &hana("2026-04-10"))
        .then([Event::OpinionSubmitted(Box::new(Opinion {
            submission: submission(0),
            subject: HANA,
            channel: Channel::Web,
            received_on: day("2026-04-10"),
            postmarked_on: None,
            counted_on: day("2026-04-10"),
            passage: None,
            body: sealed("body"),
            submitter: sealed("submitter"),
            claim: sealed("claim"),
            attachments: vec![],
            entered_by: None,
        }))]);
    open()
        .when(&submit(0), &hana("2026-03-31"))
        .refused(Refusal::NotYetOpen {
            opens_on: day(OPENS),
        });
    drafted()
        .when(&submit(0), &hana("2026-04-10"))
        .refused(Refusal::WrongStage {
            stage: Stage::Drafting,
        });
}

#[test]
fn asking_twice_changes_nothing_even_after_the_period() {
    let case = open().after(&submit(0), &hana("2026-04-10"));
    case.when(&submit(0), &hana("2026-04-10")).then([]);
    case.when(&submit(0), &hana("2026-05-20")).then([]);
    case.when(&submit(0), &taro("2026-04-10"))
        .refused(Refusal::SubmissionTaken {
            submission: submission(0),
        });
}

fn with(change: impl FnOnce(&mut SubmitterFacts, &mut OpinionText)) -> Command {
    let (mut facts, mut text) = (person(), opinion_text());
    change(&mut facts, &mut text);
    Command::SubmitOpinion {
        submission: submission(0),
        submitter: sealed("submitter"),
        facts,
        claim: sealed("claim"),
        text,
    }
}

#[test]
fn an_opinion_has_words_and_a_name() {
    let empty = with(|_, text| text.body.chars = 0);
    open()
        .when(&empty, &hana("2026-04-10"))
        .refused(Refusal::OpinionEmpty);
    let nameless = with(|facts, _| facts.named = false);
    open()
        .when(&nameless, &hana("2026-04-10"))
        .refused(Refusal::NameRequired);
    let mut lenient = hana("2026-04-10");
    lenient.ordinance.parameters.name_required = false;
    assert_eq!(open().when(&nameless, &lenient).events().len(), 1);
    let heavy = with(|_, text| {
        text.attachments = vec![
            Attachment {
                file_id: FileId(ulid::Ulid(1)),
                file: sealed("file"),
            };
            21
        ];
    });
    open()
        .when(&heavy, &hana("2026-04-10"))
        .refused(Refusal::TooManyAtOnce {
            given: 21,
            most: 20,
        });
}

#[test]
fn where_only_citizens_may_comment_they_say_that_they_are() {
    let mut narrow = hana("2026-04-10");
    narrow.ordinance.parameters.who_may_comment = WhoMayComment::Citizens;
    open()
        .when(&submit(0), &narrow)
        .refused(Refusal::CitizensOnly);
    let declared = with(|facts, _| facts.declares_citizen = true);
    assert_eq!(open().when(&declared, &narrow).events().len(), 1);
}

#[test]
fn an_operator_enters_paper_with_the_days_on_it() {
    let case = open();
    let events = case
        .when(
            &enter(0, Channel::Fax, "2026-04-10", None),
            &ito("2026-04-13"),
        )
        .events();
    let [Event::OpinionSubmitted(opinion)] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!((opinion.subject, opinion.entered_by), (TARO, Some(ITO)));
    assert_eq!(opinion.received_on, day("2026-04-10"));
    let refused = [
        (
            enter(0, Channel::Fax, "2026-04-14", None),
            Refusal::DayNotCome {
                day: day("2026-04-14"),
            },
        ),
        (
            enter(0, Channel::Fax, "2026-04-10", Some("2026-04-09")),
            Refusal::PostmarkWithoutPost,
        ),
        (
            enter(0, Channel::Post, "2026-04-10", Some("2026-04-11")),
            Refusal::PostmarkAfterReceipt,
        ),
        (
            enter(0, Channel::Post, "2026-03-31", Some("2026-03-30")),
            Refusal::NotYetOpen {
                opens_on: day(OPENS),
            },
        ),
    ];
    for (command, refusal) in refused {
        case.when(&command, &ito("2026-04-13")).refused(refusal);
    }
    case.when(
        &enter(0, Channel::Fax, "2026-04-10", None),
        &hana("2026-04-13"),
    )
    .refused(Refusal::NotPermitted {
        needed: Needed(&[crate::Role::Operator]),
    });
}

#[test]
fn a_letter_posted_before_the_period_and_received_in_it_is_in_time() {
    let letter = enter(0, Channel::Post, "2026-04-01", Some("2026-03-31"));
    let events = open().when(&letter, &ito("2026-04-02")).events();
    assert!(matches!(&events[..], [Event::OpinionSubmitted(_)]));
}

#[test]
fn only_the_channels_of_the_call_are_open() {
    let web_only = publish_case(|case| case.channels = vec![Channel::Web]);
    drafted()
        .after(&web_only, &mori("2026-03-25"))
        .when(
            &enter(0, Channel::Fax, "2026-04-10", None),
            &ito("2026-04-13"),
        )
        .refused(Refusal::ChannelNotOffered {
            channel: Channel::Fax,
        });
}

#[test]
fn what_comes_late_is_kept_but_does_not_count() {
    let case = under_review(1).after(&submit(7), &taro("2026-05-12"));
    let counts = *case.state().counts();
    assert_eq!((counts.submissions(), counts.late), (1, 1));
    assert_eq!((counts.unscreened, counts.unitemized), (1, 1));
    case.when(&itemize(7, &[1]), &sato("2026-05-12"))
        .refused(Refusal::SubmissionLate {
            submission: submission(7),
        });
    case.when(&screen(&[7]), &sato("2026-05-12"))
        .refused(Refusal::SubmissionLate {
            submission: submission(7),
        });
}

#[test]
fn after_the_decision_paper_is_kept_and_the_form_is_closed() {
    let letter = enter(7, Channel::Post, "2026-05-26", Some(CLOSES));
    let events = decided().when(&letter, &ito("2026-06-02")).events();
    let [Event::OpinionRegisteredLate { late_reason, .. }] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!(*late_reason, LateReason::AfterDecision);
    decided()
        .when(&submit(7), &taro("2026-06-02"))
        .refused(Refusal::PeriodOver {
            closed_on: day(CLOSES),
        });
}

fn replace(n: u128) -> Command {
    Command::ReplaceOpinion {
        submission: submission(n),
        text: opinion_text(),
    }
}

fn withdraw(n: u128) -> Command {
    Command::WithdrawOpinion {
        submission: submission(n),
    }
}

#[test]
fn until_the_deadline_submitters_replace_and_withdraw_their_own() {
    let case = open().after(&submit(0), &hana("2026-04-10"));
    case.when(&replace(0), &hana(CLOSES))
        .then([Event::OpinionReplaced {
            submission: submission(0),
            passage: None,
            body: sealed("body"),
            attachments: vec![],
        }]);
    for command in [replace(0), withdraw(0)] {
        case.when(&command, &taro("2026-04-11"))
            .refused(Refusal::NotYourSubmission);
        case.when(&command, &hana("2026-05-01"))
            .refused(Refusal::PeriodOver {
                closed_on: day(CLOSES),
            });
        // An operator acts at the wish of somebody who wrote on paper.
        assert_eq!(case.when(&command, &ito("2026-04-11")).events().len(), 1);
    }
    case.when(&withdraw(9), &hana("2026-04-11"))
        .refused(Refusal::SubmissionUnknown {
            submission: submission(9),
        });
}

#[test]
fn a_withdrawn_opinion_stays_in_the_counts_and_its_id_taken() {
    let case = open()
        .after(&submit(0), &hana("2026-04-10"))
        .after(&withdraw(0), &hana("2026-04-11"));
    let counts = *case.state().counts();
    assert_eq!((counts.submissions(), counts.withdrawn), (0, 1));
    assert_eq!((counts.unscreened, counts.unitemized), (0, 0));
    case.when(&withdraw(0), &hana("2026-04-12")).then([]);
    case.when(&submit(0), &hana("2026-04-12")).then([]);
    case.when(&replace(0), &hana("2026-04-12"))
        .refused(Refusal::SubmissionWithdrawn {
            submission: submission(0),
        });
}

#[test]
fn the_end_is_recorded_once_and_only_after_the_last_day() {
    let case = open();
    case.when(&Command::CloseCase, &machine(CLOSES))
        .refused(Refusal::PeriodNotOver {
            closes_on: day(CLOSES),
        });
    case.when(&Command::CloseCase, &machine("2026-05-03"))
        .then([Event::CaseClosed {
            closed_on: day(CLOSES),
        }]);
    case.after(&Command::CloseCase, &machine("2026-05-03"))
        .when(&Command::CloseCase, &machine("2026-05-04"))
        .then([]);
}

#[test]
fn nothing_relies_on_the_end_having_been_recorded() {
    open()
        .when(&Command::StartReview, &sato(CLOSES))
        .refused(Refusal::PeriodNotOver {
            closes_on: day(CLOSES),
        });
    open()
        .when(&Command::StartReview, &sato("2026-05-01"))
        .then([
            Event::CaseClosed {
                closed_on: day(CLOSES),
            },
            Event::ReviewStarted {},
        ]);
}
