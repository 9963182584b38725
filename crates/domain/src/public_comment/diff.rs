//! The difference between draft and final text, passage by passage.
//!
//! Compared are runs of one script (漢字, かな, カナ, letters, digits), so what is
//! shown as changed can be read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::{Passage, PassageId};

/// What happened to a piece of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunKind {
    /// It stands in both texts.
    Same,
    /// It stands in the draft only.
    Deleted,
    /// It stands in the final text only.
    Inserted,
}

/// A piece of text. All pieces but the inserted make up the draft, all but the
/// deleted the final text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// What happened to it.
    pub kind: RunKind,
    /// The text.
    pub text: String,
}

/// What happened to a passage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassageDiff {
    /// Its key.
    pub passage: PassageId,
    /// Its heading, piece by piece.
    pub heading: Vec<Run>,
    /// Its text, piece by piece.
    pub text: Vec<Run>,
}

impl PassageDiff {
    /// Whether anything differs.
    pub fn is_changed(&self) -> bool {
        let mut runs = self.heading.iter().chain(&self.text);
        runs.any(|run| run.kind != RunKind::Same)
    }
}

/// The pieces of a text before and after.
pub fn runs(before: &str, after: &str) -> Vec<Run> {
    let (old, new) = (words(before), words(after));
    let mut runs: Vec<Run> = vec![];
    let mut push = |kind: RunKind, words: &[&str]| {
        if words.is_empty() {
            return;
        }
        match runs.last_mut() {
            Some(last) if last.kind == kind => last.text.extend(words.iter().copied()),
            _ => runs.push(Run {
                kind,
                text: words.concat(),
            }),
        }
    };
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        let (in_old, in_new) = (op.old_range(), op.new_range());
        if let DiffOp::Equal { .. } = op {
            push(RunKind::Same, &old[in_old]);
        } else {
            push(RunKind::Deleted, &old[in_old]);
            push(RunKind::Inserted, &new[in_new]);
        }
    }
    runs
}

/// All passages of draft and final text, in the order of the final text; a
/// removed one stands where it stood in the draft.
pub fn passages(before: &[Passage], after: &[Passage]) -> Vec<PassageDiff> {
    let by_key = |passages| -> BTreeMap<&PassageId, &Passage> {
        let passages: &[Passage] = passages;
        passages.iter().map(|one| (&one.passage, one)).collect()
    };
    let (in_draft, in_final) = (by_key(before), by_key(after));
    let compare = |key: &PassageId| {
        let (old, new) = (in_draft.get(key), in_final.get(key));
        let heading = |passage: Option<&&Passage>| {
            passage
                .and_then(|passage| passage.heading.clone())
                .unwrap_or_default()
        };
        let text = |passage: Option<&&Passage>| {
            passage
                .map(|passage| passage.text.clone())
                .unwrap_or_default()
        };
        PassageDiff {
            passage: key.clone(),
            heading: runs(&heading(old), &heading(new)),
            text: runs(&text(old), &text(new)),
        }
    };
    let mut diffs = vec![];
    let mut removed = before.iter().peekable();
    let is_removed = |passage: &&Passage| !in_final.contains_key(&passage.passage);
    for passage in after {
        if in_draft.contains_key(&passage.passage) {
            // What was removed before this passage comes before it.
            while let Some(earlier) = removed.next_if(|one| one.passage != passage.passage) {
                if is_removed(&earlier) {
                    diffs.push(compare(&earlier.passage));
                }
            }
            removed.next();
        }
        diffs.push(compare(&passage.passage));
    }
    diffs.extend(removed.filter(is_removed).map(|one| compare(&one.passage)));
    diffs
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum Script {
    Kanji,
    Hiragana,
    Katakana,
    Latin,
    Digit,
    /// Punctuation and the like: each by itself.
    Other,
}

fn script(letter: char) -> Script {
    match letter {
        '一'..='鿿' | '々' | '〆' | 'ヶ' => Script::Kanji,
        'ぁ'..='ゟ' => Script::Hiragana,
        'ァ'..='ヿ' | 'ｦ'..='ﾟ' => Script::Katakana,
        _ if letter.is_numeric() => Script::Digit,
        _ if letter.is_alphabetic() => Script::Latin,
        _ => Script::Other,
    }
}

fn words(text: &str) -> Vec<&str> {
    let mut words = vec![];
    let mut start = 0;
    let mut last = None;
    for (place, letter) in text.char_indices() {
        let now = script(letter);
        if last.is_some_and(|last| last != now || now == Script::Other) {
            words.push(&text[start..place]);
            start = place;
        }
        last = Some(now);
    }
    if start < text.len() {
        words.push(&text[start..]);
    }
    words
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn run(kind: RunKind, text: &str) -> Run {
        Run {
            kind,
            text: text.into(),
        }
    }

    fn passage(key: &str, text: &str) -> Passage {
        Passage {
            passage: PassageId(key.into()),
            heading: None,
            text: text.into(),
        }
    }

    #[test]
    fn a_change_shows_what_was_and_what_is() {
        assert_eq!(
            runs(
                "市は毎年度、計画を公表する。",
                "市は毎年度、計画と結果を公表する。"
            ),
            [
                run(RunKind::Same, "市は毎年度、計画"),
                run(RunKind::Inserted, "と結果"),
                run(RunKind::Same, "を公表する。"),
            ]
        );
        assert_eq!(
            runs("30日以内", "14日以内"),
            [
                run(RunKind::Deleted, "30"),
                run(RunKind::Inserted, "14"),
                run(RunKind::Same, "日以内"),
            ]
        );
        assert_eq!(runs("", ""), []);
    }

    #[test]
    fn removed_and_new_passages_stand_in_their_places() {
        let before = [passage("1", "一"), passage("2", "二"), passage("3", "三")];
        let after = [
            passage("1", "一"),
            passage("1-2", "新"),
            passage("3", "三つ"),
        ];
        let diffs = passages(&before, &after);
        let order: Vec<_> = diffs
            .iter()
            .map(|diff| (diff.passage.0.as_str(), diff.is_changed()))
            .collect();
        let expected = [("1", false), ("1-2", true), ("2", true), ("3", true)];
        assert_eq!(order, expected);
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read_from_the_runs(
            before in "[あいア漢字a1、。\n]{0,30}",
            after in "[あいア漢字a1、。\n]{0,30}",
        ) {
            let runs = runs(&before, &after);
            let without = |kind: RunKind| -> String {
                let kept = runs.iter().filter(|run| run.kind != kind);
                kept.map(|run| run.text.as_str()).collect()
            };
            prop_assert_eq!(without(RunKind::Inserted), before);
            prop_assert_eq!(without(RunKind::Deleted), after);
            for pair in runs.windows(2) {
                prop_assert_ne!(pair[0].kind, pair[1].kind);
            }
        }

        #[test]
        fn every_passage_is_compared_once(
            before in prop::collection::btree_set(0_u8..9, 0..9),
            after in prop::collection::btree_set(0_u8..9, 0..9),
            turn in any::<bool>(),
        ) {
            let text = |keys: &std::collections::BTreeSet<u8>| -> Vec<Passage> {
                keys.iter().map(|key| passage(&key.to_string(), "文")).collect()
            };
            let (old, mut new) = (text(&before), text(&after));
            if turn {
                new.reverse();
            }
            let mut keys: Vec<String> =
                passages(&old, &new).into_iter().map(|diff| diff.passage.0).collect();
            keys.sort_unstable();
            let expected: Vec<String> = before.union(&after).map(u8::to_string).collect();
            prop_assert_eq!(keys, expected);
        }
    }
}
