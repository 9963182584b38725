//! Which record a submission belongs to, and when that was completed.

use crate::{
    LegalDate,
    personal_data::{Record, RecordKind},
};

/// The record of a submission of a case that ended on a day, by its result or
/// by being given up. What came later still was completed when it came.
/// `counts` tells that it was in time and not withdrawn.
pub fn record(ended_on: LegalDate, received_on: LegalDate, counts: bool) -> Record {
    Record {
        kind: if counts {
            RecordKind::Opinion
        } else {
            RecordKind::OpinionOutsideProcedure
        },
        completed_on: ended_on.max(received_on),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_completed_with_its_case_and_not_before_it_came() {
        let day = |text: &str| text.parse().unwrap();
        let (ended, early, after) = (day("2026-07-10"), day("2026-05-20"), day("2026-08-01"));
        let opinion = record(ended, early, true);
        assert_eq!(
            (opinion.kind, opinion.completed_on),
            (RecordKind::Opinion, ended)
        );
        let late = record(ended, after, false);
        assert_eq!(
            (late.kind, late.completed_on),
            (RecordKind::OpinionOutsideProcedure, after)
        );
    }
}
