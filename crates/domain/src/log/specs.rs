//! The log's beginning and its keys.

use super::*;
use crate::{Actor, ActorId, Role, ids::OfficerId, refusal::Needed, spec::given};

fn system() -> Circumstances<()> {
    Circumstances {
        now: "2026-04-01T00:00:00Z".parse().unwrap(),
        actor: Actor::system(),
        ordinance: (),
    }
}

fn create(origin: &str, vkey: &str) -> Command {
    Command::CreateLog {
        origin: origin.to_owned(),
        vkey: vkey.to_owned(),
    }
}

fn rotate(vkey: &str) -> Command {
    Command::RotateLogKey {
        vkey: vkey.to_owned(),
    }
}

#[test]
fn a_log_begins_once() {
    let new = given::<Log>([]);
    new.when(&create("city", "k1"), &system())
        .then([Event::LogCreated {
            origin: "city".into(),
            vkey: "k1".into(),
            leaf_spec: LEAF_SPEC.into(),
        }]);
    new.when(&create("city", ""), &system())
        .refused(Refusal::NameRequired);
    new.when(&rotate("k2"), &system())
        .refused(Refusal::LogUnknown);
    let log = new.after(&create("city", "k1"), &system());
    log.when(&create("city", "k1"), &system()).then([]);
    log.when(&create("town", "k1"), &system())
        .refused(Refusal::LogExists {
            origin: "city".into(),
        });
}

#[test]
fn a_retired_key_does_not_come_back() {
    let log = given::<Log>([])
        .after(&create("city", "k1"), &system())
        .after(&rotate("k2"), &system());
    assert_eq!(log.state().vkeys, ["k1", "k2"]);
    log.when(&rotate("k2"), &system()).then([]);
    log.when(&rotate("k1"), &system())
        .refused(Refusal::KeyRetired { vkey: "k1".into() });
}

#[test]
fn only_the_system_writes_about_the_log() {
    let mut officer = system();
    officer.actor.id = ActorId::Officer(OfficerId(ulid::Ulid(1)));
    officer.actor.roles = vec![Role::Approver];
    given::<Log>([])
        .when(&create("city", "k1"), &officer)
        .refused(Refusal::NotPermitted {
            needed: Needed(&[Role::System]),
        });
}
