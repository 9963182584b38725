//! Problems with the order of steps and with the archive.

use std::path::PathBuf;

use ballot::archive::Stage;

use crate::text::{Text, text};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StepProblem {
    /// No draft in the folder.
    NoDraft { folder: PathBuf },
    /// Another draft is already there.
    OtherDraft { folder: PathBuf },
    /// Voting has not been opened.
    NotOpen,
    /// The archive was opened with other keys or credentials.
    OpenedOtherwise { path: PathBuf },
    /// The step does not fit the stage.
    WrongOrder { stage: Stage },
    /// The archive is not what it should be.
    ArchiveInvalid {
        path: PathBuf,
        findings: Vec<String>,
    },
    /// The public credentials cannot be used.
    CredentialsInvalid { path: PathBuf, detail: String },
    /// Nobody could vote.
    NoCredentials { path: PathBuf },
    /// The election record that would be written is not valid.
    ElectionInvalid { detail: String },
    /// The folder is no folder of this program.
    UnknownFolder { folder: PathBuf },
    /// The tally opens to no count.
    NoResult { detail: String },
}

impl StepProblem {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::NoDraft { .. } => "REFERENDUM_MISSING",
            Self::OtherDraft { .. } => "REFERENDUM_EXISTS",
            Self::NotOpen => "NOT_OPEN",
            Self::OpenedOtherwise { .. } => "OPENED_OTHERWISE",
            Self::WrongOrder { .. } => "WRONG_ORDER",
            Self::ArchiveInvalid { .. } => "ARCHIVE_INVALID",
            Self::CredentialsInvalid { .. } => "CREDENTIALS_INVALID",
            Self::NoCredentials { .. } => "CREDENTIALS_EMPTY",
            Self::ElectionInvalid { .. } => "ELECTION_INVALID",
            Self::UnknownFolder { .. } => "FOLDER_UNKNOWN",
            Self::NoResult { .. } => "RESULT_OUT_OF_RANGE",
        }
    }

    pub(super) fn text(&self) -> Text {
        match self {
            Self::NoDraft { folder } => {
                let folder = folder.display();
                text!(
                    "{folder} に住民投票の下書きがありません。先に `hiroba referendum create` を行ってください。",
                    "{folder} holds no draft of a referendum. First run `hiroba referendum create`."
                )
            }
            Self::OtherDraft { folder } => {
                let folder = folder.display();
                text!(
                    "{folder} には別の内容の下書きがすでにあります。定義を変えるなら新しいフォルダーで始めてください。配った鍵や券は新しい下書きでは使えません。",
                    "{folder} already holds another draft. To change the definition, begin in a new folder; keys and cards made for the old draft cannot be used with the new one."
                )
            }
            Self::NotOpen => text!(
                "まだ投票が開始されていません。先に `hiroba referendum open` を行ってください。",
                "Voting has not been opened. First run `hiroba referendum open`."
            ),
            Self::OpenedOtherwise { path } => {
                let path = path.display();
                text!(
                    "投票はすでに、別の鍵か別の公開符号で開始されています（{path}）。開始後に変えることはできません。",
                    "Voting was opened with other keys or credentials ({path}). They cannot be changed after opening."
                )
            }
            Self::WrongOrder { stage } => match stage {
                Stage::Empty => Self::NotOpen.text(),
                Stage::Voting => text!(
                    "投票がまだ続いています。先に `hiroba referendum close` で締め切ってください。",
                    "Voting is still going on. First end it with `hiroba referendum close`."
                ),
                Stage::Ended => text!(
                    "投票は締め切られ、まだ集計されていません。次は `hiroba referendum tally` です。",
                    "Voting has ended and nothing has been tallied yet. Next is `hiroba referendum tally`."
                ),
                Stage::Tallied | Stage::Decrypting => text!(
                    "すでに集計されています。次は各保管者の `hiroba referendum trustee decrypt` と `hiroba referendum result` です。",
                    "The tally stands. Next are `hiroba referendum trustee decrypt` by the trustees and `hiroba referendum result`."
                ),
                Stage::Finished => text!(
                    "結果がすでに確定しています。これ以上加えることはできません。",
                    "The result stands. Nothing more can be added."
                ),
            },
            Self::ArchiveInvalid { path, findings } => {
                let (path, findings) = (path.display(), findings.join("\n  "));
                text!(
                    "{path} は正しい投票記録ではありません。書き換えられたか壊れています。控えの写しと比べ、何が起きたか調べるまで先へ進まないでください。\n  {findings}",
                    "{path} is not a valid archive: it was changed or damaged. Compare it with a copy, and do not go on until you know what happened.\n  {findings}"
                )
            }
            Self::CredentialsInvalid { path, detail } => {
                let path = path.display();
                text!(
                    "{path} は公開符号の一覧として使えません（{detail}）。`hiroba referendum credentials` が作ったファイルを受け取り直してください。",
                    "{path} cannot be used as the list of public credentials ({detail}). Get again the file that `hiroba referendum credentials` made."
                )
            }
            Self::NoCredentials { path } => {
                let path = path.display();
                text!(
                    "{path} に公開符号が一つもありません。",
                    "{path} lists no public credentials."
                )
            }
            Self::ElectionInvalid { detail } => text!(
                "この下書きから選挙の記録を作れません（{detail}）。下書きを作り直してください。",
                "No election record can be made of this draft ({detail}). Make the draft again."
            ),
            Self::UnknownFolder { folder } => {
                let folder = folder.display();
                text!(
                    "{folder} は住民投票、投票符号、鍵の保管者のどのフォルダーでもありません。",
                    "{folder} is no folder of a referendum, of credentials or of a trustee."
                )
            }
            Self::NoResult { detail } => text!(
                "復号した集計が票数になりません（{detail}）。投票記録を検証してください。",
                "The decrypted tally is no count ({detail}). Verify the archive."
            ),
        }
    }
}

impl StepProblem {
    /// The archive with what was found, cut to what a person reads.
    pub(crate) fn invalid<T: std::fmt::Display>(
        path: &std::path::Path,
        findings: impl IntoIterator<Item = T>,
    ) -> Self {
        const READ: usize = 20;
        let findings = findings
            .into_iter()
            .take(READ)
            .map(|finding| finding.to_string());
        Self::ArchiveInvalid {
            path: path.into(),
            findings: findings.collect(),
        }
    }
}
