//! Public comment cases, as they are read.

mod case;
mod fold;
mod review;
mod submission;

use domain::{
    ids::{CaseId, FileId, SubmissionId},
    public_comment::Event,
};
use imbl::OrdMap;
use serde::{Deserialize, Serialize};

pub use case::{
    Abandonment, Case, Counts, Decision, Draft, Exemption, Extension, Material, MaterialVersion,
    Milestone, Phase,
};
pub use review::{Answer, Group, Item};
pub use submission::{Form, Hiding, Late, Submission, TextVersion};

use crate::city::Fact;

/// All cases.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Cases {
    cases: OrdMap<CaseId, Case>,
    /// Which case a submission belongs to.
    submissions: imbl::HashMap<SubmissionId, CaseId>,
    /// Which case an item belongs to.
    items: imbl::HashMap<domain::ids::ItemId, CaseId>,
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

    /// All cases, in the order of their ids: of their drafting.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Case> {
        self.cases.values()
    }

    /// The case of a submission.
    pub fn of_submission(&self, submission: SubmissionId) -> Option<&Case> {
        self.get(*self.submissions.get(&submission)?)
    }

    /// The case of an item.
    pub fn of_item(&self, item: domain::ids::ItemId) -> Option<&Case> {
        self.get(*self.items.get(&item)?)
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
        match &fact.event {
            Event::OpinionSubmitted(opinion) | Event::OpinionRegisteredLate { opinion, .. } => {
                self.submissions.insert(opinion.submission, id);
            }
            Event::SubmissionItemized { items, .. } => {
                for item in items {
                    self.items.insert(item.item, id);
                }
            }
            _ => (),
        }
        self.name_files(id, &fact.event);
        let case = self
            .cases
            .entry(id)
            .or_insert_with(|| Case::new(id, fact.metadata.recorded_at));
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
    closes_on: Option<domain::LegalDate>,
    counts: &'a Counts,
    groups: Vec<&'a Group>,
    decision: Option<&'a Decision>,
    result: Option<&'a domain::public_comment::PublishedResult>,
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
            closes_on: case.closes_on,
            counts: &case.counts,
            groups: case.groups.values().collect(),
            decision: case.decision.as_ref(),
            result: case.result.as_deref(),
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
