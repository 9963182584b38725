//! Every command of the institution, as a mutation. Files follow the stages of
//! `domain::public_comment::decide`.

mod drafting;
mod intake;
mod moderation;
mod payload;
mod result;
mod review;

use async_graphql::MergedObject;

pub use drafting::DraftingMutation;
pub use intake::IntakeMutation;
pub(crate) use intake::{ReceiptInput, holds_receipt};
pub use moderation::ModerationMutation;
pub use result::ResultMutation;
pub use review::ReviewMutation;

/// All commands of public comment.
#[derive(MergedObject, Default)]
pub struct PublicCommentMutation(
    DraftingMutation,
    IntakeMutation,
    ReviewMutation,
    ResultMutation,
    ModerationMutation,
);
