//! Public comment cases, as they are read.

mod case;
mod fold;
mod review;
mod submission;

use domain::{
    ids::{CaseId, FileId, SubjectId, SubmissionId},
    public_comment::Event,
};
use imbl::{OrdMap, Vector, ordmap::Entry};
use serde::{Deserialize, Serialize};

pub use case::{
    Abandonment, Case, Counts, DecidedChange, Decision, Draft, Exemption, Extension, Material,
    MaterialVersion, Milestone, Phase,
};
pub use review::{Answer, Group, Item};
pub use submission::{Form, Hiding, Late, Submission, TextVersion};

use crate::{Places, city::Fact};

/// All cases.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Cases {
    cases: OrdMap<CaseId, Case>,
    /// The cases in the order in which they were drafted.
    drafted: Vector<CaseId>,
    /// Which case a submission belongs to, by its place in that order.
    submissions: Places,
    /// Which case a person takes part in, likewise: pseudonyms are of one case.
    subjects: Places,
    /// Which case an item belongs to, likewise.
    items: Places,
    /// What a file belongs to.
    files: imbl::HashMap<FileId, FilePlace>,
}

/// What a file belongs to: the event that named it first decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilePlace {
    /// The case.
    pub case: CaseId,
    /// The submission that it is attached to; none for a document of the case.
    pub submission: Option<SubmissionId>,
}

impl Cases {
    /// A case.
    pub fn get(&self, case: CaseId) -> Option<&Case> {
        self.cases.get(&case)
    }

    /// All cases, in the order of their ids.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Case> {
        self.cases.values()
    }

    /// The case of a submission.
    pub fn of_submission(&self, submission: SubmissionId) -> Option<&Case> {
        self.by_number(self.submissions.get(submission.0)?)
    }

    /// The case that a person takes part in under this pseudonym.
    pub fn of_subject(&self, subject: SubjectId) -> Option<&Case> {
        self.by_number(self.subjects.get(subject.0)?)
    }

    /// The case of an item.
    pub fn of_item(&self, item: domain::ids::ItemId) -> Option<&Case> {
        self.by_number(self.items.get(item.0)?)
    }

    /// Opens every row of a snapshot; tells whether all could be opened.
    pub(crate) fn can_be_read(&self) -> bool {
        let mut cases = self.cases.values();
        cases.all(|case| case.submissions.can_be_read() && case.items.can_be_read())
    }

    fn by_number(&self, number: u32) -> Option<&Case> {
        self.get(*self.drafted.get(usize::try_from(number).ok()?)?)
    }

    /// What a file belongs to, once an event named it.
    pub fn place_of_file(&self, file: FileId) -> Option<FilePlace> {
        self.files.get(&file).copied()
    }

    /// The files that are public: the documents of published cases.
    pub fn published_files(&self) -> impl Iterator<Item = FileId> + '_ {
        self.cases
            .values()
            .flat_map(|case| case.materials.values().flatten())
            .map(|version| version.published.file.file)
    }

    fn name_files(&mut self, case: CaseId, event: &Event) {
        let (submission, files): (_, Vec<FileId>) = match event {
            Event::MaterialAttached { file_id, .. } => (None, vec![*file_id]),
            Event::MaterialAdded { file, .. } | Event::MaterialCorrected { file, .. } => {
                (None, vec![file.file])
            }
            Event::OpinionSubmitted(opinion) | Event::OpinionRegisteredLate { opinion, .. } => (
                Some(opinion.submission),
                opinion
                    .attachments
                    .iter()
                    .map(|file| file.file_id)
                    .collect(),
            ),
            Event::OpinionReplaced {
                submission,
                attachments,
                ..
            } => (
                Some(*submission),
                attachments.iter().map(|file| file.file_id).collect(),
            ),
            _ => return,
        };
        for file in files {
            self.files
                .entry(file)
                .or_insert(FilePlace { case, submission });
        }
    }

    pub(crate) fn apply(&mut self, fact: &Fact<'_, Event>) {
        let id = fact.metadata.stream.split('/').nth(1);
        let Some(id) = id.and_then(|id| id.parse::<CaseId>().ok()) else {
            return;
        };
        self.name_files(id, &fact.event);
        let case = match self.cases.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let number = u32::try_from(self.drafted.len()).unwrap_or(u32::MAX);
                self.drafted.push_back(id);
                new.insert(Case::new(
                    id,
                    number,
                    fact.metadata.recorded_at,
                    fact.position,
                ))
            }
        };
        match &fact.event {
            Event::OpinionSubmitted(opinion) | Event::OpinionRegisteredLate { opinion, .. } => {
                self.submissions.insert(opinion.submission.0, case.number);
                self.subjects.insert(opinion.subject.0, case.number);
            }
            Event::SubmissionItemized { items, .. } => {
                for item in items {
                    self.items.insert(item.item.0, case.number);
                }
            }
            _ => (),
        }
        case.apply(fact);
    }
}

/// A case without its submissions and items: they are rows of their own.
#[derive(Serialize)]
pub(crate) struct CaseRow<'a> {
    case: &'a CaseId,
    phase: Phase,
    drafts: usize,
    call: Option<&'a domain::public_comment::Call>,
    passages: &'a Vector<domain::public_comment::Passage>,
    closes_on: Option<domain::LegalDate>,
    counts: &'a Counts,
    groups: Vec<&'a Group>,
    decision: Option<&'a Decision>,
    result: Option<&'a domain::public_comment::PublishedResult>,
    final_passages: &'a Vector<domain::public_comment::Passage>,
    changes: &'a Vector<domain::public_comment::PublishedChange>,
    exemption: Option<&'a Exemption>,
    abandonment: Option<&'a Abandonment>,
    last_position: event_store::Position,
}

impl Cases {
    pub(crate) fn case_rows(&self) -> impl Iterator<Item = CaseRow<'_>> {
        self.cases.iter().map(|(id, case)| CaseRow {
            case: id,
            phase: case.phase,
            drafts: case.drafts.len(),
            call: case.call.as_deref(),
            passages: &case.passages,
            closes_on: case.closes_on,
            counts: &case.counts,
            groups: case.groups.values().collect(),
            decision: case.decision.as_ref(),
            result: case.result.as_deref(),
            final_passages: &case.final_passages,
            changes: &case.changes,
            exemption: case.exemption.as_ref(),
            abandonment: case.abandonment.as_ref(),
            last_position: case.last_position,
        })
    }

    pub(crate) fn submission_rows(&self) -> impl Iterator<Item = &Submission> {
        self.cases
            .values()
            .flat_map(|case| case.submissions.values().map(std::sync::Arc::as_ref))
    }

    pub(crate) fn item_rows(&self) -> impl Iterator<Item = &Item> {
        self.cases
            .values()
            .flat_map(|case| case.items.values().map(std::sync::Arc::as_ref))
    }
}
