//! Drafting, publication, the period, and the ends without a result.

use super::super::{fixtures::*, *};
use crate::{
    Actor, ActorId, Bilingual, Role,
    ids::MaterialId,
    refusal::Needed,
    spec::{Given, given},
};

#[test]
fn a_bureau_officer_drafts_and_revises() {
    let case: Given<PublicComment> = given([]);
    case.when(&draft_case(), &sato("2026-03-20"))
        .then([Event::CaseDrafted {
            content: sealed("content 1"),
            drafter: SATO,
            revision: 1,
        }]);
    drafted()
        .when(&draft_case(), &sato("2026-03-20"))
        .refused(Refusal::CaseExists);
    let revise = |revision| Command::ReviseDraft {
        revision,
        content: sealed("content 2"),
        missing: vec![],
    };
    drafted()
        .when(&revise(1), &sato("2026-03-22"))
        .then([Event::DraftRevised {
            revision: 2,
            content: sealed("content 2"),
            drafter: SATO,
        }]);
    drafted()
        .after(&revise(1), &sato("2026-03-22"))
        .when(&revise(1), &sato("2026-03-22"))
        .refused(Refusal::RevisionChanged { current: 2 });
}

#[test]
fn a_draft_says_what_it_is_about() {
    let mut empty = content();
    empty.title = Bilingual::ja("　");
    empty.legal_basis.clear();
    empty.passages = vec![passage("1", "文"), passage("1", " ")];
    let missing = vec![
        Missing::Title,
        Missing::LegalBasis,
        Missing::DraftText,
        Missing::PassageKeys,
    ];
    assert_eq!(empty.missing(), missing);
    let draft = Command::DraftCase {
        content: sealed("content"),
        missing: missing.clone(),
    };
    given::<PublicComment>([])
        .when(&draft, &sato("2026-03-20"))
        .refused(Refusal::CaseIncomplete { missing });
}

#[test]
fn each_command_needs_its_role() {
    let stranger = hana("2026-04-10");
    for command in [
        draft_case(),
        attach_material(),
        publish_case(|_| ()),
        decide_as_drafted(),
        publish_results(0, |_| ()),
        Command::CloseCase,
        Command::StartReview,
    ] {
        open()
            .when(&command, &stranger)
            .refused(Refusal::NotPermitted {
                needed: Needed(command.roles()),
            });
    }
    open()
        .when(&submit(0), &mori("2026-04-10"))
        .refused(Refusal::NotPermitted {
            needed: Needed(&[Role::Citizen]),
        });
}

#[test]
fn a_role_does_not_make_an_officer_of_a_pseudonym() {
    let mut pretender = hana("2026-03-25");
    pretender.actor.roles = vec![Role::Approver, Role::System];
    for command in [publish_case(|_| ()), Command::CloseCase] {
        let refusal = drafted().when(&command, &pretender).refusal();
        assert!(matches!(refusal, Refusal::NotPermitted { .. }));
    }
    let machine = Circumstances {
        actor: Actor::system(),
        ..machine("2026-04-10")
    };
    let refusal = open().when(&submit(0), &machine).refusal();
    assert!(matches!(refusal, Refusal::NotPermitted { .. }));
}

#[test]
fn whoever_drafted_does_not_approve() {
    let both = on("2026-03-25", ActorId::Officer(SATO), Role::Approver);
    drafted()
        .when(&publish_case(|_| ()), &both)
        .refused(Refusal::SamePerson);
}

#[test]
fn what_is_published_is_what_was_drafted_and_attached() {
    let case = drafted();
    let other_text = publish_case(|case| case.as_drafted = false);
    case.when(&other_text, &mori("2026-03-25"))
        .refused(Refusal::DraftDiffers);
    let old_revision = publish_case(|case| case.revision = 0);
    case.when(&old_revision, &mori("2026-03-25"))
        .refused(Refusal::RevisionChanged { current: 1 });
    let no_material = publish_case(|case| case.materials.clear());
    case.when(&no_material, &mori("2026-03-25"))
        .refused(Refusal::MaterialsDiffer);
    let newer = case.after(&attach_material(), &sato("2026-03-22"));
    newer
        .when(&publish_case(|_| ()), &mori("2026-03-25"))
        .refused(Refusal::MaterialsDiffer);
}

#[test]
fn a_call_says_where_how_and_until_when() {
    let bare = publish_case(|case| {
        case.content.contact = " ".into();
        case.materials.clear();
        case.channels.clear();
        case.publicity = vec![String::new()];
        case.result_method.clear();
    });
    given::<PublicComment>([])
        .after(&draft_case(), &sato("2026-03-20"))
        .when(&bare, &mori("2026-03-25"))
        .refused(Refusal::CaseIncomplete {
            missing: vec![
                Missing::Contact,
                Missing::Material,
                Missing::Channels,
                Missing::Publicity,
                Missing::ResultMethod,
            ],
        });
    let mut without_fax = mori("2026-03-25");
    let channels = &mut without_fax.ordinance.parameters.channels;
    channels.retain(|channel| *channel != Channel::Fax);
    drafted()
        .when(&publish_case(|_| ()), &without_fax)
        .refused(Refusal::ChannelNotOffered {
            channel: Channel::Fax,
        });
}

