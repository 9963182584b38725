//! Documents beside a draft: attached to it, added to the call, corrected.

use async_graphql::{Context, ID, InputObject, Object};
use domain::{
    Bilingual, Sealed,
    ids::{CaseId, FileId, MaterialId},
    public_comment::{Command, FileRef, PublishedMaterial},
};
use read_models::{field, public_comment::Case};

use super::payload::{ask, case_results};
use crate::{
    context::Ask,
    files::{self, SealedFile},
    http::ApiError,
    node::BilingualInput,
    scalars::{CommandUlid, parse_id},
    texts::Seals,
};

/// Puts a document beside a draft.
#[derive(InputObject)]
pub struct AttachMaterialInput {
    /// Made by the client, once for this document.
    pub command_id: CommandUlid,
    /// The case.
    pub case: ID,
    /// The document that this is a new version of. None for a new one: its id
    /// is then `material_` and the command id.
    pub material: Option<ID>,
    /// Its title.
    pub title: BilingualInput,
    /// Its file, uploaded for the case.
    pub file: ID,
    /// The name under which the file is saved; its ending fits the content.
    pub file_name: String,
}

/// Puts a document beside a published draft.
#[derive(InputObject)]
pub struct AddMaterialInput {
    /// Made by the client, once for this document; its id is `material_` and
    /// the command id.
    pub command_id: CommandUlid,
    /// The case.
    pub case: ID,
    /// Its title.
    pub title: BilingualInput,
    /// Its file, uploaded for the case.
    pub file: ID,
    /// The name under which the file is saved; its ending fits the content.
    pub file_name: String,
}

/// Corrects a published document.
#[derive(InputObject)]
pub struct CorrectMaterialInput {
    /// Made by the client, once for this correction.
    pub command_id: CommandUlid,
    /// The case.
    pub case: ID,
    /// The document.
    pub material: ID,
    /// Its title.
    pub title: BilingualInput,
    /// Its corrected file, uploaded for the case.
    pub file: ID,
    /// The name under which the file is saved; its ending fits the content.
    pub file_name: String,
    /// What was corrected; published.
    pub note: String,
    /// Whether it changes what one would comment on. Then the shortest period
    /// begins anew.
    pub substantive: bool,
}

case_results! {
    AttachMaterialPayload, AttachMaterialResult: "A document lies beside the draft.";
    AddMaterialPayload, AddMaterialResult: "A document was added to the published draft.";
    CorrectMaterialPayload, CorrectMaterialResult: "A published document was corrected.";
}

/// Documents beside a draft.
#[derive(Default)]
pub struct MaterialMutation;

/// Documents beside a draft.
#[Object]
impl MaterialMutation {
    /// Puts a document beside a draft, or a new version of one, before its
    /// publication. For bureau officers. Nobody else sees it until then.
    async fn attach_material(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The document.")] input: AttachMaterialInput,
    ) -> Result<AttachMaterialResult, ApiError> {
        let (actor, _) = ctx.viewer().officer().await?;
        let case: CaseId = parse_id(&input.case)?;
        let file_id: FileId = parse_id(&input.file)?;
        let material = match &input.material {
            Some(material) => parse_id(material)?,
            None => MaterialId(input.command_id.0),
        };
        let title = Bilingual::from(input.title);
        if title.ja.trim().is_empty() {
            return Err(ApiError::bad_input(
                "資料の題名を入力してください",
                "a document needs a title",
            ));
        }
        let found = find(ctx, case, file_id, &input.file_name).await?;
        let owner = case.to_string();
        let mut seals = Seals::for_event(ctx.desk(), input.command_id.0, 0);
        let title = serde_json::to_vec(&title).map_err(ApiError::internal)?;
        let title = seals.seal(&owner, field::TITLE, &title).await?;
        let file = match found {
            Found::Uploaded(file) => {
                let json = serde_json::to_vec(&file).map_err(ApiError::internal)?;
                seals.seal(&owner, field::FILE, &json).await?
            }
            // Published since: this is a retry, or refused by the stage.
            Found::Published(file) => file.digest,
        };
        let command = Command::AttachMaterial {
            material,
            title,
            file,
            file_id,
        };
        let envelopes = seals.envelope()?;
        Ok(
            ask(ctx, input.command_id.0, case, actor, command, envelopes)
                .await?
                .into(),
        )
    }

