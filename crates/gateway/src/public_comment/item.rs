//! Items (件), groups and answers, as clients see them.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use read_models::public_comment as view;

use super::{case::PublicCommentCase, submission::Submission, text::GuardedText, words::TextState};
use crate::{
    context::Ask,
    gate::{self, ItemText, Reading, Shut},
    http::ApiError,
    scalars::DateTime,
};

/// An opinion item (意見, 件).
#[derive(Clone)]
pub struct Item {
    pub(crate) case: PublicCommentCase,
    pub(crate) view: Arc<view::Item>,
}

/// Items of the same purpose that share an answer.
#[derive(Clone)]
pub struct ItemGroup {
    pub(crate) case: PublicCommentCase,
    pub(crate) view: view::Group,
}

/// The city's answer (市の考え方).
#[derive(Clone)]
pub struct CityResponse {
    text: GuardedText,
    answer: view::Answer,
}

impl Item {
    async fn text(&self, ctx: &Context<'_>, which: ItemText) -> Result<GuardedText, ApiError> {
        let reading = gate::item(&ctx.viewer(), self.case.view()?, &self.view, which);
        let reading = reading.unwrap_or(Reading::Shut(Shut::Embargoed));
        GuardedText::read(ctx.desk(), reading).await
    }
}

/// An opinion item (意見, 件): one point of a submission (通).
#[Object(name = "OpinionItem")]
impl Item {
    /// Its id.
    pub async fn id(&self) -> ID {
        self.view.id.to_string().into()
    }

    /// Its number in the case.
    async fn number(&self) -> u32 {
        self.view.order
    }

    /// The submission that it is a point of.
    async fn submission(&self) -> Result<Submission, ApiError> {
        let submission = self.case.view()?.submission(self.view.submission);
        Ok(Submission {
            case: self.case.clone(),
            view: Arc::clone(submission.ok_or(ApiError::NotFound)?),
            held: false,
        })
    }

    /// The point in the city's words (要旨).
    async fn summary(&self, ctx: &Context<'_>) -> Result<GuardedText, ApiError> {
        self.text(ctx, ItemText::Summary).await
    }

    /// The point in the submitter's words.
    async fn excerpt(&self, ctx: &Context<'_>) -> Result<GuardedText, ApiError> {
        self.text(ctx, ItemText::Excerpt).await
    }

    /// The group that it was put in.
    async fn group(&self) -> Result<Option<ItemGroup>, ApiError> {
        let group = self.view.group.and_then(|group| {
            let view = self.case.view().ok()?.groups.get(&group)?;
            Some(view.clone())
        });
        Ok(group.map(|view| ItemGroup {
            case: self.case.clone(),
            view,
        }))
    }

    /// The letter of the category of its answer (対応区分).
    async fn category(&self) -> Option<String> {
        Some(self.view.answer.as_ref()?.category.to_string())
    }

    /// Whether the policy changes because of it.
    async fn changed_policy(&self) -> bool {
        self.view
            .answer
            .as_ref()
            .is_some_and(|answer| answer.changed_policy)
    }

    /// The city's answer (市の考え方).
    async fn response(&self, ctx: &Context<'_>) -> Result<Option<CityResponse>, ApiError> {
        let Some(answer) = &self.view.answer else {
            return Ok(None);
        };
        Ok(Some(CityResponse {
            text: self.text(ctx, ItemText::Response).await?,
            answer: answer.clone(),
        }))
    }
}

/// Items of the same purpose that share an answer.
#[Object]
impl ItemGroup {
    /// Its id.
    async fn id(&self) -> ID {
        self.view.id.to_string().into()
    }

    /// What they have in common.
    async fn title(&self, ctx: &Context<'_>) -> Result<GuardedText, ApiError> {
        let reading = gate::group_title(&ctx.viewer(), self.case.view()?, &self.view);
        GuardedText::read(ctx.desk(), reading).await
    }

    /// How many items are in it.
    async fn item_count(&self) -> u32 {
        u32::try_from(self.view.items.len()).unwrap_or(u32::MAX)
    }

    /// Its items, the first hundred.
    async fn items(&self) -> Result<Vec<Item>, ApiError> {
        let case = self.case.view()?;
        let items = self.view.items.iter().take(100);
        Ok(items
            .filter_map(|order| case.items.get(order))
            .map(|item| Item {
                case: self.case.clone(),
                view: Arc::clone(item),
            })
            .collect())
    }
}

/// The city's answer (市の考え方).
#[Object]
impl CityResponse {
    /// The letter of its category (対応区分).
    async fn category(&self) -> String {
        self.answer.category.to_string()
    }

    /// What it says.
    async fn text(&self) -> &GuardedText {
        &self.text
    }

    /// Whether the policy changes.
    async fn changed_policy(&self) -> bool {
        self.answer.changed_policy
    }

    /// The changes that the item caused.
    async fn changes(&self) -> Vec<ID> {
        if self.text.state != TextState::Readable {
            return Vec::new();
        }
        self.answer
            .changes
            .iter()
            .map(|change| change.to_string().into())
            .collect()
    }

    /// When it was recorded.
    async fn recorded_at(&self) -> DateTime {
        DateTime(self.answer.recorded_at)
    }
}
