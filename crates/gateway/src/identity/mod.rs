//! Who calls: bearer tokens of an OpenID Connect provider, read as an identity
//! with roles and a ward. Nothing here decides what a role may do.

use domain::Role;

/// Somebody whom an issuer vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
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
}
