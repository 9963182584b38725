//! The draft of a referendum: everything that is fixed before keys and credentials are made.

use std::path::{Path, PathBuf};

use ballot::group::GroupName;
use ballot::question::Question;
use serde::{Deserialize, Serialize};

use crate::document::{self, Document};
use crate::files;
use crate::problem::{FileProblem, Problem, StepProblem};

/// What `create` writes and everybody else reads. It is public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Draft {
    pub(crate) uuid: String,
    pub(crate) group: Group,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) questions: Vec<Question>,
    pub(crate) language: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) administrator: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) credential_authority: Option<String>,
    /// When votes can be cast, as the polling card says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) polling: Option<String>,
    /// The page on which votes are cast; the QR code leads there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) voting_page: Option<String>,
    pub(crate) trustees: TrusteePlan,
}

/// The group, as files spell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Group {
    Ed25519,
    #[serde(rename = "BELENIOS-2048")]
    Belenios2048,
}

impl From<Group> for GroupName {
    fn from(group: Group) -> Self {
        match group {
            Group::Ed25519 => Self::Ed25519,
            Group::Belenios2048 => Self::Belenios2048,
        }
    }
}

/// Who will hold the parts of the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrusteePlan {
    /// Each of them is indispensable.
    #[serde(default)]
    pub(crate) single: Vec<String>,
    /// Of these, some suffice.
    #[serde(default)]
    pub(crate) members: Vec<String>,
    /// How many of the members suffice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) threshold: Option<usize>,
}

impl TrusteePlan {
    /// The names in the order of the trustees' numbers.
    pub(crate) fn names(&self) -> impl Iterator<Item = &String> {
        self.single.iter().chain(&self.members)
    }
}

impl Document for Draft {
    const FORMAT: &'static str = "hiroba-referendum";
}

const FILE: &str = "referendum.json";

impl Draft {
    /// Where the draft stands in a referendum's folder.
    pub(crate) fn path(folder: &Path) -> PathBuf {
        folder.join(FILE)
    }

    /// The draft of a referendum's folder.
    pub(crate) fn in_folder(folder: &Path) -> Result<Self, Problem> {
        let path = Self::path(folder);
        if !path.exists() {
            return Err(StepProblem::NoDraft {
                folder: folder.into(),
            }
            .into());
        }
        Ok(document::read(&path)?)
    }

    /// The referendum's archive in its folder.
    pub(crate) fn archive(&self, folder: &Path) -> PathBuf {
        folder.join(format!("{}.bel", self.uuid))
    }

    pub(crate) fn group(&self) -> GroupName {
        self.group.into()
    }

    /// Whether a file belongs to this referendum.
    pub(crate) fn owns(&self, path: &Path, uuid: &str) -> Result<(), FileProblem> {
        if uuid == self.uuid {
            return Ok(());
        }
        Err(FileProblem::OtherReferendum {
            path: path.into(),
            expected: self.uuid.clone(),
            found: uuid.to_owned(),
        })
    }

    /// What people compare to know that they work on the same draft.
    pub(crate) fn fingerprint(&self) -> String {
        ballot::hash::Hash::of(&document::write(self)).to_base64()
    }
}

/// Reads text that a person wrote: UTF-8 with or without a mark at the beginning.
pub(crate) fn read_text(path: &Path) -> Result<String, FileProblem> {
    let bytes = files::read(path)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let text = str::from_utf8(bytes).map_err(|error| FileProblem::Malformed {
        path: path.into(),
        expected: "UTF-8",
        detail: error.to_string(),
    })?;
    Ok(text.to_owned())
}
