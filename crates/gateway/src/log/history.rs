//! The history of an object: the events about it, the oldest first.

use std::fmt::Display;

use async_graphql::{Context, ID, OneofObject};
use domain::{
    history::Leaf,
    ids::{CaseId, GroupId, ItemId, SubjectId, SubmissionId},
    public_comment::{Event, PublicComment},
};
use event_store::{
    Direction, EventStore, Position, Recorded, StreamName, StreamNameError, Version,
};
use read_models::City;

use crate::{context::Ask, http::ApiError, scalars::parse_id};

/// Events that are read at once where only some of them are wanted.
const PAGE: usize = 1_000;

/// An object that has a history.
#[derive(OneofObject)]
pub enum ObjectInput {
    /// By its global id: a case, a submission, an item, or a pseudonym, whose
    /// personal data have a history of their own.
    Id(ID),
    /// By the name of its stream in the log, such as `ordinance/public_comment`.
    Stream(String),
}

/// Which events about it.
#[derive(Clone, Copy)]
pub(super) struct Page {
    /// How many are passed over.
    pub(super) skip: usize,
    /// How many at most.
    pub(super) first: usize,
}

/// Some events about an object, as far as this city has come.
pub(super) async fn events(
    ctx: &Context<'_>,
    city: &City,
    object: ObjectInput,
    page: Page,
) -> Result<Vec<Recorded>, ApiError> {
    let store = &*ctx.desk().store;
    let mut events = match object {
        ObjectInput::Stream(stream) => of_stream(store, &stream, page).await?,
        ObjectInput::Id(id) => match id.split('_').next().unwrap_or_default() {
            CaseId::PREFIX => {
                let case: CaseId = parse_id(&id)?;
                of_stream(store, &format!("public_comment/{case}"), page).await?
            }
            SubjectId::PREFIX => {
                let subject: SubjectId = parse_id(&id)?;
                of_stream(store, &format!("personal_data/{subject}"), page).await?
            }
            SubmissionId::PREFIX => of_submission(store, city, parse_id(&id)?, page).await?,
            ItemId::PREFIX => of_item(store, city, parse_id(&id)?, page).await?,
            _ => {
                return Err(ApiError::bad_input(
                    "このIDのものには履歴がありません",
                    "what has such an id has no history",
                ));
            }
        },
    };
    let seen = |event: &Recorded| city.size.holds(event.position);
    let count = events.iter().take_while(|event| seen(event)).count();
    events.truncate(count);
    Ok(events)
}

async fn of_stream(
    store: &dyn EventStore,
    stream: &str,
    Page { skip, first }: Page,
) -> Result<Vec<Recorded>, ApiError> {
    let stream: StreamName = stream.parse().map_err(|error: StreamNameError| {
        ApiError::bad_input("ストリームの名前が正しくありません", error.to_string())
    })?;
    let from = Version(skip as u64 + 1);
    let events = store.read_stream(&stream, from, Direction::Forwards, first);
    events.await.map_err(ApiError::internal)
}

async fn of_submission(
    store: &dyn EventStore,
    city: &City,
    id: SubmissionId,
    Page { skip, first }: Page,
) -> Result<Vec<Recorded>, ApiError> {
    let cases = &city.public_comment;
    let submission = cases.of_submission(id).and_then(|case| case.submission(id));
    let trail = submission.map(|submission| submission.trail.as_slice());
    let mut events = Vec::new();
    for position in trail.unwrap_or_default().iter().skip(skip).take(first) {
        events.extend(at(store, *position).await?);
    }
    Ok(events)
}

async fn at(store: &dyn EventStore, position: Position) -> Result<Option<Recorded>, ApiError> {
    let page = store.read_all(position, 1).await;
    Ok(page.map_err(ApiError::internal)?.into_iter().next())
}

/// An item is named in the events that are about it, or its group is, from the
/// one on that made it out of a submission. They are few among many of its case.
async fn of_item(
    store: &dyn EventStore,
    city: &City,
    id: ItemId,
    Page { skip, first }: Page,
) -> Result<Vec<Recorded>, ApiError> {
    let case = city.public_comment.of_item(id);
    let Some((case, item)) = case.and_then(|case| Some((case, case.item(id)?))) else {
        return Ok(Vec::new());
    };
    let stream = format!("public_comment/{}", case.id);
    let stream: StreamName = stream.parse().map_err(ApiError::internal)?;
    let made = at(store, item.summary.position).await?;
    let mut next = made.map_or(Version(1), |made| made.version);
    let mut named = Named {
        item: id,
        group: None,
    };
    let mut events = Vec::new();
    while events.len() < skip + first {
        let page = store.read_stream(&stream, next, Direction::Forwards, PAGE);
        let page = page.await.map_err(ApiError::internal)?;
        let Some(last) = page.last() else { break };
        next = Version(last.version.0 + 1);
        events.extend(page.into_iter().filter(|event| named.take(event)));
    }
    Ok(events.into_iter().skip(skip).take(first).collect())
}

/// What an item is called by, while events are read in their order.
struct Named {
    item: ItemId,
    group: Option<GroupId>,
}

impl Named {
    /// Whether the event is about the item.
    fn take(&mut self, event: &Recorded) -> bool {
        let names = |id: &dyn Display| {
            let quoted = format!("\"{id}\"");
            str::from_utf8(&event.payload).is_ok_and(|text| text.contains(&quoted))
        };
        if !names(&self.item) && !self.group.is_some_and(|group| names(&group)) {
            return false;
        }
        let leaf = Leaf::parse(&event.payload);
        match leaf.and_then(|leaf| leaf.event::<PublicComment>()) {
            Ok(Event::ItemsGrouped { group, items, .. }) if items.contains(&self.item) => {
                self.group = Some(group);
            }
            Ok(Event::ItemsUngrouped { .. }) => self.group = None,
            _ => (),
        }
        true
    }
}
