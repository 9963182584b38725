//! Versions of an ordinance.

use super::{profile::Profile, *};
use crate::{
    Actor, ActorId, Circumstances, LegalDate, Role,
    ids::OfficerId,
    public_comment,
    refusal::Needed,
    spec::{Given, given},
};

fn day(text: &str) -> LegalDate {
    text.parse().unwrap()
}

fn secretariat() -> Circumstances<()> {
    Circumstances {
        now: "2026-04-01T00:00:00Z".parse().unwrap(),
        actor: Actor {
            id: ActorId::Officer(OfficerId(ulid::Ulid(1))),
            roles: vec![Role::Secretariat],
            ward: None,
        },
        ordinance: (),
    }
}

fn version(name: &str, effective_on: &str) -> OrdinanceVersion {
    let profile = Profile::named("kawasaki2009").unwrap();
    let mut version = profile.ordinance[0].clone();
    version.version = name.to_owned();
    version.effective_on = day(effective_on);
    version
}

fn enact(version: OrdinanceVersion) -> Command {
    Command::EnactOrdinance(Box::new(version))
}

fn repeal(version: &str, effective_on: &str) -> Command {
    Command::RepealOrdinance {
        version: version.to_owned(),
        effective_on: day(effective_on),
    }
}

fn two_versions() -> Given<Ordinances> {
    given([])
        .after(&enact(version("k/2", "2015-04-01")), &secretariat())
        .after(&enact(version("k/1", "2007-04-01")), &secretariat())
}

fn held_on(state: &State, on: &str) -> Option<String> {
    let version = state.in_force_on(day(on))?;
    Some(version.version.clone())
}

#[test]
fn which_version_held_on_a_day_can_be_asked() {
    let state = two_versions()
        .after(&repeal("k/2", "2019-06-28"), &secretariat())
        .state();
    assert_eq!(held_on(&state, "2007-03-31"), None);
    assert_eq!(held_on(&state, "2007-04-01").as_deref(), Some("k/1"));
    assert_eq!(held_on(&state, "2015-03-31").as_deref(), Some("k/1"));
    assert_eq!(held_on(&state, "2015-04-01").as_deref(), Some("k/2"));
    assert_eq!(held_on(&state, "2019-06-27").as_deref(), Some("k/2"));
    assert_eq!(held_on(&state, "2019-06-28"), None);
    // A case that was published under it keeps it.
    let pinned = state
        .version("k/2")
        .and_then(OrdinanceVersion::public_comment);
    assert_eq!(pinned.unwrap().parameters.min_period_days, 30);
}

#[test]
fn the_same_version_again_is_nothing_new() {
    let case = two_versions();
    case.when(&enact(version("k/1", "2007-04-01")), &secretariat())
        .then([]);
    case.when(&enact(version("k/1", "2008-04-01")), &secretariat())
        .refused(Refusal::VersionTaken {
            version: "k/1".into(),
        });
    case.when(&enact(version("k/3", "2015-04-01")), &secretariat())
        .refused(Refusal::DayTaken {
            effective_on: day("2015-04-01"),
        });
}

#[test]
fn parameters_that_cannot_hold_are_refused() {
    let mut bad = version("k/1", "2007-04-01");
    if let Parameters::PublicComment(parameters) = &mut bad.parameters {
        parameters.min_period_days = 0;
    }
    let refusal = given::<Ordinances>([])
        .when(&enact(bad), &secretariat())
        .refusal();
    assert!(matches!(refusal, Refusal::ParametersInvalid { .. }));
}

#[test]
fn a_stream_is_that_of_one_institution() {
    let profile = Profile::named("kawasaki2009").unwrap();
    two_versions()
        .when(&enact(profile.ordinance[1].clone()), &secretariat())
        .refused(Refusal::OtherInstitution {
            institution: "public_comment".into(),
        });
}

#[test]
fn only_what_holds_is_repealed() {
    let case = two_versions();
    case.when(&repeal("k/9", "2019-06-28"), &secretariat())
        .refused(Refusal::VersionUnknown {
            version: "k/9".into(),
        });
    case.when(&repeal("k/1", "2019-06-28"), &secretariat())
        .refused(Refusal::NotInForce {
            version: "k/1".into(),
            effective_on: day("2019-06-28"),
        });
    case.when(&repeal("k/2", "2015-04-01"), &secretariat())
        .refused(Refusal::DayTaken {
            effective_on: day("2015-04-01"),
        });
    let repealed = two_versions().after(&repeal("k/2", "2019-06-28"), &secretariat());
    repealed
        .when(&repeal("k/2", "2019-06-28"), &secretariat())
        .then([]);
    let mut stranger = secretariat();
    stranger.actor.roles = vec![Role::Approver];
    case.when(&repeal("k/2", "2019-06-28"), &stranger)
        .refused(Refusal::NotPermitted {
            needed: Needed(&[Role::Secretariat]),
        });
}

#[test]
fn the_profiles_read_and_hold() {
    for name in profile::NAMES {
        let profile = Profile::named(name).unwrap();
        assert_eq!(profile.profile, name);
        for version in profile.ordinance {
            assert!(version.version.starts_with(name));
            let events = given::<Ordinances>([])
                .when(&enact(version.clone()), &secretariat())
                .events();
            assert_eq!(events.len(), 1);
        }
    }
    assert!(Profile::named("edo1603").is_err());
    let kawasaki = version("kawasaki2009/1", "2007-04-01")
        .public_comment()
        .unwrap();
    let parameters = kawasaki.parameters;
    assert_eq!(parameters.channels, public_comment::Channel::ALL);
    assert_eq!(parameters.exemptions.len(), 6);
    assert_eq!(parameters.categories.len(), 5);
}
