//! Names of streams.

use std::{borrow::Borrow, fmt, str::FromStr, sync::Arc};

/// The name of a stream: `institution/id`, printable ASCII, 3 to 200 bytes.
///
/// Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamName(Arc<str>);

/// Why a text is not the name of a stream.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a stream (institution/id in printable ASCII, at most 200 bytes): {0:?}")]
pub struct StreamNameError(String);

impl StreamName {
    /// The longest name, in bytes.
    pub const LONGEST: usize = 200;

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the slash.
    pub fn institution(&self) -> &str {
        self.0.split('/').next().unwrap_or_default()
    }
}

impl FromStr for StreamName {
    type Err = StreamNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let well_formed = text.len() <= Self::LONGEST
            && text.bytes().all(|byte| byte.is_ascii_graphic())
            && text.split_once('/').is_some_and(|(institution, id)| {
                !institution.is_empty() && !id.is_empty() && !id.contains('/')
            });
        if well_formed {
            Ok(Self(text.into()))
        } else {
            Err(StreamNameError(text.to_owned()))
        }
    }
}

impl Borrow<str> for StreamName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_an_institution_and_an_id() {
        assert_eq!(
            "public_comment/case_1"
                .parse::<StreamName>()
                .unwrap()
                .institution(),
            "public_comment"
        );
        for bad in [
            "",
            "/",
            "a",
            "a/",
            "/b",
            "a/b/c",
            "a/b c",
            "a/区",
            &"a/".repeat(150),
        ] {
            assert!(bad.parse::<StreamName>().is_err(), "{bad:?} was taken");
        }
    }
}
