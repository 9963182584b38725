//! Who calls: bearer tokens of an OpenID Connect provider, read as an identity
//! with roles and a ward; and e-mail addresses that were confirmed. Nothing
//! here decides what a role may do.

mod claims;
pub mod demo;
pub mod email;
mod fetch;
mod keys;
mod provider;
mod settings;
mod token;

use domain::Role;
use jiff::Timestamp;

pub use fetch::{Fetch, FetchError, Https};
pub use keys::{Algorithm, KeySet, SigningKeyError};
pub use provider::{Issuers, OpenIdConnect};
pub use settings::{ClaimSettings, IdentitySettings, SettingError};
pub use token::{Token, TokenError};

/// Somebody whom an issuer vouches for.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// The issuer, as its tokens name it.
    pub issuer: String,
    /// The issuer's own word for the person. Personal data: it is neither
    /// recorded nor logged.
    pub subject: String,
    /// What the person may do, by the configured mapping of claims.
    pub roles: Vec<Role>,
    /// The code of the ward that the issuer attests, if it does.
    pub ward: Option<String>,
    /// How the person is called on screen, if the issuer says.
    pub name: Option<String>,
    /// When the token ends, and with it every stream that was opened with it.
    pub valid_until: Timestamp,
}

impl std::fmt::Debug for Identity {
    /// Says what the person may do, not who it is.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity")
            .field("issuer", &self.issuer)
            .field("roles", &self.roles)
            .finish_non_exhaustive()
    }
}
