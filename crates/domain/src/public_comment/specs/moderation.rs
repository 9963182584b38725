//! Hiding, appeal, and texts taken down.

use super::super::{fixtures::*, *};
use crate::{ActorId, Role};

fn hide(n: u128) -> Command {
    Command::HideOpinion {
        submission: submission(n),
        reason: HidingReason::Defamation,
        note: None,
    }
}

fn appeal(n: u128) -> Command {
    Command::AppealHiding {
        submission: submission(n),
        statement: text("statement"),
    }
}

fn reverse(n: u128) -> Command {
    Command::ReverseHiding {
        submission: submission(n),
        reason: checked("批判の範囲内"),
    }
}

fn uphold(n: u128) -> Command {
    Command::UpholdHiding {
        submission: submission(n),
        reason: checked("中傷に当たる"),
    }
}

#[test]
fn an_opinion_is_hidden_with_a_reason_after_its_publication() {
    let case = published();
    case.when(&hide(0), &desk(RESULT))
        .then([Event::OpinionHidden {
            submission: submission(0),
            reason: HidingReason::Defamation,
            note: None,
            hidden_by: DESK,
        }]);
    decided()
        .when(&hide(0), &desk(RESULT))
        .refused(Refusal::WrongStage {
            stage: Stage::Decided,
        });
    case.when(&hide(9), &desk(RESULT))
        .refused(Refusal::SubmissionUnknown {
            submission: submission(9),
        });
    let hidden = case.after(&hide(0), &desk(RESULT));
    hidden.when(&hide(0), &desk(RESULT)).then([]);
    let state = hidden.state();
    assert!(state.hiding(submission(0)).is_hidden());
    assert_eq!(state.counts().submissions(), 1);
}

#[test]
fn the_submitter_appeals_and_somebody_else_decides() {
    let hidden = published().after(&hide(0), &desk(RESULT));
    hidden
        .when(&appeal(0), &taro(RESULT))
        .refused(Refusal::NotYourSubmission);
    hidden
        .when(&uphold(0), &mori(RESULT))
        .refused(Refusal::NotAppealed {
            submission: submission(0),
        });
    let appealed = hidden.after(&appeal(0), &hana(RESULT));
    appealed.when(&appeal(0), &hana(RESULT)).then([]);
    for command in [reverse(0), uphold(0)] {
        appealed
            .when(&command, &desk(RESULT))
            .refused(Refusal::SamePerson);
        assert_eq!(appealed.when(&command, &mori(RESULT)).events().len(), 1);
    }
}

#[test]
fn what_was_settled_after_an_appeal_stays_settled() {
    let settled = Refusal::AlreadySettled {
        submission: submission(0),
    };
    let appealed = || {
        published()
            .after(&hide(0), &desk(RESULT))
            .after(&appeal(0), &hana(RESULT))
    };
    let restored = appealed().after(&reverse(0), &mori(RESULT));
    assert!(!restored.state().hiding(submission(0)).is_hidden());
    restored
        .when(&hide(0), &desk(RESULT))
        .refused(settled.clone());
    let upheld = appealed().after(&uphold(0), &mori(RESULT));
    assert!(upheld.state().hiding(submission(0)).is_hidden());
    upheld
        .when(&appeal(0), &hana(RESULT))
        .refused(settled.clone());
    upheld.when(&reverse(0), &mori(RESULT)).refused(settled);
}

#[test]
fn who_hid_in_error_may_show_again() {
    let case = published()
        .after(&hide(0), &desk(RESULT))
        .after(&reverse(0), &desk(RESULT));
    assert!(!case.state().hiding(submission(0)).is_hidden());
    case.when(&appeal(0), &hana(RESULT))
        .refused(Refusal::NotHidden {
            submission: submission(0),
        });
    assert_eq!(case.when(&hide(0), &desk(RESULT)).events().len(), 1);
}

#[test]
fn a_text_is_taken_down_by_order_of_law_once() {
    let take_down = |text| Command::WithdrawPublication {
        text,
        legal_basis: checked("民事保全法"),
        decision_no: checked("令和8年(ヨ)第1号"),
    };
    let body = WithdrawnText::Body {
        submission: submission(0),
    };
    let case = published();
    case.when(&take_down(body), &keeper(RESULT))
        .then([Event::PublicationWithdrawn {
            text: body,
            legal_basis: "民事保全法".into(),
            decision_no: "令和8年(ヨ)第1号".into(),
        }]);
    let unknown = WithdrawnText::Response { item: item(9) };
    case.when(&take_down(unknown), &keeper(RESULT))
        .refused(Refusal::ItemUnknown { item: item(9) });
    let officer = on(RESULT, ActorId::Officer(SATO), Role::BureauOfficer);
    let refusal = case.when(&take_down(body), &officer).refusal();
    assert!(matches!(refusal, Refusal::NotPermitted { .. }));
    case.after(&take_down(body), &keeper(RESULT))
        .when(&take_down(body), &keeper(RESULT))
        .then([]);
}

#[test]
fn rule_8_what_is_said_of_a_hiding_tells_nobody_who_the_submitter_is() {
    let case = published();
    let note = Command::HideOpinion {
        submission: submission(0),
        reason: HidingReason::OffTopic,
        note: Some(repeating("川辺花子の意見")),
    };
    let reverse = Command::ReverseHiding {
        submission: submission(0),
        reason: repeating("川辺花子の意見"),
    };
    let uphold = Command::UpholdHiding {
        submission: submission(0),
        reason: repeating("川辺花子の意見"),
    };
    let take_down = |legal_basis, decision_no| Command::WithdrawPublication {
        text: WithdrawnText::Body {
            submission: submission(0),
        },
        legal_basis,
        decision_no,
    };
    let hidden = published().after(&hide(0), &desk(RESULT));
    let appealed = published()
        .after(&hide(0), &desk(RESULT))
        .after(&appeal(0), &hana(RESULT));
    for (case, command, who) in [
        (&case, note, desk(RESULT)),
        (&hidden, reverse, desk(RESULT)),
        (&appealed, uphold, mori(RESULT)),
        (
            &case,
            take_down(repeating("川辺花子の申立て"), checked("1")),
            keeper(RESULT),
        ),
        (
            &case,
            take_down(checked("民事保全法"), repeating("川辺花子の件")),
            keeper(RESULT),
        ),
    ] {
        case.when(&command, &who)
            .refused(Refusal::PersonalDataRepeated);
    }
}
