//! Asking the index.

use std::cmp::Reverse;

use tantivy::{
    DocAddress, DocId, Score, SegmentOrdinal, SegmentReader, TantivyDocument, Term,
    collector::{Collector, SegmentCollector},
    columnar::Column,
    query::{Bm25StatisticsProvider, BooleanQuery, PhraseQuery, Query, TermQuery},
    schema::{Field, IndexRecordOption, Value},
};

use crate::{
    IndexError, Words,
    index::{Fields, column},
};

/// Kinds of documents, a bit for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kinds(pub u64);

impl Kinds {
    /// All kinds.
    pub const ALL: Self = Self(u64::MAX);

    /// Whether a kind is among them.
    pub fn holds(self, kind: u64) -> bool {
        kind < 64 && self.0 >> kind & 1 == 1
    }
}

/// How well a document fits, and its key. It depends on the document and the
/// words alone, not on what else the index holds: so a list that is read page
/// by page stays the same list while documents come and go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    /// How well it fits.
    pub fit: u32,
    /// Its key.
    pub key: u64,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// The words, all of which a document holds.
    pub words: &'a Words,
    /// Which kinds.
    pub kinds: Kinds,
    /// The moment that is looked at.
    pub moment: u64,
    /// Only what fits less well than this.
    pub after: Option<Rank>,
    /// How many at most.
    pub limit: usize,
}

/// What was found, the best first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// How many documents hold the words, before and after the rows too.
    pub count: usize,
    /// The rows.
    pub rows: Vec<Row>,
}

/// A document that holds the words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// How well it fits.
    pub rank: Rank,
    /// What it is, in the words of whoever filled the index.
    pub place: String,
}

/// The index at one moment; it does not change.
#[derive(Clone)]
pub struct Searcher {
    searcher: tantivy::Searcher,
    fields: Fields,
}

impl Searcher {
    pub(crate) fn new(searcher: tantivy::Searcher, fields: Fields) -> Self {
        Self { searcher, fields }
    }

    /// How many documents there are.
    pub fn len(&self) -> u64 {
        self.searcher.num_docs()
    }

    /// Whether there is no document.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Finds documents. `stands` tells whether a document could be found at the
    /// moment that is looked at, where the index is not sure.
    ///
    /// # Errors
    /// If the index cannot be read.
    pub fn find(
        &self,
        asked: &Asked<'_>,
        stands: impl Fn(&str) -> bool,
    ) -> Result<Found, IndexError> {
        let query = self.query(asked.words);
        let best = Best {
            kinds: asked.kinds,
            moment: asked.moment,
            after: asked.after,
            limit: asked.limit,
        };
        let mut hits = self
            .searcher
            .search_with_statistics_provider(&query, &best, &Constant)?;
        for (rank, address) in std::mem::take(&mut hits.unsure) {
            if stands(&self.place(address)?) {
                hits.take(rank, address, &best);
            }
        }
        hits.cut(asked.limit);
        let row = |(rank, address): &(Rank, DocAddress)| {
            Ok(Row {
                rank: *rank,
                place: self.place(*address)?,
            })
        };
        Ok(Found {
            count: hits.count,
            rows: hits
                .rows
                .iter()
                .map(row)
                .collect::<Result<_, IndexError>>()?,
        })
    }

    fn place(&self, address: DocAddress) -> Result<String, IndexError> {
        let row: TantivyDocument = self.searcher.doc(address)?;
        let place = row.get_first(self.fields.place);
        let place = place.and_then(|place| place.as_str().map(str::to_owned));
        Ok(place.unwrap_or_default())
    }

    fn query(&self, words: &Words) -> BooleanQuery {
        BooleanQuery::intersection(words.iter().map(|word| self.word(word)).collect())
    }

