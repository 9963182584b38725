//! Profiles: the ordinances of a city as it stands in a file.

use serde::Deserialize;

use super::OrdinanceVersion;

/// The ordinances that a city begins with.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Its name.
    pub profile: String,
    /// The versions, of any institution.
    pub ordinance: Vec<OrdinanceVersion>,
}

/// Why a profile cannot be read.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ProfileError {
    /// There is none of this name.
    #[error("there is no profile {0:?}; the profiles are {known}", known = NAMES.join(", "))]
    Unknown(String),
    /// The file is not a profile.
    #[error("the profile cannot be read: {0}")]
    Malformed(#[from] toml::de::Error),
}

/// The names of the profiles that come with Hiroba.
pub const NAMES: [&str; 2] = ["kawasaki2009", "seed2004"];

impl Profile {
    /// A profile that comes with Hiroba.
    pub fn named(name: &str) -> Result<Self, ProfileError> {
        let text = match name {
            "kawasaki2009" => include_str!("../../profiles/kawasaki2009.toml"),
            "seed2004" => include_str!("../../profiles/seed2004.toml"),
            other => return Err(ProfileError::Unknown(other.chars().take(40).collect())),
        };
        Self::parse(text)
    }

    /// Reads a profile.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        Ok(toml::from_str(text)?)
    }
}
