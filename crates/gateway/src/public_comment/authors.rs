//! Whom a text is about: the city's words about submissions are held against
//! what tells who the submitters are, here and nowhere else.
//!
//! Their data are opened by the program alone, and nobody is shown any of them:
//! this is no look by staff.

use domain::{
    Checked,
    ids::{ItemId, SubmissionId},
    public_comment::{SealedText, Submitter, Target, redaction},
};
use read_models::{
    City,
    public_comment::{Case, Submission},
};

use crate::{desk::Desk, http::ApiError, texts::Seals};

/// The submitters whom a text is about. Of the erased nothing is left to
/// compare with.
pub(crate) struct Authors(Vec<Submitter>);

impl Authors {
    /// Whoever submitted these.
    pub(crate) async fn of<'a>(
        desk: &Desk,
        submissions: impl IntoIterator<Item = &'a Submission>,
    ) -> Result<Self, ApiError> {
        let mut authors = Vec::new();
        for submission in submissions {
            authors.extend(desk.open_json(&submission.submitter).await?);
        }
        Ok(Self(authors))
    }

    /// Whoever submitted this.
    pub(crate) async fn of_submission(
        desk: &Desk,
        city: &City,
        id: SubmissionId,
    ) -> Result<Self, ApiError> {
        let case = city.public_comment.of_submission(id);
        let submission = case.and_then(|case| case.submission(id));
        Self::of(desk, submission.map(AsRef::as_ref)).await
    }

    /// Whoever made these points. What is no item of the case has no author:
    /// the rules turn it down.
    pub(crate) async fn of_items(
        desk: &Desk,
        case: &Case,
        items: impl IntoIterator<Item = ItemId>,
    ) -> Result<Self, ApiError> {
        let mut submissions: Vec<SubmissionId> = items
            .into_iter()
            .filter_map(|item| Some(case.item(item)?.submission))
            .collect();
        submissions.sort_unstable();
        submissions.dedup();
        let submissions = submissions.into_iter();
        let submissions = submissions.filter_map(|id| case.submission(id));
        Self::of(desk, submissions.map(AsRef::as_ref)).await
    }

    /// Whoever made the points that an answer is for.
    pub(crate) async fn of_target(
        desk: &Desk,
        case: &Case,
        target: &Target,
    ) -> Result<Self, ApiError> {
        match target {
            Target::Items(items) => Self::of_items(desk, case, items.iter().copied()).await,
            Target::Group(group) => {
                let group = case.groups.get(group);
                let members = group.into_iter().flat_map(|group| &group.items);
                let members = members.filter_map(|order| Some(case.items.get(order)?.id));
                Self::of_items(desk, case, members).await
            }
        }
    }

    /// Whether a text repeats what tells who one of them is.
    pub(crate) fn are_told_by(&self, text: &str) -> bool {
        redaction::repeats(text, &self.0)
    }

    /// A text that will stand in clear.
    pub(crate) fn check(&self, text: String) -> Checked<String> {
        Checked {
            repeats_personal_data: self.are_told_by(&text),
            text,
        }
    }

    /// A text that is sealed until its publication.
    pub(crate) async fn seal(
        &self,
        seals: &mut Seals<'_>,
        subject: &str,
        field: &str,
        text: &str,
    ) -> Result<Checked<SealedText>, ApiError> {
        Ok(Checked {
            repeats_personal_data: self.are_told_by(text),
            text: seals.seal_text(subject, field, text).await?,
        })
    }
}
