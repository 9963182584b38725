//! Leaves of large cases, as a city would write them: drafted, published,
//! commented on, split into items, answered, the result published.

use ulid::Ulid;

/// Submissions of a case.
pub const SUBMISSIONS: u64 = 25_000;

/// A leaf with the stream that it belongs to.
pub struct Made {
    pub stream: String,
    pub command: Ulid,
    pub leaf: String,
}

/// Makes cases one after the other.
pub struct Events {
    submissions: u64,
    case: u64,
    version: u64,
    step: u64,
    made: u64,
}

const PUBLISHED: &str =
    include_str!("../../../domain/tests/golden/public_comment/case_published.v1.json");
const RESULT: &str =
    include_str!("../../../domain/tests/golden/public_comment/results_published.v1.json");

/// The data of a leaf.
fn data(leaf: &str) -> &str {
    let from = leaf.find(r#""data":"#).map_or(0, |at| at + 7);
    let to = leaf.find(r#","event":"event_"#).unwrap_or(leaf.len());
    &leaf[from..to]
}

/// Ids as they are drawn: the moment first, then random bits.
fn id(kind: u64, number: u64) -> Ulid {
    let mixed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(31) ^ kind;
    let random = u128::from(mixed) << 16 | u128::from(number % 65_536);
    Ulid::from_parts(1_780_000_000_000 + number, random)
}

fn sealed(number: u64) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let mut bytes = [0; 32];
    for (index, chunk) in bytes.chunks_mut(8).enumerate() {
        let word = (number + index as u64).wrapping_mul(0xD134_2543_DE82_EF95);
        chunk.copy_from_slice(&word.to_be_bytes());
    }
    format!(
        r#"{{"alg":"hiroba/commit/v1","c":"{}"}}"#,
        STANDARD.encode(bytes)
    )
}

impl Events {
    /// Cases with so many submissions each.
    pub fn new(submissions: u64) -> Self {
        Self {
            submissions,
            case: 0,
            version: 0,
            step: 0,
            made: 0,
        }
    }

    fn next_kind(&mut self) -> (&'static str, String) {
        let all = self.submissions;
        let step = self.step;
        self.step += 1;
        let base = self.case * all;
        let officer = format!("officer_{}", id(1, 1));
        // Every second submission has two items.
        let order = |step: u64| base + step;
        match step {
            0 => (
                "case_drafted",
                format!(
                    r#"{{"content":{},"drafter":"{officer}","revision":1}}"#,
                    sealed(base)
                ),
            ),
            1 => ("case_published", data(PUBLISHED).to_owned()),
            step if step < 2 + all => {
                let n = order(step - 2);
                (
                    "opinion_submitted",
                    format!(
                        r#"{{"attachments":[],"body":{},"channel":"web","claim":{},"counted_on":"2026-04-20","passage":{},"received_on":"2026-04-20","subject":"subject_{}","submission":"submission_{}","submitter":{}}}"#,
                        sealed(n),
                        sealed(n + 1),
                        sealed(n + 2),
                        id(2, n),
                        id(3, n),
                        sealed(n + 3)
                    ),
                )
            }
            step if step == 2 + all => ("case_closed", r#"{"closed_on":"2026-04-30"}"#.to_owned()),
            step if step == 3 + all => ("review_started", "{}".to_owned()),
            step if step < 4 + 2 * all => {
                let n = order(step - 4 - all);
                let item = |item: u64| {
                    format!(
                        r#"{{"excerpt":{},"item":"item_{}","summary":{}}}"#,
                        sealed(item),
                        id(4, item),
                        sealed(item + 1)
                    )
                };
                let mut items = item(2 * n);
                if n.is_multiple_of(2) {
                    items = format!("{items},{}", item(2 * n + 1));
                }
                (
                    "submission_itemized",
                    format!(
                        r#"{{"items":[{items}],"submission":"submission_{}"}}"#,
                        id(3, n)
                    ),
                )
            }
            step if step < 4 + 3 * all => {
                let n = order(step - 4 - 2 * all);
                (
                    "opinion_screened",
                    format!(
                        r#"{{"form":"as_submitted","submission":"submission_{}"}}"#,
                        id(3, n)
                    ),
                )
            }
            step if step < 4 + 4 * all => {
                let n = order(step - 4 - 3 * all);
                let mut items = format!(r#""item_{}""#, id(4, 2 * n));
                if n.is_multiple_of(2) {
                    items = format!(r#"{items},"item_{}""#, id(4, 2 * n + 1));
                }
                (
                    "response_assigned",
                    format!(
                        r#"{{"category":"A","changed_policy":false,"items":[{items}],"response":{}}}"#,
                        sealed(n)
                    ),
                )
            }
            _ => ("results_published", data(RESULT).to_owned()),
        }
    }
}

impl Iterator for Events {
    type Item = Made;

    fn next(&mut self) -> Option<Made> {
        let (kind, data) = self.next_kind();
        self.version += 1;
        let command = id(5, self.made);
        let stream = format!("public_comment/case_{}", id(6, self.case));
        let recorded = jiff::Timestamp::from_millisecond(
            1_777_000_000_000 + i64::try_from(self.made).ok()? * 50,
        )
        .ok()?;
        let leaf = format!(
            r#"{{"actor":{{"id":"officer_{}","role":"bureau_officer"}},"basis":"kawasaki2009/1","cause":{{"command":"{command}"}},"data":{data},"event":"event_{command}.0","kind":"{kind}","legal_date":"2026-04-20","recorded_at":"{recorded:.3}","schema":1,"stream":"{stream}","version":{}}}"#,
            id(1, 1),
            self.version
        );
        self.made += 1;
        if kind == "results_published" {
            self.case += 1;
            self.version = 0;
            self.step = 0;
        }
        Some(Made {
            stream,
            command,
            leaf,
        })
    }
}
