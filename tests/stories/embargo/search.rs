//! A word is found by search exactly when everybody may read it: now, and as of
//! every moment at which somebody looked before.

use std::collections::BTreeSet;

use serde_json::json;

use super::{
    history::History,
    ledger::{Ledger, What},
    unpublishable,
};

/// What everybody could find when the log had this size.
pub(super) struct Findable {
    size: u64,
    marks: BTreeSet<usize>,
}

/// Searches for every word that was ever written.
pub(super) async fn finds_what_may_be_read(history: &mut History) {
    let ledger = &history.ledger;
    let now = Findable {
        size: history.story.city().desk.city().size.0,
        marks: marks(ledger, |what| ledger.everybody(what)),
    };
    let certain = marks(ledger, |what| is_certain(ledger, what));
    for who in ["nobody", "clerk"] {
        let found = search(history, who, None).await;
        assert_found(ledger, who, &found, &now.marks, &certain);
    }
    for then in &history.findable {
        let found = search(history, "nobody", Some(then.size - 1)).await;
        let may: BTreeSet<_> = now.marks.intersection(&then.marks).copied().collect();
        let place = format!("nobody, as of {} events", then.size);
        assert_found(ledger, &place, &found, &may, &certain);
    }
    history.findable.push(now);
}

fn assert_found(
    ledger: &Ledger,
    who: &str,
    found: &BTreeSet<usize>,
    may: &BTreeSet<usize>,
    certain: &BTreeSet<usize>,
) {
    for mark in ledger.marks.iter().enumerate().map(|(mark, _)| mark) {
        let what = ledger.marks[mark].what;
        assert!(
            !found.contains(&mark) || may.contains(&mark),
            "{who} must not find {what:?} ({mark})"
        );
        assert!(
            found.contains(&mark) || !may.contains(&mark) || !certain.contains(&mark),
            "{who} does not find {what:?} ({mark})"
        );
    }
}

fn marks(ledger: &Ledger, holds: impl Fn(What) -> bool) -> BTreeSet<usize> {
    let marks = ledger.marks.iter().enumerate();
    marks
        .filter(|(_, mark)| holds(mark.what))
        .map(|(index, _)| index)
        .collect()
}

/// What is in the index if everybody may read it: of a draft not everything is,
/// of attachments and titles of groups nothing.
fn is_certain(ledger: &Ledger, what: What) -> bool {
    let opinions = matches!(
        what,
        What::Body { .. } | What::Redaction { .. } | What::Summary { .. } | What::Response { .. }
    );
    (opinions || what == What::Final) && !unpublishable(ledger, what)
}

/// The marks that are found, now or as of a position: all are asked for at once.
async fn search(history: &History, who: &str, at: Option<u64>) -> BTreeSet<usize> {
    let marks = &history.ledger.marks;
    let asked = marks.iter().enumerate().map(|(index, mark)| {
        let word = &mark.word;
        format!("m{index}: search(query: \"{word}\") {{ totalCount complete nodes {{ excerpt {{ text }} }} }} ")
    });
    let asked: String = asked.collect();
    let query = match at {
        None => format!("{{ {asked} }}"),
        Some(at) => format!("{{ cityAsOf(moment: {{position: {at}}}) {{ {asked} }} }}"),
    };
    let mut answer = history.story.get(who, &query, json!({})).await;
    if at.is_some() {
        answer = answer["cityAsOf"].take();
    }
    let mut found = BTreeSet::new();
    for (index, mark) in marks.iter().enumerate() {
        let answer = &answer[format!("m{index}")];
        assert_eq!(answer["complete"], true);
        let hits = answer["nodes"].as_array().unwrap();
        assert_eq!(answer["totalCount"], hits.len());
        for hit in hits {
            let excerpt = hit["excerpt"]["text"].as_str().unwrap();
            assert!(excerpt.contains(&mark.word), "{excerpt}");
            found.insert(index);
        }
    }
    found
}
