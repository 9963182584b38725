//! A trustee's folder: the draft, the secret, and what was made of them.

use std::path::{Path, PathBuf};

use ballot::group::Group;
use ballot::trustee::{TrusteeKey, TrusteeSeed};
use serde::{Deserialize, Serialize};

use crate::document::{self, Document};
use crate::draft::Draft;
use crate::environment::Session;
use crate::files::{Lock, Readers};
use crate::problem::{FileProblem, Problem, Problems, TrusteeProblem};
use crate::secret::Secret;
use crate::text::{Text, text};

/// What the trustee keeps to themselves.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Holder {
    pub(crate) uuid: String,
    pub(crate) name: String,
    /// A member's seed, from the first step on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) seed: Option<Secret>,
    /// The key that decrypts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) key: Option<Secret>,
}

impl Document for Holder {
    const FORMAT: &'static str = "hiroba-trustee-secret";
}

impl Holder {
    /// Where the secret lies in a trustee's folder.
    pub(crate) fn path(folder: &Path) -> PathBuf {
        folder.join("trustee-secret.json")
    }

    pub(super) fn seed(&self) -> Result<TrusteeSeed, TrusteeProblem> {
        let seed = self.seed.as_ref().ok_or(TrusteeProblem::NotYet {
            step: "certificate",
        })?;
        let malformed = |error| TrusteeProblem::Ceremony {
            error,
            member: Some(self.name.clone()),
        };
        seed.expose().parse().map_err(malformed)
    }

    pub(super) fn key<G: Group>(&self, folder: &Path) -> Result<TrusteeKey<G>, Problem> {
        let step = if self.seed.is_some() {
            "receive"
        } else {
            "key"
        };
        let key = self.key.as_ref().ok_or(TrusteeProblem::NotYet { step })?;
        let malformed = || FileProblem::Malformed {
            path: Self::path(folder),
            expected: Self::FORMAT,
            detail: "key".to_owned(),
        };
        Ok(TrusteeKey::from_file(key.expose()).ok_or_else(malformed)?)
    }

    pub(super) fn save(&self, folder: &Path, session: &mut Session<'_, '_>) -> Result<(), Problem> {
        let bytes = document::write(self);
        Ok(session
            .environment
            .files
            .write(&Self::path(folder), &bytes, Readers::Owner)?)
    }
}

/// A trustee's folder, locked.
pub(super) struct Entered {
    pub(super) draft: Draft,
    pub(super) holder: Option<Holder>,
    _lock: Lock,
}

/// Enters a folder for the first time or again: the draft is copied into it.
pub(super) fn begin(
    draft: &Path,
    name: &str,
    folder: &Path,
    session: &mut Session<'_, '_>,
) -> Result<Entered, Problems> {
    let draft: Draft = document::read(draft)?;
    let files = &mut session.environment.files;
    let lock = files.enter_new(folder, Readers::Owner)?;
    let holder: Option<Holder> = document::read_if_there(&Holder::path(folder))?;
    if let Some(holder) = &holder {
        draft.owns(&Holder::path(folder), &holder.uuid)?;
        if holder.name != name {
            let (folder, owner) = (folder.into(), holder.name.clone());
            return Err(TrusteeProblem::OtherTrustee { folder, owner }.into());
        }
    }
    let copy = Draft::path(folder);
    if document::read_if_there::<Draft>(&copy)?.is_some_and(|old| old != draft) {
        return Err(FileProblem::Exists { path: copy }.into());
    }
    files.write(&copy, &document::write(&draft), Readers::Everybody)?;
    Ok(Entered {
        draft,
        holder,
        _lock: lock,
    })
}

/// Enters a folder in which a trustee has begun.
pub(super) fn go_on(
    folder: &Path,
    step: &'static str,
    session: &mut Session<'_, '_>,
) -> Result<(Draft, Holder, Lock), Problems> {
    let path = Holder::path(folder);
    if !path.exists() {
        return Err(TrusteeProblem::NotYet { step }.into());
    }
    let lock = session.environment.files.enter(folder)?;
    let holder: Holder = document::read(&path)?;
    let draft = Draft::in_folder(folder)?;
    draft.owns(&path, &holder.uuid)?;
    Ok((draft, holder, lock))
}

/// How far a trustee has come, and what is next.
pub(crate) fn state(folder: &Path, holder: &Holder) -> (Text, Text, &'static str) {
    let there = |name: &str| folder.join(name).exists();
    let made = |kind: &str| {
        (1..=crate::draft::Draft::in_folder(folder).map_or(0, |draft| draft.trustees.members.len()))
            .any(|member| there(&super::message_file(kind, member)))
    };
    match (&holder.seed, &holder.key) {
        _ if there("decrypted-tally.json") => (
            text!("集計を復号しました。", "The tally is decrypted."),
            text!(
                "復号のファイルを選挙管理委員会に渡します。",
                "Hand over the partial decryption."
            ),
            "decrypted",
        ),
        (_, Some(_)) => (
            text!("鍵ができています。", "The key stands."),
            text!(
                "公開部分を渡し、締切の後に `trustee decrypt`。",
                "Hand over the public part; after the tally, `trustee decrypt`."
            ),
            "key",
        ),
        (Some(_), None) if made("deal") => (
            text!("配布を作りました。", "The deal is made."),
            text!(
                "全員の配布を集めて `trustee receive`。",
                "With everybody's deals, `trustee receive`."
            ),
            "deal",
        ),
        (Some(_), None) if there("certificates.json") => (
            text!(
                "全員の証明を集めました。",
                "All certificates are collected."
            ),
            text!(
                "照合値を読み合わせて `trustee deal`。",
                "Compare the fingerprint aloud, then `trustee deal`."
            ),
            "compare",
        ),
        (Some(_), None) => (
            text!("証明を作りました。", "The certificate is made."),
            text!(
                "全員の証明を集めて `trustee compare`。",
                "With everybody's certificates, `trustee compare`."
            ),
            "certificate",
        ),
        (None, None) => (
            text!("まだ何もありません。", "Nothing is there yet."),
            text!(
                "`trustee key` か `trustee certificate`。",
                "`trustee key` or `trustee certificate`."
            ),
            "nothing",
        ),
    }
}
