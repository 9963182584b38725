//! What happens to an ordinance.

use serde::{Deserialize, Serialize};

use crate::{Bilingual, LegalDate, personal_data, public_comment};

/// The parameters of an institution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "institution", content = "parameters", rename_all = "snake_case")]
pub enum Parameters {
    /// パブリックコメント手続.
    PublicComment(public_comment::Ordinance),
    /// 保存期間.
    PersonalData(personal_data::Retention),
}

impl Parameters {
    /// The institution, as in the names of streams.
    pub fn institution(&self) -> &'static str {
        match self {
            Self::PublicComment(_) => "public_comment",
            Self::PersonalData(_) => "personal_data",
        }
    }
}

/// One version of an ordinance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrdinanceVersion {
    /// Its name among all versions, such as "kawasaki2009/1".
    pub version: String,
    /// The ordinance's name.
    pub name: Bilingual,
    /// 公布の日.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promulgated_on: Option<LegalDate>,
    /// 施行の日: the first day on which it holds.
    pub effective_on: LegalDate,
    /// The institution, and what the ordinance sets for it.
    #[serde(flatten)]
    pub parameters: Parameters,
}

/// What has happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data", rename_all = "snake_case")]
pub enum Event {
    /// A version was enacted. It replaces the one before from its day on.
    OrdinanceEnacted(Box<OrdinanceVersion>),
    /// The ordinance was repealed. From that day on none holds.
    OrdinanceRepealed {
        /// The version that ends.
        version: String,
        /// The first day on which it does not hold.
        effective_on: LegalDate,
    },
}
