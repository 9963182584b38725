//! Problems with files as such.

use std::path::{Path, PathBuf};

use crate::text::{Text, text};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FileProblem {
    Unreadable {
        path: PathBuf,
        detail: String,
    },
    Unwritable {
        path: PathBuf,
        detail: String,
    },
    Busy {
        folder: PathBuf,
    },
    Exists {
        path: PathBuf,
    },
    Malformed {
        path: PathBuf,
        expected: &'static str,
        detail: String,
    },
    OtherKind {
        path: PathBuf,
        expected: &'static str,
        found: String,
    },
    UnknownVersion {
        path: PathBuf,
        found: u32,
        known: u32,
    },
    OtherReferendum {
        path: PathBuf,
        expected: String,
        found: String,
    },
    OtherGroup {
        path: PathBuf,
    },
    Randomness {
        detail: String,
    },
}

impl FileProblem {
    pub(crate) fn unwritable(path: &Path, error: std::io::Error) -> Self {
        Self::Unwritable {
            path: path.into(),
            detail: error.to_string(),
        }
    }

    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "FILE_UNREADABLE",
            Self::Unwritable { .. } => "FILE_UNWRITABLE",
            Self::Busy { .. } => "FOLDER_BUSY",
            Self::Exists { .. } => "FILE_EXISTS",
            Self::Malformed { .. } => "FILE_MALFORMED",
            Self::OtherKind { .. } => "FILE_OF_ANOTHER_KIND",
            Self::UnknownVersion { .. } => "FILE_VERSION_UNKNOWN",
            Self::OtherReferendum { .. } => "FILE_OF_ANOTHER_REFERENDUM",
            Self::OtherGroup { .. } => "FILE_OF_ANOTHER_GROUP",
            Self::Randomness { .. } => "RANDOMNESS_UNAVAILABLE",
        }
    }

    pub(super) fn text(&self) -> Text {
        match self {
            Self::Unreadable { path, detail } => {
                let path = path.display();
                text!(
                    "{path} を読めません（{detail}）。ファイルの名前と場所を確かめてください。",
                    "{path} cannot be read ({detail}). Check its name and place."
                )
            }
            Self::Unwritable { path, detail } => {
                let path = path.display();
                text!(
                    "{path} に書けません（{detail}）。空き容量と書込みの権限を確かめ、同じ手順をもう一度行ってください。途中まで書かれたものは使われません。",
                    "{path} cannot be written ({detail}). Check free space and permissions, then repeat the step. Nothing half-written is used."
                )
            }
            Self::Busy { folder } => {
                let folder = folder.display();
                text!(
                    "{folder} では別の手順が実行中です。終わるのを待ってから、もう一度行ってください。",
                    "Another step is running in {folder}. Wait until it ends, then try again."
                )
            }
            Self::Exists { path } => {
                let path = path.display();
                text!(
                    "{path} はすでにあり、内容が違います。上書きしません。別の名前を指定するか、そのファイルを移してください。",
                    "{path} exists with other content and is not overwritten. Give another name, or move that file away."
                )
            }
            Self::Malformed {
                path,
                expected,
                detail,
            } => {
                let path = path.display();
                text!(
                    "{path} を {expected} として読めません（{detail}）。作った人からもう一度受け取ってください。",
                    "{path} cannot be read as {expected} ({detail}). Get it again from whoever made it."
                )
            }
            Self::OtherKind {
                path,
                expected,
                found,
            } => {
                let path = path.display();
                text!(
                    "{path} は {found} です。ここで必要なのは {expected} です。",
                    "{path} is a {found}; what is needed here is a {expected}."
                )
            }
            Self::UnknownVersion { path, found, known } => {
                let path = path.display();
                text!(
                    "{path} は第 {found} 版の形式です。このプログラムが読めるのは第 {known} 版です。全員が同じ版のプログラムを使ってください。",
                    "{path} has version {found} of its format; this program reads version {known}. Everybody must use the same version of the program."
                )
            }
            Self::OtherReferendum {
                path,
                expected,
                found,
            } => {
                let path = path.display();
                text!(
                    "{path} は別の住民投票（{found}）のものです。この住民投票は {expected} です。正しいファイルを指定してください。",
                    "{path} belongs to another referendum ({found}); this one is {expected}. Give the right file."
                )
            }
            Self::OtherGroup { path } => {
                let path = path.display();
                text!(
                    "{path} は別の暗号の群で作られています。この住民投票の下書きから作り直してください。",
                    "{path} was made for another cryptographic group. Make it again from this referendum's draft."
                )
            }
            Self::Randomness { detail } => text!(
                "乱数を得られません（{detail}）。この機械では秘密を作れません。別の機械を使ってください。",
                "The system gives no randomness ({detail}). Secrets cannot be made on this machine; use another one."
            ),
        }
    }
}
