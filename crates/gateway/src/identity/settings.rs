//! What an operator sets about identities, and what is wrong with it.

use std::collections::BTreeMap;

use domain::Role;
use serde::Deserialize;

/// The section `[identity]` of the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentitySettings {
    /// The address of the provider, exactly as its tokens name it.
    pub issuer: String,
    /// What the provider calls us in its tokens.
    pub audience: String,
    /// How far clocks may be apart.
    #[serde(default = "a_minute")]
    pub clock_skew_seconds: u32,
    /// Which claims tell what.
    #[serde(default)]
    pub claims: ClaimSettings,
    /// Which value of the claim of roles gives which roles.
    #[serde(default)]
    pub roles: BTreeMap<String, Vec<String>>,
    /// The roles of everybody who is signed in.
    #[serde(default)]
    pub default_roles: Vec<String>,
    /// Which value of the claim of the ward means which ward code. Where it is
    /// empty, the value is the code.
    #[serde(default)]
    pub wards: BTreeMap<String, String>,
}

/// The section `[identity.claims]`: names of claims, or JSON pointers into
/// them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClaimSettings {
    /// A text or a list of texts.
    pub roles: String,
    /// A text.
    pub ward: String,
    /// A text.
    pub name: String,
}

impl Default for ClaimSettings {
    fn default() -> Self {
        Self {
            roles: "roles".to_owned(),
            ward: "ward".to_owned(),
            name: "name".to_owned(),
        }
    }
}

fn a_minute() -> u32 {
    60
}

/// A setting that cannot be used: which, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {problem}")]
pub struct SettingError {
    /// The key in the configuration.
    pub key: String,
    /// What is wrong and what to write instead.
    pub problem: String,
}

/// The mapping of claims, checked.
#[derive(Clone, Debug)]
pub(super) struct Mapping {
    pub(super) claims: ClaimSettings,
    pub(super) roles: BTreeMap<String, Vec<Role>>,
    pub(super) default_roles: Vec<Role>,
    pub(super) wards: BTreeMap<String, String>,
}

impl IdentitySettings {
    /// Checks all settings.
    ///
    /// # Errors
    /// Everything that is wrong, not only the first.
    pub(super) fn check(&self) -> Result<Mapping, Vec<SettingError>> {
        let mut errors = Vec::new();
        let mut wrong = |key: String, problem: &str| {
            errors.push(SettingError {
                key,
                problem: problem.to_owned(),
            });
        };
        if !is_safe_address(&self.issuer) {
            wrong(
                "identity.issuer".to_owned(),
                "must be an https address without query, as the provider writes it in its tokens (http only for this machine)",
            );
        }
        if self.audience.is_empty() {
            wrong(
                "identity.audience".to_owned(),
                "must be what the provider calls this server, often the client id",
            );
        }
        if 300 < self.clock_skew_seconds {
            wrong(
                "identity.clock_skew_seconds".to_owned(),
                "must be at most 300: expired tokens would live too long; set the clocks instead",
            );
        }
        for (key, name) in [
            ("roles", &self.claims.roles),
            ("ward", &self.claims.ward),
            ("name", &self.claims.name),
        ] {
            if name.is_empty() {
                wrong(
                    format!("identity.claims.{key}"),
                    "must name a claim, or point into one such as /realm_access/roles",
                );
            }
        }
        let mut roles = |key: &str, words: &[String]| -> Vec<Role> {
            words
                .iter()
                .filter_map(|word| {
                    let role = assignable().find(|role| role.word() == word);
                    if role.is_none() {
                        let known: Vec<_> = assignable().map(Role::word).collect();
                        wrong(
                            key.to_owned(),
                            &format!("{word:?} is not a role; roles are {}", known.join(", ")),
                        );
                    }
                    role
                })
                .collect()
        };
        let default_roles = roles("identity.default_roles", &self.default_roles);
        let by_value = self
            .roles
            .iter()
            .map(|(value, words)| {
                (
                    value.clone(),
                    roles(&format!("identity.roles.{value:?}"), words),
                )
            })
            .collect();
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Mapping {
            claims: self.claims.clone(),
            roles: by_value,
            default_roles,
            wards: self.wards.clone(),
        })
    }
}

/// All roles that a person can have; the machine's is its own.
fn assignable() -> impl Iterator<Item = Role> {
    Role::ALL.into_iter().filter(|role| *role != Role::System)
}

/// Whether what comes from this address cannot be changed on the way: https,
/// or this machine.
pub(super) fn is_safe_address(address: &str) -> bool {
    let Ok(uri) = address.parse::<axum::http::Uri>() else {
        return false;
    };
    let Some(host) = uri.host().filter(|host| !host.is_empty()) else {
        return false;
    };
    if uri.query().is_some()
        || uri
            .authority()
            .is_some_and(|authority| authority.as_str().contains('@'))
    {
        return false;
    }
    match uri.scheme_str() {
        Some("https") => true,
        Some("http") => matches!(host, "localhost" | "127.0.0.1" | "[::1]"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_wrong_is_named_with_its_key() {
        let settings = IdentitySettings {
            issuer: "http://issuer.example".into(),
            audience: String::new(),
            clock_skew_seconds: 3600,
            claims: ClaimSettings {
                ward: String::new(),
                ..ClaimSettings::default()
            },
            roles: BTreeMap::from([("staff".into(), vec!["clerk".into(), "approver".into()])]),
            default_roles: vec!["system".into()],
            wards: BTreeMap::new(),
        };
        let keys: Vec<_> = settings
            .check()
            .unwrap_err()
            .into_iter()
            .map(|error| error.key)
            .collect();
        assert_eq!(
            keys,
            [
                "identity.issuer",
                "identity.audience",
                "identity.clock_skew_seconds",
                "identity.claims.ward",
                "identity.default_roles",
                "identity.roles.\"staff\"",
            ]
        );
    }

    #[test]
    fn keys_are_fetched_only_where_nobody_can_change_them_on_the_way() {
        assert!(is_safe_address("https://issuer.example/realms/city"));
        assert!(is_safe_address("http://127.0.0.1:3000"));
        assert!(is_safe_address("http://localhost:3000/x"));
        for wrong in [
            "http://issuer.example",
            "issuer.example",
            "",
            "ftp://a",
            "https://",
            "https://a?b=c",
            "http://localhost.example",
            "https://a@b/",
        ] {
            assert!(!is_safe_address(wrong), "{wrong}");
        }
    }
}
