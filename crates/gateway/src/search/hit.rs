//! What was found, as clients see it.

use std::sync::Arc;

use ::search::{Excerpt, Words, excerpt};
use async_graphql::{Interface, SimpleObject};

use crate::{
    city::At,
    desk::Desk,
    http::ApiError,
    public_comment::{
        Item, PublicCommentCase, Submission,
        case::{Material, Passage},
        search::{Place, SearchKind, changed_passage, draft_passage, newest_version},
    },
};

/// The part of a text in which the words stand.
#[derive(Clone, Debug, SimpleObject)]
pub struct SearchExcerpt {
    /// The part, on one line, with an ellipsis where the text goes on. Plain
    /// text as it was written: never to be taken for markup.
    pub text: String,
    /// Where the words stand in it, in ascending order and apart from one
    /// another.
    pub marks: Vec<SearchMark>,
}

/// Where a word stands.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct SearchMark {
    /// Its first character, counted from 0 in characters of Unicode.
    pub from: u32,
    /// The character after its last.
    pub to: u32,
}

impl From<Excerpt> for SearchExcerpt {
    fn from(excerpt: Excerpt) -> Self {
        let number = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
        Self {
            text: excerpt.text,
            marks: excerpt
                .marks
                .iter()
                .map(|mark| SearchMark {
                    from: number(mark.start),
                    to: number(mark.end),
                })
                .collect(),
        }
    }
}

/// Something in which every word was found, as everybody may read it.
#[derive(Clone, Interface)]
#[graphql(
    field(
        name = "kind",
        ty = "&SearchKind",
        desc = "What the words were found in."
    ),
    field(
        name = "case",
        ty = "&PublicCommentCase",
        desc = "The case that it belongs to."
    ),
    field(
        name = "excerpt",
        ty = "&SearchExcerpt",
        desc = "The part in which the words stand."
    )
)]
pub enum SearchHit {
    /// A case, by its title or what else is said of it.
    Case(CaseHit),
    /// A passage.
    Passage(PassageHit),
    /// A document beside the draft.
    Material(MaterialHit),
    /// A submission (通).
    Opinion(OpinionHit),
    /// An item (件).
    Item(ItemHit),
    /// An answer.
    Answer(AnswerHit),
}

/// The words stand in the title, summary, number or bureau of a case, in the
/// reasons of its result, or in why there was none.
#[derive(Clone, SimpleObject)]
pub struct CaseHit {
    /// What the words were found in.
    pub kind: SearchKind,
    /// The case.
    pub case: PublicCommentCase,
    /// The part in which the words stand.
    pub excerpt: SearchExcerpt,
}

/// The words stand in a passage of the draft, or of the final text where that
/// differs.
#[derive(Clone, SimpleObject)]
pub struct PassageHit {
    /// What the words were found in.
    pub kind: SearchKind,
    /// The case that it belongs to.
    pub case: PublicCommentCase,
    /// The part in which the words stand.
    pub excerpt: SearchExcerpt,
    /// The passage.
    pub passage: Passage,
    /// Whether it is one of the final text.
    pub in_final_text: bool,
}

/// The words stand in the title of a document beside the draft (関連資料).
#[derive(Clone, SimpleObject)]
pub struct MaterialHit {
    /// What the words were found in.
    pub kind: SearchKind,
    /// The case that it belongs to.
    pub case: PublicCommentCase,
    /// The part in which the words stand.
    pub excerpt: SearchExcerpt,
    /// The document.
    pub material: Material,
}

/// The words stand in an opinion (通), as it was published.
#[derive(Clone, SimpleObject)]
pub struct OpinionHit {
    /// What the words were found in.
    pub kind: SearchKind,
    /// The case that it belongs to.
    pub case: PublicCommentCase,
    /// The part in which the words stand.
    pub excerpt: SearchExcerpt,
    /// The submission.
    pub submission: Submission,
}

/// The words stand in the summary of an item (件).
#[derive(Clone, SimpleObject)]
pub struct ItemHit {
    /// What the words were found in.
    pub kind: SearchKind,
    /// The case that it belongs to.
    pub case: PublicCommentCase,
    /// The part in which the words stand.
    pub excerpt: SearchExcerpt,
    /// The item.
    pub item: Item,
}

/// The words stand in an answer of the city (市の考え方).
#[derive(Clone, SimpleObject)]
pub struct AnswerHit {
    /// What the words were found in.
    pub kind: SearchKind,
    /// The case that it belongs to.
    pub case: PublicCommentCase,
    /// The part in which the words stand.
    pub excerpt: SearchExcerpt,
    /// The first of the items that it answers.
    pub item: Item,
}

impl SearchHit {
    /// What stands at a place at the moment that is looked at; `None` if it may
    /// not be read (any more).
    pub(super) async fn read(
        desk: &Desk,
        at: &At,
        place: Place,
        words: &Words,
    ) -> Result<Option<Self>, ApiError> {
        let Some(standing) = place.standing(desk, &at.city) else {
            return Ok(None);
        };
        let Some(texts) = standing.open(desk).await? else {
            return Ok(None);
        };
        let (kind, view) = (place.kind(), standing.case);
        let case = at.case(view.id);
        let excerpt = excerpt(texts.iter().map(String::as_str), words).into();
        Ok(match place {
            Place::Call(_) | Place::Exemption(_) | Place::Abandonment(_) | Place::Result(_) => {
                Some(Self::Case(CaseHit {
                    kind,
                    case,
                    excerpt,
                }))
            }
            Place::Passage(_, index) | Place::FinalPassage(_, index) => {
                let in_final_text = matches!(place, Place::FinalPassage(..));
                let passage = if in_final_text {
                    changed_passage(view, index)
                } else {
                    draft_passage(view, index)
                };
                passage.map(|passage| {
                    Self::Passage(PassageHit {
                        kind,
                        case,
                        excerpt,
                        passage: passage.into(),
                        in_final_text,
                    })
                })
            }
            Place::Material(_, material, _) => newest_version(view, material).map(|version| {
                Self::Material(MaterialHit {
                    kind,
                    case,
                    excerpt,
                    material: Material::of(material, version),
                })
            }),
            Place::Opinion(submission) => view.submission(submission).map(|view| {
                let submission = Submission {
                    case: case.clone(),
                    view: Arc::clone(view),
                    held: false,
                };
                Self::Opinion(OpinionHit {
                    kind,
                    case,
                    excerpt,
                    submission,
                })
            }),
            Place::Item(item) | Place::Answer(item) => view.item(item).map(|view| {
                let item = Item {
                    case: case.clone(),
                    view: Arc::clone(view),
                };
                match kind {
                    SearchKind::Answer => Self::Answer(AnswerHit {
                        kind,
                        case,
                        excerpt,
                        item,
                    }),
                    _ => Self::Item(ItemHit {
                        kind,
                        case,
                        excerpt,
                        item,
                    }),
                }
            }),
        })
    }
}
