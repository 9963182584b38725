//! From the claims of a token that is believed to roles and a ward.

use domain::Role;
use serde_json::Value;

use super::{Identity, settings::Mapping, token::Claims};

impl Mapping {
    /// Who the claims speak of. Values that are not in the mapping give
    /// nothing.
    pub(super) fn identity(&self, claims: &Claims) -> Identity {
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        let granted = texts(claims.get(&self.claims.roles))
            .filter_map(|value| self.roles.get(value))
            .flatten();
        let mut roles: Vec<Role> = self.default_roles.iter().chain(granted).copied().collect();
        roles.sort_unstable();
        roles.dedup();
        let ward = text(&self.claims.ward).and_then(|value| {
            if self.wards.is_empty() {
                Some(value.to_owned())
            } else {
                self.wards.get(value).cloned()
            }
        });
        Identity {
            issuer: claims.iss.clone(),
            subject: claims.sub.clone(),
            roles,
            ward,
            name: text(&self.claims.name).map(ToOwned::to_owned),
            valid_until: claims.end(),
        }
    }
}

/// The texts of a claim that is a list of texts, or one text.
fn texts(value: Option<&Value>) -> impl Iterator<Item = &str> {
    let (one, several) = match value {
        Some(Value::Array(values)) => (None, values.as_slice()),
        Some(value) => (Some(value), [].as_slice()),
        None => (None, [].as_slice()),
    };
    one.into_iter().chain(several).filter_map(Value::as_str)
}
