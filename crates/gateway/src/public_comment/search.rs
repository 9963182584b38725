//! What of public comment can be searched: titles and summaries, passages,
//! materials, reasons, opinions, points and answers, as everybody may read
//! them. An excerpt of an opinion is a part of it, and found with it.

use std::collections::HashSet;

use ::search::{Change, Document};
use async_graphql::Enum;
use domain::{
    Bilingual,
    ids::{CaseId, ItemId, MaterialId, SubjectId, SubmissionId},
    public_comment::{Event, Passage, PublishedText, WithdrawnText},
};
use event_store::Position;
use read_models::{
    City, TextRef,
    public_comment::{Case, Item, MaterialVersion, Submission},
};
use serde::{Deserialize, Serialize};

use crate::{
    desk::Desk,
    gate::{self, ItemText, Reading},
    http::ApiError,
    viewer::Viewer,
};

/// What words were found in.
#[derive(Enum, Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SearchKind {
    /// 案件。Title, number, summary and bureau of a case; why none was held, or
    /// nothing came of it.
    Case,
    /// 案の本文。A passage of a draft, or of the final text where it differs.
    Passage,
    /// 関連資料。The title of a document beside the draft.
    Material,
    /// 結果。The reasons for the decision.
    Result,
    /// 意見（通）。What somebody wrote, as it was published.
    Opinion,
    /// 意見の要旨（件）。A point in the city's words.
    Item,
    /// 市の考え方。An answer of the city; one that many items share is found
    /// once.
    Answer,
}

impl SearchKind {
    /// Its number in the index.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Case => 0,
            Self::Passage => 1,
            Self::Material => 2,
            Self::Result => 3,
            Self::Opinion => 4,
            Self::Item => 5,
            Self::Answer => 6,
        }
    }

    /// What the city says of a matter comes before what many say of it.
    fn weight(self) -> u32 {
        match self {
            Self::Case => 8,
            Self::Material => 6,
            Self::Passage | Self::Result => 4,
            Self::Answer => 3,
            Self::Opinion | Self::Item => 2,
        }
    }
}

/// Where words can be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Place {
    /// What was published with the call.
    Call(CaseId),
    /// Why no public comment was held.
    Exemption(CaseId),
    /// Why nothing came of it.
    Abandonment(CaseId),
    /// The reasons for the decision.
    Result(CaseId),
    /// A passage of the draft, by its place in it.
    Passage(CaseId, u32),
    /// A passage of the final text, likewise.
    FinalPassage(CaseId, u32),
    /// The title of a document, in one of its versions.
    Material(CaseId, MaterialId, u32),
    /// A submission.
    Opinion(SubmissionId),
    /// An item.
    Item(ItemId),
    /// The answer to an item, the first of those that have it.
    Answer(ItemId),
}

/// What stands at a place, for whoever may read it.
pub(crate) struct Standing<'a> {
    /// The case that it belongs to.
    pub(crate) case: &'a Case,
    texts: Texts<'a>,
}

enum Texts<'a> {
    /// Texts of the city that stand in the log.
    Here(Vec<&'a str>),
    /// A sealed text, and whose words go when that person's data are erased.
    Sealed(TextRef, Option<SubjectId>),
}

impl Place {
    /// What kind of place it is.
    pub(crate) fn kind(self) -> SearchKind {
        match self {
            Self::Call(_) | Self::Exemption(_) | Self::Abandonment(_) => SearchKind::Case,
            Self::Result(_) => SearchKind::Result,
            Self::Passage(..) | Self::FinalPassage(..) => SearchKind::Passage,
            Self::Material(..) => SearchKind::Material,
            Self::Opinion(_) => SearchKind::Opinion,
            Self::Item(_) => SearchKind::Item,
            Self::Answer(_) => SearchKind::Answer,
        }
    }

    /// How the index keeps it.
    fn written(self) -> String {
        serde_json::to_string(&self).unwrap_or_default()
    }

    /// Reads what the index kept.
    pub(crate) fn read(written: &str) -> Option<Self> {
        serde_json::from_str(written).ok()
    }

