//! What has to be readable, worked out from the log alone, and not by the code
//! that serves it: where the two disagree, there is a finding.

use domain::{
    ids::{FileId, SubjectId},
    public_comment::{FileRef, WithdrawnText},
};
use read_models::{
    City, TextRef,
    public_comment::{Case, Form, Submission},
};

/// A text that has to be readable.
pub(super) struct Due {
    /// Where it stands.
    pub(super) text: TextRef,
    /// Whose words they are; their erasure excuses that it is not.
    pub(super) subject: Option<SubjectId>,
    /// The file that it describes, if it describes one.
    pub(super) file: Option<File>,
}

/// A file that has to be readable.
pub(super) enum File {
    /// A document of the case, as its publication names it.
    Document(FileRef),
    /// What came with an opinion.
    Attachment(FileId),
}

impl Due {
    /// Where its opening lies.
    pub(super) fn path(&self) -> String {
        format!("openings/{}/{}.json", self.text.position, self.text.field)
    }

    /// Where the bytes of its file lie.
    pub(super) fn bytes_path(&self) -> String {
        format!("openings/{}/{}.bin", self.text.position, self.text.field)
    }
}

fn words(text: TextRef, subject: Option<SubjectId>) -> Due {
    Due {
        text,
        subject,
        file: None,
    }
}

/// All texts that have to be readable.
pub(super) fn due(city: &City) -> Vec<Due> {
    let mut due = Vec::new();
    for case in city.public_comment.iter() {
        due.extend(case.materials.values().flatten().filter_map(|version| {
            Some(Due {
                text: version.file.clone()?,
                subject: None,
                file: Some(File::Document(version.published.file.clone())),
            })
        }));
        // Opinions and answers are under embargo until the result is published.
        if case.result.is_none() {
            continue;
        }
        for submission in case.submissions.values() {
            opinion(case, submission, &mut due);
        }
        due.extend(case.groups.values().map(|group| Due {
            text: group.title.clone(),
            subject: None,
            file: None,
        }));
    }
    due
}

fn opinion(case: &Case, submission: &Submission, due: &mut Vec<Due>) {
    // What came late or was withdrawn is no 提出意見; what was not screened has
    // no form in which it could be published.
    let (true, Some(form), Some(newest)) =
        (submission.counts(), &submission.form, submission.text())
    else {
        return;
    };
    let id = submission.id;
    let subject = Some(submission.subject);
    let down = |text: WithdrawnText| case.taken_down.contains(&text);
    let hidden = submission.is_hidden();
    if !hidden && !down(WithdrawnText::Body { submission: id }) {
        let text = match form {
            Form::AsSubmitted => newest.body.clone(),
            Form::Redacted { text, .. } => text.clone(),
        };
        let passage = newest.passage.clone();
        due.extend(
            [text]
                .into_iter()
                .chain(passage)
                .map(|text| words(text, subject)),
        );
    }
    // What is published in part is published without its attachments.
    let whole = !hidden && matches!(form, Form::AsSubmitted);
    if whole && !down(WithdrawnText::Attachments { submission: id }) {
        let attachments = newest.attachments.iter();
        due.extend(attachments.map(|(file, text)| Due {
            text: text.clone(),
            subject,
            file: Some(File::Attachment(*file)),
        }));
    }
    for item in submission.items.iter().filter_map(|item| case.item(*item)) {
        if !down(WithdrawnText::Summary { item: item.id }) {
            due.push(words(item.summary.clone(), subject));
        }
        if whole && !down(WithdrawnText::Excerpt { item: item.id }) {
            due.push(words(item.excerpt.clone(), subject));
        }
        if let Some(answer) = &item.answer
            && !down(WithdrawnText::Response { item: item.id })
        {
            due.push(words(answer.response.clone(), None));
        }
    }
}
