//! What a person or a program reads of a verification.

use std::io::{Result, Write};

use ballot::archive::Stage;
use ballot::ballot::Tracker;
use ballot::verify::{BallotStatus, Report, Section};
use serde_json::{Value, json};

use super::diff::Difference;

/// Prints reports as text or as JSON.
pub(super) struct Printer {
    json: bool,
}

type Lookups = [(Tracker, Option<BallotStatus>)];

impl Printer {
    pub(super) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Where the observation of an archive stands.
    pub(super) fn progress(&mut self, out: &mut impl Write, report: &Report) -> Result<()> {
        if self.json {
            writeln!(out, "{}", value(report, &[], None))?;
            return out.flush();
        }
        let ballots = report
            .sections
            .iter()
            .find(|part| part.section == Section::Ballots);
        let summary = ballots
            .map(|part| part.summary.as_str())
            .unwrap_or_default();
        let findings = report.findings.len();
        writeln!(
            out,
            "{} {}: {summary}; findings: {findings}",
            mark(findings),
            stage(report.stage)
        )?;
        out.flush()
    }

    /// The archive became shorter while it was observed.
    pub(super) fn shrunk(&mut self, out: &mut impl Write, had: u64) -> Result<()> {
        let message =
            format!("the archive is shorter than the {had} bytes that were already checked");
        if self.json {
            let finding = json!({ "section": "tar", "code": "ARCHIVE_SHRUNK", "subject": "the archive", "message": message });
            return writeln!(out, "{}", json!({ "valid": false, "findings": [finding] }));
        }
        writeln!(out, "{} ARCHIVE_SHRUNK: {message}", mark(1))
    }

    /// Everything.
    pub(super) fn report(
        &mut self,
        out: &mut impl Write,
        report: &Report,
        trackers: &Lookups,
        difference: Option<&Difference>,
    ) -> Result<()> {
        if self.json {
            return writeln!(out, "{}", value(report, trackers, difference));
        }
        for part in &report.sections {
            let label = label(part.section);
            writeln!(
                out,
                "{} {} {label}: {}",
                mark(part.findings),
                part.section.name(),
                part.summary
            )?;
            for finding in report
                .findings
                .iter()
                .filter(|finding| finding.section == part.section)
            {
                writeln!(out, "      {finding}")?;
            }
        }
        if let Some(difference) = difference {
            let sentence = describe(*difference);
            writeln!(
                out,
                "{} diff 差分: {sentence}",
                mark(usize::from(!difference.is_extension()))
            )?;
        }
        for (tracker, status) in trackers {
            let sentence = match status {
                Some(BallotStatus {
                    number,
                    counts: true,
                }) => format!("ballot {number}; it counts"),
                Some(BallotStatus {
                    number,
                    counts: false,
                }) => {
                    format!(
                        "ballot {number}; it does not count (a later one replaced it, or it is not valid)"
                    )
                }
                None => "not in the archive".to_owned(),
            };
            writeln!(
                out,
                "{} tracker 追跡番号 {tracker}: {sentence}",
                mark(usize::from(status.is_none()))
            )?;
        }
        let findings = report.findings.len();
        if findings == 0 {
            writeln!(out, "valid 検証に合格 ({})", stage(report.stage))
        } else {
            writeln!(
                out,
                "not valid 不合格: {findings} findings ({})",
                stage(report.stage)
            )
        }
    }
}

fn mark(findings: usize) -> &'static str {
    if findings == 0 { "ok   " } else { "WRONG" }
}

fn label(section: Section) -> &'static str {
    match section {
        Section::Tar => "アーカイブ形式",
        Section::Chain => "イベントの連鎖",
        Section::Election => "投票の定義",
        Section::Trustees => "開票管理者",
        Section::Credentials => "投票資格",
        Section::Ballots => "投票",
        Section::Tally => "集計",
        Section::Decryptions => "部分復号",
        Section::Result => "結果",
    }
}

fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Empty => "not set up 準備前",
        Stage::Voting => "voting 投票中",
        Stage::Ended => "voting closed 投票締切",
        Stage::Tallied => "tallied 集計済み",
        Stage::Decrypting => "decrypting 復号中",
        Stage::Finished => "finished 結果確定",
    }
}

fn stage_code(stage: Stage) -> &'static str {
    match stage {
        Stage::Empty => "EMPTY",
        Stage::Voting => "VOTING",
        Stage::Ended => "ENDED",
        Stage::Tallied => "TALLIED",
        Stage::Decrypting => "DECRYPTING",
        Stage::Finished => "FINISHED",
    }
}

fn describe(difference: Difference) -> String {
    match difference {
        Difference::Extension { old, appended } => {
            format!("begins with all {old} bytes of the older copy; {appended} bytes were appended")
        }
        Difference::Differs { at } => {
            format!("DIFFERS: the older copy is not its beginning; they differ at byte {at}")
        }
        Difference::Shorter { missing } => {
            format!("SHORTER: {missing} bytes of the older copy are missing at its end")
        }
    }
}

fn value(report: &Report, trackers: &Lookups, difference: Option<&Difference>) -> Value {
    let sections: Vec<_> = report
        .sections
        .iter()
        .map(|part| {
            json!({
                "section": part.section.name(),
                "checked": part.checked,
                "summary": part.summary,
                "findings": part.findings,
            })
        })
        .collect();
    let findings: Vec<_> = report
        .findings
        .iter()
        .map(|finding| {
            json!({
                "section": finding.section.name(),
                "code": finding.code,
                "subject": finding.subject.to_string(),
                "message": finding.message,
            })
        })
        .collect();
    let trackers: Vec<_> = trackers
        .iter()
        .map(|(tracker, status)| {
            json!({
                "tracker": tracker.to_string(),
                "ballot": status.map(|status| status.number),
                "counts": status.map(|status| status.counts),
            })
        })
        .collect();
    json!({
        "valid": report.is_valid(),
        "stage": stage_code(report.stage),
        "uuid": report.uuid,
        "fingerprint": report.fingerprint,
        "head": report.head.map(|head| head.to_hex()),
        "sections": sections,
        "findings": findings,
        "result": report.result,
        "trackers": trackers,
        "diff": difference.map(|difference| json!({
            "nothing_removed": difference.is_extension(),
            "sentence": describe(*difference),
        })),
    })
}