    /// What stands there in a state of the city, if everybody may read it, then
    /// and now.
    pub(crate) fn standing<'a>(self, desk: &Desk, city: &'a City) -> Option<Standing<'a>> {
        let standing = self.readable(desk, city)?;
        let shown = match self {
            Self::Material(_, material, version) => {
                let newest = newest_version(standing.case, material)?;
                newest.published.version == version
            }
            _ => true,
        };
        shown.then_some(standing)
    }

    /// The same, with what stands there no longer and may still be read.
    fn readable<'a>(self, desk: &Desk, city: &'a City) -> Option<Standing<'a>> {
        let cases = &city.public_comment;
        match self {
            Self::Call(case)
            | Self::Exemption(case)
            | Self::Abandonment(case)
            | Self::Result(case)
            | Self::Passage(case, _)
            | Self::FinalPassage(case, _)
            | Self::Material(case, ..) => {
                let case = cases.get(case)?;
                gate::may_see_case(&Viewer::anybody(desk), case).then_some(())?;
                let texts = Texts::Here(self.of_the_city(case)?);
                Some(Standing { case, texts })
            }
            Self::Opinion(submission) => {
                let case = cases.of_submission(submission)?;
                opinion(desk, case, case.submission(submission)?)
            }
            Self::Item(item) => {
                let case = cases.of_item(item)?;
                let item = case.item(item)?;
                let owner = case.submission(item.submission)?.subject;
                of_item(desk, case, item, ItemText::Summary, Some(owner))
            }
            Self::Answer(item) => {
                let case = cases.of_item(item)?;
                of_item(desk, case, case.item(item)?, ItemText::Response, None)
            }
        }
    }

    /// The texts of the city at a place of a public case.
    fn of_the_city(self, case: &Case) -> Option<Vec<&str>> {
        match self {
            Self::Call(_) => {
                let content = &case.call.as_ref()?.content;
                let mut texts = both(&content.title);
                texts.push(&content.number);
                texts.extend(both(&content.summary));
                texts.push(&content.bureau);
                Some(texts)
            }
            Self::Exemption(_) => {
                let published = case.exemption.as_ref()?.published.as_ref()?;
                let mut texts = both(&published.title);
                texts.push(&published.reason);
                Some(texts)
            }
            Self::Abandonment(_) => {
                let abandonment = case.abandonment.as_ref()?;
                let mut texts = match &case.call {
                    // The title stands in the call.
                    Some(_) => Vec::new(),
                    None => both(&abandonment.title),
                };
                texts.push(&abandonment.reason);
                Some(texts)
            }
            Self::Result(_) => Some(vec![&case.result.as_ref()?.reasons]),
            Self::Passage(_, index) => Some(passage(draft_passage(case, index)?)),
            Self::FinalPassage(_, index) => Some(passage(changed_passage(case, index)?)),
            Self::Material(_, material, version) => {
                let mut versions = case.materials.get(&material)?.iter();
                let version = versions.find(|one| one.published.version == version)?;
                Some(both(&version.published.title))
            }
            Self::Opinion(_) | Self::Item(_) | Self::Answer(_) => None,
        }
    }
}

/// A passage of the draft.
pub(crate) fn draft_passage(case: &Case, index: u32) -> Option<&Passage> {
    case.passages.get(usize::try_from(index).ok()?)
}

/// A passage of the final text that the draft does not have like this.
pub(crate) fn changed_passage(case: &Case, index: u32) -> Option<&Passage> {
    let index = usize::try_from(index).ok()?;
    let passage = case.final_passages.get(index)?;
    // Most passages stand where they stood.
    let before = case.passages.get(index);
    let unchanged = before == Some(passage) || case.passages.contains(passage);
    (!unchanged).then_some(passage)
}

/// A document as it is shown.
pub(crate) fn newest_version(case: &Case, material: MaterialId) -> Option<&MaterialVersion> {
    case.materials.get(&material)?.last()
}

fn both(text: &Bilingual) -> Vec<&str> {
    [Some(&text.ja), text.en.as_ref()]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect()
}

