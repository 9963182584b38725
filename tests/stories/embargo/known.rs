//! What an inquisitive reader knows: every id that ever came up, and every
//! address that may be asked.

use std::collections::BTreeSet;

/// Every address that is crawled besides GraphQL, for every viewer. What stands
/// in braces is filled in with everything of that name that is known. A new
/// page is one more line.
const PATHS: &[&str] = &[
    "/public-comment/{case}/result",
    "/public-comment/{case}/result.json",
    "/public-comment/{case}/result.csv",
    "/public-comment/{case}/result.csv?encoding=cp932",
    "/public-comment/{case}/opinions.csv",
    "/public-comment/{case}/opinions.csv?encoding=cp932",
    "/files/{file}",
    "/log/checkpoint",
    "/log/policy",
    "/log/digests",
    "/log/digests/{size}",
    "/log/tile/entries/000.p/{size}",
    "/log/tile/0/000.p/{size}",
    "/log/receipt/{position}",
    "/metrics",
    "/",
    "/cases",
    "/cases?q=%E6%84%8F%E8%A6%8B",
    "/cases?q=mrk",
    "/cases?q=%E9%81%93%E3%81%8C&lang=en",
    "/cases/{case}",
    "/cases/{case}/submit",
    "/cases/{case}/result",
    "/cases/{case}?lang=en",
    "/cases/{case}/result?lang=en",
    "/feed.atom",
    "/cases/{case}/feed.atom",
    "/calendar.ics",
    "/cases/{case}/calendar.ics",
    "/public-comment/{case}/announcement",
    "/receipts/{position}",
    "/sitemap.xml",
];

/// Every opening; it is asked by strangers alone, for it knows no viewers.
const OPENINGS: &[&str] = &[
    "body",
    "passage",
    "submitter",
    "claim",
    "content",
    "title",
    "file",
    "file.bin",
    "file/digest",
    "file/digest.bin",
    "reason",
    "form/redacted/text",
    "response",
    "final_text",
    "statement",
    "attachments/0",
    "attachments/0/file",
    "attachments/0/file.bin",
    "body.bin",
    "items/0/summary",
    "items/1/summary",
    "items/0/excerpt",
    "items/1/excerpt",
    "changes/0/text",
];

/// What came up.
#[derive(Clone, Default)]
pub(super) struct Known {
    pub(super) cases: Vec<String>,
    pub(super) submissions: Vec<String>,
    pub(super) items: Vec<String>,
    pub(super) subjects: BTreeSet<String>,
    pub(super) files: Vec<String>,
    /// The size of the log.
    pub(super) size: u64,
}

impl Known {
    /// What an argument can be, as it is written in a document.
    pub(super) fn values(&self, field: &str, argument: &str) -> Vec<String> {
        let quoted = |ids: &[String]| ids.iter().map(|id| format!("\"{id}\"")).collect::<Vec<_>>();
        let first = |ids: &[String]| quoted(ids.get(..1).unwrap_or_default());
        let last = self.size.saturating_sub(1);
        match (field, argument) {
            ("publicCommentCase" | "caseChanged", "id") => quoted(&self.cases),
            ("submission", "id") => quoted(&self.submissions),
            ("node", "id") => [&self.cases, &self.submissions, &self.items]
                .map(|ids| first(ids))
                .concat(),
            ("nodes", "ids") => {
                let ids = [&*self.cases, &*self.submissions, &*self.items].map(quoted);
                vec![format!("[{}]", ids.concat().join(", "))]
            }
            ("cityAsOf", "moment") => vec![
                format!("{{position: {last}}}"),
                format!("{{position: {}}}", last / 2),
                format!("{{position: {}}}", last - last / 4),
                "{time: \"2026-08-01T00:00:00Z\"}".to_owned(),
                "{time: \"2100-01-01T00:00:00Z\"}".to_owned(),
            ],
            ("history", "of") => {
                let ids = [&*self.cases, &*self.submissions, &*self.items].map(first);
                let by_id = ids.concat().into_iter().map(|id| format!("{{id: {id}}}"));
                let by_stream = self
                    .cases
                    .iter()
                    .map(|case| format!("{{stream: \"public_comment/{case}\"}}"));
                by_id.chain(by_stream).collect()
            }
            ("cityAtLeast", "position") => vec!["0".to_owned(), last.to_string()],
            ("logEntries", "from") => vec!["0".to_owned(), (last / 2).to_string()],
            ("logEntry" | "receipt", "position") => vec![last.to_string()],
            ("looksAt", "subject") => {
                let subjects: Vec<_> = self.subjects.iter().take(3).cloned().collect();
                quoted(&subjects)
            }
            ("ordinanceInForce", "institution") => vec!["\"public_comment\"".to_owned()],
            // Every mark begins like this, and so do most opinions.
            ("search", "query") => vec!["\"mrk\"".to_owned(), "\"道が\"".to_owned()],
            ("publicCommentStatistics", "fiscalYear") => vec!["2026".to_owned()],
            ("submissionByReceipt", "receipt") => {
                let of = |id: &String| {
                    format!("{{submission: \"{id}\", secret: \"the-secret-of-somebody-else\"}}")
                };
                self.submissions.iter().take(3).map(of).collect()
            }
            // The number is the end of the id.
            ("submissionsByReceiptNumber", "receiptNumber") => {
                let end = |id: &String| id.get(id.len().checked_sub(8)?..).map(str::to_owned);
                let some = self.submissions.iter().take(3);
                quoted(&some.filter_map(end).collect::<Vec<_>>())
            }
            _ => panic!(
                "{field}({argument}) is new: say in {} what an inquisitive reader would ask it for",
                file!()
            ),
        }
    }

    /// Every address.
    pub(super) fn paths(&self) -> Vec<String> {
        let size = vec![self.size.to_string()];
        let positions: Vec<_> = [0, self.size / 2, self.size.saturating_sub(1)]
            .iter()
            .map(u64::to_string)
            .collect();
        let mut paths: Vec<String> = Vec::new();
        for path in PATHS {
            let known = [
                ("{case}", &self.cases),
                ("{file}", &self.files),
                ("{size}", &size),
                ("{position}", &positions),
            ];
            match known.iter().find(|(name, _)| path.contains(name)) {
                Some((name, values)) => {
                    paths.extend(values.iter().map(|value| path.replace(name, value)));
                }
                None => paths.push((*path).to_owned()),
            }
        }
        paths
    }

    /// Every opening that there could be.
    pub(super) fn openings(&self) -> impl Iterator<Item = String> {
        (0..self.size).flat_map(|position| {
            OPENINGS
                .iter()
                .map(move |field| format!("/log/opening/{position}/{field}"))
        })
    }
}
