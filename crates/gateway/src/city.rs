//! The city at one point of its history, and every question about it.

use std::sync::Arc;

use async_graphql::{Context, MergedObject, OneofObject};
use domain::LegalDate;
use event_store::{LogSize, Position};
use read_models::{AsOfError, City, Moment};

use crate::{
    context::Ask,
    http::{ApiError, Text},
    log::LogQuery,
    ordinance::OrdinanceQuery,
    personal_data::PersonalDataQuery,
    public_comment::PublicCommentQuery,
    scalars::{DateTime, LogPosition},
    search::SearchQuery,
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
pub struct CityQuery(
    PublicCommentQuery,
    OrdinanceQuery,
    PersonalDataQuery,
    LogQuery,
    SearchQuery,
);

impl CityQuery {
    /// Questions about what is looked at.
    pub fn new(looking: &Looking) -> Self {
        Self(
            PublicCommentQuery(looking.clone()),
            OrdinanceQuery(looking.clone()),
            PersonalDataQuery(looking.clone()),
            LogQuery(looking.clone()),
            SearchQuery(looking.clone()),
        )
    }

    /// Questions about the city as it is once it includes a position.
    pub async fn at_least(ctx: &Context<'_>, position: Position) -> Result<Self, ApiError> {
        let desk = ctx.desk();
        let size = desk.store.size();
        if !size.holds(position) {
            return Err(future(position, size));
        }
        let city = desk.reader.at_least(position).await.map_err(|stopped| {
            ApiError::Unavailable(Text::new(
                format!("位置{position}はまだ表示に反映されていません（{}件まで反映済み）。時間をおいて試してください", stopped.size),
                format!("position {position} cannot be read yet: what is read stands at {} events; try again later", stopped.size),
            ))
        })?;
        let today = desk.today();
        Ok(Self::new(&Looking(Some(At { city, today }))))
    }

    /// Questions about the city as it was after a moment.
    pub async fn as_of(ctx: &Context<'_>, moment: MomentInput) -> Result<Self, ApiError> {
        let moment = match moment {
            MomentInput::Position(position) => Moment::Position(position.0),
            MomentInput::Time(time) => Moment::Time(time.0),
        };
        let city = ctx.desk().reader.as_of(moment).await.map_err(not_as_of)?;
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

/// Why there is no city as it was after a moment.
pub(crate) fn not_as_of(error: AsOfError) -> ApiError {
    match error {
        AsOfError::Future { position, size } => future(position, size),
        AsOfError::Later(too_many) => too_many.into(),
        other => ApiError::internal(other),
    }
}

fn future(position: Position, size: LogSize) -> ApiError {
    ApiError::BadUserInput(Text::new(
        format!("記録は{size}件までです。位置{position}はまだありません"),
        format!("the log holds {size} events; there is no position {position} yet"),
    ))
}

/// A point in the history of the city.
#[derive(OneofObject, Clone, Copy)]
pub enum MomentInput {
    /// After this place in the log.
    Position(LogPosition),
    /// After everything that was recorded up to this time.
    Time(DateTime),
}
