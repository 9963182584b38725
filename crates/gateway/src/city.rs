//! The city at one point of its history, and every question about it.

use std::sync::Arc;

use async_graphql::{Context, MergedObject, OneofObject};
use domain::LegalDate;
use read_models::{City, Moment};

use crate::{
    context::Ask,
    http::{ApiError, Text},
    log::LogQuery,
    ordinance::OrdinanceQuery,
    public_comment::PublicCommentQuery,
    scalars::{DateTime, LogPosition},
};

/// What a query looks at: the present, or an earlier state.
#[derive(Clone, Default)]
pub struct Looking(Option<At>);

/// A state of the city, and the day on which it is looked at.
#[derive(Clone)]
pub struct At {
    /// The state.
    pub city: Arc<City>,
    /// The day.
    pub today: LegalDate,
}

/// The one state that a whole request looks at, so that its parts agree.
#[derive(Clone)]
pub struct Present(pub At);

impl Looking {
    /// What is looked at.
    pub(crate) fn at(&self, ctx: &Context<'_>) -> At {
        self.0
            .clone()
            .unwrap_or_else(|| ctx.data_unchecked::<Present>().0.clone())
    }
}

/// The city at one point of its history: every question can be asked of it.
#[derive(MergedObject)]
#[graphql(name = "City")]
pub struct CityQuery(PublicCommentQuery, OrdinanceQuery, LogQuery);

impl CityQuery {
    /// Questions about what is looked at.
    pub fn new(looking: &Looking) -> Self {
        Self(
            PublicCommentQuery(looking.clone()),
            OrdinanceQuery(looking.clone()),
            LogQuery(looking.clone()),
        )
    }

    /// Questions about the city as it was after a moment.
    pub async fn as_of(ctx: &Context<'_>, moment: MomentInput) -> Result<Self, ApiError> {
        let moment = match moment {
            MomentInput::Position(position) => Moment::Position(position.0),
            MomentInput::Time(time) => Moment::Time(time.0),
        };
        let city = ctx
            .desk()
            .reader
            .as_of(moment)
            .await
            .map_err(|error| match error {
                read_models::AsOfError::Future { position, size } => {
                    ApiError::BadUserInput(Text::new(
                        format!("記録は{size}件までです。位置{position}はまだありません"),
                        format!("the log holds {size} events; there is no position {position} yet"),
                    ))
                }
                other => ApiError::internal(other),
            })?;
        // What was open then is shown as open: the day is that of the moment.
        let today = match moment {
            Moment::Time(time) => LegalDate::of(time),
            Moment::Position(_) => city
                .recorded_at
                .map_or_else(|| ctx.desk().today(), LegalDate::of),
        };
        Ok(Self::new(&Looking(Some(At { city, today }))))
    }
}

/// A point in the history of the city.
#[derive(OneofObject, Clone, Copy)]
pub enum MomentInput {
    /// After this place in the log.
    Position(LogPosition),
    /// After everything that was recorded up to this time.
    Time(DateTime),
}
