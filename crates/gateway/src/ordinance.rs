//! Which rules held on which day, as clients see it.

use async_graphql::{Context, Object, SimpleObject};
use domain::ordinance::OrdinanceVersion;
use read_models::City;

use crate::{
    city::Looking,
    http::ApiError,
    node::Bilingual,
    scalars::{Date, Json},
};

/// One version of an ordinance.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "OrdinanceVersion")]
pub struct Version {
    /// Its name among all versions, such as `kawasaki2009/1`.
    pub version: String,
    /// The institution that it sets the parameters of.
    pub institution: String,
    /// The ordinance's name.
    pub name: Bilingual,
    /// 公布の日。
    pub promulgated_on: Option<Date>,
    /// 施行の日: the first day on which it holds.
    pub effective_on: Date,
    /// What it sets, as it stands in the log.
    pub parameters: Json,
}

impl Version {
    /// The version of an institution's ordinance that has this name.
    pub(crate) fn named(
        city: &City,
        institution: &str,
        name: &str,
    ) -> Result<Option<Self>, ApiError> {
        let ordinance = city.ordinances.of(institution);
        let version = ordinance.and_then(|ordinance| ordinance.state.version(name));
        version.map(Self::of).transpose()
    }

    fn of(version: &OrdinanceVersion) -> Result<Self, ApiError> {
        let json = serde_json::to_value(&version.parameters).map_err(ApiError::internal)?;
        Ok(Self {
            version: version.version.clone(),
            institution: version.parameters.institution().to_owned(),
            name: Bilingual::from(&version.name),
            promulgated_on: version.promulgated_on.map(Date),
            effective_on: Date(version.effective_on),
            parameters: Json(json.get("parameters").cloned().unwrap_or_default()),
        })
    }
}

/// What can be asked about ordinances.
pub struct OrdinanceQuery(pub(crate) Looking);

/// What can be asked about ordinances.
#[Object]
impl OrdinanceQuery {
    /// The version of an institution's ordinance that held on a day: today's,
    /// if no day is named.
    async fn ordinance_in_force(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The institution, such as `public_comment`.")] institution: String,
        #[graphql(desc = "The day.")] on: Option<Date>,
    ) -> Result<Option<Version>, ApiError> {
        let at = self.0.at(ctx);
        let day = on.map_or(at.today, |day| day.0);
        let version = at.city.ordinances.in_force_on(&institution, day);
        version.map(Version::of).transpose()
    }

    /// All versions of the ordinances, by institution and by the day on which
    /// they take effect.
    async fn ordinance_versions(&self, ctx: &Context<'_>) -> Result<Vec<Version>, ApiError> {
        let at = self.0.at(ctx);
        let ordinances = at.city.ordinances.iter();
        let versions = ordinances.flat_map(|(_, ordinance)| ordinance.state.versions());
        versions.map(Version::of).collect()
    }
}
