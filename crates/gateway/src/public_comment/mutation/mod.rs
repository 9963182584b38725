//! Every command of the institution, as a mutation. Files follow the stages of
//! `domain::public_comment::decide`.

pub mod confirmation;
pub mod drafting;
pub mod intake;
pub mod material;
pub mod moderation;
mod payload;
pub mod result;
pub mod review;

use async_graphql::MergedObject;

pub use confirmation::ConfirmationMutation;
pub use drafting::DraftingMutation;
pub use intake::IntakeMutation;
pub(crate) use intake::{
    ReceiptInput, SubmissionRef, find, holds_receipt, sound_secret, submitter_pseudonym,
};
pub use material::MaterialMutation;
pub use moderation::ModerationMutation;
pub use result::ResultMutation;
pub use review::ReviewMutation;

/// All commands of public comment.
#[derive(MergedObject, Default)]
pub struct PublicCommentMutation(
    DraftingMutation,
    MaterialMutation,
    IntakeMutation,
    ConfirmationMutation,
    ReviewMutation,
    ResultMutation,
    ModerationMutation,
);
