//! What is put into the index, and taken out again.

use domain::folded::Folded;
use tantivy::{
    IndexReader, IndexSettings, IndexWriter, ReloadPolicy, TantivyDocument, Term,
    indexer::IndexWriterOptions,
    schema::{
        FAST, Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
    },
    tokenizer::TextAnalyzer,
};

use crate::{Searcher, grams::Grams};

/// Memory for documents that are not committed yet: the least that the library
/// takes.
const BUFFER: usize = 15_000_000;

/// Texts that are found together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its name: a document of the same name is replaced.
    pub id: String,
    /// What it is, in words of whoever fills the index; given back with a hit.
    pub place: String,
    /// Whose words they are, if they go with that person.
    pub owner: Option<String>,
    /// What kind of document it is, below 64.
    pub kind: u8,
    /// How much more than others documents of its kind are worth.
    pub weight: u32,
    /// Its place among documents that fit equally well, the largest first; no
    /// two documents share one.
    pub key: u64,
    /// It cannot be found at moments before this one.
    pub first: u64,
    /// It can be found at moments from this one on. Between the two, whoever
    /// fills the index is asked.
    pub since: u64,
    /// The texts.
    pub texts: Vec<String>,
}

/// A change of the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A document, in the place of the one of the same name.
    Put(Box<Document>),
    /// No document of this name any more.
    Remove {
        /// The name.
        id: String,
    },
    /// No document with words of this owner any more.
    RemoveOf {
        /// The owner.
        owner: String,
    },
}

/// The index cannot be changed or read: a fault of the library or of memory.
#[derive(Debug, thiserror::Error)]
#[error("the search index: {0}")]
pub struct IndexError(#[from] tantivy::TantivyError);

/// The index, to change it.
pub struct Index {
    writer: IndexWriter,
    reader: IndexReader,
    fields: Fields,
}

/// The fields of a document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields {
    pub(crate) id: Field,
    pub(crate) place: Field,
    pub(crate) owner: Field,
    /// Pieces of one character.
    pub(crate) ones: Field,
    /// Pieces of two, with their positions.
    pub(crate) twos: Field,
    kind: Field,
    weight: Field,
    key: Field,
    first: Field,
    since: Field,
}

/// The columns that are read for every hit.
pub(crate) mod column {
    pub(crate) const KIND: &str = "kind";
    pub(crate) const WEIGHT: &str = "weight";
    pub(crate) const KEY: &str = "key";
    pub(crate) const FIRST: &str = "first";
    pub(crate) const SINCE: &str = "since";
}

fn schema() -> (Schema, Fields) {
    let grams = |name: &str, record| {
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(name)
            .set_index_option(record);
        TextOptions::default().set_indexing_options(indexing)
    };
    let mut schema = Schema::builder();
    let fields = Fields {
        id: schema.add_text_field("id", STRING),
        place: schema.add_text_field("place", STORED),
        owner: schema.add_text_field("owner", STRING),
        ones: schema.add_text_field("ones", grams("ones", IndexRecordOption::WithFreqs)),
        twos: schema.add_text_field(
            "twos",
            grams("twos", IndexRecordOption::WithFreqsAndPositions),
        ),
        kind: schema.add_u64_field(column::KIND, FAST),
        weight: schema.add_u64_field(column::WEIGHT, FAST),
        key: schema.add_u64_field(column::KEY, FAST),
        first: schema.add_u64_field(column::FIRST, FAST),
        since: schema.add_u64_field(column::SINCE, FAST),
    };
    (schema.build(), fields)
}

impl Index {
    /// An empty index.
    ///
    /// # Errors
    /// If threads or memory are refused.
    pub fn new() -> Result<Self, IndexError> {
        let (schema, fields) = schema();
        let index = tantivy::Index::builder()
            .schema(schema)
            .settings(IndexSettings::default())
            .create_in_ram()?;
        for (name, length) in [("ones", 1), ("twos", 2)] {
            let analyzer = TextAnalyzer::builder(Grams(length)).build();
            index.tokenizers().register(name, analyzer);
        }
        let options = IndexWriterOptions::builder()
            .memory_budget_per_thread(BUFFER)
            .num_worker_threads(1)
            .num_merge_threads(1)
            .build();
        let writer = index.writer_with_options(options)?;
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        Ok(Self {
            writer,
            reader,
            fields,
        })
    }

    /// Makes changes, all at once, and gives what can be searched from then on.
    ///
    /// # Errors
    /// If they could not be made.
    pub fn apply(
        &mut self,
        changes: impl IntoIterator<Item = Change>,
    ) -> Result<Searcher, IndexError> {
        for change in changes {
            match change {
                Change::Put(document) => {
                    self.remove(self.fields.id, &document.id);
                    self.writer.add_document(self.document(*document))?;
                }
                Change::Remove { id } => self.remove(self.fields.id, &id),
                Change::RemoveOf { owner } => self.remove(self.fields.owner, &owner),
            }
        }
        self.writer.commit()?;
        self.searcher()
    }

    /// Rewrites what holds pieces of documents that were taken out, so that
    /// nothing of them stays in memory.
    ///
    /// # Errors
    /// If it could not be done.
    pub fn scrub(&mut self) -> Result<Searcher, IndexError> {
        for segment in self.writer.index().searchable_segment_metas()? {
            if segment.has_deletes() {
                self.writer.merge(&[segment.id()]).wait()?;
            }
        }
        self.searcher()
    }

    /// What can be searched now.
    ///
    /// # Errors
    /// If the index cannot be read.
    pub fn searcher(&self) -> Result<Searcher, IndexError> {
        self.reader.reload()?;
        Ok(Searcher::new(self.reader.searcher(), self.fields))
    }

    fn remove(&self, field: Field, text: &str) {
        self.writer.delete_term(Term::from_field_text(field, text));
    }

    fn document(&self, document: Document) -> TantivyDocument {
        let fields = self.fields;
        let mut row = TantivyDocument::new();
        row.add_text(fields.id, document.id);
        row.add_text(fields.place, document.place);
        if let Some(owner) = document.owner {
            row.add_text(fields.owner, owner);
        }
        // No word holds white space, so none reaches from one text to the next.
        let mut letters = String::new();
        for text in document.texts {
            letters.extend(Folded::new(&text).letters());
            letters.push('\n');
        }
        row.add_text(fields.ones, &letters);
        row.add_text(fields.twos, &letters);
        row.add_u64(fields.kind, document.kind.into());
        row.add_u64(fields.weight, document.weight.into());
        row.add_u64(fields.key, document.key);
        row.add_u64(fields.first, document.first);
        row.add_u64(fields.since, document.since);
        row
    }
}