fn passage(passage: &Passage) -> Vec<&str> {
    let heading = passage.heading.as_deref();
    heading.into_iter().chain([passage.text.as_str()]).collect()
}

fn opinion<'a>(desk: &Desk, case: &'a Case, submission: &Submission) -> Option<Standing<'a>> {
    let reading = gate::opinion(&Viewer::anybody(desk), false, case, submission);
    sealed(desk, case, reading, Some(submission.subject))
}

fn of_item<'a>(
    desk: &Desk,
    case: &'a Case,
    item: &Item,
    which: ItemText,
    owner: Option<SubjectId>,
) -> Option<Standing<'a>> {
    let reading = gate::item(&Viewer::anybody(desk), case, item, which)?;
    sealed(desk, case, reading, owner)
}

fn sealed<'a>(
    desk: &Desk,
    case: &'a Case,
    reading: Reading,
    owner: Option<SubjectId>,
) -> Option<Standing<'a>> {
    let Reading::Public(text) = reading else {
        return None;
    };
    // The key goes after the event that says so.
    let city = desk.city();
    let erased = owner.is_some_and(|owner| city.personal_data.is_erased(owner));
    let texts = Texts::Sealed(text, owner);
    (!erased).then_some(Standing { case, texts })
}

impl Standing<'_> {
    /// Opens the texts; `None` if they are gone.
    pub(crate) async fn open(&self, desk: &Desk) -> Result<Option<Vec<String>>, ApiError> {
        match &self.texts {
            Texts::Here(texts) => Ok(Some(texts.iter().map(|text| (*text).to_owned()).collect())),
            Texts::Sealed(text, _) => Ok(desk.open_text(text).await?.map(|text| vec![text])),
        }
    }

    fn owner(&self) -> Option<SubjectId> {
        match self.texts {
            Texts::Here(_) => None,
            Texts::Sealed(_, owner) => owner,
        }
    }
}

/// What the index holds of a place from now on: what everybody may read there,
/// or nothing.
pub(crate) async fn document(desk: &Desk, city: &City, place: Place) -> Result<Change, ApiError> {
    let standing = place.readable(desk, city);
    let texts = match &standing {
        Some(standing) => standing.open(desk).await?,
        None => None,
    };
    let id = name(city, place);
    let (Some(standing), Some(texts)) = (standing, texts) else {
        return Ok(Change::Remove { id });
    };
    let (first, since) = moments(standing.case, place);
    Ok(Change::Put(Box::new(Document {
        id,
        place: place.written(),
        owner: standing.owner().map(|owner| owner.to_string()),
        kind: place.kind().number(),
        weight: place.kind().weight(),
        key: key(standing.case, place),
        first,
        since,
        texts,
    })))
}

/// The name of a document: that of its place, and for an answer that of the
/// event that gave it.
fn name(city: &City, place: Place) -> String {
    let given = match place {
        Place::Answer(item) => answer_to(city, item),
        _ => None,
    };
    given.map_or_else(|| place.written(), answer_name)
}

fn answer_name(given: Position) -> String {
    format!("answer {given}")
}

/// By which event an item was answered.
fn answer_to(city: &City, item: ItemId) -> Option<Position> {
    let item = city.public_comment.of_item(item)?.item(item)?;
    Some(item.answer.as_ref()?.response.position)
}

/// Ask whether it stood there.
const ASK: u64 = u64::MAX;

