//! Who may read what: the rule once more, in the plainest way, kept beside the
//! city and compared with it.

use std::collections::BTreeSet;

/// Who looks. Their tokens are their names; `nobody` has none.
pub(super) const VIEWERS: &[&str] = &[
    "nobody",
    "hanako",
    "taro",
    "operator",
    "clerk",
    "approver",
    "mayor",
    "secretariat",
    "records",
    "auditor",
];

const OFFICERS: &[&str] = &["clerk", "approver", "mayor", "secretariat"];

/// What a marked text is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// The body of a submission, in one of its versions.
    Body { submission: usize, version: usize },
    /// The content of its attachment.
    Attachment { submission: usize, version: usize },
    /// Name, address and contact of a submitter, who keeps them with the
    /// receipt.
    Person { submission: usize },
    /// The name of a submitter who wrote it into the body as well.
    Named { submission: usize },
    /// The secret of a receipt.
    Secret,
    /// What is left of a body.
    Redaction { submission: usize, version: usize },
    /// An item's summary.
    Summary { submission: usize, version: usize },
    /// The answer to the items of a submission.
    Response { submission: usize, version: usize },
    /// What the items of a group have in common.
    GroupTitle,
    /// The words of an appeal.
    Statement { submission: usize },
    /// A draft that is published with the call.
    Draft,
    /// A draft that was revised, or never published.
    Discarded,
    /// The final text.
    Final,
}

/// A word that stands in one text and in no other.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    pub(super) word: String,
    pub(super) what: What,
}

/// What became of a submission.
#[derive(Clone, Debug, Default)]
pub(super) struct Sub {
    pub(super) id: String,
    /// Who submitted it; `nobody` holds its secret.
    pub(super) by: &'static str,
    pub(super) secret: Option<String>,
    pub(super) file: Option<String>,
    pub(super) length: usize,
    pub(super) items: Vec<String>,
    pub(super) bodies: usize,
    pub(super) redactions: usize,
    pub(super) summaries: usize,
    pub(super) responses: usize,
    pub(super) late: bool,
    pub(super) withdrawn: bool,
    pub(super) hidden: bool,
    pub(super) appealed: bool,
    pub(super) erased: bool,
    /// `Some(true)`: as it came; `Some(false)`: redacted.
    pub(super) screened: Option<bool>,
    pub(super) body_taken_down: bool,
    pub(super) files_taken_down: bool,
}

/// Everything that was written, and how far the case has come.
#[derive(Default)]
pub(super) struct Ledger {
    pub(super) marks: Vec<Mark>,
    pub(super) subs: Vec<Sub>,
    pub(super) called: bool,
    pub(super) published: bool,
    /// The day.
    pub(super) today: String,
    /// Who put on record that they open the files of a submission, and on which
    /// day.
    pub(super) opened: BTreeSet<(&'static str, usize, String)>,
}

impl Ledger {
    /// A word for a text; it survives every encoding there is.
    pub(super) fn mark(&mut self, what: What) -> String {
        let word = format!("mrk{:04}x{:05}", self.marks.len(), 7_919 * self.marks.len());
        self.marks.push(Mark {
            word: word.clone(),
            what,
        });
        word
    }

    /// From now on nobody may see these words about a submission.
    pub(super) fn forget(&mut self, marks: impl IntoIterator<Item = usize>) {
        for mark in marks {
            let mark = &mut self.marks[mark];
            if matches!(
                mark.what,
                What::Body { .. }
                    | What::Redaction { .. }
                    | What::Summary { .. }
                    | What::Response { .. }
            ) {
                mark.what = What::Secret;
            }
        }
    }

    /// Whether somebody may see a mark.
    pub(super) fn may(&self, who: &str, what: What) -> bool {
        let officer = OFFICERS.contains(&who);
        let own = |sub: &Sub| sub.by == who && who != "nobody";
        match what {
            What::Secret => false,
            What::Person { submission } => {
                let sub = &self.subs[submission];
                !sub.erased && own(sub)
            }
            What::Body { submission, .. } => {
                let sub = &self.subs[submission];
                !sub.erased && (officer || own(sub) || self.everybody(what))
            }
            // Files open for the officer who gave a reason that day.
            What::Attachment { submission, .. } => {
                let sub = &self.subs[submission];
                let on_record = self
                    .opened
                    .iter()
                    .any(|(by, of, day)| *by == who && *of == submission && *day == self.today);
                !sub.erased && (on_record || own(sub) || self.everybody(what))
            }
            What::Statement { submission } => {
                let sub = &self.subs[submission];
                !sub.erased && (officer || own(sub))
            }
            // Blotted out for everybody but who wrote it.
            What::Named { submission } => {
                let sub = &self.subs[submission];
                !sub.erased && own(sub)
            }
            What::Redaction { submission, .. } => {
                !self.subs[submission].erased && (officer || self.everybody(what))
            }
            _ => officer || self.everybody(what),
        }
    }

    /// Whether everybody may see a mark.
    pub(super) fn everybody(&self, what: What) -> bool {
        let counts = |sub: &Sub| self.published && !sub.late && !sub.withdrawn;
        let opinion = |sub: &Sub, as_it_came| {
            counts(sub) && !sub.hidden && !sub.erased && sub.screened == Some(as_it_came)
        };
        match what {
            What::Body {
                submission,
                version,
            } => {
                let sub = &self.subs[submission];
                opinion(sub, true) && version == sub.bodies && !sub.body_taken_down
            }
            What::Attachment {
                submission,
                version,
            } => {
                let sub = &self.subs[submission];
                opinion(sub, true) && version == sub.bodies && !sub.files_taken_down
            }
            What::Redaction {
                submission,
                version,
            } => {
                let sub = &self.subs[submission];
                opinion(sub, false) && version == sub.redactions && !sub.body_taken_down
            }
            What::Summary {
                submission,
                version,
            } => {
                let sub = &self.subs[submission];
                counts(sub) && version == sub.summaries
            }
            What::Response {
                submission,
                version,
            } => {
                let sub = &self.subs[submission];
                counts(sub) && version == sub.responses
            }
            What::GroupTitle | What::Final => self.published,
            What::Draft => self.called,
            What::Person { .. }
            | What::Named { .. }
            | What::Secret
            | What::Statement { .. }
            | What::Discarded => false,
        }
    }

    /// The marks in some bytes, in whatever way they are written.
    pub(super) fn seen_in(&self, bytes: &[u8]) -> BTreeSet<usize> {
        let mut seen = BTreeSet::new();
        find(bytes, &mut seen);
        for run in bytes.split(|byte| !byte.is_ascii_alphanumeric() && !b"+/=-_".contains(byte)) {
            use base64::{Engine, engine::general_purpose as alphabets};
            if run.len() < 12 {
                continue;
            }
            for engine in [&alphabets::STANDARD, &alphabets::URL_SAFE_NO_PAD] {
                if let Ok(decoded) = engine.decode(run) {
                    find(&decoded, &mut seen);
                }
            }
        }
        seen.retain(|mark| *mark < self.marks.len());
        seen
    }
}

/// Marks begin with `mrk` and a number, however their letters are written.
fn find(bytes: &[u8], seen: &mut BTreeSet<usize>) {
    for (at, three) in bytes.windows(3).enumerate() {
        if !three.eq_ignore_ascii_case(b"mrk") {
            continue;
        }
        let number: Option<usize> = bytes
            .get(at + 3..at + 7)
            .and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
        seen.extend(number);
    }
}
