//! Whose data need not be kept any longer.

use std::collections::BTreeMap;

use domain::{
    LegalDate,
    ids::{CaseId, SubjectId, SubmissionId},
    ordinance::InForce,
    personal_data::{Record, Retention, RetentionEnd},
    public_comment::retention,
};

use crate::{
    City,
    public_comment::{Case, Submission},
};

/// Somebody whose data need not be kept any longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Who, as a pseudonym of the case.
    pub subject: SubjectId,
    /// The case.
    pub case: CaseId,
    /// Their submissions.
    pub submissions: Vec<SubmissionId>,
    /// The records that these are.
    pub records: Vec<Record>,
    /// The end of the longest period.
    pub end: RetentionEnd,
}

impl Case {
    /// The day on which the case ended: its result was published, or it was
    /// given up.
    pub fn ended_on(&self) -> Option<LegalDate> {
        let result = self.result.as_ref().map(|result| result.published_on);
        let abandoned = self.abandonment.as_ref();
        result.or_else(|| abandoned.map(|abandoned| LegalDate::of(abandoned.recorded_at)))
    }

    /// The record of a submission, once it is completed.
    pub fn record_of(&self, submission: &Submission) -> Option<Record> {
        let (received_on, counts) = (submission.received_on, submission.counts());
        Some(retention::record(self.ended_on()?, received_on, counts))
    }

    /// The records that hold somebody's data; `None` if they are not completed.
    pub fn records_of(&self, subject: SubjectId) -> Option<Vec<Record>> {
        self.submissions_of(subject)
            .map(|submission| self.record_of(submission))
            .collect()
    }
}

impl City {
    /// The rules on retention that hold on a day.
    pub fn retention_on(&self, day: LegalDate) -> Option<InForce<Retention>> {
        let version = self.ordinances.in_force_on("personal_data", day)?;
        version.personal_data()
    }

    /// Everybody whose data need not be kept any longer on a day, and were not
    /// erased; the longest due first.
    pub fn due_for_erasure(&self, retention: &Retention, today: LegalDate) -> Vec<Due> {
        let mut due: Vec<Due> = self
            .public_comment
            .iter()
            .flat_map(|case| self.due_in(case, retention, today))
            .collect();
        due.sort_unstable_by_key(|due| (due.end.kept_until, due.subject));
        due
    }

    fn due_in(&self, case: &Case, retention: &Retention, today: LegalDate) -> Vec<Due> {
        let Some(ended_on) = case.ended_on() else {
            return Vec::new();
        };
        // Most cases are too young for any of their submissions.
        let could_be = |counts| {
            let record = retention::record(ended_on, ended_on, counts);
            retention
                .kept_until(record)
                .is_some_and(|last| last < today)
        };
        if !could_be(true) && !could_be(false) {
            return Vec::new();
        }
        let mut people: BTreeMap<SubjectId, (Vec<SubmissionId>, Vec<Record>)> = BTreeMap::new();
        for submission in case.submissions.values() {
            if let Some(record) = case.record_of(submission)
                && !self.personal_data.is_erased(submission.subject)
            {
                let (submissions, records) = people.entry(submission.subject).or_default();
                submissions.push(submission.id);
                records.push(record);
            }
        }
        let due = people
            .into_iter()
            .filter_map(|(subject, (submissions, records))| {
                let end = retention.end(&records)?;
                (end.kept_until < today).then_some(Due {
                    subject,
                    case: case.id,
                    submissions,
                    records,
                    end,
                })
            });
        due.collect()
    }
}