/// How many events the log holds when a place can be found first, and from when
/// on it surely can. What is published stays as it is: only hiding, taking down
/// and erasing change what can be read of it.
fn moments(case: &Case, place: Place) -> (u64, u64) {
    let size = |event: Option<(jiff::Timestamp, Position)>| event.map_or(0, |(_, at)| at.size().0);
    let published = size(case.published);
    let result = size(case.result_published);
    // Each event that continues a text has one passage at least.
    let continued = |from: u64, passages: usize| {
        let passages = u64::try_from(passages).unwrap_or(ASK);
        (from, from.saturating_add(passages))
    };
    match place {
        Place::Call(_) => (published, published),
        Place::Passage(..) => continued(published, case.passages.len()),
        Place::Material(..) => (published, ASK),
        Place::Exemption(_) | Place::Abandonment(_) => (case.drafted.size().0, ASK),
        Place::Result(_) | Place::Item(_) | Place::Answer(_) => (result, result),
        Place::FinalPassage(..) => continued(result, case.final_passages.len()),
        Place::Opinion(id) => {
            let submission = case.submission(id);
            let shown_ever_since = submission.is_some_and(|one| one.hiding.is_none());
            (result, if shown_ever_since { result } else { ASK })
        }
    }
}

/// The place of a document among its equals: the newest first, a text from its
/// beginning.
fn key(case: &Case, place: Place) -> u64 {
    let at = |event: Option<(jiff::Timestamp, Position)>| event.map_or(case.drafted, |(_, at)| at);
    let (position, index) = match place {
        Place::Call(_) => (at(case.published), 0),
        Place::Exemption(_) | Place::Abandonment(_) => {
            (case.public_since.unwrap_or(case.drafted), 0)
        }
        Place::Result(_) => (at(case.result_published), 0),
        Place::Passage(_, index) => (at(case.published), index),
        Place::FinalPassage(_, index) => (at(case.result_published), index),
        Place::Material(_, material, version) => {
            (at(case.published), material_number(case, material, version))
        }
        Place::Opinion(id) => {
            let submission = case.submission(id);
            (submission.map_or(case.drafted, |one| one.position), 0)
        }
        Place::Item(id) => {
            let item = case.item(id);
            let (position, order) =
                item.map_or((case.drafted, 0), |one| (one.summary.position, one.order));
            (position, order)
        }
        Place::Answer(id) => {
            let answer = case.item(id).and_then(|item| item.answer.as_ref());
            (answer.map_or(case.drafted, |one| one.response.position), 0)
        }
    };
    // 44 bits for the position, 4 for what it is, 16 for what an event holds.
    let within = 0xffff - (index & 0xffff);
    let sort = match place {
        Place::Abandonment(_) => 7,
        other => other.kind().number(),
    };
    position.0 << 20 | u64::from(sort) << 16 | u64::from(within)
}

/// The number of a version among all documents of the case, in the order of
/// their publication.
fn material_number(case: &Case, material: MaterialId, version: u32) -> u32 {
    let all = case.materials.iter().flat_map(|(id, versions)| {
        let of = |one: &MaterialVersion| (one.recorded_at, *id, one.published.version);
        versions.iter().map(of)
    });
    let this = case.materials.get(&material).and_then(|versions| {
        let mut versions = versions.iter();
        let version = versions.find(|one| one.published.version == version)?;
        Some((version.recorded_at, material, version.published.version))
    });
    let before = all.filter(|one| Some(*one) < this).count();
    u32::try_from(before).unwrap_or(u32::MAX)
}

/// The places where an event changes what can be read, but for those that
/// [`to_load`] names.
pub(crate) fn touched(desk: &Desk, case: &Case, event: &Event) -> Vec<Place> {
    match event {
        Event::CasePublished(_)
        | Event::PublicationContinued {
            of: PublishedText::Draft,
            ..
        } => draft_places(case),
        Event::MaterialAdded { .. } | Event::MaterialCorrected { .. } => material_places(case),
        Event::ExemptionPublished { .. } => vec![Place::Exemption(case.id)],
        Event::CaseAbandoned { .. } => vec![Place::Abandonment(case.id)],
        Event::PublicationContinued {
            of: PublishedText::Final,
            ..
        } => result_places(case),
        Event::OpinionHidden { submission, .. }
        | Event::HidingReversed { submission, .. }
        | Event::PublicationWithdrawn {
            text: WithdrawnText::Body { submission },
            ..
        } => vec![Place::Opinion(*submission)],
        Event::PublicationWithdrawn {
            text: WithdrawnText::Summary { item },
            ..
        } => vec![Place::Item(*item)],
        Event::PublicationWithdrawn {
            text: WithdrawnText::Response { item },
            ..
        } => vec![Place::Answer(answered_alike(desk, case, *item))],
        _ => Vec::new(),
    }
}