    /// Documents in which the letters of a word follow one another.
    fn word(&self, letters: &[char]) -> Box<dyn Query> {
        let piece = |field: Field, letters: &[char]| {
            Term::from_field_text(field, &letters.iter().collect::<String>())
        };
        let term = |term| Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs));
        match letters {
            [_] => term(piece(self.fields.ones, letters)),
            [_, _] => term(piece(self.fields.twos, letters)),
            _ => {
                // Every second piece covers the word, and the last its end.
                let last = letters.len() - 2;
                let offsets = (0..last).step_by(2).chain([last]);
                let pieces = offsets.map(|offset| {
                    (
                        offset,
                        piece(self.fields.twos, &letters[offset..offset + 2]),
                    )
                });
                Box::new(PhraseQuery::new_with_offset(pieces.collect()))
            }
        }
    }
}

/// As if every piece were equally rare and texts had the same length on
/// average: what a document is worth does not depend on the others.
struct Constant;

const DOCUMENTS: u64 = 1_000;
const LENGTH: u64 = 200;
const WITH_A_PIECE: u64 = 10;

impl Bm25StatisticsProvider for Constant {
    fn total_num_tokens(&self, _: Field) -> tantivy::Result<u64> {
        Ok(DOCUMENTS * LENGTH)
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(DOCUMENTS)
    }

    fn doc_freq(&self, _: &Term) -> tantivy::Result<u64> {
        Ok(WITH_A_PIECE)
    }
}

/// Counts what is found and keeps the best.
struct Best {
    kinds: Kinds,
    moment: u64,
    after: Option<Rank>,
    limit: usize,
}

#[derive(Default)]
struct Hits {
    count: usize,
    rows: Vec<(Rank, DocAddress)>,
    /// What somebody must be asked about.
    unsure: Vec<(Rank, DocAddress)>,
}

impl Hits {
    fn take(&mut self, rank: Rank, address: DocAddress, best: &Best) {
        self.count += 1;
        if best.after.is_none_or(|after| rank < after) {
            self.rows.push((rank, address));
            if 2 * best.limit < self.rows.len() {
                self.cut(best.limit);
            }
        }
    }

    /// Keeps the best, in order.
    fn cut(&mut self, limit: usize) {
        self.rows.sort_unstable_by_key(|(rank, _)| Reverse(*rank));
        self.rows.truncate(limit);
    }
}

struct InSegment {
    segment: SegmentOrdinal,
    best: Best,
    hits: Hits,
    kind: Column,
    weight: Column,
    key: Column,
    first: Column,
    since: Column,
}

impl Collector for Best {
    type Fruit = Hits;
    type Child = InSegment;

    fn for_segment(
        &self,
        segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<InSegment> {
        let columns = reader.fast_fields();
        Ok(InSegment {
            segment,
            best: Self { ..*self },
            hits: Hits::default(),
            kind: columns.u64(column::KIND)?,
            weight: columns.u64(column::WEIGHT)?,
            key: columns.u64(column::KEY)?,
            first: columns.u64(column::FIRST)?,
            since: columns.u64(column::SINCE)?,
        })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, parts: Vec<Hits>) -> tantivy::Result<Hits> {
        let mut all = Hits::default();
        for part in parts {
            all.count += part.count;
            all.rows.extend(part.rows);
            all.unsure.extend(part.unsure);
        }
        Ok(all)
    }
}

impl SegmentCollector for InSegment {
    type Fruit = Hits;

    fn collect(&mut self, doc: DocId, score: Score) {
        let value = |column: &Column| column.first(doc).unwrap_or_default();
        if !self.best.kinds.holds(value(&self.kind)) || self.best.moment < value(&self.first) {
            return;
        }
        // In whole steps: how a sum is rounded depends on the order in which
        // words are looked up.
        let steps = f64::from(score) * 64.0;
        let weight = value(&self.weight);
        let rank = Rank {
            fit: fit(steps, weight),
            key: value(&self.key),
        };
        let address = DocAddress::new(self.segment, doc);
        if self.best.moment < value(&self.since) {
            self.hits.unsure.push((rank, address));
        } else {
            self.hits.take(rank, address, &self.best);
        }
    }

    fn harvest(self) -> Hits {
        self.hits
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a score is a small number that is not negative"
)]
fn fit(steps: f64, weight: u64) -> u32 {
    let steps = steps.round() as u64;
    u32::try_from(steps.saturating_mul(weight)).unwrap_or(u32::MAX)
}
