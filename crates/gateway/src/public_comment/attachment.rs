//! A file that came with an opinion, as clients see it.

use async_graphql::{Context, ID, Object};
use domain::ids::FileId;
use read_models::{TextRef, public_comment as view};
use tokio::sync::OnceCell;

use crate::{context::Ask, files::SealedFile, gate::Files, http::ApiError};

/// A file that came with an opinion.
pub struct Attachment {
    file: FileId,
    /// None as long as whoever asks may only know that it is there.
    description: Option<TextRef>,
    /// Opened when it is asked for first; none if it was erased.
    opened: OnceCell<Option<SealedFile>>,
}

impl Attachment {
    /// What is attached to the newest text of a submission, as far as the gate
    /// lets the viewer know of it.
    pub(crate) fn all_of(submission: &view::Submission, files: Files) -> Vec<Self> {
        if files == Files::Shut {
            return Vec::new();
        }
        let newest = submission.text().into_iter();
        newest
            .flat_map(|text| &text.attachments)
            .map(|(file, description)| Self {
                file: *file,
                description: (files == Files::Open).then(|| description.clone()),
                opened: OnceCell::new(),
            })
            .collect()
    }

    async fn described(&self, ctx: &Context<'_>) -> Result<Option<&SealedFile>, ApiError> {
        let Some(description) = &self.description else {
            return Ok(None);
        };
        let open = || ctx.desk().open_json(description);
        Ok(self.opened.get_or_try_init(open).await?.as_ref())
    }
}

/// A file that came with an opinion.
#[Object]
impl Attachment {
    /// Its id.
    async fn id(&self) -> ID {
        self.file.to_string().into()
    }

    /// Where it is served to whoever may read it.
    async fn path(&self) -> String {
        format!("/files/{}", self.file)
    }

    /// The name under which it is saved; its ending fits the content. None if
    /// the file was erased, and for an officer who has not put on record yet
    /// that they open it.
    async fn file_name(&self, ctx: &Context<'_>) -> Result<Option<&str>, ApiError> {
        let described = self.described(ctx).await?;
        Ok(described.map(|file| file.name.as_str()))
    }

    /// Its media type, found by content; none where there is no name.
    async fn media_type(&self, ctx: &Context<'_>) -> Result<Option<&str>, ApiError> {
        let described = self.described(ctx).await?;
        Ok(described.map(|file| file.media_type.as_str()))
    }

    /// Its length in bytes; none where there is no name.
    async fn size(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        let described = self.described(ctx).await?;
        Ok(described.map(|file| file.size.to_string()))
    }
}
