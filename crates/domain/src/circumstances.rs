//! Who asks, when, and under which ordinance.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Language, LegalDate, WardCode,
    ids::{IdError, OfficerId, SubjectId},
};

/// Everything that a decision may depend on besides the command and the
/// history.
#[derive(Clone, Debug)]
pub struct Circumstances<Ordinance> {
    /// The moment of asking.
    pub now: Timestamp,
    /// Who asks.
    pub actor: Actor,
    /// The parameters in force: those that the history is bound to, else those
    /// of the legal date.
    pub ordinance: Ordinance,
}

impl<Ordinance> Circumstances<Ordinance> {
    /// The day of asking, in Asia/Tokyo.
    pub fn today(&self) -> LegalDate {
        LegalDate::of(self.now)
    }
}

/// Who asks: a pseudonym and what it may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The pseudonym that stands in the log.
    pub id: ActorId,
    /// The roles that the actor holds at this moment.
    pub roles: Vec<Role>,
    /// The ward that the actor acts for, where that matters.
    pub ward: Option<WardCode>,
}

impl Actor {
    /// The machine itself, which records that a date has passed.
    pub fn system() -> Self {
        Self {
            id: ActorId::System,
            roles: vec![Role::System],
            ward: None,
        }
    }

    /// The first of these roles that the actor holds.
    pub fn acts_as(&self, roles: &[Role]) -> Option<Role> {
        roles.iter().copied().find(|role| self.roles.contains(role))
    }
}

/// The pseudonym of an actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActorId {
    /// A person who takes part; another pseudonym in each case.
    Subject(SubjectId),
    /// Somebody who works for the city.
    Officer(OfficerId),
    /// The machine itself.
    System,
}

impl fmt::Display for ActorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Subject(id) => id.fmt(f),
            Self::Officer(id) => id.fmt(f),
            Self::System => f.write_str("system"),
        }
    }
}

impl FromStr for ActorId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "system" {
            return Ok(Self::System);
        }
        if let Ok(id) = text.parse() {
            return Ok(Self::Subject(id));
        }
        text.parse().map(Self::Officer)
    }
}

impl Serialize for ActorId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ActorId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::ids::parse_text(deserializer)
    }
}

/// What an actor may do. One word each, the same in the log and in the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 市民: lives, works, studies or acts in the city.
    Citizen,
    /// Enters at the counter what came on paper, by fax or by post.
    Operator,
    /// 所管局職員: drafts and answers.
    BureauOfficer,
    /// Head of the bureau: publishes.
    Approver,
    /// 実施機関, the mayor among them: decides.
    ImplementingBody,
    /// 事務局: the desk that checks form and keeps statistics.
    Secretariat,
    /// 文書管理者: decides on retention and erasure.
    RecordsManager,
    /// 監査委員, and whoever audits for them.
    Auditor,
    /// The machine, which records that a date has passed.
    System,
}

impl Role {
    /// All roles, in the order of this file.
    pub const ALL: [Self; 9] = [
        Self::Citizen,
        Self::Operator,
        Self::BureauOfficer,
        Self::Approver,
        Self::ImplementingBody,
        Self::Secretariat,
        Self::RecordsManager,
        Self::Auditor,
        Self::System,
    ];

    /// The word in the log and in configuration.
    pub fn word(self) -> &'static str {
        match self {
            Self::Citizen => "citizen",
            Self::Operator => "operator",
            Self::BureauOfficer => "bureau_officer",
            Self::Approver => "approver",
            Self::ImplementingBody => "implementing_body",
            Self::Secretariat => "secretariat",
            Self::RecordsManager => "records_manager",
            Self::Auditor => "auditor",
            Self::System => "system",
        }
    }

    /// The name that people read.
    pub fn name(self, language: Language) -> &'static str {
        let (ja, en) = match self {
            Self::Citizen => ("市民", "citizen"),
            Self::Operator => ("受付担当", "intake operator"),
            Self::BureauOfficer => ("所管局職員", "bureau officer"),
            Self::Approver => ("承認者", "approver"),
            Self::ImplementingBody => ("実施機関", "implementing body"),
            Self::Secretariat => ("事務局", "secretariat"),
            Self::RecordsManager => ("文書管理者", "records manager"),
            Self::Auditor => ("監査委員", "auditor"),
            Self::System => ("システム", "the system"),
        };
        match language {
            Language::Ja => ja,
            Language::En => en,
        }
    }

    /// Whether the role belongs to somebody who works for the city.
    pub fn is_staff(self) -> bool {
        !matches!(self, Self::Citizen | Self::System)
    }
}
