//! A file as a command names it.

use domain::ids::FileId;
use serde::{Deserialize, Serialize};
use vault::files::{FileDescription, MediaType};

use super::{answer::NotServed, name::attachment_name, vault_id, with_files};
use crate::{desk::Desk, http::ApiError};

/// What the log commits to of a file. Once the file is published, its opening
/// shows that the bytes are those that were committed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SealedFile {
    /// Its id.
    pub(crate) file: FileId,
    /// Its name.
    pub(crate) name: String,
    /// Its type, by its content.
    pub(crate) media_type: MediaType,
    /// SHA-256 of its bytes, in lower-case hexadecimal.
    pub(crate) sha256: String,
    /// Its size in bytes.
    pub(crate) size: u64,
}

/// An uploaded file that belongs to this subject.
async fn uploaded(desk: &Desk, file: FileId, owner: String) -> Result<FileDescription, NotServed> {
    let id = vault_id(&file.to_string())?;
    with_files(desk, move |files| {
        let described = files.describe(&id)?;
        // Somebody else's file is none.
        if files.owner(&id)?.as_str() == owner {
            Ok(described)
        } else {
            Err(vault::files::FileError::NotFound(id))
        }
    })
    .await
}

/// A document that was uploaded for a case.
pub(crate) async fn case_file(
    desk: &Desk,
    file: FileId,
    case: domain::ids::CaseId,
    name: &str,
) -> Result<SealedFile, ApiError> {
    let described = uploaded(desk, file, case.to_string()).await;
    let described = described.map_err(NotServed::into_api_error)?;
    Ok(SealedFile {
        file,
        name: super::file_name(name, described.media_type)?,
        media_type: described.media_type,
        sha256: described.sha256,
        size: described.size,
    })
}

/// An attachment that was uploaded by a submitter, for its place in an opinion.
pub(crate) async fn attached_file(
    desk: &Desk,
    file: FileId,
    subject: domain::ids::SubjectId,
    index: usize,
) -> Result<SealedFile, ApiError> {
    let described = uploaded(desk, file, subject.to_string()).await;
    let described = described.map_err(NotServed::into_api_error)?;
    Ok(SealedFile {
        file,
        name: attachment_name(index, described.media_type),
        media_type: described.media_type,
        sha256: described.sha256,
        size: described.size,
    })
}
