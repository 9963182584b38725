//! Digests of the views, for whoever folds them again.

use std::{collections::BTreeMap, fmt};

use domain::canonical;
use event_store::LogSize;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::City;

/// The digest of a view: SHA-256 over its rows as canonical JSON, each followed
/// by a line feed, in the order of their keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest(pub [u8; 32]);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The digests of all views, as they are published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Digests {
    /// How many events were folded.
    pub size: LogSize,
    /// By the name of the view, in hex.
    pub digests: BTreeMap<String, String>,
}

impl Digests {
    /// Those of a city.
    pub fn of(city: &City) -> Self {
        let digests = city.digests().into_iter();
        Self {
            size: city.size,
            digests: digests
                .map(|(name, digest)| (name.to_owned(), digest.to_string()))
                .collect(),
        }
    }
}

/// Digests rows that come in the order of their keys.
pub(crate) fn digest<T: Serialize>(rows: impl IntoIterator<Item = T>) -> Digest {
    let mut hasher = Sha256::new();
    for row in rows {
        // Rows are made of texts, whole numbers and lists; a row without a
        // canonical form would be a view with a float in it, and then no
        // digest of it may equal any other.
        let bytes = serde_json::to_value(row)
            .ok()
            .and_then(|row| canonical::to_bytes(&row).ok())
            .unwrap_or_else(|| b"no canonical form".to_vec());
        hasher.update(bytes);
        hasher.update(b"\n");
    }
    Digest(hasher.finalize().into())
}

impl City {
    /// The digests of all views, by name.
    pub fn digests(&self) -> Vec<(&'static str, Digest)> {
        vec![
            ("log", digest(self.log.rows())),
            ("ordinance", digest(self.ordinances.rows())),
            ("personal_data", digest(self.personal_data.rows())),
            (
                "public_comment.cases",
                digest(self.public_comment.case_rows()),
            ),
            (
                "public_comment.items",
                digest(self.public_comment.item_rows()),
            ),
            (
                "public_comment.submissions",
                digest(self.public_comment.submission_rows()),
            ),
        ]
    }
}
