//! Openings and erasure.

use super::*;
use crate::{
    Actor, ActorId, LegalDate, Role,
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

fn open(subject: SubjectId, reason: &str, fields: Vec<PersonalField>) -> Command {
    Command::OpenPersonalData {
        subject,
        event: EVENT,
        fields,
        reason: reason.to_owned(),
    }
}

fn erase(requested_by_person: bool, record: Option<(RecordKind, LegalDate)>) -> Command {
    Command::ErasePersonalData {
        subject: HANA,
        legal_basis: "個人情報の保護に関する法律".into(),
        decision_no: "8川総第1号".into(),
        requested_by_person,
        record,
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
    let erased = given::<PersonalData>([]).after(&erase(true, None), &keeper);
    assert!(erased.state().erased);
    erased.when(&erase(true, None), &keeper).then([]);
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
        .when(&erase(true, None), &on("2026-05-01", Role::BureauOfficer))
        .refused(Refusal::NotPermitted {
            needed: Needed(&[Role::RecordsManager]),
        });
    let baseless = Command::ErasePersonalData {
        subject: HANA,
        legal_basis: String::new(),
        decision_no: "1".into(),
        requested_by_person: true,
        record: None,
    };
    nobody
        .when(&baseless, &on("2026-05-01", Role::RecordsManager))
        .refused(Refusal::LegalBasisRequired);
}

#[test]
fn without_a_request_the_retention_period_must_be_over() {
    let nobody = given::<PersonalData>([]);
    // Completed in fiscal 2026: five years from 1 April 2027.
    let record = Some((RecordKind::Opinion, day("2026-06-01")));
    let until = day("2032-03-31");
    nobody
        .when(&erase(false, None), &on("2040-01-01", Role::RecordsManager))
        .refused(Refusal::GroundRequired);
    nobody
        .when(
            &erase(false, record),
            &on("2032-03-31", Role::RecordsManager),
        )
        .refused(Refusal::RetentionNotOver { kept_until: until });
    let events = nobody
        .when(
            &erase(false, record),
            &on("2032-04-01", Role::RecordsManager),
        )
        .events();
    let [Event::PersonalDataErased { retention, .. }] = &events[..] else {
        panic!("{events:?}");
    };
    let expected = RetentionEnd {
        record: RecordKind::Opinion,
        kept_until: until,
    };
    assert_eq!(*retention, Some(expected));
}
