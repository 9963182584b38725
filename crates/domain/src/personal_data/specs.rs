//! Openings and erasure.

use super::*;
use crate::{
    Actor, ActorId, Checked, LegalDate, Role,
    ids::{EventId, OfficerId},
    ordinance::profile::Profile,
    refusal::Needed,
    spec::given,
};

const HANA: SubjectId = SubjectId(ulid::Ulid(1));
const TARO: SubjectId = SubjectId(ulid::Ulid(2));
const EVENT: EventId = EventId {
    command: ulid::Ulid(3),
    index: 0,
};

fn day(text: &str) -> LegalDate {
    text.parse().unwrap()
}

fn on(day: &str, role: Role) -> Circumstances<InForce<Retention>> {
    let profile = Profile::named("kawasaki2009").unwrap();
    let mut versions = profile.ordinance.iter();
    Circumstances {
        now: format!("{day}T12:00:00+09:00").parse().unwrap(),
        actor: Actor {
            id: ActorId::Officer(OfficerId(ulid::Ulid(9))),
            roles: vec![role],
            ward: None,
        },
        ordinance: versions
            .find_map(|version| version.personal_data())
            .unwrap(),
    }
}

fn checked(text: &str) -> Checked<String> {
    Checked {
        text: text.to_owned(),
        repeats_personal_data: false,
    }
}

fn repeating(text: &str) -> Checked<String> {
    Checked {
        repeats_personal_data: true,
        ..checked(text)
    }
}

fn open(subject: SubjectId, reason: &str, fields: Vec<PersonalField>) -> Command {
    Command::OpenPersonalData {
        subject,
        event: EVENT,
        fields,
        reason: checked(reason),
    }
}

fn erase(ground: Ground) -> Command {
    Command::ErasePersonalData {
        subject: HANA,
        legal_basis: checked("個人情報の保護に関する法律"),
        decision_no: checked("8川総第1号"),
        ground,
    }
}

fn completed(kind: RecordKind, day: &str) -> Record {
    Record {
        kind,
        completed_on: day.parse().unwrap(),
    }
}

#[test]
fn every_opening_by_staff_is_recorded_with_its_reason() {
    let fields = vec![PersonalField::Name, PersonalField::Contact];
    let ask = |reason: &str, fields: &[PersonalField]| open(HANA, reason, fields.to_vec());
    let nobody = given::<PersonalData>([]);
    nobody
        .when(
            &ask("内容の確認", &fields),
            &on("2026-05-01", Role::BureauOfficer),
        )
        .then([Event::PersonalDataOpened {
            subject: HANA,
            event: EVENT,
            fields: fields.clone(),
            reason: "内容の確認".into(),
        }]);
    nobody
        .when(&ask(" ", &fields), &on("2026-05-01", Role::BureauOfficer))
        .refused(Refusal::ReasonRequired);
    nobody
        .when(
            &ask("内容の確認", &[]),
            &on("2026-05-01", Role::BureauOfficer),
        )
        .refused(Refusal::FieldsRequired);
    let refusal = nobody
        .when(
            &ask("内容の確認", &fields),
            &on("2026-05-01", Role::Approver),
        )
        .refusal();
    assert!(matches!(refusal, Refusal::NotPermitted { .. }));
}

#[test]
fn nothing_is_opened_after_the_erasure_and_erasing_twice_is_nothing_new() {
    let keeper = on("2026-05-01", Role::RecordsManager);
    let erased = given::<PersonalData>([]).after(&erase(Ground::Request), &keeper);
    assert!(erased.state().erased);
    erased.when(&erase(Ground::Request), &keeper).then([]);
    let ask = open(HANA, "内容の確認", vec![PersonalField::Name]);
    erased.when(&ask, &keeper).refused(Refusal::Erased);
    let other = open(TARO, "内容の確認", vec![PersonalField::Name]);
    erased
        .when(&other, &keeper)
        .refused(Refusal::OtherSubject { subject: HANA });
}

#[test]
fn only_the_records_manager_erases_and_on_a_legal_basis() {
    let nobody = given::<PersonalData>([]);
    nobody
        .when(
            &erase(Ground::Request),
            &on("2026-05-01", Role::BureauOfficer),
        )
        .refused(Refusal::NotPermitted {
            needed: Needed(&[Role::RecordsManager]),
        });
    let baseless = Command::ErasePersonalData {
        subject: HANA,
        legal_basis: checked(""),
        decision_no: checked("1"),
        ground: Ground::Request,
    };
    nobody
        .when(&baseless, &on("2026-05-01", Role::RecordsManager))
        .refused(Refusal::LegalBasisRequired);
}

fn by(subject: SubjectId) -> Circumstances<InForce<Retention>> {
    let mut circumstances = on("2026-05-01", Role::Citizen);
    circumstances.actor.id = ActorId::Subject(subject);
    circumstances
}

#[test]
fn the_person_asks_for_the_erasure_once_and_nobody_asks_for_another() {
    let ask = Command::RequestErasure { subject: HANA };
    let nobody = given::<PersonalData>([]);
    let asked = [Event::ErasureRequested { subject: HANA }];
    nobody.when(&ask, &by(HANA)).then(asked.clone());
    nobody
        .when(&ask, &on("2026-05-01", Role::Operator))
        .then(asked);
    nobody
        .when(&ask, &by(TARO))
        .refused(Refusal::OtherSubject { subject: HANA });
    nobody
        .when(&ask, &on("2026-05-01", Role::BureauOfficer))
        .refused(Refusal::NotPermitted {
            needed: Needed(&[Role::Citizen, Role::Operator]),
        });
    let pending = nobody.after(&ask, &by(HANA));
    assert!(pending.state().erasure_requested);
    pending.when(&ask, &by(HANA)).then([]);
    let keeper = on("2026-05-01", Role::RecordsManager);
    let erased = pending.after(&erase(Ground::Request), &keeper);
    erased.when(&ask, &by(HANA)).then([]);
}