    /// Puts a document beside a published draft, until the deadline. For bureau
    /// officers. It is public at once.
    async fn add_material(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The document.")] input: AddMaterialInput,
    ) -> Result<AddMaterialResult, ApiError> {
        let (actor, _) = ctx.viewer().officer().await?;
        let case: CaseId = parse_id(&input.case)?;
        let file_id: FileId = parse_id(&input.file)?;
        let found = find(ctx, case, file_id, &input.file_name).await?;
        let (file, envelopes) = published(ctx, input.command_id, case, found).await?;
        let command = Command::AddMaterial {
            material: MaterialId(input.command_id.0),
            title: input.title.into(),
            file,
        };
        let outcome = ask(ctx, input.command_id.0, case, actor, command, envelopes).await?;
        if outcome.is_ok() {
            files::publish(ctx.desk(), vec![file_id]).await;
        }
        Ok(outcome.into())
    }

    /// Corrects a published document, until the deadline. For bureau officers.
    /// The earlier version stays public beside the correction.
    async fn correct_material(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The correction.")] input: CorrectMaterialInput,
    ) -> Result<CorrectMaterialResult, ApiError> {
        let (actor, _) = ctx.viewer().officer().await?;
        let case: CaseId = parse_id(&input.case)?;
        let file_id: FileId = parse_id(&input.file)?;
        let found = find(ctx, case, file_id, &input.file_name).await?;
        let (file, envelopes) = published(ctx, input.command_id, case, found).await?;
        let command = Command::CorrectMaterial {
            material: parse_id(&input.material)?,
            title: input.title.into(),
            file,
            note: input.note,
            substantive: input.substantive,
        };
        let outcome = ask(ctx, input.command_id.0, case, actor, command, envelopes).await?;
        if outcome.is_ok() {
            files::publish(ctx.desk(), vec![file_id]).await;
        }
        Ok(outcome.into())
    }
}

/// The file that a mutation names.
enum Found {
    /// Uploaded for the case, and sealed.
    Uploaded(SealedFile),
    /// Published already: the mutation may be asked again.
    Published(FileRef),
}

async fn find(
    ctx: &Context<'_>,
    case: CaseId,
    file: FileId,
    name: &str,
) -> Result<Found, ApiError> {
    let city = ctx.desk().city();
    let view = city.public_comment.get(case).ok_or(ApiError::NotFound)?;
    let mut versions = view.materials.values().flatten();
    let known = versions.find(|version| version.published.file.file == file);
    match known {
        Some(version) => Ok(Found::Published(version.published.file.clone())),
        None => files::case_file(ctx.desk(), file, case, name)
            .await
            .map(Found::Uploaded),
    }
}

/// The file as it is published in the first event of a command. What the log
/// commits to is sealed as well, so that the commitment can be opened.
async fn published(
    ctx: &Context<'_>,
    command: CommandUlid,
    case: CaseId,
    found: Found,
) -> Result<(FileRef, Vec<(u16, bytes::Bytes)>), ApiError> {
    let file = match found {
        Found::Published(file) => return Ok((file, Vec::new())),
        Found::Uploaded(file) => file,
    };
    let json = serde_json::to_vec(&file).map_err(ApiError::internal)?;
    let mut seals = Seals::for_event(ctx.desk(), command.0, 0);
    let owner = case.to_string();
    let digest = seals.seal(&owner, field::FILE_DIGEST, &json).await?;
    Ok((reference(file, digest), seals.envelope()?))
}

fn reference(file: SealedFile, digest: Sealed) -> FileRef {
    FileRef {
        file: file.file,
        name: file.name,
        media_type: file.media_type.as_str().to_owned(),
        size: file.size,
        digest,
    }
}

/// The documents beside a draft, opened: all that were attached, in their last
/// versions. What the log committed to when they were attached is what is
/// published of them.
pub(super) async fn attached(
    ctx: &Context<'_>,
    case: &Case,
) -> Result<Vec<PublishedMaterial>, ApiError> {
    let mut materials = Vec::with_capacity(case.attached.len());
    for (id, versions) in &case.attached {
        let Some(newest) = versions.last() else {
            continue;
        };
        let title = ctx.desk().open_json(&newest.title).await?;
        let opening = ctx.desk().open(&newest.file).await?;
        let (Some(title), Some(opening)) = (title, opening) else {
            continue;
        };
        let file = serde_json::from_slice(&opening.plaintext).map_err(ApiError::internal)?;
        let digest = Sealed::new(opening.commitment().to_string());
        materials.push(PublishedMaterial {
            material: *id,
            version: newest.version,
            title,
            file: reference(file, digest),
        });
    }
    Ok(materials)
}
