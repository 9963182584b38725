//! Which ordinance applies to a decision.

use domain::{
    Decider, LegalDate,
    log::Log,
    ordinance::{self, OrdinanceVersion, Ordinances},
    personal_data::PersonalData,
    public_comment::PublicComment,
};

/// A decider, and the ordinance that sets its parameters.
pub trait Governed: Decider<Event: 'static, State: 'static> + 'static {
    /// The parameters that apply, and the name of the version that stands in
    /// the log as the basis of the decision: those of the version that the
    /// history is bound to, else of the one in force on that day. `None` if
    /// there is none.
    fn ordinance(
        versions: &ordinance::State,
        pinned: Option<&str>,
        on: LegalDate,
    ) -> Option<(String, Self::Ordinance)>;

    /// Whether an ordinance is needed at all.
    const GOVERNED: bool = true;
}

fn applies<'a>(
    versions: &'a ordinance::State,
    pinned: Option<&str>,
    on: LegalDate,
) -> Option<&'a OrdinanceVersion> {
    match pinned {
        Some(name) => versions.version(name),
        None => versions.in_force_on(on),
    }
}

impl Governed for PublicComment {
    fn ordinance(
        versions: &ordinance::State,
        pinned: Option<&str>,
        on: LegalDate,
    ) -> Option<(String, Self::Ordinance)> {
        let in_force = applies(versions, pinned, on)?.public_comment()?;
        Some((in_force.version.clone(), in_force))
    }
}

impl Governed for PersonalData {
    fn ordinance(
        versions: &ordinance::State,
        pinned: Option<&str>,
        on: LegalDate,
    ) -> Option<(String, Self::Ordinance)> {
        let in_force = applies(versions, pinned, on)?.personal_data()?;
        Some((in_force.version.clone(), in_force))
    }
}

impl Governed for Ordinances {
    const GOVERNED: bool = false;

    fn ordinance(
        _versions: &ordinance::State,
        _pinned: Option<&str>,
        _on: LegalDate,
    ) -> Option<(String, ())> {
        Some((String::new(), ()))
    }
}

impl Governed for Log {
    const GOVERNED: bool = false;

    fn ordinance(
        _versions: &ordinance::State,
        _pinned: Option<&str>,
        _on: LegalDate,
    ) -> Option<(String, ())> {
        Some((String::new(), ()))
    }
}
