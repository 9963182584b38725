//! The question.

use ::search::{Asked, Kinds, NoWords, Rank, Words};
use async_graphql::{
    Context, Object,
    connection::{CursorType, Edge, EmptyFields, PageInfo},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::hit::SearchHit;
use crate::{
    city::Looking,
    connection::{self, NotACursor},
    context::Ask,
    http::ApiError,
    public_comment::search::{Place, SearchKind},
};

/// What can be searched.
pub struct SearchQuery(pub(crate) Looking);

/// A hit and its cursor.
type Row = Edge<HitCursor, SearchHit, EmptyFields>;

/// One page of hits, the best first.
pub struct SearchHits {
    edges: Vec<Row>,
    has_previous_page: bool,
    has_next_page: bool,
    total: u32,
    complete: bool,
}

/// One page of hits, the best first.
#[Object(name = "SearchHitConnection")]
impl SearchHits {
    /// The hits of the page, each with its cursor.
    async fn edges(&self) -> &[Row] {
        &self.edges
    }

    /// The hits of the page.
    async fn nodes(&self) -> Vec<&SearchHit> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// Where the page stands in the list.
    async fn page_info(&self) -> PageInfo {
        let cursor = |edge: &Row| edge.cursor.encode_cursor();
        PageInfo {
            has_previous_page: self.has_previous_page,
            has_next_page: self.has_next_page,
            start_cursor: self.edges.first().map(cursor),
            end_cursor: self.edges.last().map(cursor),
        }
    }

    /// How many hits there are in all.
    async fn total_count(&self) -> u32 {
        self.total
    }

    /// Whether all that is public could be found. After a start of the server,
    /// and after the publication of many opinions, some of it is missing for a
    /// while.
    async fn complete(&self) -> bool {
        self.complete
    }
}

/// A place in a list of hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HitCursor(Rank);

impl CursorType for HitCursor {
    type Error = NotACursor;

    fn decode_cursor(text: &str) -> Result<Self, NotACursor> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| NotACursor)?;
        let (fit, key) = bytes.split_at_checked(4).ok_or(NotACursor)?;
        Ok(Self(Rank {
            fit: u32::from_be_bytes(fit.try_into().map_err(|_| NotACursor)?),
            key: u64::from_be_bytes(key.try_into().map_err(|_| NotACursor)?),
        }))
    }

    fn encode_cursor(&self) -> String {
        let mut bytes = self.0.fit.to_be_bytes().to_vec();
        bytes.extend(self.0.key.to_be_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }
}

/// What can be searched.
#[Object]
impl SearchQuery {
    /// Full-text search over what everybody may read (全文検索): titles and
    /// summaries of cases, passages of drafts, titles of documents, reasons of
    /// results, opinions as they were published, points and answers; the same
    /// for every viewer.
    ///
    /// White space separates words, and a hit holds every one of them just as it
    /// is typed, but for width and case: `道路` finds 道路整備, `ﾊﾞｽ` finds バス,
    /// `ＰＤＦ` finds pdf, and one letter such as `道` is a word. `自転車 幸区`
    /// finds what speaks of both.
    ///
    /// The hits that fit best come first: what the city says of a matter before
    /// what many say of it, and texts that speak of little else. At a moment of
    /// the past it finds what could be read then and may still be read today.
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The words, such as `自転車 通学路`; up to 10 of 100 characters together."
        )]
        query: String,
        #[graphql(desc = "Only hits of these kinds, such as `[OPINION, ANSWER]`.")] kinds: Option<
            Vec<SearchKind>,
        >,
        #[graphql(desc = "How many at most, from the beginning; up to 100.")] first: Option<i32>,
        #[graphql(desc = "After this cursor.")] after: Option<String>,
    ) -> Result<SearchHits, ApiError> {
        let words = Words::read(&query).map_err(unusable)?;
        let size = connection::size(first)?;
        let after = after.map(|after| HitCursor::decode_cursor(&after));
        let after = after.transpose().map_err(connection::foreign_cursor)?;
        let bits =
            |kinds: Vec<SearchKind>| kinds.iter().fold(0, |all, kind| all | 1 << kind.number());
        let kinds = kinds.map_or(Kinds::ALL, |kinds| Kinds(bits(kinds)));
        let (desk, at) = (ctx.desk(), self.0.at(ctx));
        // Whatever was hidden by now is out of the index before it is asked.
        let indexed = desk.search.at_least(desk.city().size).await?;
        let asking = {
            let (desk, at, words) = (desk.clone(), at.clone(), words.clone());
            move || {
                let asked = Asked {
                    words: &words,
                    kinds,
                    moment: at.city.size.0,
                    after: after.map(|HitCursor(rank)| rank),
                    limit: size + 1,
                };
                indexed.searcher.find(&asked, |place| {
                    let place = Place::read(place);
                    place.is_some_and(|place| place.standing(&desk, &at.city).is_some())
                })
            }
        };
        let found = tokio::task::spawn_blocking(asking).await;
        let found = found
            .map_err(ApiError::internal)?
            .map_err(ApiError::internal)?;
        let mut hits = SearchHits {
            edges: Vec::new(),
            has_previous_page: after.is_some(),
            has_next_page: size < found.rows.len(),
            total: u32::try_from(found.count).unwrap_or(u32::MAX),
            complete: indexed.complete,
        };
        for row in found.rows.iter().take(size) {
            let Some(place) = Place::read(&row.place) else {
                continue;
            };
            // Nothing is shown but through the gate, and not if it was shut by now.
            if let Some(hit) = SearchHit::read(desk, &at, place, &words).await? {
                let cursor = HitCursor(row.rank);
                hits.edges.push(Edge::new(cursor, hit));
            }
        }
        Ok(hits)
    }
}

fn unusable(error: NoWords) -> ApiError {
    match error {
        NoWords::Empty => ApiError::bad_input(
            "検索する言葉を1文字以上入れてください",
            "write at least one letter to search for",
        ),
        NoWords::TooLong { most, .. } => ApiError::bad_input(
            format!("検索する言葉は合わせて{most}文字までです"),
            format!("search for at most {most} characters"),
        ),
        NoWords::TooMany { most, .. } => ApiError::bad_input(
            format!("検索する言葉は{most}語までです"),
            format!("search for at most {most} words"),
        ),
    }
}
