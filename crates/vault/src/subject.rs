//! To whom a sealed text belongs.

use std::{fmt, str::FromStr, sync::Arc};

/// To whom a sealed text belongs, and with whose key it goes: a person's
/// pseudonym of one case (`subject_…`), or a case whose drafts are under
/// embargo and belong to no person (`case_…`).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject(Arc<str>);

/// Text that names no subject.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a subject is written <noun>_<26 digits and capital letters>, at most 64 bytes: {0:?}")]
pub struct SubjectError(String);

impl Subject {
    /// The longest text of a subject.
    pub const MAX_LEN: usize = 64;
    const ULID_LEN: usize = 26;

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Subject {
    type Err = SubjectError;

    fn from_str(text: &str) -> Result<Self, SubjectError> {
        let refuse = || SubjectError(text.chars().take(80).collect());
        let (noun, id) = text.rsplit_once('_').ok_or_else(refuse)?;
        let noun_holds = !noun.is_empty()
            && noun
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        let id_holds = id.len() == Self::ULID_LEN
            && id
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
        if noun_holds && id_holds && text.len() <= Self::MAX_LEN {
            Ok(Self(text.into()))
        } else {
            Err(refuse())
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ids_are_subjects() {
        let subject: Subject = "subject_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap();
        assert_eq!(subject.to_string(), "subject_01ARZ3NDEKTSV4RRFFQ69G5FAV");
        for wrong in [
            "",
            "subject",
            "_01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "subject_01ARZ3NDEKTSV4RRFFQ69G5FA",
            "subject_01arz3ndektsv4rrffq69g5fav",
            "Subject_01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "山田_01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "subject_01ARZ3NDEKTSV4RRFFQ69G5FAV\n",
        ] {
            assert!(wrong.parse::<Subject>().is_err(), "{wrong:?}");
        }
    }
}