#[test]
fn a_period_does_not_begin_before_its_notice() {
    drafted()
        .when(&publish_case(|_| ()), &mori("2026-04-02"))
        .refused(Refusal::NoticeTooShort {
            earliest: day("2026-04-02"),
        });
    let mut week = mori("2026-03-26");
    week.ordinance.parameters.advance_notice_days = 7;
    drafted()
        .when(&publish_case(|_| ()), &week)
        .refused(Refusal::NoticeTooShort {
            earliest: day("2026-04-02"),
        });
}

fn closes_on(case: &Given<PublicComment>) -> LegalDate {
    case.state().call().unwrap().closes_on
}

#[test]
fn a_last_day_on_a_closed_day_moves_on_and_never_back() {
    let until = |last: &str| {
        let command = publish_case(|case| case.closes_on = day(last));
        drafted().after(&command, &mori("2026-03-25"))
    };
    assert_eq!(closes_on(&until("2026-05-02")), day("2026-05-07"));
    assert_eq!(closes_on(&until("2026-05-08")), day("2026-05-08"));
    let mut stays = mori("2026-03-25");
    stays.ordinance.parameters.deadline_rolls_over = false;
    let command = publish_case(|case| case.closes_on = day("2026-05-02"));
    assert_eq!(
        closes_on(&drafted().after(&command, &stays)),
        day("2026-05-02")
    );
}

#[test]
fn where_the_ordinance_forbids_it_no_period_is_shortened() {
    let mut strict = mori("2026-03-25");
    strict.ordinance.parameters.shortening_allowed = false;
    let short = publish_case(|case| {
        case.closes_on = day("2026-04-20");
        case.shortened_because = Some("急ぐため".into());
    });
    drafted()
        .when(&short, &strict)
        .refused(Refusal::ShorteningNotAllowed { least: 30 });
    let backwards = publish_case(|case| {
        case.closes_on = day("2026-03-31");
        case.shortened_because = Some("急ぐため".into());
    });
    let refusal = drafted().when(&backwards, &mori("2026-03-25")).refusal();
    assert!(matches!(refusal, Refusal::PeriodTooShort { days: 0, .. }));
}

#[test]
fn a_case_keeps_the_ordinance_under_which_it_was_published() {
    let case = open();
    assert_eq!(
        PublicComment::pinned_ordinance(&case.state()),
        Some("kawasaki2009/1")
    );
    let mut later = hana("2026-04-10");
    later.ordinance.version = "kawasaki2009/2".into();
    case.when(&submit(0), &later)
        .refused(Refusal::OrdinanceDiffers {
            pinned: "kawasaki2009/1".into(),
        });
}

#[test]
fn a_period_is_only_ever_extended() {
    let extend = |closes_on, reason: &str| Command::ExtendPeriod {
        closes_on: day(closes_on),
        reason: reason.to_owned(),
    };
    let case = open();
    case.when(&extend("2026-05-15", "連休のため"), &mori("2026-04-20"))
        .then([Event::PeriodExtended {
            closes_on: day("2026-05-15"),
            reason: "連休のため".into(),
        }]);
    case.when(&extend(CLOSES, "連休のため"), &mori("2026-04-20"))
        .refused(Refusal::NotAnExtension {
            closes_on: day(CLOSES),
        });
    case.when(&extend("2026-05-15", ""), &mori("2026-04-20"))
        .refused(Refusal::ReasonRequired);
    // Also when nobody has recorded the end yet.
    case.when(&extend("2026-05-15", "連休のため"), &mori("2026-05-01"))
        .refused(Refusal::PeriodOver {
            closed_on: day(CLOSES),
        });
}

#[test]
fn a_substantive_correction_starts_the_shortest_period_again() {
    let correct = |substantive| Command::CorrectMaterial {
        material: MATERIAL,
        title: Bilingual::ja("素案"),
        file: file(),
        note: "3頁の数値".into(),
        substantive,
    };
    let case = open();
    let after = |substantive, on: &str| closes_on(&open().after(&correct(substantive), &sato(on)));
    assert_eq!(after(false, "2026-04-20"), day(CLOSES));
    // 30 days from 20 April end on 19 May, a Tuesday.
    assert_eq!(after(true, "2026-04-20"), day("2026-05-19"));
    // Before the period begins nothing is lost.
    assert_eq!(after(true, "2026-03-28"), day(CLOSES));
    case.when(&correct(true), &sato("2026-05-01"))
        .refused(Refusal::PeriodOver {
            closed_on: day(CLOSES),
        });
    let unknown = Command::CorrectMaterial {
        material: MaterialId(ulid::Ulid(99)),
        title: Bilingual::ja("素案"),
        file: file(),
        note: "誤記".into(),
        substantive: false,
    };
    case.when(&unknown, &sato("2026-04-20"))
        .refused(Refusal::MaterialUnknown {
            material: MaterialId(ulid::Ulid(99)),
        });
}