#[test]
fn without_a_request_the_retention_period_must_be_over() {
    let nobody = given::<PersonalData>([]);
    // Completed in fiscal 2026: five years from 1 April 2027.
    let opinion = completed(RecordKind::Opinion, "2026-06-01");
    let until = day("2032-03-31");
    let due = || erase(Ground::Schedule(Some(vec![opinion])));
    for nothing in [None, Some(vec![])] {
        nobody
            .when(
                &erase(Ground::Schedule(nothing)),
                &on("2040-01-01", Role::RecordsManager),
            )
            .refused(Refusal::GroundRequired);
    }
    nobody
        .when(&due(), &on("2032-03-31", Role::RecordsManager))
        .refused(Refusal::RetentionNotOver { kept_until: until });
    let events = nobody
        .when(&due(), &on("2032-04-01", Role::RecordsManager))
        .events();
    let [
        Event::PersonalDataErased {
            retention,
            requested_by_person: false,
            ..
        },
    ] = &events[..]
    else {
        panic!("{events:?}");
    };
    let expected = RetentionEnd {
        record: RecordKind::Opinion,
        kept_until: until,
    };
    assert_eq!(*retention, Some(expected));
    // Who asked to be erased need not wait, and has no period as the reason.
    let asked = nobody
        .when(
            &erase(Ground::Request),
            &on("2026-06-02", Role::RecordsManager),
        )
        .events();
    assert!(matches!(
        &asked[..],
        [Event::PersonalDataErased {
            retention: None,
            requested_by_person: true,
            ..
        }]
    ));
}

#[test]
fn a_person_is_kept_as_long_as_the_last_of_their_records() {
    let retention = on("2026-05-01", Role::RecordsManager).ordinance.parameters;
    let late = completed(RecordKind::OpinionOutsideProcedure, "2027-03-31");
    let opinion = completed(RecordKind::Opinion, "2026-04-01");
    let end = |records: &[Record]| retention.end(records).map(|end| end.kept_until);
    assert_eq!(end(&[late]), Some(day("2028-03-31")));
    assert_eq!(end(&[late, opinion]), Some(day("2032-03-31")));
    // The fiscal year begins on 1 April.
    let late = completed(RecordKind::OpinionOutsideProcedure, "2027-04-01");
    assert_eq!(end(&[late]), Some(day("2029-03-31")));
    let silent = Retention { periods: vec![] };
    assert_eq!(silent.end(&[opinion]), None);
    let half = Retention {
        periods: retention.periods[..1].to_vec(),
    };
    assert_eq!(half.end(&[late, opinion]), None);
}

#[test]
fn the_system_erases_by_schedule_and_by_nothing_else() {
    let nobody = given::<PersonalData>([]);
    let mut machine = on("2032-04-01", Role::System);
    machine.actor = Actor::system();
    let opinion = completed(RecordKind::Opinion, "2026-06-01");
    let due = erase(Ground::Schedule(Some(vec![opinion])));
    assert_eq!(nobody.when(&due, &machine).events().len(), 1);
    nobody
        .when(&erase(Ground::Request), &machine)
        .refused(Refusal::NotPermitted {
            needed: Needed(&[Role::RecordsManager]),
        });
}

#[test]
fn who_people_are_and_what_they_said_is_opened_by_different_roles() {
    use PersonalField::{Attachments, Body, Name};
    let nobody = given::<PersonalData>([]);
    let may = |role, fields: &[PersonalField]| {
        let look = open(HANA, "内容の確認", fields.to_vec());
        PersonalData::decide(&look, &nobody.state(), &on("2026-05-01", role)).is_ok()
    };
    for (role, person, said, both) in [
        (Role::BureauOfficer, true, true, true),
        (Role::Secretariat, true, true, true),
        (Role::Operator, true, false, false),
        (Role::RecordsManager, true, false, false),
        (Role::Approver, false, true, false),
        (Role::ImplementingBody, false, true, false),
        (Role::Auditor, false, false, false),
    ] {
        assert_eq!(may(role, &[Name]), person, "{role:?}");
        assert_eq!(may(role, &[Body, Attachments]), said, "{role:?}");
        assert_eq!(may(role, &[Name, Body]), both, "{role:?}");
    }
}

#[test]
fn the_log_is_not_told_who_the_person_is() {
    let nobody = given::<PersonalData>([]);
    let look = Command::OpenPersonalData {
        subject: HANA,
        event: EVENT,
        fields: vec![PersonalField::Name],
        reason: repeating("川辺花子の件"),
    };
    let erase = |legal_basis, decision_no| Command::ErasePersonalData {
        subject: HANA,
        legal_basis,
        decision_no,
        ground: Ground::Request,
    };
    let keeper = on("2026-05-01", Role::RecordsManager);
    for command in [
        look,
        erase(repeating("川辺花子の請求"), checked("1")),
        erase(checked("個人情報の保護に関する法律"), repeating("川辺花子")),
    ] {
        nobody
            .when(&command, &keeper)
            .refused(Refusal::PersonalDataRepeated);
    }
}
