//! The bytes of published files: they are there, and they are those whose
//! digest the log committed to.

use domain::{ids::FileId, public_comment::FileRef};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use transparency::Opening;

use super::{
    due::{Due, File},
    openings::Looked,
};
use crate::log::{Source, SourceError};

/// What the log commits to of a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Description {
    file: FileId,
    name: String,
    media_type: String,
    sha256: String,
    size: u64,
}

impl Description {
    /// How a published document differs from what is described here, and was
    /// put beside the draft.
    fn differs_from(&self, published: &FileRef, opening: &Opening) -> Option<&'static str> {
        let commitment = opening.commitment().to_string();
        [
            (self.file == published.file, "it names another file"),
            (self.name == published.name, "the name is another"),
            (
                essence(&self.media_type) == essence(&published.media_type),
                "the type is another",
            ),
            (self.size == published.size, "the size is another"),
            (
                commitment == published.digest.c,
                "the commitment is another",
            ),
        ]
        .into_iter()
        .find_map(|(same, difference)| (!same).then_some(difference))
    }
}

/// A media type without its parameters: a text is described without the charset
/// with which it is served.
fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or(media_type).trim()
}

/// Whether there are bytes of a file.
pub(super) fn is_there(source: &Source, due: &Due) -> Result<bool, SourceError> {
    match due.file {
        Some(_) => source.each_piece(&due.bytes_path(), 1, |_| ()),
        None => Ok(false),
    }
}

/// Checks the bytes of a file against its description, which is opened and the
/// one that was recorded. Says how many files it was: one, or none if it is a
/// text.
pub(super) fn check(
    source: &Source,
    due: &Due,
    opening: &Opening,
    looked: &mut Looked,
) -> Result<u64, SourceError> {
    let Some(file) = &due.file else {
        return Ok(0);
    };
    let position = due.text.position.0;
    let field = &due.text.field;
    let description: Description = match serde_json::from_slice(&opening.plaintext) {
        Ok(description) => description,
        Err(error) => {
            let message = format!(
                "What was recorded in {field} of event {position} describes no file: {error}."
            );
            looked.find("FILE_FORM", due, message);
            return Ok(1);
        }
    };
    let difference = match file {
        File::Document(published) => description.differs_from(published, opening),
        File::Attachment(file) => (description.file != *file).then_some("it names another file"),
    };
    if let Some(difference) = difference {
        let message = format!(
            "The file of {field} of event {position} is not the one that was published: \
             {difference}."
        );
        looked.find("FILE_DIFFERS", due, message);
    }
    let (mut hash, mut size) = (Sha256::new(), 0_u64);
    // One more, so that a longer file is not taken for its beginning.
    let most = description.size.saturating_add(1);
    let there = source.each_piece(&due.bytes_path(), most, |piece| {
        hash.update(piece);
        size += piece.len() as u64;
    })?;
    if !there {
        let message = format!(
            "The file of {field} of event {position} is published, but cannot be read, and no \
             event says that it was erased, hidden or taken down."
        );
        looked.find("FILE_MISSING", due, message);
    } else if size != description.size || hex::encode(hash.finalize()) != description.sha256 {
        let message = format!(
            "The bytes of the file of {field} of event {position} are not those that were \
             recorded."
        );
        looked.find("FILE_FALSE", due, message);
    }
    Ok(1)
}