#[test]
fn a_shortened_period_starts_again_at_its_own_length() {
    let short = publish_case(|case| {
        case.closes_on = day("2026-04-10");
        case.shortened_because = Some("急ぐため".into());
    });
    let correct = Command::CorrectMaterial {
        material: MATERIAL,
        title: Bilingual::ja("素案"),
        file: file(),
        note: "3頁の数値".into(),
        substantive: true,
    };
    let case = drafted()
        .after(&short, &mori("2026-03-25"))
        .after(&correct, &sato("2026-04-06"));
    assert_eq!(closes_on(&case), day("2026-04-15"));
}

#[test]
fn documents_are_added_once_and_then_corrected() {
    let add = |material| Command::AddMaterial {
        material,
        title: Bilingual::ja("参考資料"),
        file: file(),
    };
    let other = MaterialId(ulid::Ulid(22));
    open()
        .when(&add(other), &sato("2026-04-10"))
        .then([Event::MaterialAdded {
            material: other,
            version: 1,
            title: Bilingual::ja("参考資料"),
            file: file(),
        }]);
    open()
        .when(&add(MATERIAL), &sato("2026-04-10"))
        .refused(Refusal::MaterialExists { material: MATERIAL });
}

#[test]
fn a_long_draft_is_published_in_parts_and_none_is_lost() {
    let long = |length: usize| {
        publish_case(|case| {
            case.content.passages = (0..20)
                .map(|n| passage(&n.to_string(), &"あ".repeat(length)))
                .collect();
        })
    };
    let events = drafted().when(&long(5_000), &mori("2026-03-25")).events();
    assert!(events.len() > 3, "{}", events.len());
    for event in &events {
        let bytes = serde_json::to_vec(event).unwrap().len();
        assert!(bytes < 61_000, "{bytes}");
    }
    let case = drafted().and(events);
    assert_eq!(case.state().call().unwrap().passages.len(), 20);
    let refusal = drafted().when(&long(9_000), &mori("2026-03-25")).refusal();
    assert!(matches!(refusal, Refusal::TextTooLong { .. }));
}

#[test]
fn a_case_may_be_given_up_until_the_decision() {
    let abandon = |title: Bilingual| Command::AbandonCase {
        title,
        drafted_on: day("2026-03-20"),
        reason: "計画を見直すため".into(),
        new_procedure: true,
    };
    let title = content().title;
    for case in [drafted(), open(), under_review(1)] {
        case.when(&abandon(title.clone()), &mayor(REVIEW))
            .then([Event::CaseAbandoned {
                title: title.clone(),
                drafted_on: day("2026-03-20"),
                reason: "計画を見直すため".into(),
                new_procedure: true,
            }]);
    }
    decided()
        .when(&abandon(title.clone()), &mayor(RESULT))
        .refused(Refusal::WrongStage {
            stage: Stage::Decided,
        });
    open()
        .when(&abandon(Bilingual::ja("別の計画")), &mayor(REVIEW))
        .refused(Refusal::DraftMisnamed {
            title: title.clone(),
            drafted_on: day("2026-03-20"),
        });
    open()
        .after(&abandon(title), &mayor("2026-04-10"))
        .when(&submit(0), &hana("2026-04-11"))
        .refused(Refusal::WrongStage {
            stage: Stage::Abandoned,
        });
}

#[test]
fn only_exemptions_of_the_ordinance_are_declared() {
    let declare = Command::DeclareExemption {
        code: Some(ExemptionReason::Urgent),
        reason: text("reason"),
    };
    let mut narrow = mori("2026-03-25");
    narrow.ordinance.parameters.exemptions = vec![ExemptionReason::Minor];
    drafted()
        .when(&declare, &narrow)
        .refused(Refusal::ExemptionNotAllowed);
    let publish = Command::PublishExemption {
        title: content().title,
        reason: "急施を要するため".into(),
        policy_fixed_on: day("2026-04-15"),
    };
    let exempted = drafted().after(&declare, &mori("2026-03-25"));
    exempted
        .when(&publish, &mori("2026-04-14"))
        .refused(Refusal::DayNotCome {
            day: day("2026-04-15"),
        });
    exempted
        .after(&publish, &mori("2026-04-15"))
        .when(&publish, &mori("2026-04-16"))
        .then([]);
}
