//! Who looks.

use std::sync::Arc;

use domain::{
    Actor, ActorId, LegalDate, Role,
    ids::{CaseId, OfficerId, SubjectId},
};

use read_models::City;

use crate::{
    desk::Desk,
    http::{ApiError, Caller, Text},
    identity::Identity,
};

/// Whoever looks at the city, and what they hold.
#[derive(Clone, Copy)]
pub struct Viewer<'a> {
    desk: &'a Desk,
    identity: Option<&'a Identity>,
}

impl<'a> Viewer<'a> {
    /// Whoever sent this request.
    pub fn of(desk: &'a Desk, caller: &'a Caller) -> Self {
        Self {
            desk,
            identity: caller.identity.as_deref(),
        }
    }

    /// Somebody of whom nothing is known: what they may see is public.
    pub fn anybody(desk: &'a Desk) -> Self {
        Self {
            desk,
            identity: None,
        }
    }

    /// Who is signed in.
    pub fn identity(&self) -> Result<&'a Identity, ApiError> {
        self.identity.ok_or_else(ApiError::unauthenticated)
    }

    /// Whether the viewer holds one of these roles.
    pub fn holds(&self, roles: &[Role]) -> bool {
        self.identity
            .is_some_and(|identity| roles.iter().any(|role| identity.roles.contains(role)))
    }

    /// The city as it stands now, whatever moment is looked at.
    pub(crate) fn present(&self) -> Arc<City> {
        self.desk.city()
    }

    /// The present day in Asia/Tokyo.
    pub(crate) fn today(&self) -> LegalDate {
        self.desk.today()
    }

    /// The pseudonym under which the viewer works for the city, if they ever
    /// did anything.
    pub(crate) fn known_officer(&self) -> Option<OfficerId> {
        self.desk.known_officer(self.identity?)
    }

    /// The viewer's pseudonym in a case, if they took part in it.
    pub fn subject_in(&self, case: CaseId) -> Option<SubjectId> {
        self.desk.known_subject(self.identity?, case)
    }

    /// The viewer as somebody who works for the city.
    pub async fn officer(&self) -> Result<(Actor, OfficerId), ApiError> {
        let identity = self.identity()?;
        let roles: Vec<Role> = identity
            .roles
            .iter()
            .copied()
            .filter(|role| role.is_staff())
            .collect();
        if roles.is_empty() {
            return Err(ApiError::Forbidden(Text::new(
                "この操作は市の職員だけが行えます",
                "only officers of the city can do this",
            )));
        }
        let officer = self.desk.officer(identity).await?;
        let actor = Actor {
            id: ActorId::Officer(officer),
            roles,
            ward: identity.ward.as_deref().and_then(|code| code.parse().ok()),
        };
        Ok((actor, officer))
    }

    /// The viewer as a person who takes part in a case; their pseudonym is made
    /// if they have none.
    pub async fn citizen_in(&self, case: CaseId) -> Result<(Actor, SubjectId), ApiError> {
        let subject = self.desk.subject(self.identity()?, case).await?;
        Ok((citizen(subject), subject))
    }
}

/// A person who takes part, under their pseudonym in a case.
pub fn citizen(subject: SubjectId) -> Actor {
    Actor {
        id: ActorId::Subject(subject),
        roles: vec![Role::Citizen],
        ward: None,
    }
}