/// The first item with the same answer beside which it may be read, or the item
/// itself.
fn answered_alike(desk: &Desk, case: &Case, item: ItemId) -> ItemId {
    let given = |item: &Item| Some(item.answer.as_ref()?.response.position);
    let this = case.item(item).and_then(|item| given(item));
    let anybody = Viewer::anybody(desk);
    let shown = |item: &&std::sync::Arc<Item>| {
        let reading = gate::item(&anybody, case, item, ItemText::Response);
        given(item) == this && matches!(reading, Some(Reading::Public(_)))
    };
    let first = case.items.values().find(shown);
    first.map_or(item, |item| item.id)
}

fn numbered(many: usize) -> impl Iterator<Item = u32> {
    0..u32::try_from(many).unwrap_or(u32::MAX)
}

fn draft_places(case: &Case) -> Vec<Place> {
    let mut places = vec![Place::Call(case.id)];
    places.extend(numbered(case.passages.len()).map(|index| Place::Passage(case.id, index)));
    places.extend(material_places(case));
    places
}

/// Earlier versions stay, for whoever looks into the past.
fn material_places(case: &Case) -> Vec<Place> {
    let versions = case.materials.iter().flat_map(|(id, versions)| {
        let place = |one: &MaterialVersion| Place::Material(case.id, *id, one.published.version);
        versions.iter().map(place)
    });
    versions.collect()
}

fn result_places(case: &Case) -> Vec<Place> {
    let mut places = vec![Place::Result(case.id)];
    let passages = numbered(case.final_passages.len());
    places.extend(passages.map(|index| Place::FinalPassage(case.id, index)));
    places
}

/// What an event makes public all at once.
pub(crate) fn to_load(case: &Case, event: &Event) -> Option<Loading> {
    matches!(event, Event::ResultsPublished(_)).then(|| Loading::of(case.id))
}

/// A case that is put into the index piece by piece.
pub(crate) struct Loading {
    case: CaseId,
    begun: bool,
    submissions: u32,
    items: u32,
    /// The answers that are in.
    answers: HashSet<Position>,
}

impl Loading {
    fn of(case: CaseId) -> Self {
        Self {
            case,
            begun: false,
            submissions: 0,
            items: 0,
            answers: HashSet::new(),
        }
    }

    /// All cases of a city.
    pub(crate) fn all(city: &City) -> impl Iterator<Item = Self> {
        city.public_comment.iter().map(|case| Self::of(case.id))
    }

    /// The next places, as the city is now; none when all are in.
    pub(crate) fn next(&mut self, desk: &Desk, city: &City, most: usize) -> Vec<Place> {
        let case = city.public_comment.get(self.case);
        let Some(case) = case.filter(|case| case.is_public()) else {
            return Vec::new();
        };
        if !self.begun {
            self.begun = true;
            let mut places = draft_places(case);
            places.push(Place::Exemption(case.id));
            places.push(Place::Abandonment(case.id));
            places.extend(result_places(case));
            return places;
        }
        if !case.opinions_are_public() {
            return Vec::new();
        }
        let after = |key: u32| (std::ops::Bound::Excluded(key), std::ops::Bound::Unbounded);
        let mut places = Vec::new();
        for (key, submission) in case.submissions.range(after(self.submissions)).take(most) {
            self.submissions = key;
            places.push(Place::Opinion(submission.id));
        }
        let room = most.saturating_sub(places.len());
        for (key, item) in case.items.range(after(self.items)).take(room) {
            self.items = key;
            places.push(Place::Item(item.id));
            let answer = Place::Answer(item.id);
            if let Some(given) = item.answer.as_ref().map(|answer| answer.response.position)
                && !self.answers.contains(&given)
                && answer.standing(desk, city).is_some()
            {
                self.answers.insert(given);
                places.push(answer);
            }
        }
        places
    }
}
